"""How much one answer moves the advice, over the ten known cases: docs/sensitivity.md."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.advice.advice import advise
from flows.model.canvas import UNKNOWN
from flows.model.rules import bounding, reasoning, used_keys
from tests.kinds import ANY_OF, ONE_OF
from tests.test_cases import CANVAS, CASES, RULES, answers_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flows.advice.advice import Advice

INTRO = """# Sensitivity

Written by `make docs` from `tests/cases/`. In each of the known cases every answer to a
question with choices is changed, one at a time, into each other answer that the guide offers
(and what was not known into each answer). Counted is how often the three first steps change, by
which steps they are or by their order; how often the gate says something else; and how often
another route leads.
"""

QUESTIONS = """
## Which answers move the first steps

Over all cases together; questions of which no change moved anything are in the last table only.
"""

STILL = """
## Given answers of which no change moves the first steps

An answer that the case itself gives, on a question that the advice rests on. The reason is what
its changes do instead. Of a change by which nothing moves: either both answers count the same
in every rule (yes and partly prove as much), or what it would bring belongs to a route that
these answers do not lead to.
"""


@dataclass(frozen=True)
class Change:
    """One answer changed into another, and what moved."""

    case: str
    question: str
    given: bool
    steps: bool
    gate: bool
    top: bool
    instead: str


def changes() -> list[Change]:
    return [change for name in CASES for change in _of_case(name)]


def _of_case(name: str) -> Iterator[Change]:
    answers = answers_of(CASES[name])
    before = advise(CANVAS, RULES, answers)
    for key, value in answers.items():
        for other in _others(key, value):
            then = {**answers, key: other}
            after = advise(CANVAS, RULES, then)
            moved = _first(before) != _first(after)
            instead = "" if moved else _instead(before, after) or _why(key, answers, then)
            tops = [next((r.route for r in a.suggested), None) for a in (before, after)]
            gates = before.gate.outcome != after.gate.outcome
            given = value != UNKNOWN
            yield Change(name, key, given, moved, gates, tops[0] != tops[1], instead)


def _others(key: str, value: Any) -> Iterator[Any]:
    question = CANVAS[key]
    several = question.kind in ANY_OF
    for choice in (*question.choices, UNKNOWN) if question.kind in ONE_OF | {"any_of"} else ():
        other = [choice] if several and choice != UNKNOWN else choice
        if other != value:
            yield other


def _first(advice: Advice) -> list[str]:
    return [step.step for step in advice.first_steps]


def _instead(before: Advice, after: Advice) -> str:
    """The first of these that moved."""
    looked: Mapping[str, Any] = {
        "the gate": lambda a: a.gate.outcome,
        "what the gate names": lambda a: (a.gate.lacking, a.gate.because),
        "how a route fits": lambda a: [(r.route, r.fit) for r in a.routes],
        "what comes before a route": lambda a: [[f.rule for f in r.first] for r in a.routes],
        "how a route is gone": lambda a: [(r.way_here, r.way_elsewhere) for r in a.routes],
        "a later step": lambda a: [s.step for s in a.steps],
        "a sentence with a step": lambda a: [s.more for s in a.steps],
        "what asks for attention": lambda a: a.attention,
        "the reasons that are told": lambda a: [r.because for r in (*a.routes, *a.steps)],
        "the points that are open": lambda a: a.open_points,
    }
    return next((name for name, of in looked.items() if of(before) != of(after)), "")


def _why(key: str, answers: Mapping[str, Any], then: Mapping[str, Any]) -> str:
    """Why nothing at all moved."""
    if key.startswith("pilot."):
        return "only the words"
    before, after = (CANVAS.relevant(some) for some in (answers, then))
    rules = (*reasoning(RULES), *bounding(RULES))
    seen = any(rule.holds(before) != rule.holds(after) for rule in rules)
    return "nothing: its route is not in sight" if seen else "nothing: it counts the same"


# ---------------------------------------------------------------- the page


def page() -> str:
    found = changes()
    parts = [INTRO, *_cases(found), QUESTIONS, *_questions(found), STILL, *_still(found)]
    return "\n".join(parts) + "\n"


def _share(some: list[Change], name: str) -> str:
    moved = sum(getattr(change, name) for change in some)
    return f"{moved} ({100 * moved // max(len(some), 1)} %)"


def _cases(found: list[Change]) -> Iterator[str]:
    yield "| case | changes | first steps | gate | leading route |\n|---|--:|--:|--:|--:|"
    for name in (*CASES, ""):
        some = [change for change in found if name in (change.case, "")]
        shares = " | ".join(_share(some, what) for what in ("steps", "gate", "top"))
        yield f"| {name.replace('_', ' ') or '**all**'} | {len(some)} | {shares} |"


def _questions(found: list[Change]) -> Iterator[str]:
    yield "| question | changes | first steps | gate | leading route |\n|---|--:|--:|--:|--:|"
    keys = Counter(change.question for change in found)
    moving = Counter(c.question for c in found if c.steps or c.gate or c.top)
    for key, _ in moving.most_common():
        some = [change for change in found if change.question == key]
        shares = " | ".join(_share(some, what) for what in ("steps", "gate", "top"))
        yield f"| `{key}` | {keys[key]} | {shares} |"


def _still(found: list[Change]) -> Iterator[str]:
    yield "| case | question | what its changes move instead |\n|---|---|---|"
    used = set(used_keys(RULES))
    for name in CASES:
        for key in dict.fromkeys(c.question for c in found if c.case == name and c.given):
            some = [c for c in found if (c.case, c.question) == (name, key)]
            if key in used and not any(change.steps for change in some):
                instead = ", ".join(dict.fromkeys(change.instead for change in some))
                yield f"| {name.replace('_', ' ')} | `{key}` | {instead} |"
