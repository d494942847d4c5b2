"""Answers -> whether to go on: looked at through what the leading route needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flows.advice.routes import answered, lacking, suggested, wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.advice.routes import First, Route
    from flows.model.canvas import Because, Values
    from flows.model.rules import Minimum, Rules

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


def too_early(rules: Rules, values: Values) -> bool:
    """Fewer than half of what the gate goes by has a real answer."""
    asked = _asked(rules, values)
    return 2 * (len(asked) - len(_unanswered(asked, values))) < len(asked)


def _asked(rules: Rules, values: Values) -> list[Minimum]:
    return [a for a in rules.asked if a.when is None or a.when.holds(values)]


def _unanswered(asked: Sequence[Minimum], values: Values) -> list[str]:
    """Of what the gate goes by, the first question of each that has no real answer yet."""
    return [one.keys[0] for one in asked if not any(answered(values, key) for key in one.keys)]


def small(rules: Rules, values: Values) -> Because:
    """The answers by which it need not grow; none where it may."""
    if too_early(rules, values):
        return ()
    return next(gate for gate in rules.gates if gate.key == "small").when.because(values)


def find_gate(rules: Rules, routes: Sequence[Route], values: Values) -> Gate:
    source = {gate.key: gate.source for gate in rules.gates}
    if too_early(rules, values):
        missing = tuple(_unanswered(_asked(rules, values), values))
        return Gate("too_early", (), source["too_early"], missing)
    because = small(rules, values)
    if because:
        return Gate("small", because, source["small"])
    top = next((r for r in routes if suggested(r)), None)
    side, key = (top.side, top.route) if top else ("in", None)
    lacks = tuple(lacking(side, rules, values))
    if lacks:
        return _find_out(lacks, source["find_out"], key)
    stops = [f for f in (top.first if top else ()) if f.decisive][:MOST_NAMED]
    if stops:
        return _go_first(stops, source["go_first"], key)
    return Gate("go", _proven(rules, side, values), source["go"], route=key)


def _find_out(missing: tuple[First, ...], source: str, route: str | None) -> Gate:
    asks = tuple(dict.fromkeys(first.asks for first in missing if first.asks))
    known = tuple(reason for first in missing for reason in first.because)
    return Gate("find_out", tuple(dict(known).items()), source, asks, route)


def _go_first(stops: Sequence[First], source: str, route: str | None) -> Gate:
    named = tuple(first.because[0] for first in stops)
    return Gate(
        "go_first", tuple(dict(named).items()), source,
        tuple(key for key, _ in named), route, tuple(first.rule for first in stops),
    )  # fmt: skip


def _proven(rules: Rules, side: str, values: Values) -> Because:
    """The good answers that this side needed."""
    keys = [proof.asks for proof in rules.proofs if side in proof.sides and wanted(proof, values)]
    return tuple((k, values[k]) for k in dict.fromkeys(keys) if answered(values, k))
