"""What may be seen of an adviser's canvas. How it is made: flows/trajectory/views.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from flows.model.journey import Given


@dataclass(frozen=True)
class View:
    """What one adviser shares. None stands for what is not shared.

    `week`: the Monday of the week in which something changed last, joining too; `given`:
    the answers that may be read, with when they were given.
    """

    part: str = ""
    settled: int = 0
    asked: int = 0
    week: date | None = None
    shares: tuple[str, ...] = ()
    gate: str | None = None
    routes: tuple[tuple[str, str], ...] | None = None
    attention: tuple[tuple[str, str, str], ...] | None = None
    steps: tuple[str, ...] | None = None
    open_points: tuple[str, ...] | None = None
    ingredients: Mapping[str, str] | None = None
    given: Mapping[str, Given] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        return {key: given.value for key, given in self.given.items()}
