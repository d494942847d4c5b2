"""People who answer at leisure while servers die, and remember how long they waited."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.phones import Phone
from tests.prove_kills import ACTS, ALONE, PATIENCE, Answerer, Visiting
from tests.visitor import Visitor

if TYPE_CHECKING:
    import random
    from typing import Self

    from tests.phones_view import Bubble
    from tests.sheet import Button, Form
    from tests.standin import StandIn

THINKS = 3.0  # seconds at most, before somebody answers
AGAIN = 1.0  # seconds until somebody on the web tries again
FEW = 8  # of so many one looks whether each page is as it should be: it takes its time


class Waiting:
    """`waits`: from when until when they waited for a word; `stuck`: why nothing came any more."""

    pick: random.Random
    stuck = ""

    def __init__(self, *said: Any) -> None:
        super().__init__(*said)
        self.waits: list[tuple[float, float]] = []

    @property
    def longest(self) -> float:
        return max((until - began for began, until in self.waits), default=0.0)

    async def thinks(self) -> None:
        await asyncio.sleep(self.pick.random() * THINKS)

    def waited(self, began: float) -> None:
        self.waits.append((began, asyncio.get_running_loop().time()))


class Typist(Waiting, Answerer):
    """On Telegram."""

    @classmethod
    def at(cls, standin: StandIn, number: int, pick: random.Random, deaths: list[Any]) -> Self:
        return cls(Phone(standin, number), pick, deaths)

    async def _asked(self, last: int) -> Bubble:
        began = asyncio.get_running_loop().time()
        shown = await super()._asked(last)
        self.waited(began)
        await self.thinks()
        return shown

    def complains(self) -> list[str]:
        return []


class Caller(Waiting, Visiting):
    """On the web, from an address of their own."""

    rest = AGAIN

    @classmethod
    def at(cls, site: str, number: int, pick: random.Random, deaths: list[Any]) -> Self:
        place = f"127.0.{1 + number // 250}.{1 + number % 250}"
        return cls(Visitor(site, place=place, looks=number % FEW == 0), pick, deaths, "/")

    async def answers(self) -> None:
        await self.talks(ACTS, ALONE)

    async def _sends(self, form: Form, button: Button) -> None:
        await self.thinks()
        began = asyncio.get_running_loop().time()
        async with asyncio.timeout(PATIENCE):
            await super()._sends(form, button)
        self.waited(began)

    def complains(self) -> list[str]:
        """Of pages that are not as pages should be."""
        return [f"{self.chat}: {one}" for one in self.visitor.wrong]
