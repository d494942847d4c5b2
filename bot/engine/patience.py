"""While the disk or a lock refuses, the running program waits; nothing of that ends it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, TypeVar

from storage.database.errors import StoreTrouble, told_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.database.errors import StoreError

PAUSE = 1.0
"""Seconds until a full disk or a lock is asked again."""

Found = TypeVar("Found")

log = logging.getLogger("opschaalgids.database")


class Patience:
    """One for the program: whoever is refused waits, and the others wait behind.

    Each attempt at a locked database holds up the loop for as long as SQLite waits for
    the lock; fifty chats that tried side by side would leave no moment for anything else.
    """

    def __init__(self) -> None:
        self.turn = asyncio.Lock()

    async def certainly(self, ask: Callable[[], Found], rest: float = 0.0) -> Found:
        """What `ask` finds, asked again until it is not refused; it must be repeatable.

        `rest`: seconds that this one stays away after a refusal. What may be refused
        alone, such as a large write on a disk that is almost full, must not hold up others.
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


def report(trouble: StoreError) -> None:
    """A line for the operator: it holds the database's words only."""
    log.warning("the database refuses for now (%s); trying again", trouble)
