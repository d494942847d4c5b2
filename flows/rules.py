"""The rules as data: what content/advice.toml says, with fixed keys and sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.canvas import Condition


@dataclass(frozen=True)
class Rule:
    """A condition under a fixed key, with its source."""

    key: str
    when: Condition
    source: str


@dataclass(frozen=True)
class FirstRule(Rule):
    """Something that must come first: the steps that do it, the route waited for."""

    steps: tuple[str, ...] = ()
    waits_for: str | None = None


@dataclass(frozen=True)
class RouteRule:
    key: str
    source: str
    strong: Condition
    weak: Condition
    firsts: tuple[FirstRule, ...] = ()
    notes: tuple[Rule, ...] = ()
    despite_gate: bool = False
    after_main: bool = False


@dataclass(frozen=True)
class WayRule(Rule):
    where: str = "here"


@dataclass(frozen=True)
class StepRule(Rule):
    """`while_fits`: only while that route fits; `open_points`: from so many on."""

    always: bool = False
    while_fits: str | None = None
    open_points: int = 0
    more: Mapping[str, Condition] | None = None


@dataclass(frozen=True)
class Observation(Rule):
    part: str = ""
    at: str = "end"


@dataclass(frozen=True)
class Rules:
    gates: tuple[Rule, ...]
    routes: tuple[RouteRule, ...]
    ways: tuple[WayRule, ...]
    steps: tuple[StepRule, ...]
    observations: tuple[Observation, ...]
