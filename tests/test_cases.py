"""The ten known cases: what the sources support, by the rules, and said by the guide."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from content.loader import newest
from flows.advice import Advice, advise
from flows.canvas import ANY_OF, ONE_OF, UNKNOWN
from flows.routes import suggested

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flows.advice import Route

GUIDE = newest().guide
CANVAS, RULES = GUIDE.canvas, GUIDE.rules
CASES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
}


def answers_of(case: Mapping[str, Any]) -> dict[str, Any]:
    """As given, for every question that the guide asks; what is not given is unknown."""
    given = {
        f"{part}.{name}": v for part, some in case["answers"].items() for name, v in some.items()
    }
    answers = {key: _fitting(key, value) for key, value in given.items() if key in CANVAS}
    while asked := [q.key for q in CANVAS.asked(answers, "full")
                    if q.kind in ONE_OF | {"any_of"} and q.key not in answers]:  # fmt: skip
        answers[asked[0]] = UNKNOWN
    return answers


def _fitting(key: str, value: Any) -> Any:
    """A case may name two where the guide asks for the first."""
    several = CANVAS[key].kind in ANY_OF
    return value if several or isinstance(value, str) else value[0]


def advice_of(case: Mapping[str, Any]) -> Advice:
    return advise(CANVAS, RULES, answers_of(case))


def faults(case: Mapping[str, Any], advice: Advice) -> Iterator[str]:
    """Everything in which the advice differs from what the source supports."""
    order = [route.route for route in advice.routes]
    routes = {route.route: route for route in advice.routes}
    first = {step.step for step in advice.first_steps}
    shown = {step.step for step in advice.next_steps}
    raised = {item.key for item in advice.attention if item.kind == "pitfall"}
    if advice.gate.outcome not in case["gate"]:
        yield f"gate {advice.gate.outcome}"
    yield from (f"top {order[0]}" for _ in "1" if order[0] not in case.get("top", order))
    yield from (f"{a} not above {b}" for a, b in case.get("before", ())
                if order.index(a) > order.index(b))  # fmt: skip
    yield from (f"route {key}" for key in case.get("not_routes", ()) if suggested(routes[key]))
    yield from (f"none of {group} first" for group in case["first"] if not first & set(group))
    yield from (f"{step} not shown" for step in case.get("shown", ()) if step not in shown)
    yield from (f"{step} first" for step in case.get("not_first", ()) if step in first)
    yield from (f"{step} shown" for step in case.get("not_shown", ()) if step in shown)
    yield from (f"pitfall {key}" for key in case.get("pitfalls", ()) if key not in raised)
    yield from _ways(case, routes["out"])


def _ways(case: Mapping[str, Any], out: Route) -> Iterator[str]:
    for name, way in (("way_here", out.way_here), ("way_elsewhere", out.way_elsewhere)):
        if way != case.get(name, way):
            yield f"{name} {way}"


@pytest.mark.parametrize("name", CASES)
def test_a_case_gets_the_advice_that_its_source_supports(name: str) -> None:
    assert list(faults(CASES[name], advice_of(CASES[name]))) == []


def test_a_wrong_advice_is_seen_as_wrong() -> None:
    """Each case against the advice for each other: a test that cannot fail is none."""
    advice = {name: advice_of(case) for name, case in CASES.items()}
    same = [(a, b) for a, case in CASES.items() for b in CASES
            if a != b and not list(faults(case, advice[b]))]  # fmt: skip
    assert len(same) <= len(CASES) // 2, same


def test_each_key_of_a_case_is_one_that_the_guide_knows() -> None:
    """But what an earlier guide asked, and this one no longer does."""
    gone = {"pitfalls.scope_variety"}
    for name, case in CASES.items():
        keys = {f"{part}.{key}" for part, some in case["answers"].items() for key in some}
        assert {key for key in keys if key not in CANVAS} <= gone, name
        named = {s for key in ("shown", "not_shown", "not_first") for s in case.get(key, ())}
        named |= {step for group in case["first"] for step in group}
        assert named <= {rule.key for rule in RULES.steps}, name
