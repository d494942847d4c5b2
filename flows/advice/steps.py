"""Gate and routes -> the next steps, in the order in which they must be set.

After the person's own first step: what the gate lacks as far as the leading route
needs it; what must come before that route, and the step that is that route; the
same for the second route, one each; what is really missing; what is there by halves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.advice.routes import First, Gate, Route, known, merge, suggested

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flows.model.canvas import Because, Values
    from flows.model.rules import Rules, StepRule

FIRST_STEPS = 3  # steps that stand everywhere: nobody reads more


@dataclass(frozen=True)
class Step:
    """`more` are the keys of extra sentences that these answers call for."""

    step: str
    because: Because
    source: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    """A step with an answer behind it; `real` where it is missing, not there by halves."""

    rule: StepRule
    step: Step
    real: bool
    urgent: bool
    later: bool


def next_steps(
    rules: Rules, gate: Gate, routes: Sequence[Route], values: Values
) -> tuple[Step, ...]:
    """All steps, each once, the most needed first."""
    if gate.outcome == "small":
        small = sorted((r for r in rules.steps if r.small), key=lambda rule: rule.small)
        return tuple(Step(rule.key, gate.because, rule.source) for rule in small)
    seen = ((rule.key, _found(rule, values)) for rule in rules.steps)
    found = {key: one for key, one in seen if one}
    order = dict.fromkeys(_order(found, gate, [r for r in routes if suggested(r)]))
    return tuple(found[key].step for key in _by_third(found, list(order)))


def _found(rule: StepRule, values: Values) -> _Found | None:
    real, partly = known(rule.when.because(values)), known(rule.partly.because(values))
    if not (real or partly) or rule.unless.holds(values):
        return None
    extra = {key: c.because(values) for key, c in (rule.more or {}).items()}
    more = tuple(key for key, because in extra.items() if because)
    because = merge(real, partly, *(extra[key] for key in more))
    urgent, later = rule.by_third.holds(values), rule.later.holds(values)
    return _Found(rule, Step(rule.key, because, rule.source, more), bool(real), urgent, later)


# ---------------------------------------------------------------- the order


def _order(found: dict[str, _Found], gate: Gate, routes: list[Route]) -> Iterator[str]:
    leading, main = routes[:1], [*routes[:2], *(r for r in routes[2:] if r.strength == "strong")]
    told: dict[str, None] = {}
    for route in main:
        before, own = _before(found, route.first), list(_walking(found, route))
        if route in leading:
            lacks = [f for f in route.first if f.asks and gate.outcome == "find_out"]
            way = (*_before(found, lacks), *before)
            told |= dict.fromkeys(sorted(way, key=lambda key: found[key].later))
        else:
            told |= dict.fromkeys([k for k in before if k not in told][:1])
        told |= dict.fromkeys([k for k in own if k not in told][:1])
    yield from told
    for route in main:
        yield from _walking(found, route)
    yield from _rest(found, routes, real=True)
    for route in routes:
        yield from (*_before(found, route.first), *_walking(found, route))
    yield from _rest(found, routes, real=False)


def _before(found: dict[str, _Found], firsts: Iterable[First]) -> list[str]:
    """What clears the way; its proof comes last, since the gate asked that first."""
    firsts = sorted(firsts, key=lambda first: first.asks is not None)
    keys = [key for first in firsts for key in first.steps if key in found]
    return sorted(keys, key=lambda key: not found[key].real)


def _walking(found: dict[str, _Found], route: Route) -> Iterator[str]:
    """The steps that are this route: of the side that leads first."""
    for side in route.sides:
        keys = [key for key, one in found.items() if side in one.rule.sides]
        yield from sorted(keys, key=lambda key: not found[key].real)


def _rest(found: dict[str, _Found], routes: list[Route], *, real: bool) -> list[str]:
    """In the order of the file, what touches a leading route first."""
    top = {side for route in routes[:2] for side in route.sides}
    kept = [k for k, one in found.items() if one.real == real and one.rule.touches]
    return sorted(kept, key=lambda k: (top.isdisjoint(found[k].rule.touches), found[k].later))


def _by_third(found: dict[str, _Found], order: list[str]) -> list[str]:
    late = [key for key in order[FIRST_STEPS:] if found[key].urgent]
    for key in late[:1]:
        order.remove(key)
        order.insert(FIRST_STEPS - 1, key)
    return order
