"""Presses of one channel, answered: one that waits for its answer spins under the thumb.

Who hears a press says so, and here it is remembered until it is answered; what a program
that was killed had heard is looked up once, at the start.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.delivery.channel import Gone, Later, Refused, Sender, Unsure
from bot.delivery.pace import FIRST_PAUSE, until_heard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from bot.delivery.tasks import Crew, Tasks
    from flows.model.messages import Update
    from storage.conversations.outbox import Press

TRIES, PAUSE = 12, 4.0  # tries, and seconds between two: answered later makes no difference
ANSWERERS = 4  # presses answered at the same time
ROOM = timedelta(days=2)
"""Times are compared as texts of any zone; and a text that waited a day bears the time of then."""


class Presses:
    """Outside the lanes. `came`: by their numbers, the updates of presses not looked at yet."""

    def __init__(self, sender: Sender, tasks: Tasks | Crew, now: Callable[[], datetime]) -> None:
        self.sender, self.tasks, self.outbox, self.now = sender, tasks, tasks.outbox, now
        self.came: dict[str, Update] = {}
        self.answering: set[str] = set()
        self.waiting: asyncio.Queue[Press] = asyncio.Queue()
        self.woken = asyncio.Event()

    def begin(self) -> None:
        """Answer until cancelled."""
        for _ in range(ANSWERERS):
            self.tasks.start(self._answer_all())
        self.tasks.start(self._look())
        if not self.sender.terms.pages:  # on a page nothing spins
            self.tasks.start(self._look_back())

    def heard(self, updates: Iterable[Update]) -> None:
        """What came in, and is kept. Asks nothing of the database, so it cannot fail."""
        self.came |= {update.press: update for update in updates if update.press}
        self.woken.set()

    async def answered(self, seconds: float) -> None:
        """Until all are, no longer than that."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.waiting.join(), seconds)

    async def _look(self) -> None:
        """What was pressed since the last look waits for its answer."""
        while True:
            for press in await self.tasks.certainly(self._found):
                self._await_answer(press)
            await self.woken.wait()
            self.woken.clear()

    def _found(self) -> list[Press]:
        found = [self.outbox.pressed(update.chat, update.id) for update in self.came.values()]
        self.came.clear()
        return [press for press in found if press]

    def _await_answer(self, press: Press) -> None:
        if press.id not in self.answering:
            self.answering.add(press.id)
            self.waiting.put_nowait(press)

    async def _look_back(self) -> None:
        """What the program before this one left; some chats at a time, and others go between."""
        too_old, chat = self.now() - self.sender.terms.press, ""
        while True:
            ask = partial(self.outbox.unanswered, chat, too_old - ROOM)
            found, last = await self.tasks.certainly(ask)
            for press, at in found:
                if not self.sender.owns(press.chat):
                    continue
                if at >= too_old:
                    self._await_answer(press)
                elif press.id not in self.answering:
                    await self.keep(press)
            if last is None:
                return
            chat = last
            await asyncio.sleep(0)

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
        await self.tasks.keep(partial(self.outbox.answered, press, self.now()))
        self.answering.discard(press.id)

    # ------------------------------------------------------------ by the channel itself

    def claim(self, number: str) -> Press | None:
        """A press that just came in, for who can answer it at once; None where it is answered."""
        update = self.came.get(number)
        press = self.outbox.pressed(update.chat, update.id) if update else None
        self.came.pop(number, None)
        self.answering |= {number} if press else set()
        return press

    def release(self, press: Press) -> None:
        """It could not."""
        self.waiting.put_nowait(press)
