"""A process that makes documents and is kept for a while; ended where anything is wrong with it.

Always started anew, never forked: a fork after typst has compiled stands still for ever.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import Literal, cast

from bot.config import bare_environment
from bot.documents import frames

Reason = Literal["too_slow", "failed"]

DOCUMENTS = 100
"""So many from one process: whatever a library keeps goes with it."""

MEMORY = 400
"""MiB; a process that holds more after a document makes no other."""

IDLE = 60.0
"""Seconds without a document after which it ends."""


class Unmade(Exception):  # noqa: N818 - a reason with words in documents.toml, not a programming error
    """A document that is not there; `reason` is a key under [unmade] in documents.toml."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason


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
        if not made:
            raise Unmade("failed", _name_in(content))
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


def _name_in(said: bytes) -> str:
    """The error's name; anything else might hold what people typed."""
    text = said.decode("ascii", "replace").strip()
    return text if text.isidentifier() else ""
