"""How often something may be asked for, by whom: kept in memory, and forgotten with its hour."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from bot.clock import steady

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR = 3600.0
MANY = 10_000  # who is remembered before the longest silent is forgotten


class Allowance:
    """`most`: times an hour for each key, evenly given back. `clock`: steady seconds."""

    def __init__(self, most: int, clock: Callable[[], float] = steady) -> None:
        self.most, self.clock = most, clock
        self.spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> bool:
        """Whether it may be done once more; what may not is not counted."""
        used, since = self.spent.pop(key, (0.0, self.clock()))
        now = self.clock()
        used = max(0.0, used - (now - since) * self.most / HOUR)
        allowed = used + 1 <= self.most
        self.spent[key] = (used + allowed, now)
        if len(self.spent) > MANY:
            self.spent.popitem(last=False)
        return allowed
