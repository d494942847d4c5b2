"""Where a walk stands: what is missing, how far it is, what matters most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.advice.advice import advise
from flows.model.canvas import SKIPPED, Canvas, Depth, Question
from flows.model.kinds import KIND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.model.journey import Walk
    from flows.model.rules import Rules

FIVE_MINUTES = 8
"""Questions that fit in five minutes, at half a minute each and room to read."""


@dataclass(frozen=True)
class Position:
    """Question `number` of at most `of`, in this part."""

    number: int
    of: int


def missing(canvas: Canvas, walk: Walk) -> list[Question]:
    """What still has to be asked, in order: neither answered nor skipped."""
    settled = walk.given.keys()
    return [q for q in canvas.asked(walk.values, walk.depth) if q.key not in settled]


def next_question(canvas: Canvas, walk: Walk) -> Question | None:
    """The plan of five minutes first, then whatever is missing, in order."""
    for key in walk.cursor.plan:
        if key in canvas.asked_keys(walk.values, walk.depth):
            return canvas[key]
    return next(iter(missing(canvas, walk)), None)


def previous_question(canvas: Canvas, walk: Walk) -> Question | None:
    """The one asked before the cursor, in order; from outside the questions, the last one."""
    asked = canvas.asked(walk.values, walk.depth)
    if walk.state == "advice":
        asked = [q for q in asked if q.part != "closing"]
    keys = [q.key for q in asked]
    if walk.cursor.question not in keys:
        return asked[-1] if asked else None
    at = keys.index(walk.cursor.question)
    return asked[at - 1] if at else None


def position(canvas: Canvas, walk: Walk, question: Question) -> Position:
    """How far in the part, over the longest way that is still possible.

    The end can only come nearer while a person goes forward; an action's fields
    count with the question that they belong to.
    """
    settled = _settled(walk)
    key = question.key, walk.depth, canvas.decided(settled)
    return canvas.placed.of(key, lambda: _position(canvas, walk, question, settled))


def _settled(walk: Walk) -> dict[str, Any]:
    """The answers, and what was skipped as that: it opens nothing."""
    return {**walk.values, **dict.fromkeys(walk.skipped, SKIPPED)}


def _position(
    canvas: Canvas, walk: Walk, question: Question, settled: Mapping[str, Any]
) -> Position:
    own = [q for q in canvas.of_part(question.part) if q.of is None]
    at = own.index(canvas[question.of] if question.of else question)
    asked = canvas.asked_keys(walk.values, walk.depth)
    number = 1 + sum(q.key in asked for q in own[:at])
    ahead = sum(canvas.possible(q, settled, walk.depth) for q in own[at + 1 :])
    return Position(number, number + ahead)


def part_size(canvas: Canvas, walk: Walk, part: str) -> int:
    """The most questions that this part can have, as far as is known now."""
    settled = _settled(walk)
    own = (q for q in canvas.of_part(part) if q.of is None)
    return sum(canvas.possible(q, settled, walk.depth) for q in own)


def five_minutes(canvas: Canvas, rules: Rules, walk: Walk) -> tuple[str, ...]:
    """The open questions that can change the advice most, found by trying their answers."""
    open_now = [q for q in canvas.asked(walk.values, "quick") if q.key not in walk.values]
    names = [q.key for q in open_now if q.key == "pilot.name"]
    tried = [q for q in open_now if KIND[q.kind].one]
    weights = {q.key: _weight(canvas, rules, walk.values, q) for q in tried}
    ranked = sorted((k for k, w in weights.items() if w > (1, 1)), key=lambda k: _least(weights[k]))
    return tuple(names + ranked[: FIVE_MINUTES - len(names)])


def _least(weight: tuple[int, int]) -> tuple[int, int]:
    return -weight[0], -weight[1]


def _weight(
    canvas: Canvas, rules: Rules, values: Mapping[str, Any], question: Question
) -> tuple[int, int]:
    """How many different gates and fits, then steps, its answers lead to."""
    fits, steps = set(), set()
    for choice in question.choices:
        advice = advise(canvas, rules, {**values, question.key: choice})
        fits.add((advice.gate.outcome, tuple((r.route, r.fit) for r in advice.routes)))
        steps.add(frozenset(s.step for s in (*advice.next_steps, *advice.also)))
    return len(fits), len(steps)


def dropped(canvas: Canvas, values: Mapping[str, Any], key: str, value: Any) -> list[str]:
    """The answers that would no longer apply if this one were given."""
    before, after = canvas.relevant(values), canvas.relevant({**values, key: value})
    gone = [k for k in before if k not in after]
    return [k for k in gone if canvas[k].of is None or k.endswith(".what")]


def share(canvas: Canvas, walk: Walk, depth: Depth | None = None) -> tuple[int, int]:
    """(settled, asked) questions at this depth."""
    asked = [q for q in canvas.asked(walk.values, depth or walk.depth) if q.of is None]
    return sum(q.key in walk.given for q in asked), len(asked)
