"""Somebody who answers whatever was asked last, and how long each reply took to come."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from tests.phones import Phone

PATIENCE = 30.0
ONWARDS = ("agree", "/done", "/next", "/again", "unknown")
"""What is pressed where nothing else answers, first what is there."""


@dataclass
class Talker:
    """`took`: seconds from a text or a press to the next question on the phone."""

    phone: Phone
    took: list[float] = field(default_factory=list)
    ticked: bool = False

    async def starts(self) -> None:
        await self._does(self.phone.starts())

    async def goes_on(self) -> None:
        """An answer, by a button or in words, or whatever leads to the next question."""
        keys = [data.partition(":")[2] for _, data in self.phone.buttons]
        answers = [key for key in keys if not key.startswith("/") and key not in ONWARDS]
        onwards = [key for key in ONWARDS if key in keys]
        if answers and not self.ticked:
            self.ticked = "/done" in keys
            await self._does(self.phone.presses(key=answers[0]))
        elif onwards and (self.ticked or onwards != ["unknown"] or len(self.took) % 2):
            self.ticked = False
            await self._does(self.phone.presses(key=onwards[0]))
        else:
            await self._does(self.phone.types(f"Daar werken we aan, stap {len(self.took)}."))

    async def talks(self, until: asyncio.Event, every: float) -> None:
        """At a person's pace: `every` so many seconds something."""
        while not until.is_set():
            await self.goes_on()
            await asyncio.sleep(every)

    async def says(self, text: str) -> None:
        await self._does(self.phone.types(text))

    async def _does(self, act: Awaitable[object]) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        await act
        await self.phone.asked(timeout=PATIENCE, quiet=0)
        self.took.append(clock() - began)


def spread(took: list[float]) -> str:
    """Half of them within, 95 % within, and the slowest, in milliseconds."""
    ranked = sorted(1000 * seconds for seconds in took)
    at = (len(ranked) // 2, len(ranked) * 95 // 100, len(ranked) - 1)
    return f"{len(ranked)} replies, " + " / ".join(f"{ranked[n]:.0f}" for n in at) + " ms"


def p95(took: list[float]) -> float:
    return sorted(took)[len(took) * 95 // 100]
