"""Answers -> whether to go on: looked at through what the leading route needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flows.advice.routes import answered, lacking, suggested, wanted
from flows.model.canvas import merge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.advice.routes import First, Route
    from flows.model.canvas import Because, Values
    from flows.model.rules import Rules

Outcome = Literal["small", "go", "go_first", "find_out", "too_early"]
MOST_NAMED = 2
"""Things that "go on, but first this" names."""


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


def find_gate(rules: Rules, routes: Sequence[Route], values: Values) -> Gate:
    source = {gate.key: gate.source for gate in rules.gates}
    missing = too_early(rules, values)
    if missing:
        return Gate("too_early", (), source["too_early"], missing)
    because = small(rules, values)
    if because:
        return Gate("small", because, source["small"])
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
