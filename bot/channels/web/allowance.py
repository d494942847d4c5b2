"""How often something may be asked for, by whom: kept in memory, and forgotten with its hour."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from bot.clock import steady

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from aiohttp import web

HOUR = 3600.0
MANY = 10_000  # who is remembered before the longest silent is forgotten

OF_ONE = 64
"""Bits of an address of IPv6 that whoever has it cannot choose."""


def place_of(request: web.Request) -> str:
    """Where it comes from, as far as that is somebody else's to give."""
    try:
        place = ip_address(request.remote or "")
        return str(place if place.version == 4 else ip_network((int(place), OF_ONE), strict=False))  # noqa: PLR2004 - of IP
    except ValueError:
        return request.remote or ""


class Queue:
    """One thing at a time for each key, while at most `most` wait or are made."""

    def __init__(self, most: int) -> None:
        self.most, self.waiting = most, Counter[int]()
        self.turns: dict[int, asyncio.Lock] = {}

    @asynccontextmanager
    async def turn(self, key: int) -> AsyncIterator[bool]:
        """False at once where too many wait."""
        if self.waiting[key] >= self.most:
            yield False
            return
        self.waiting[key] += 1
        try:
            async with self.turns.setdefault(key, asyncio.Lock()):
                yield True
        finally:
            self.waiting[key] -= 1
            if not self.waiting[key]:
                del self.waiting[key], self.turns[key]


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
