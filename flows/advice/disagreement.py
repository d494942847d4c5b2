"""Where the advice would be another, if what somebody else answered were in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.advice.advice import Route, advise

if TYPE_CHECKING:
    from flows.model.canvas import Canvas
    from flows.model.journey import Walk
    from flows.model.rules import Rules
    from flows.model.voices import Voice


@dataclass(frozen=True)
class OtherAdvice:
    """What follows from one voice that differs. `outcome`: of the gate, empty where it stays.

    `routes`: those that fit otherwise then; `steps`: those that come first then and do not now.
    """

    voice: Voice
    outcome: str
    routes: tuple[Route, ...]
    steps: tuple[str, ...]

    @property
    def same(self) -> bool:
        return not (self.outcome or self.routes or self.steps)


def other_advice(canvas: Canvas, rules: Rules, walk: Walk) -> tuple[OtherAdvice, ...]:
    """One for each answer that differs, in the order of the questions; none where nobody does."""
    if walk.joint is None:
        return ()
    stands = walk.joint.stands
    keys = [question.key for question in canvas.questions if question.key in stands]
    differing = [voice for key in keys for voice in stands[key].others]
    return tuple(_with(canvas, rules, walk, voice) for voice in differing)


def _with(canvas: Canvas, rules: Rules, walk: Walk, voice: Voice) -> OtherAdvice:
    now = advise(canvas, rules, walk.values)
    then = advise(canvas, rules, {**walk.values, voice.given.question: voice.given.value})
    fits = {route.route: route.fit for route in now.routes}
    first = {step.step for step in now.first_steps}
    outcome = then.gate.outcome if then.gate.outcome != now.gate.outcome else ""
    routes = tuple(route for route in then.routes if fits.get(route.route) != route.fit)
    steps = tuple(step.step for step in then.first_steps if step.step not in first)
    return OtherAdvice(voice, outcome, routes, steps)
