"""What reached a channel is marked so, together with what does at the same moment."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.delivery.tasks import Tasks
    from storage.conversations.outbox import Outbox

    Mark = Callable[[], object]


class Marks:
    """Whoever marks something waits until it is kept.

    So a kill leaves no more in doubt than the calls that are made at the same time.
    """

    def __init__(self, outbox: Outbox, tasks: Tasks) -> None:
        self.outbox, self.certainly = outbox, tasks.certainly
        self.batch: list[Mark] = []
        self.writing: asyncio.Task[None] | None = None

    async def keep(self, mark: Mark) -> None:
        """Returns once it is kept. `mark` must be repeatable."""
        self.batch.append(mark)
        if self.writing is None:
            self.writing = asyncio.create_task(self._writes())
        await asyncio.shield(self.writing)  # others wait for it too

    async def _writes(self) -> None:
        await asyncio.sleep(0)  # longer would leave more in doubt at a kill
        batch, self.batch, self.writing = self.batch, [], None
        await self.certainly(partial(self._write, batch))

    def _write(self, batch: list[Mark]) -> None:
        with self.outbox.together():
            for mark in batch:
                mark()
