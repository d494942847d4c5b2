"""The stage for what the world does to the program: stand-in, launcher, a look inside."""

from __future__ import annotations

import asyncio
import json
import resource
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from content.loader import newest
from tests.crossing import Launched
from tests.phones import Phone
from tests.program import INSTALLED, Look
from tests.standin import TOKEN, StandIn
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SAY = newest().words["nl"]["messages"]["say"]
MOVES = ("agree", "Jongeren aan zet", "Gemeente Ede", "started", "running", "Wachten duurt lang")
KEYS = ("pilot.name", "pilot.organisation", "pilot.origin", "pilot.stage", "impact.issue")
GIVEN = dict(zip(KEYS, MOVES[1:], strict=True))
POISON = "Gemeente Gif"
"""A text that the program is made to fall over."""

REFUSES = "the database refuses for now"
STATE = "SELECT id, ref, created_at, sent_at, failed, message FROM outbox WHERE chat = ?"
ZONE = "Europe/Amsterdam"


@dataclass
class Here:
    """The stand-in, the program by way of its launcher, and a look at its database."""

    folder: Path
    standin: StandIn
    program: Launched
    look: Look

    def phone(self, number: int = 1001) -> Phone:
        return Phone(self.standin, number)

    async def begun(self, moves: int = 3, number: int = 1001) -> Phone:
        """Somebody after so many of the moves."""
        phone = self.phone(number)
        await phone.starts()
        await self.hears(phone)
        await self.walks(phone, *MOVES[:moves])
        return phone

    async def walks(self, phone: Phone, *moves: str) -> None:
        for move in moves:
            await act(phone, move)
            await self.hears(phone)

    async def hears(self, phone: Phone) -> None:
        """Until there is a new question and nothing is left to say."""
        try:
            await phone.asked(quiet=0)
        except AssertionError as error:
            error.add_note(f"{self.program.said} {self.look.rows(STATE, str(phone.room.id))}")
            raise
        await until(lambda: not self.look.unsaid(str(phone.room.id)))

    def kept(self, number: int = 1001) -> list[tuple[str, Any]]:
        """Every answer of theirs, in the order of keeping."""
        rows = self.look.rows(
            "SELECT a.question, a.value FROM answers a JOIN canvases c ON c.id = a.canvas "
            "JOIN people p ON p.id = c.person WHERE p.chat = ? ORDER BY a.id",
            str(number),
        )
        return [(row["question"], json.loads(row["value"] or "null")) for row in rows]

    async def tells(self, words: str, times: int = 1) -> None:
        """Until it logged that."""
        await until(lambda: sum(words in line for line in self.program.said) >= times)

    async def restarts(self, **settings: str) -> None:
        self.look.close()
        assert await self.program.stop() == 0
        self.program.settings = settings
        await self.program.start()

    async def runs(self, *arguments: str) -> tuple[int, str, str]:
        """Another command of the real program: its code, and what it said."""
        process = await asyncio.create_subprocess_exec(
            INSTALLED, *arguments, env=self.program.environment(), cwd=self.folder,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()


async def act(phone: Phone, move: str) -> None:
    """A press where there is such a button, or else typed."""
    if any(data.endswith(f":{move}") for _, data in phone.buttons):
        await phone.presses(key=move)
    else:
        await phone.types(move)


def first(count: int) -> list[tuple[str, Any]]:
    """The first answers of the walk."""
    return list(GIVEN.items())[:count]


@asynccontextmanager
async def running(folder: Path, **settings: str) -> AsyncIterator[Here]:
    async with StandIn() as standin:
        program = Launched(folder, standin, standin.token, settings)
        here = Here(folder, standin, program, Look(folder))
        try:
            async with program:
                yield here
            assert standin.refused == []
            typed = [*MOVES[1:3], MOVES[5], TOKEN.partition(":")[2]]
            assert not [line for line in program.said for word in typed if word in line]
            assert not [line for line in program.said if "Traceback" in line]
        finally:
            here.look.close()


def room_on_disk(here: Here, size: int = resource.RLIM_INFINITY) -> None:
    """No file of the running program may grow beyond this."""
    pid = here.program.running.pid
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
