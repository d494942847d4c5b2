"""Presses of one channel, answered: one that waits for its answer spins under the thumb."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from bot.delivery.channel import Gone, Later, Refused, Sender, Unsure
from bot.delivery.pace import FIRST_PAUSE, until_heard

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.delivery.tasks import Crew, Tasks
    from storage.conversations.outbox import Press

TRIES, PAUSE = 12, 4.0  # tries, and seconds between two: answered later makes no difference
ANSWERERS = 4  # presses answered at the same time


class Presses:
    """Outside the lanes. `woken`: there may be new ones."""

    def __init__(self, sender: Sender, tasks: Tasks | Crew, now: Callable[[], datetime]) -> None:
        self.sender, self.tasks, self.outbox, self.now = sender, tasks, tasks.outbox, now
        self.answering: set[str] = set()
        self.waiting: asyncio.Queue[Press] = asyncio.Queue()
        self.woken = asyncio.Event()

    def begin(self) -> None:
        """Answer until cancelled."""
        for _ in range(ANSWERERS):
            self.tasks.start(self._answer_all())
        self.tasks.start(self._look())

    async def answered(self, seconds: float) -> None:
        """Until all are, no longer than that."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.waiting.join(), seconds)

    async def _look(self) -> None:
        """What was pressed since the last look waits for its answer."""
        too_old, owns = self.now() - self.sender.terms.press, self.sender.owns
        await self.tasks.certainly(partial(self.outbox.expire, too_old, owns))
        while True:
            for press in await self.tasks.certainly(self.outbox.presses):
                if owns(press.chat) and press.id not in self.answering:
                    self.answering.add(press.id)
                    self.waiting.put_nowait(press)
            await self.woken.wait()
            self.woken.clear()

    async def _answer_all(self) -> None:
        while True:
            press = await self.waiting.get()
            await self._answer(press)
            await self.keep(press)
            self.waiting.task_done()

    async def _answer(self, press: Press) -> None:
        for tries in range(TRIES):
            pause = min(FIRST_PAUSE * 2**tries, PAUSE)
            try:
                await self.sender.answer(press)
            except Later as wait:  # no longer: others' presses spin behind it
                await asyncio.sleep(min(wait.seconds, pause))
            except Unsure:
                await until_heard(self.sender.heard, pause)
            except (Gone, Refused):
                return
            else:
                return

    async def keep(self, press: Press) -> None:
        """It is answered."""
        await self.tasks.keep(partial(self.outbox.answered, press.id, self.now()))
        self.answering.discard(press.id)

    # ------------------------------------------------------------ by the channel itself

    def claim(self, number: str) -> Press | None:
        """A press that just came in, for who can answer it at once; None where it is answered."""
        press = self.outbox.press(number)
        self.answering |= {press.id} if press else set()
        return press

    def release(self, press: Press) -> None:
        """It could not."""
        self.answering.discard(press.id)
        self.woken.set()
