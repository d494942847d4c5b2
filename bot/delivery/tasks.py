"""All that runs side by side in one program; the first error ends all of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.engine.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Coroutine


class Tasks:
    """`stop`: set when the program must end, whoever says so."""

    def __init__(self) -> None:
        self.stop, self.certainly = asyncio.Event(), Patience().certainly
        self.running: set[asyncio.Task[None]] = set()
        self.error: BaseException | None = None

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """What it raises ends the program."""
        task = asyncio.create_task(work)
        self.running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.ends(error)

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
