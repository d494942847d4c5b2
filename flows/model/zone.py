"""Which clock counts for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import tzinfo


def zone_of(name: str, house: tzinfo | None) -> tzinfo | None:
    """The zone that a person chose, or the house's where that has no name."""
    return ZoneInfo(name) if name else house
