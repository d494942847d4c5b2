"""How often something may be asked for in an hour: by an address, by a place on the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.clock import steady
from bot.delivery.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR = 3600
MANY = 10_000  # keys that are remembered before those at rest are forgotten


class Rates:
    """`clock`: steady seconds."""

    def __init__(self, clock: Callable[[], float] = steady) -> None:
        self.clock, self.paces = clock, dict[str, Pace]()

    def allow(self, key: str, most: int) -> bool:
        """Once more, where this was asked for less than `most` times lately."""
        at = self.clock()
        if len(self.paces) > MANY:
            self.paces = {key: pace for key, pace in self.paces.items() if pace.next > at}
        pace = self.paces.setdefault(key, Pace(most / HOUR, most))
        if pace.wait(at):
            return False
        pace.take(at)
        return True
