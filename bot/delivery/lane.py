"""One chat's way out: how long it rests after a failure, and what ends the rest."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.delivery.pace import Pace

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds after a failure; each next pause is twice as long, more or less."""

EAGER = 10
"""Times that a message is tried again because the channel was heard, before its pauses count."""


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
