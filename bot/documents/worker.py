"""Documents outside the bot's own loop, one at a time, by processes that are kept for a while.

What goes in and comes out stays in memory; nothing is written to the disk. A process is always
started anew, never forked: a fork after typst has compiled stands still for ever. It ends where
anything is wrong with it.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast
from weakref import WeakKeyDictionary, WeakSet

from bot.config import bare_environment
from bot.documents import frames
from flows.intents.text import visible

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from flows.model.papers import Form

Reason = Literal["too_slow", "failed"]

LIMIT = 30.0  # seconds; a document takes less than one
AT_ONCE = 1  # documents made at the same time: the conversation keeps the other processor
PATIENCE = 2.0  # seconds after which the next document does not wait for this one any longer
MOST_AT_ONCE = 3  # with those that nobody waits for any longer
DOCUMENTS = 100  # so many from one process: whatever a library keeps goes with it
MEMORY = 400  # miB; a process that holds more after a document makes no other
IDLE = 60.0  # seconds without a document after which it ends


class Unmade(Exception):  # noqa: N818 - a reason with words in documents.toml, not a programming error
    """A document that is not there; `reason` is a key under [unmade] in documents.toml."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason


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
    data = frames.retold(request.data, visible)  # also what was kept before it was cleaned
    asked = frames.asking(request.form, request.template, data)
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
            # Others that rest, from beside a document that took long, end by themselves.
            used = next((one for one in self.resting if one.usable), None)
            if used:
                self.resting.discard(used)
                try:
                    return await self._by(used, asked, limit)
                except Unmade as unmade:
                    if unmade.reason == "too_slow":
                        raise
            # What a used process could not make may be the fault of a document before.
            return await self._by(await started(), asked, limit)

    async def _by(self, one: DocumentProcess, asked: bytes, limit: float) -> tuple[bytes, int]:
        found = await one.make(asked, limit)
        if one.usable:
            self.resting.add(one)
        return found

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


class DocumentProcess:
    """One process, for the loop that started it: it ends with that loop, as its tasks do."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process, self.made, self.usable = process, 0, True
        self.loop = asyncio.get_running_loop()
        self.until = self.loop.time() + IDLE
        self.keeper = asyncio.create_task(self._kept())

    async def make(self, asked: bytes, limit: float) -> tuple[bytes, int]:
        """(the document, how many characters no font has). Raises Unmade; it has ended then."""
        self.until = self.loop.time() + limit + IDLE
        self.made += 1
        self.usable = False
        try:
            async with asyncio.timeout(limit):
                return await self._answer(asked)
        except TimeoutError:
            raise Unmade("too_slow") from None
        except (OSError, EOFError):  # it ended in the middle
            raise Unmade("failed") from None
        finally:
            self.until = self.loop.time() + IDLE
            if not self.usable:
                await self.end()

    async def _answer(self, asked: bytes) -> tuple[bytes, int]:
        """Anything but an answer is a failure; not even its length is believed."""
        pipe = cast("asyncio.StreamWriter", self.process.stdin)  # both were asked for
        answers = cast("asyncio.StreamReader", self.process.stdout)
        pipe.write(asked)
        await pipe.drain()
        head = await answers.readexactly(frames.HEAD.size)
        mark, made, replaced, memory, size = frames.HEAD.unpack(head)
        if mark != frames.MARK or not 0 < size <= frames.LONGEST:
            raise Unmade("failed")
        content = await answers.readexactly(size)
        if not made:  # the error's name; anything else might hold what people typed
            name = content.decode("ascii", "replace").strip()
            raise Unmade("failed", name if name.isidentifier() else "")
        self.usable = self.made < DOCUMENTS and memory <= MEMORY
        return content, replaced

    async def _kept(self) -> None:
        try:
            while (left := self.until - self.loop.time()) > 0:  # noqa: ASYNC110 - it moves
                await asyncio.sleep(min(left, IDLE))
        finally:
            await self.end()

    async def end(self) -> None:
        """No process outlives what it was started for."""
        self.usable = False
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        self.process._transport.close()  # type: ignore[attr-defined] # noqa: SLF001 - else its pipes stay until their end is heard
        if self.keeper is not asyncio.current_task():
            self.keeper.cancel()


async def started() -> DocumentProcess:
    """With nothing of our environment, and nowhere to print."""
    return DocumentProcess(
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "bot.documents"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=bare_environment(),
        )
    )
