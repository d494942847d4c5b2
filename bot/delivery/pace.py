"""How fast: a pace, and a gate that lets the most urgent through first."""

from __future__ import annotations

import asyncio
import heapq
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

SENDERS = 6
"""Calls at the same time: enough for 30 a second."""


class Pace:
    """So many a second, `burst` of them at once. Times are seconds of the loop's clock."""

    def __init__(self, rate: float, burst: float) -> None:
        self.gap, self.slack, self.next = 1 / rate, (burst - 1) / rate, 0.0

    def wait(self, at: float) -> float:
        """Seconds until the next may go."""
        return max(0.0, self.next - self.slack - at)

    def take(self, at: float) -> None:
        """One went."""
        self.next = max(self.next, at) + self.gap

    def spares(self, at: float) -> bool:
        """Take one more, if it may go at once; whether it may."""
        room = not self.wait(at)
        if room:
            self.take(at)
        return room

    def rested(self, at: float) -> bool:
        """Whether it can be forgotten."""
        return self.next <= at


class Turnstile:
    """Lets one after the other through, at a pace, and so many at a time."""

    def __init__(self, rate: float) -> None:
        self.pace = Pace(rate, max(1.0, rate / 10))
        self.queue: list[tuple[int, int, asyncio.Future[None]]] = []
        self.numbers, self.inside = count(), 0
        self.changed = asyncio.Event()

    @asynccontextmanager
    async def through(self, rank: int) -> AsyncIterator[None]:
        """Inside it is one's turn; the lowest rank first, then who came first."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self.queue, (rank, next(self.numbers), turn))
        self.changed.set()
        await turn
        try:
            yield
        finally:
            self.inside -= 1
            self.changed.set()

    async def run(self) -> None:
        """Let through until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            await self._until(lambda: bool(self.queue) and self.inside < SENDERS)
            await asyncio.sleep(self.pace.wait(clock()))
            turn = heapq.heappop(self.queue)[2]
            if not turn.done():
                self.pace.take(clock())
                self.inside += 1
                turn.set_result(None)

    async def idle(self, seconds: float) -> None:
        """Wait for those inside, no longer than that."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._until(lambda: self.inside == 0), seconds)

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            self.changed.clear()
            await self.changed.wait()
