"""Answers -> the five routes, each with what must come before it; and whether to go on at all.

The gate is looked at through what the leading route needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flows.model.canvas import UNKNOWN, Because, Condition, Values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flows.model.rules import Minimum, Proof, RouteRule, Rules, Side

Fit = Literal["fits", "first", "possible", "open", "not_now"]
FITS: tuple[Fit, ...] = ("fits", "first", "possible", "open", "not_now")
Strength = Literal["strong", "weak", "unknown", "none"]
STRENGTHS: tuple[Strength, ...] = ("strong", "weak", "unknown", "none")

Outcome = Literal["small", "go", "go_first", "find_out", "too_early"]
MOST_NAMED = 2  # things that "go on, but first this" names


@dataclass(frozen=True)
class First:
    """What must come before a route, by the key of its rule.

    `asks`: the question that is still without a good answer, where knowing it is
    what must come first; `because` is then empty if nothing is known.
    """

    rule: str
    because: Because
    source: str
    steps: tuple[str, ...] = ()
    waits_for: str | None = None
    asks: str | None = None
    decisive: bool = False


@dataclass(frozen=True)
class Route:
    """`asks`: the questions that would tell, where the fit is open.

    `side`: the side that leads; for Uit `here` or `elsewhere`, else the route's key.
    """

    route: str
    fit: Fit
    strength: Strength
    because: Because
    source: str
    first: tuple[First, ...] = ()
    notes: tuple[First, ...] = ()
    way_here: str | None = None
    way_elsewhere: str | None = None
    asks: tuple[str, ...] = ()
    side: str = ""
    sides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gate:
    """`lacking`: the questions without a good answer yet, and `route` is which route needs them.

    `because` holds answers that were really given; of go_first one for each thing named.
    """

    outcome: Outcome
    because: Because
    source: str
    lacking: tuple[str, ...] = ()
    route: str | None = None
    first: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Seen:
    """One side: how strong its signal is, and what stands before it."""

    key: str
    strength: Strength
    because: Because
    asks: tuple[str, ...]
    first: tuple[First, ...]
    fit: Fit


def find_routes(rules: Rules, values: Values, small: Because) -> tuple[Route, ...]:
    """Every route with its fit, best first; none fits where staying small is the outcome."""
    found = [find_route(rule, rules, values, small) for rule in rules.routes]
    return _ranked(rules, found, {r.key for r in rules.routes if r.ahead.holds(values)})


def fit_of(rule: RouteRule, rules: Rules, values: Values, small: Because) -> Fit:
    """The fit alone."""
    return "not_now" if small else _lead(*_sides(rule, rules, values)).fit


def find_route(rule: RouteRule, rules: Rules, values: Values, small: Because = ()) -> Route:
    seen, alive = _sides(rule, rules, values)
    lead = _lead(seen, alive)
    fit, first = lead.fit, lead.first
    because = merge(*(s.because for s in alive or seen))
    if small and fit != "not_now":
        fit, first, because = "not_now", (), merge(small, because)
    ways = {}
    if rule.key == "out" and fit != "not_now":
        ways = {way.where: way for way in rules.ways if way.when.holds(values)}
    because = merge(because, *(way.when.because(values) for way in ways.values()))
    notes = (note for note in rule.notes if note.when.holds(values))
    return Route(
        rule.key, fit, lead.strength, known(because), rule.source, first,
        tuple(First(n.key, known(n.when.because(values)), n.source) for n in notes),
        ways["here"].key if "here" in ways else None,
        ways["elsewhere"].key if "elsewhere" in ways else None,
        tuple(dict.fromkeys(k for s in seen for k in s.asks)) if fit == "open" else (),
        lead.key, tuple(dict.fromkeys(s.key for s in (lead, *alive) if s in alive)),
    )  # fmt: skip


def _sides(rule: RouteRule, rules: Rules, values: Values) -> tuple[list[_Seen], list[_Seen]]:
    """All, and those with a signal."""
    seen = [_side(side, rule, rules, values) for side in rule.sides]
    return seen, [s for s in seen if s.strength in ("strong", "weak")]


def _lead(seen: list[_Seen], alive: list[_Seen]) -> _Seen:
    return min(alive or seen, key=lambda s: (FITS.index(s.fit), STRENGTHS.index(s.strength)))


def _side(side: Side, rule: RouteRule, rules: Rules, values: Values) -> _Seen:
    strength, because, asks = _signal(side, values)
    first: tuple[First, ...] = ()
    if strength in ("strong", "weak"):
        waits = not (rule.despite_gate and strength == "strong")
        lacks = lacking(side.key, rules, values) if waits else ()
        first = (*lacks, *_obstacles(side.key, rules, values))
    fit: Fit = {"strong": "fits", "weak": "possible", "unknown": "open"}.get(strength, "not_now")  # type: ignore[assignment]
    return _Seen(
        side.key, strength, because, asks, first, "first" if fit == "fits" and first else fit
    )


def _signal(side: Side, values: Values) -> tuple[Strength, Because, tuple[str, ...]]:
    """Open is what could still turn out strong; an unknown answer is no signal."""
    strong, weak = side.strong.because(values), side.weak.because(values)
    if strong or weak:
        return ("strong" if strong else "weak"), merge(strong, weak), ()
    keys = dict.fromkeys((*side.strong.keys, *side.weak.keys))
    told = tuple((k, values[k]) for k in keys if answered(values, k))
    missing = tuple(k for k in side.strong.keys if not answered(values, k))
    return ("unknown" if missing or not told else "none"), told, missing


def answered(values: Values, key: str) -> bool:
    """Whether there is a real answer; "I do not know yet" is none."""
    return values.get(key) not in (None, "", UNKNOWN)


def _obstacles(side: str, rules: Rules, values: Values) -> Iterator[First]:
    for rule in rules.firsts:
        if side in rule.sides and rule.when.holds(values) and not rule.unless.holds(values):
            yield First(
                rule.key, known(rule.when.because(values)), rule.source, rule.steps,
                rule.waits_for, decisive=rule.decisive,
            )  # fmt: skip


def lacking(side: str, rules: Rules, values: Values) -> Iterator[First]:
    """What is not proven yet of what this side needs."""
    for proof in rules.proofs:
        if side in proof.sides and wanted(proof, values) and not proof.enough.holds(values):
            given = ((proof.asks, values[proof.asks]),) if answered(values, proof.asks) else ()
            yield First(proof.key, given, proof.source, proof.steps, asks=proof.asks)


def wanted(proof: Proof | Minimum, values: Values) -> bool:
    return proof.when is None or proof.when.holds(values)


def known(because: Because) -> Because:
    """An unknown answer is never a reason."""
    return tuple((key, value) for key, value in because if value != UNKNOWN)


def merge(*reasons: Because) -> Because:
    """Several lists of reasons as one, each question once."""
    return tuple(dict(reason for some in reasons for reason in some).items())


# ---------------------------------------------------------------- the order


def _ranked(rules: Rules, routes: list[Route], ahead: set[str]) -> tuple[Route, ...]:
    """Best fit first, then strong, then who is ahead, then who has more signals.

    Who is waited for goes above, and what comes after a main route never leads one: once
    another leads, it has its place by its own fit.
    """
    order = sorted(
        routes,
        key=lambda r: (
            FITS.index(r.fit),
            STRENGTHS.index(r.strength),
            r.route not in ahead,
            -len(r.sides),
        ),
    )
    for route in list(order):
        for awaited in [f.waits_for for f in route.first if f.waits_for]:
            _lift(order, awaited, above=route)
    after = {rule.key for rule in rules.routes if rule.after_main}
    if order[0].route in after and len(order) > 1 and suggested(order[1]):
        order[0], order[1] = order[1], order[0]
    return tuple(order)


def suggested(route: Route) -> bool:
    return route.fit in ("fits", "first", "possible")


def _lift(order: list[Route], key: str, above: Route) -> None:
    awaited = next(r for r in order if r.route == key)
    if suggested(awaited) and order.index(awaited) > order.index(above):
        order.remove(awaited)
        order.insert(order.index(above), awaited)


def route_conditions(rules: Rules, sides: Iterable[str]) -> Iterator[Condition]:
    """All that the fit of what has these sides rests on."""
    some = set(sides)
    for side in (side for route in rules.routes for side in route.sides if side.key in some):
        yield from (side.strong, side.weak)
    for first in (first for first in rules.firsts if some.intersection(first.sides)):
        yield from (first.when, first.unless)
    for proof in (proof for proof in rules.proofs if some.intersection(proof.sides)):
        yield from (proof.enough, proof.when) if proof.when else (proof.enough,)


# ---------------------------------------------------------------- the gate


def too_early(rules: Rules, values: Values) -> tuple[str, ...]:
    """What has no answer yet, the first question of each, while fewer than half has a real one."""
    asked = [one.keys for one in rules.asked if wanted(one, values)]
    missing = [keys[0] for keys in asked if not any(answered(values, key) for key in keys)]
    return tuple(missing) if 2 * len(missing) > len(asked) else ()


def small(rules: Rules, values: Values) -> Because:
    """The answers by which it need not grow; none where it may."""
    if too_early(rules, values):
        return ()
    return next(gate for gate in rules.gates if gate.key == "small").when.because(values)


def find_gate(rules: Rules, routes: Sequence[Route], values: Values, small: Because) -> Gate:
    source = {gate.key: gate.source for gate in rules.gates}
    missing = too_early(rules, values)
    if missing:
        return Gate("too_early", (), source["too_early"], missing)
    if small:
        return Gate("small", small, source["small"])
    top = next((r for r in routes if suggested(r)), None)
    side, key = (top.side, top.route) if top else ("in", None)
    lacks = tuple(lacking(side, rules, values))
    if lacks:
        asks = tuple(dict.fromkeys(first.asks for first in lacks if first.asks))
        because = merge(*(first.because for first in lacks))
        return Gate("find_out", because, source["find_out"], asks, key)
    stops = [f for f in (top.first if top else ()) if f.decisive][:MOST_NAMED]
    if stops:
        return _go_first(stops, source["go_first"], key)
    return Gate("go", _proven(rules, side, values), source["go"], route=key)


def _go_first(stops: Sequence[First], source: str, route: str | None) -> Gate:
    named = tuple(first.because[0] for first in stops)
    return Gate(
        "go_first", merge(named), source,
        tuple(key for key, _ in named), route, tuple(first.rule for first in stops),
    )  # fmt: skip


def _proven(rules: Rules, side: str, values: Values) -> Because:
    """The good answers that this side needed."""
    keys = [proof.asks for proof in rules.proofs if side in proof.sides and wanted(proof, values)]
    return tuple((k, values[k]) for k in dict.fromkeys(keys) if answered(values, k))
