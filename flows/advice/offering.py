"""What can be chosen for a question: its own choices, and what follows from the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.advice.advice import advise
from flows.advice.undertakings import done_steps
from flows.model.kinds import KIND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flows.model.canvas import Question
    from flows.model.guidebook import Guide
    from flows.model.journey import Walk


def choices(guide: Guide, walk: Walk, question: Question) -> tuple[str, ...]:
    """All of them, in order, with what stands beside."""
    kind = KIND[question.kind]
    offer = OFFERED.get(kind.offers)
    first = offer(guide, walk) if offer else question.choices
    return (*first, *kind.fixed, *kind.beside)


def _not_arranged(guide: Guide, walk: Walk) -> tuple[str, ...]:
    return tuple(key.partition(".")[2] for key in guide.canvas.not_arranged(walk.values))


def best_steps(guide: Guide, walk: Walk) -> tuple[str, ...]:
    advice = advise(guide.canvas, guide.rules, walk.values)
    left = advice.without(done_steps(walk)) if walk.attempts else advice
    return tuple(s.step for s in left.first_steps)


OFFERED: Mapping[str, Callable[[Guide, Walk], tuple[str, ...]]] = {
    "not_arranged": _not_arranged,
    "best_steps": best_steps,
}
"""What is offered beside a question's own choices: it follows from the answers."""
