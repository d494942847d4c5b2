"""Documents outside the bot's own loop, one at a time, by processes that are kept for a while.

What goes in and comes out stays in memory; nothing is written to the disk.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet

from bot.documents import frames, process
from bot.documents.process import Unmade
from flows.intents.text import visible

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.documents.process import DocumentProcess
    from flows.model.papers import Form

LIMIT = 30.0
"""Seconds; a document takes less than one."""

AT_ONCE = 1
"""Documents made at the same time: the conversation keeps the other processor."""

PATIENCE = 2.0
"""Seconds after which the next document does not wait for this one any longer."""

MOST_AT_ONCE = 3
"""With those that nobody waits for any longer."""


@dataclass(frozen=True)
class Request:
    """One document to make. `data` is all it says, as JSON holds it; no database goes along."""

    form: Form
    file_name: str
    data: Mapping[str, Any]
    template: str = ""


@dataclass(frozen=True)
class Made:
    """`replaced`: how many characters no font has."""

    content: bytes
    file_name: str
    replaced: int = 0


async def make(request: Request, timeout: float = LIMIT) -> Made:  # noqa: ASYNC109 - kills too
    """Wait for a turn, then make it. Raises Unmade; `timeout` counts from its own start."""
    asked = frames.asking(request.form, request.template, seen(request.data))
    shop = _shops.setdefault(asyncio.get_running_loop(), Workshop())
    content, replaced = await shop.make(asked, timeout)
    return Made(content, request.file_name, replaced)


class Workshop:
    """The processes of one loop: one that rests is asked first, else a new one."""

    def __init__(self) -> None:
        self.turns, self.room = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(MOST_AT_ONCE)
        # Weak: a process knows its loop, and would keep the loop that all this belongs to.
        self.resting: WeakSet[DocumentProcess] = WeakSet()

    async def make(self, asked: bytes, limit: float) -> tuple[bytes, int]:
        async with self.room, self._turn():
            used = self._rested()
            if used:
                try:
                    return await self._by(used, asked, limit)
                except Unmade as unmade:
                    if unmade.reason == "too_slow":
                        raise
            # What a used process could not make may be the fault of a document before.
            return await self._by(await process.started(), asked, limit)

    async def _by(self, one: DocumentProcess, asked: bytes, limit: float) -> tuple[bytes, int]:
        found = await one.make(asked, limit)
        if one.usable:
            self.resting.add(one)
        return found

    def _rested(self) -> DocumentProcess | None:
        """Any; others that rest, from beside a document that took long, end by themselves."""
        while self.resting:
            one = self.resting.pop()
            if one.usable:
                return one
        return None

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Given on to the next after a while, whatever becomes of this document."""
        await self.turns.acquire()
        late = asyncio.Event()
        timer = asyncio.get_running_loop().call_later(PATIENCE, self._give_on, late)
        try:
            yield
        finally:
            timer.cancel()
            self._give_on(late)

    def _give_on(self, given: asyncio.Event) -> None:
        if not given.is_set():
            given.set()
            self.turns.release()


_shops: WeakKeyDictionary[asyncio.AbstractEventLoop, Workshop] = WeakKeyDictionary()


def seen(tree: Any) -> Any:
    """What a document is made from, as it may be shown: also what was kept before cleaning."""
    if isinstance(tree, str):
        return visible(tree)
    if isinstance(tree, dict):
        return {key: seen(value) for key, value in tree.items()}
    words = isinstance(tree, list | tuple) and tree and not isinstance(tree[0], int)
    return [seen(item) for item in tree] if words else tree
