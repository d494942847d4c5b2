"""All that runs side by side in one program, and how it asks the database to keep something.

The first error ends all of it. While the disk or a lock refuses, whoever asks waits:
nothing of that ends the program.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from bot.delivery.channel import Revoked
from storage.database.errors import StoreError, StoreTrouble, told_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from storage.conversations.outbox import Outbox

PAUSE = 1.0  # seconds until a full disk or a lock is asked again
Found = TypeVar("Found")

log = logging.getLogger("opschaalgids.database")


def report(trouble: StoreError) -> None:
    """A line for the operator: it holds the database's words only."""
    log.warning("the database refuses for now (%s); trying again", trouble)


class Tasks:
    """`stop`: set when the program must end, whoever says so."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox, self.stop, self.turn = outbox, asyncio.Event(), asyncio.Lock()
        self.running: set[asyncio.Task[None]] = set()
        self.error: BaseException | None = None
        self.marks: list[Callable[[], object]] = []
        self.writing: asyncio.Task[None] | None = None

    def start(
        self, work: Coroutine[None, None, None], ends: Callable[[BaseException], None] | None = None
    ) -> asyncio.Task[None]:
        """What it raises ends the program, or what `ends` says."""
        task = asyncio.create_task(work)
        self.running.add(task)
        task.add_done_callback(partial(self._ended, ends or self.ends))
        return task

    def _ended(self, ends: Callable[[BaseException], None], task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            ends(error)

    def ends(self, error: BaseException) -> None:
        """The program cannot go on; the first that says so is heard."""
        self.error = self.error or error
        self.stop.set()

    def over(self) -> None:
        """Nothing goes on. Raises what ended it."""
        for task in self.running:
            task.cancel()
        if self.error:
            raise self.error

    async def certainly(self, ask: Callable[[], Found], rest: float = 0.0) -> Found:
        """What `ask` finds, asked again until it is not refused; it must be repeatable.

        Whoever is refused waits, and the others wait behind: each attempt at a locked
        database holds up the loop for as long as SQLite waits for the lock, and fifty chats
        that tried side by side would leave no moment for anything else. `rest`: seconds that
        this one stays away after a refusal. What may be refused alone, such as a large write
        on a disk that is almost full, must not hold up others.
        """
        while True:
            async with self.turn:
                try:
                    with told_apart():
                        return ask()
                except StoreTrouble as trouble:
                    report(trouble)
                    await asyncio.sleep(PAUSE)
            await asyncio.sleep(rest)

    async def keep(self, mark: Callable[[], object]) -> None:
        """What reached a channel is marked so, together with what does at the same moment.

        Returns once it is kept, so a kill leaves no more in doubt than the calls that are
        made at the same time. `mark` must be repeatable.
        """
        self.marks.append(mark)
        if self.writing is None:
            self.writing = asyncio.create_task(self._writes())
        await asyncio.shield(self.writing)  # others wait for it too

    async def _writes(self) -> None:
        await asyncio.sleep(0)  # longer would leave more in doubt at a kill
        marks, self.marks, self.writing = self.marks, [], None

        def write() -> None:
            with self.outbox.together():
                for mark in marks:
                    mark()

        await self.certainly(write)


class Crew:
    """The tasks of one channel: they end with it. `revoked`: hears that it does not know us."""

    def __init__(self, tasks: Tasks, revoked: Callable[[Revoked], None]) -> None:
        self.tasks, self.revoked, self.dismissed = tasks, revoked, False
        self.outbox, self.certainly, self.keep = tasks.outbox, tasks.certainly, tasks.keep
        self.running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """What it raises ends the program, but for Revoked."""
        task = self.tasks.start(work, self._ends)
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        if self.dismissed:
            task.cancel()
        return task

    def _ends(self, error: BaseException) -> None:
        if isinstance(error, Revoked):
            self.revoked(error)
        else:
            self.tasks.ends(error)

    def dismiss(self) -> None:
        """None goes on, and none begins."""
        self.dismissed = True
        for task in self.running:
            task.cancel()
