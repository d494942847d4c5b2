"""Copies of the database to another disk while the program runs, by a process apart.

Nothing here ends the program, and no answer waits for it: a folder that is full, gone,
read-only or slow is a line in the log when it begins and when it is over, and a figure.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from bot.clock import steady
from bot.config import OVERDUE, bare_environment
from bot.operators.copier import CopyAsk, CopyState
from storage.database.errors import StoreError, told_apart

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.config import Settings
    from bot.delivery.metrics import Copied
    from storage.store import Store

UNSTEADY = 3600.0  # seconds that the clock must be believed again before anything is old by it
GRACE = 1.0  # seconds for the process to end with the program

log = logging.getLogger("opschaalgids.copies")


class Copying:
    """One copy every so many seconds, while anything changed."""

    def __init__(
        self, store: Store, settings: Settings, now: Callable[[], datetime], figure: Copied
    ) -> None:
        self.store, self.settings, self.now, self.figure = store, settings, now, figure
        self.process: asyncio.subprocess.Process | None = None
        self.changes: tuple[int, int] | None = None
        self.told = CopyState()
        self.clock = (now().timestamp(), steady())
        self.unsteady = 0.0

    async def run(self) -> None:
        try:
            while True:
                began = steady()
                await self._once()
                every, took = self.settings.copies_every, steady() - began
                await asyncio.sleep(max(every - took, every / 10))
        finally:
            await self._end()

    async def _once(self) -> None:
        """Its age counts from when it began: what is said while it is made is not in it."""
        began, at = steady(), self.now().isoformat()
        changes = self._changes()
        ask = CopyAsk(at, changes is not None and changes == self.changes, self._believed())
        answer = asyncio.ensure_future(self._answer(ask))
        try:
            late = OVERDUE * self.settings.copies_every
            if not (await asyncio.wait({answer}, timeout=late))[0]:
                self._says(CopyState(f"it takes longer than {late:.0f} seconds"))
            told = await answer
        finally:
            answer.cancel()
        self._says(told)
        self.changes = None if told.wrong else changes
        self.figure.made(began, well=not told.wrong, apart=told.apart)

    def _changes(self) -> tuple[int, int] | None:
        """None where the database does not say."""
        with suppress(StoreError), told_apart():
            return self.store.changes()
        return None

    def _believed(self) -> bool:
        """Whether the clock went along with time for a while: what is old is removed by it."""
        wall, passed = self.now().timestamp(), steady()
        before, then = self.clock
        self.clock = wall, passed
        if abs((wall - before) - (passed - then)) > UNSTEADY:
            self.unsteady = passed + UNSTEADY
        return passed >= self.unsteady

    async def _answer(self, ask: CopyAsk) -> CopyState:
        try:
            if self.process is None or self.process.returncode is not None:
                self.process = await self._started()
            pipe = cast("asyncio.StreamWriter", self.process.stdin)  # both were asked for
            pipe.write(f"{json.dumps(asdict(ask))}\n".encode())
            await pipe.drain()
            line = await cast("asyncio.StreamReader", self.process.stdout).readline()
            return CopyState(**json.loads(line))
        except (OSError, ValueError, TypeError):  # what it wrote is no line of JSON: it has ended
            await self._end()
            return CopyState("the process that copies ended")

    async def _started(self) -> asyncio.subprocess.Process:
        ours, days = self.settings, self.settings.keep.backups
        where = map(str, (ours.database.absolute(), ours.key_file.absolute(), ours.copies, days))
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "bot.operators.copier", *where),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL, env=bare_environment(),
        )  # fmt: skip

    def _says(self, told: CopyState) -> None:
        """Once for each change of how it is."""
        folder, before, self.told = self.settings.copies, self.told, told
        if told.wrong and told.wrong != before.wrong:
            log.warning("no copy can be made in %s (%s); trying again", folder, told.wrong)
        elif before.wrong and not told.wrong:
            log.info("copies are made in %s again", folder)
        if not told.wrong and not told.apart and (before.apart or before.wrong):
            log.warning("%s is on the same disk as the database; choose another disk", folder)

    async def _end(self) -> None:
        """It is not waited for where its disk does not answer."""
        process, self.process = self.process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        transport: Any = process._transport  # type: ignore[attr-defined] # noqa: SLF001 - else its pipes stay until their end is heard
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(GRACE):
                    await process.wait()
        finally:  # the end of the program cancels twice
            transport.close()
