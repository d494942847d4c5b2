"""How fast: a pace, a gate that lets the most urgent through first, and one chat's way to it."""

from __future__ import annotations

import asyncio
import heapq
import random
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

SENDERS = 6  # calls at the same time: enough for 30 a second
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds after a failure; each is twice the one before
EAGER = 10  # tries of a message because the channel was heard, before its pauses count


class Pace:
    """So many a second, `burst` of them at once. Times are seconds of the loop's clock."""

    def __init__(self, rate: float, burst: float) -> None:
        self.gap, self.slack, self.next = 1 / rate, (burst - 1) / rate, 0.0

    def wait(self, at: float) -> float:
        """Seconds until the next may go. Where `next` has passed it can be forgotten."""
        return max(0.0, self.next - self.slack - at)

    def take(self, at: float) -> None:
        self.next = max(self.next, at) + self.gap


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


@dataclass
class Lane:
    """A chat with something to hear; `rest` are the seconds that it must wait first.

    `eager`: it goes on as soon as the channel is heard again. Not for ever: a message that
    fails while all others arrive would be tried as often as they are.
    """

    chat: str
    rank: int
    pace: Pace
    tries: int = 0
    rest: float = 0.0
    eager: int = EAGER
    waits: bool = True

    def failed(self) -> None:
        pause = min(FIRST_PAUSE * 2**self.tries, LONGEST_PAUSE)
        self.tries, self.rest = self.tries + 1, pause * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
        self.waits, self.eager = self.eager <= 0, self.eager - 1

    def later(self, seconds: float) -> None:
        self.rest, self.waits = seconds, True

    def arrived(self) -> None:
        self.tries, self.eager = 0, EAGER

    async def rests(self, heard: Callable[[], Awaitable[None]]) -> None:
        pause, self.rest = self.rest, 0.0
        await (asyncio.sleep(pause) if self.waits else until_heard(heard, pause))


async def until_heard(heard: Callable[[], Awaitable[None]], most: float) -> None:
    """A moment, and then until the channel is heard; no longer than `most` seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(most):
            await asyncio.gather(heard(), asyncio.sleep(min(most, FIRST_PAUSE) / 2))
