"""Where a walk stands: what is missing, how far it is, what matters most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.advice.advice import advise
from flows.model.kinds import KIND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.model.canvas import Canvas, Depth, Question
    from flows.model.journey import Walk
    from flows.model.rules import Rules

FIVE_MINUTES = 8  # questions that fit in five minutes, at half a minute each and room to read


@dataclass(frozen=True)
class Position:
    """Question `number` of at most `of`, in this part."""

    number: int
    of: int


def missing(canvas: Canvas, walk: Walk) -> list[Question]:
    """What still has to be asked, in order: neither answered nor skipped."""
    asked = walk.opened(canvas)[walk.depth]
    return [canvas[key] for key in asked if key not in walk.asked_before]


def next_question(canvas: Canvas, walk: Walk) -> Question | None:
    """The plan of five minutes first, then whatever is missing, in order."""
    asked, before = walk.opened(canvas)[walk.depth], walk.asked_before
    for key in walk.cursor.plan:
        if key in asked:
            return canvas[key]
    for key in asked:
        if key not in before:
            return canvas[key]
    return None


def previous_question(canvas: Canvas, walk: Walk) -> Question | None:
    """The one asked before the cursor, in order; from outside the questions, the last one.

    In five minutes no order of the canvas is kept: it is the one that was answered before.
    """
    if walk.cursor.plan:
        return _answered_before(canvas, walk)
    asked = canvas.asked(walk.values, walk.depth)
    if walk.state == "advice":
        asked = [q for q in asked if q.part != "closing"]
    keys = [q.key for q in asked]
    if walk.cursor.question not in keys:
        return asked[-1] if asked else None
    at = keys.index(walk.cursor.question)
    return asked[at - 1] if at else None


def _answered_before(canvas: Canvas, walk: Walk) -> Question | None:
    """The newest answer that applies; from a question that has one, the newest before it."""
    applying = walk.opened(canvas)["paper"]
    given = sorted(walk.given.values(), key=lambda given: given.at)
    keys = [one.question for one in given if one.question in applying]
    here = walk.cursor.question
    before = keys[: keys.index(here)] if here in keys else keys
    return canvas[before[-1]] if before else None


def position(canvas: Canvas, walk: Walk, question: Question) -> Position:
    """How far in the part, over the longest way that is still possible.

    The end can only come nearer while a person goes forward; an action's fields
    count with the question that they belong to.
    """
    opened = walk.opened(canvas)
    found: Position | None = opened.placed.get((question.key, walk.depth))
    if found is None:
        asked, own = opened[walk.depth], canvas.own[question.part]
        at = own.index(canvas[question.of] if question.of else question)
        number = 1 + sum(q.key in asked for q in own[:at])
        ahead = sum(canvas.possible(q, walk.settled, walk.depth) for q in own[at + 1 :])
        found = opened.placed[question.key, walk.depth] = Position(number, number + ahead)
    return found


def part_size(canvas: Canvas, walk: Walk, part: str) -> int:
    """The most questions that this part can have, as far as is known now."""
    return sum(canvas.possible(q, walk.settled, walk.depth) for q in canvas.own[part])


def five_minutes(canvas: Canvas, rules: Rules, walk: Walk) -> tuple[str, ...]:
    """The open questions that can change the advice most, found by trying their answers."""
    open_now = [q for q in canvas.asked(walk.values, "quick") if q.key not in walk.values]
    names = [q.key for q in open_now if q.key == "pilot.name"]
    tried = [q for q in open_now if KIND[q.kind].one]
    weights = {q.key: _weight(canvas, rules, walk.values, q) for q in tried}
    ranked = sorted(
        (k for k, w in weights.items() if w > (1, 1)), key=lambda k: weights[k], reverse=True
    )
    return tuple(names + ranked[: FIVE_MINUTES - len(names)])


def _weight(
    canvas: Canvas, rules: Rules, values: Mapping[str, Any], question: Question
) -> tuple[int, int]:
    """How many different gates and fits, then steps, its answers lead to."""
    fits, steps = set(), set()
    for choice in question.choices:
        advice = advise(canvas, rules, {**values, question.key: choice})
        fits.add((advice.gate.outcome, tuple((r.route, r.fit) for r in advice.routes)))
        steps.add(frozenset(s.step for s in advice.steps))
    return len(fits), len(steps)


def dropped(canvas: Canvas, walk: Walk, key: str, value: Any) -> list[str]:
    """The answers that would no longer apply if this one were given."""
    if key not in canvas.deciding or (walk.joint and not walk.joint.counts(key, value)):
        return []
    before = walk.opened(canvas)["paper"]
    after = canvas.asked_keys({**walk.settled, key: value}, "paper")
    if before is after:
        return []
    gone = [k for k in before if k not in after]
    kept = [k for k in gone if k in walk.values]
    return [k for k in kept if canvas[k].of is None or k.endswith(".what")]


def share(canvas: Canvas, walk: Walk, depth: Depth | None = None) -> tuple[int, int]:
    """(settled, asked) questions at this depth."""
    asked = [q for q in canvas.asked(walk.values, depth or walk.depth) if q.of is None]
    return sum(q.key in walk.given for q in asked), len(asked)
