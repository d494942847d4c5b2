"""The known cases: what the sources support, by the rules, and as their people would read it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from content.loader import newest
from flows.advice.advice import Advice, advise
from flows.advice.routes import suggested
from flows.model.canvas import UNKNOWN
from tests.kinds import ANY_OF, ONE_OF
from tests.people import Person, transcript
from tests.test_export import markdown
from tests.test_readers import answered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flows.advice.advice import Route
    from storage.conversations.outbox import Outgoing

TOLD = Path(__file__).parent / "cases" / "transcripts"
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
    gone = {"pitfalls.scope_variety", "pilot.role"}
    for name, case in CASES.items():
        keys = {f"{part}.{key}" for part, some in case["answers"].items() for key in some}
        assert {key for key in keys if key not in CANVAS} <= gone, name
        named = {s for key in ("shown", "not_shown", "not_first") for s in case.get(key, ())}
        named |= {step for group in case["first"] for step in group}
        assert named <= {rule.key for rule in RULES.steps}, name


# ---------------------------------------------------------------- what is read


def typed(case: Mapping[str, Any], asked: Outgoing) -> list[str]:
    """What is typed at a question; "I do not know yet" for what the case does not say."""
    key, choices = asked.message.key, [c.key for c in asked.message.choices]
    part, _, name = key.partition(".")
    value = "De pilot" if key == "pilot.name" else case["answers"].get(part, {}).get(name)
    if value is None:
        return [next(word for word in ("unknown", "/skip", "/done") if word in choices)]
    if not isinstance(value, list):
        return [value]
    some = value[: CANVAS[key].at_most if "/done" in choices else 1]
    one = "/done" in choices and len(some) == 1 and some != [CANVAS[key].alone]
    return [", ".join(some), *(["/done"] if one else [])]


def advised(case: Mapping[str, Any], folder: Path) -> tuple[Person, list[Outgoing]]:
    """The person of the case at the end of the full round, and the advice they got."""
    person = Person(folder)
    said: list[Outgoing] = []
    for line in ("/start", "agree", "/depth full"):
        person.types(line)
    for _ in range(150):
        if person.asked == "advice":
            return person, said
        asked = next(o for o in reversed(person.seen) if o.message.choices)
        for line in typed(case, asked):
            said = person.types(line)
    raise AssertionError(person.asked)


def read_by(person: Person, said: list[Outgoing]) -> Iterator[tuple[str, str]]:
    """(what, text) of all that says the advice: chat, its first two routes, two papers."""
    yield "advies", bare(said)
    routes = [route.route for route in advise(CANVAS, RULES, person.values).suggested[:2]]
    for route in routes:
        yield f"route {route}", bare(person.types(f"/look {route}"))
    yield "samenvatting", bare(person.types("/summary"))
    for paper in ("executive", "practice"):
        yield paper, markdown(person, paper).strip()


def bare(said: list[Outgoing]) -> str:
    """Without the buttons: the transcripts of conversations have those."""
    return transcript([replace(o, message=replace(o.message, choices=())) for o in said])


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_told_its_advice(name: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """As three readers judged it, with the source beside it: read the diff as they would."""
    person, said = advised(CASES[name], tmp_path)
    told = "".join(f"---- {what}\n{text}\n\n" for what, text in read_by(person, said))
    assert markdown(person, "summary")
    path = TOLD / f"{name}.txt"
    if pytestconfig.getoption("--update"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(told, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == told, "run make transcripts, and read the diff"


@pytest.mark.parametrize("origin", CANVAS["pilot.origin"].choices)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_who_somebody_is_can_be_a_reason(language: str, origin: str) -> None:
    """An answer that has the name of a voice is a sentence, and no table of sentences."""
    words = answered({"pilot.origin": origin}, language)
    assert words.because("pilot.origin", origin) == words.tree["reasons"]["pilot.origin"][origin]
