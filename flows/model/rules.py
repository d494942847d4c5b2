"""The rules as data: what content/advice.toml says, with fixed keys and sources.

A route is looked at by its sides: In, Op, Diep and Voorbij have one, with the
route's own key; Uit has two, `here` and `elsewhere`, each with its own signals,
obstacles and steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flows.model.canvas import Condition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NEVER = Condition(())  # holds for no answers


@dataclass(frozen=True)
class Rule:
    """A condition under a fixed key, with its source."""

    key: str
    when: Condition
    source: str


@dataclass(frozen=True)
class Proof:
    """What must be known before a side: `asks` is the question, `enough` its good answers.

    Applies while `when` holds, if there is one. `steps` bring what is lacking.
    """

    key: str
    asks: str
    sides: tuple[str, ...]
    enough: Condition
    when: Condition | None
    source: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class FirstRule(Rule):
    """An obstacle: what must come before these sides, and the steps that do it.

    `decisive`: a real "no" here makes the gate say "go on, but first this".
    `waits_for`: the route that goes before.
    """

    sides: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    decisive: bool = False
    waits_for: str | None = None
    unless: Condition = NEVER


@dataclass(frozen=True)
class Side:
    key: str
    strong: Condition
    weak: Condition


@dataclass(frozen=True)
class RouteRule:
    key: str
    source: str
    sides: tuple[Side, ...]
    notes: tuple[Rule, ...] = ()
    despite_gate: bool = False
    after_main: bool = False
    ahead: Condition = NEVER

    @property
    def strong(self) -> Condition:
        return Condition(tuple(c for side in self.sides for c in side.strong.clauses))

    @property
    def weak(self) -> Condition:
        return Condition(tuple(c for side in self.sides for c in side.weak.clauses))


@dataclass(frozen=True)
class WayRule(Rule):
    where: str = "here"


@dataclass(frozen=True)
class StepRule(Rule):
    """`when`: really missing, or asked for; `partly`: the same by halves.

    `sides`: those of which this step is the walking itself. `touches`: those that
    suffer where it is missing. A step with neither `touches` nor `small` comes only
    with a side that is suggested. `by_third`: among the first three where this holds.
    `later`: after what clears the way for the leading route, where this holds.
    `small`: its place where staying small is the outcome; it rests on the same answers.
    """

    partly: Condition = NEVER
    unless: Condition = NEVER
    by_third: Condition = NEVER
    later: Condition = NEVER
    sides: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()
    small: int = 0
    more: Mapping[str, Condition] | None = None


@dataclass(frozen=True)
class Observation(Rule):
    part: str = ""
    at: str = "end"


@dataclass(frozen=True)
class Minimum:
    """Questions of which one answer is enough for the gate to have something to go by."""

    keys: tuple[str, ...]
    when: Condition | None = None


@dataclass(frozen=True)
class Rules:
    gates: tuple[Rule, ...]
    asked: tuple[Minimum, ...]
    proofs: tuple[Proof, ...]
    firsts: tuple[FirstRule, ...]
    routes: tuple[RouteRule, ...]
    ways: tuple[WayRule, ...]
    steps: tuple[StepRule, ...]
    observations: tuple[Observation, ...]

    @cached_property
    def observed(self) -> Mapping[tuple[str, str], list[Observation]]:
        """The observations by their part and moment."""
        found: dict[tuple[str, str], list[Observation]] = {}
        for rule in self.observations:
            found.setdefault((rule.part, rule.at), []).append(rule)
        return found


def reasoning(rules: Rules) -> Iterator[Condition]:
    """Every condition whose answers are told as reasons."""
    yield from (gate.when for gate in rules.gates)
    yield from (proof.enough for proof in rules.proofs)
    yield from (first.when for first in rules.firsts)
    for route in rules.routes:
        yield from (route.strong, route.weak, *(note.when for note in route.notes))
    yield from (way.when for way in rules.ways)
    for step in rules.steps:
        yield from (step.when, step.partly, *(step.more or {}).values())


def bounding(rules: Rules) -> Iterator[Condition]:
    """The conditions that only say when a rule counts."""
    yield from (proof.when for proof in rules.proofs if proof.when)
    yield from (one.when for one in rules.asked if one.when)
    yield from (first.unless for first in rules.firsts)
    yield from (route.ahead for route in rules.routes)
    for step in rules.steps:
        yield from (step.unless, step.by_third, step.later)


def keys_of(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """The questions in these conditions, each once."""
    return tuple(dict.fromkeys(key for condition in conditions for key in condition.keys))


def used_keys(rules: Rules) -> tuple[str, ...]:
    """The questions whose answers the advice can rest on, or depend on."""
    asked = (key for one in rules.asked for key in one.keys)
    return tuple(dict.fromkeys((*keys_of((*reasoning(rules), *bounding(rules))), *asked)))
