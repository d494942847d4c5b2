"""Answers -> gate, routes, attention, next steps, each with the answers it rests on.

Pure: the rules are data (content/advice.toml), no scores, no weights. Every
function takes answers that apply (`Canvas.relevant`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from flows.canvas import (
    REMEMBERED,
    UNKNOWN,
    Because,
    Canvas,
    Condition,
    Values,
    frozen,
    merge,
)
from flows.rules import FirstRule, RouteRule, Rule, Rules, StepRule, WayRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Fit = Literal["fits", "first", "possible", "not_now"]
FITS: tuple[Fit, ...] = ("fits", "first", "possible", "not_now")
AT_MOST_STEPS = 7


@dataclass(frozen=True)
class Gate:
    outcome: str
    because: Because
    source: str


@dataclass(frozen=True)
class First:
    """What must come before a route, by the key of its rule."""

    rule: str
    because: Because
    source: str
    steps: tuple[str, ...] = ()
    waits_for: str | None = None


@dataclass(frozen=True)
class Route:
    route: str
    fit: Fit
    strength: Literal["strong", "weak", "unknown", "none"]
    because: Because
    source: str
    first: tuple[First, ...] = ()
    notes: tuple[First, ...] = ()
    way_here: str | None = None
    way_elsewhere: str | None = None


@dataclass(frozen=True)
class Change:
    """One other answer to one question, and the fit that a route would get."""

    question: str
    answer: Any
    fit: Fit


@dataclass(frozen=True)
class Attention:
    """kind `ingredient` (no, unknown, partly) or `pitfall` (raised, mild)."""

    kind: Literal["ingredient", "pitfall"]
    key: str
    level: str
    because: Because


@dataclass(frozen=True)
class Step:
    """`more` are the keys of extra sentences that these answers call for."""

    step: str
    because: Because
    source: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Advice:
    gate: Gate
    routes: tuple[Route, ...]
    attention: tuple[Attention, ...]
    open_points: tuple[str, ...]
    next_steps: tuple[Step, ...]
    also: tuple[Step, ...]

    @property
    def suggested(self) -> tuple[Route, ...]:
        return tuple(r for r in self.routes if r.fit != "not_now")


def advise(canvas: Canvas, rules: Rules, values: Values) -> Advice:
    """All advice for these answers, in the order in which it is told.

    Remembered: one turn asks for it in several places.
    """
    key = (id(rules), frozen(values))
    if key not in canvas.advised:
        if len(canvas.advised) >= REMEMBERED:
            canvas.advised.clear()
        # The rules go along, so that no other rules can get their id.
        canvas.advised[key] = rules, _advise(canvas, rules, canvas.relevant(values))
    advice: Advice = canvas.advised[key][1]
    return advice


def _advise(canvas: Canvas, rules: Rules, values: Values) -> Advice:
    gate = find_gate(rules, values)
    routes = find_routes(rules, gate, values)
    steps = tuple(_ordered(canvas, gate, routes, _triggered(canvas, rules, gate, routes, values)))
    return Advice(
        gate=gate,
        routes=routes,
        attention=tuple(_attention(canvas, values)),
        open_points=tuple(canvas.open_points(values)),
        next_steps=steps[:AT_MOST_STEPS],
        also=steps[AT_MOST_STEPS:],
    )


def find_gate(rules: Rules, values: Values) -> Gate:
    """The first gate that holds; for the last one, what the go gate lacks."""
    *tried, last = rules.gates
    for rule in tried:
        because = rule.when.because(values)
        if because:
            return Gate(rule.key, because, rule.source)
    go = tried[-1].when.clauses[0]
    lacking = tuple((k, values[k]) for k, good in go.needs if k in values and values[k] not in good)
    return Gate(last.key, lacking, last.source)


def find_routes(rules: Rules, gate: Gate, values: Values) -> tuple[Route, ...]:
    """Every route with its fit, best first."""
    return _ranked(rules, [_route(rule, rules, gate, values) for rule in rules.routes])


def _route(rule: RouteRule, rules: Rules, gate: Gate, values: Values) -> Route:
    strength, because = _signal(rule, values)
    firsts = tuple(_first(f, values) for f in rule.firsts if f.when.holds(values))
    firsts = firsts if strength in ("strong", "weak") else ()
    fit: Fit = {"strong": "fits", "weak": "possible", "unknown": "possible"}.get(
        strength, "not_now"
    )  # type: ignore[assignment]
    if firsts:
        fit = "first"
    if gate.outcome == "find_out" and fit == "fits" and not rule.despite_gate:
        fit, firsts = "first", (First("gate", gate.because, gate.source),)
    if gate.outcome == "small" and fit != "not_now":
        fit, because, firsts = "not_now", merge(gate.because, because), ()
    notes = tuple(_first(n, values) for n in rule.notes if n.when.holds(values))
    ways = _ways(rules, values) if rule.key == "out" and fit != "not_now" else {}
    because = merge(because, *(way.when.because(values) for way in ways.values()))
    return Route(
        rule.key, fit, strength, because, rule.source, firsts, notes,
        _key(ways.get("here")), _key(ways.get("elsewhere")),
    )  # fmt: skip


def _signal(
    rule: RouteRule, values: Values
) -> tuple[Literal["strong", "weak", "unknown", "none"], Because]:
    strong, weak = rule.strong.because(values), rule.weak.because(values)
    if strong:
        return "strong", merge(strong, weak)
    if weak:
        return "weak", weak
    keys = dict.fromkeys((*rule.strong.keys, *rule.weak.keys))
    unknown = tuple((k, UNKNOWN) for k in keys if values.get(k) == UNKNOWN)
    if unknown:
        return "unknown", unknown
    return "none", tuple((k, values[k]) for k in keys if k in values)


def _first(rule: Rule, values: Values) -> First:
    steps = rule.steps if isinstance(rule, FirstRule) else ()
    waits_for = rule.waits_for if isinstance(rule, FirstRule) else None
    return First(rule.key, rule.when.because(values), rule.source, steps, waits_for)


def _ways(rules: Rules, values: Values) -> dict[str, WayRule]:
    return {way.where: way for way in rules.ways if way.when.holds(values)}


def _key(way: WayRule | None) -> str | None:
    return way.key if way else None


def _ranked(rules: Rules, routes: list[Route]) -> tuple[Route, ...]:
    """Fits, first, possible, not now; a route that another waits for goes above it."""
    strengths = ("strong", "weak", "unknown", "none")
    order = sorted(routes, key=lambda r: (FITS.index(r.fit), strengths.index(r.strength)))
    for route in list(order):
        for awaited in [f.waits_for for f in route.first if f.waits_for]:
            _lift(order, awaited, above=route)
    after = {rule.key for rule in rules.routes if rule.after_main}
    if len(order) > 1 and order[0].route in after and order[1].fit != "not_now":
        order[0], order[1] = order[1], order[0]
    return tuple(order)


def _lift(order: list[Route], key: str, above: Route) -> None:
    awaited = next(r for r in order if r.route == key)
    if awaited.fit != "not_now" and order.index(awaited) > order.index(above):
        order.remove(awaited)
        order.insert(order.index(above), awaited)


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
    now = _fits(wanted, rules, kept)
    found: dict[str, list[Change]] = {rule.key: [] for rule in wanted}
    for question, answer in _other_answers(canvas, rules, kept):
        tried = canvas.relevant({**values, question: answer})
        for route, fit in _fits(wanted, rules, tried).items():
            if fit != now[route]:
                found[route].append(Change(question, answer, fit))
    return {route: tuple(some) for route, some in found.items()}


def _fits(wanted: list[RouteRule], rules: Rules, values: Values) -> dict[str, Fit]:
    gate = find_gate(rules, values)
    return {rule.key: _route(rule, rules, gate, values).fit for rule in wanted}


def _other_answers(canvas: Canvas, rules: Rules, values: Values) -> Iterator[tuple[str, Any]]:
    keys = route_keys(rules)
    for question in canvas.asked(values, "full"):
        if question.key in keys and question.kind in ("one_of", "agree"):
            for choice in question.choices:
                if choice != values.get(question.key):
                    yield question.key, choice


def route_keys(rules: Rules) -> frozenset[str]:
    """The questions on which gate and routes rest."""
    conditions: list[Condition] = [gate.when for gate in rules.gates]
    for route in rules.routes:
        conditions += [route.strong, route.weak, *(f.when for f in route.firsts)]
    return frozenset(key for condition in conditions for key in condition.keys)


def observe(rules: Rules, part: str, at: str, values: Values) -> First | None:
    """The first observation of this part and moment whose answers were given."""
    for rule in rules.observations:
        if (rule.part, rule.at) == (part, at) and rule.when.holds(values):
            return _first(rule, values)
    return None


def _attention(canvas: Canvas, values: Values) -> Iterable[Attention]:
    for key in canvas.not_arranged(values):
        yield Attention("ingredient", key, values[key], ((key, values[key]),))
    raised = [(p, p.raised(values)) for p in canvas.pitfalls]
    for wanted in ("raised", "mild"):
        for pitfall, level in raised:
            if level == wanted:
                yield Attention("pitfall", pitfall.key, level, pitfall.because(values))


def _triggered(
    canvas: Canvas, rules: Rules, gate: Gate, routes: tuple[Route, ...], values: Values
) -> Iterator[Step]:
    fits = {r.route: merge(r.because, gate.because) for r in routes if r.fit == "fits"}
    points = tuple((k, UNKNOWN) for k in canvas.open_points(values))
    for rule in rules.steps:
        because = rule.when.because(values)
        if rule.open_points and len(points) >= rule.open_points:
            because = points
        if rule.always:
            because = tuple((k, values[k]) for k in _closing_keys(canvas) if k in values)
        elif rule.while_fits and because:
            because = merge(because, fits[rule.while_fits]) if rule.while_fits in fits else ()
        if because or rule.always:
            yield _with_more(Step(rule.key, because, rule.source), rule, values)


def _closing_keys(canvas: Canvas) -> list[str]:
    return [
        q.key for q in canvas.of_part("closing") if q.kind == "step" or q.key.endswith("recheck")
    ]


def _with_more(step: Step, rule: StepRule, values: Values) -> Step:
    extra = {key: c.because(values) for key, c in (rule.more or {}).items()}
    held = tuple(key for key, because in extra.items() if because)
    return replace(step, more=held, because=merge(step.because, *(extra[k] for k in held)))


def _ordered(
    canvas: Canvas, gate: Gate, routes: tuple[Route, ...], steps: Iterable[Step]
) -> list[Step]:
    """Small win, what the gate lacks, firsts of the highest route, pitfalls, ingredients."""
    top = next((r for r in routes if r.fit != "not_now"), None)
    firsts = [key for f in (top.first if top else ()) for key in f.steps]
    lacking = dict(gate.because) if gate.outcome == "find_out" else {}
    return sorted(steps, key=lambda step: _rank(canvas, step, firsts, lacking))


def _rank(canvas: Canvas, step: Step, firsts: list[str], lacking: Mapping[str, Any]) -> int:
    if step.step == "small_win":
        return 0
    if step.step == "open_points":
        return 9
    if any(key in lacking for key, _ in step.because):
        return 1
    if step.step in firsts:
        return 2
    return min((_rank_of(canvas, key, value) for key, value in step.because), default=9)


def _rank_of(canvas: Canvas, key: str, value: Any) -> int:
    if any(key in pitfall.checks for pitfall in canvas.pitfalls):
        return 4 if value == "partly" else 3
    if key in canvas.ingredients:
        return {"no": 5, UNKNOWN: 6, "partly": 7}.get(value, 8)
    return 8
