"""Answers -> gate, routes, attention, next steps, each with the answers it rests on.

Pure: the rules are data (content/advice.toml), no scores, no weights. Every
function takes answers that apply (`Canvas.relevant`). How gate and routes
are found is in routes.py, the order of the steps in steps.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from flows.advice.routes import (
    FITS,
    First,
    Fit,
    Gate,
    Route,
    find_gate,
    find_routes,
    fit_of,
    route_conditions,
    small,
)  # fmt: skip
from flows.advice.routes import suggested as is_suggested
from flows.advice.steps import FIRST_STEPS, Step, next_steps
from flows.model.canvas import UNKNOWN, Because, Canvas, Values
from flows.model.kinds import KIND
from flows.model.rules import RouteRule, Rules, keys_of, used_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


__all__ = [
    "AT_MOST_STEPS", "FIRST_STEPS", "FITS", "Advice", "Attention", "Change", "First", "Fit",
    "Gate", "Route", "Step", "advise", "changes", "observe", "route_keys",
]  # fmt: skip

AT_MOST_STEPS = 7
OWN = "small_win"  # the step that a person chose as their first


@dataclass(frozen=True)
class Change:
    """One other answer to one question, and the fit that a route would get."""

    question: str
    answer: Any
    fit: Fit


@dataclass(frozen=True)
class Attention:
    """kind `ingredient` (no, unknown, partly) or `pitfall` (raised, mild).

    `because` is empty where nothing is known: an unknown is an open point, no reason.
    """

    kind: Literal["ingredient", "pitfall"]
    key: str
    level: str
    because: Because


@dataclass(frozen=True)
class Advice:
    """`own`: the first step that the person chose; it is not told again among the others.

    `next_steps`: at most seven suggestions; `also`: what is left of them.
    """

    gate: Gate
    routes: tuple[Route, ...]
    attention: tuple[Attention, ...]
    open_points: tuple[str, ...]
    next_steps: tuple[Step, ...]
    also: tuple[Step, ...]
    own: Step | None = None

    def without(self, done: Collection[str]) -> Advice:
        """The same where these steps were done: they are not told again."""
        left = [step for step in self.steps if step.step not in done]
        return replace(
            self, next_steps=tuple(left[:AT_MOST_STEPS]), also=tuple(left[AT_MOST_STEPS:])
        )

    @property
    def told(self) -> tuple[Step, ...]:
        """The person's own first step, then the suggestions."""
        return (*((self.own,) if self.own else ()), *self.next_steps)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every suggestion, the first ones first."""
        return (*self.next_steps, *self.also)

    @property
    def first_steps(self) -> tuple[Step, ...]:
        return self.next_steps[:FIRST_STEPS]

    @property
    def suggested(self) -> tuple[Route, ...]:
        return tuple(r for r in self.routes if is_suggested(r))

    @property
    def open_routes(self) -> tuple[Route, ...]:
        """Nothing can be said of them yet; `asks` are the questions that would tell."""
        return tuple(r for r in self.routes if r.fit == "open")


def advise(canvas: Canvas, rules: Rules, values: Values) -> Advice:
    """All advice for these answers, in the order in which it is told.

    Remembered by all that it rests on: one turn asks for it in several places, and what
    people say in their own words changes nothing about it.
    """
    kept = canvas.relevant(values)
    # The rules go along, so that no other rules can get their id.
    rests: tuple[Rules, dict[str, None]] = canvas.advised.of(
        id(rules), lambda: (rules, _rests_on(canvas, rules))
    )
    open_now = tuple(key for key, value in kept.items() if value == UNKNOWN)
    found: tuple[Rules, Advice] = canvas.advised.of(
        (id(rules), answers_at(kept, rests[1]), open_now),
        lambda: (rules, _advise(canvas, rules, kept)),
    )
    return found[1]


def _rests_on(canvas: Canvas, rules: Rules) -> dict[str, None]:
    checks = (key for pitfall in canvas.pitfalls for key in pitfall.checks)
    chosen = f"closing.{OWN}"
    return dict.fromkeys((*used_keys(rules), *checks, *canvas.ingredients, chosen))


def answers_at(values: Values, keys: Iterable[str]) -> tuple[Any, ...]:
    """What was answered to these, as something that can be looked up."""
    found = map(values.get, keys)
    return tuple([v if v is None or v.__class__ is str else repr(v) for v in found])


def _advise(canvas: Canvas, rules: Rules, values: Values) -> Advice:
    stays = small(rules, values)
    routes = find_routes(rules, values, stays)
    gate = find_gate(rules, routes, values, stays)
    chosen = values.get(f"closing.{OWN}")
    steps = [s for s in next_steps(rules, gate, routes, values) if s.step != chosen]
    # In the order of the canvas, but what decides about gate and routes first.
    decides = {*gate.lacking, *(key for route in routes for key in route.asks)}
    return Advice(
        gate=gate,
        routes=routes,
        attention=tuple(_attention(canvas, values)),
        open_points=tuple(sorted(canvas.open_points(values), key=lambda key: key not in decides)),
        next_steps=tuple(steps[:AT_MOST_STEPS]),
        also=tuple(steps[AT_MOST_STEPS:]),
        own=_own(canvas, values) if chosen not in (None, UNKNOWN) else None,
    )


def _own(canvas: Canvas, values: Values) -> Step:
    keys = [q.key for q in canvas.by_part["closing"] if KIND[q.kind].offers == "best_steps"]
    return Step(OWN, tuple((k, values[k]) for k in keys if k in values), "CDKM")


def changes(
    canvas: Canvas, rules: Rules, values: Values, only: str | None = None
) -> dict[str, tuple[Change, ...]]:
    """What would change each route's fit: every other single answer, tried.

    `values` are all that is kept: a change may bring a branch back, answers and all.
    "I do not know" is not tried: it is no answer anyone works towards. `only` one
    route is a fifth of the work.
    """
    kept = canvas.relevant(values)
    wanted = [rule for rule in rules.routes if only in (None, rule.key)]
    rests, tried = _keys(canvas, rules, *wanted), []
    for question, answer in _other_answers(canvas, rules, kept):
        if not rests.isdisjoint(canvas.sways.get(question, ())):
            tried.append((question, answer, canvas.relevant({**values, question: answer})))
        elif question in rests:
            tried.append((question, answer, {**kept, question: answer}))
    return {rule.key: tuple(_changes(canvas, rule, rules, kept, tried)) for rule in wanted}


def _changes(
    canvas: Canvas,
    rule: RouteRule,
    rules: Rules,
    kept: Values,
    tried: Iterable[tuple[str, Any, Values]],
) -> Iterator[Change]:
    """Those that give this route another fit, remembered by the answers on which that rests."""
    keys = _keys(canvas, rules, rule)

    def fit(values: Values) -> Fit:
        found: tuple[Rules, Fit] = canvas.advised.of(
            (id(rules), rule.key, answers_at(values, keys)),
            lambda: (rules, fit_of(rule, rules, values, small(rules, values))),
        )
        return found[1]

    now = fit(kept)
    for question, answer, values in tried:
        if (then := fit(values)) != now:
            yield Change(question, answer, then)


def _other_answers(canvas: Canvas, rules: Rules, values: Values) -> Iterator[tuple[str, Any]]:
    keys = _keys(canvas, rules)
    for question in canvas.asked(values, "full"):
        if question.key in keys and KIND[question.kind].one:
            for choice in question.choices:
                if choice != values.get(question.key):
                    yield question.key, choice


def _keys(canvas: Canvas, rules: Rules, *of: RouteRule) -> frozenset[str]:
    """`route_keys`, worked out once."""
    found: tuple[Rules, frozenset[str]] = canvas.advised.of(
        (id(rules), *(rule.key for rule in of)), lambda: (rules, route_keys(rules, *of))
    )
    return found[1]


def route_keys(rules: Rules, *of: RouteRule) -> frozenset[str]:
    """The questions on which the gate and these routes rest, or all."""
    sides = [side.key for rule in of or rules.routes for side in rule.sides]
    conditions = [*(gate.when for gate in rules.gates), *route_conditions(rules, sides)]
    conditions += [one.when for one in rules.asked if of and one.when]
    asked = (key for one in rules.asked for key in one.keys)
    return frozenset((*asked, *keys_of(conditions)))


def observe(rules: Rules, part: str, at: str, values: Values) -> First | None:
    """The first observation of this part and moment whose answers were given."""
    for rule in rules.observed.get((part, at), ()):
        if rule.when.holds(values):
            return First(rule.key, rule.when.because(values), rule.source)
    return None


def _attention(canvas: Canvas, values: Values) -> Iterable[Attention]:
    for key in canvas.not_arranged(values):
        known = () if values[key] == UNKNOWN else ((key, values[key]),)
        yield Attention("ingredient", key, values[key], known)
    raised = [(p, p.raised(values)) for p in canvas.pitfalls]
    for wanted in ("raised", "mild"):
        for pitfall, level in raised:
            if level == wanted:
                yield Attention("pitfall", pitfall.key, level, pitfall.because(values))
