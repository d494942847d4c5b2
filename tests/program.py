"""The real program as its own process: started, signalled, killed, started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from storage.database.connection import open_database
from storage.database.rows import Rows, asked, ref_of
from storage.store import PRESSED
from tests.storages import setting

if TYPE_CHECKING:
    from typing import Self

    from storage.database.place import Place
    from tests.standin import StandIn

STARTED, STOPPED = 120.0, 60.0
"""Seconds until a start or an end is counted as none, on a machine that has more to do."""

ROOT = Path(__file__).parent.parent
INSTALLED = str(Path(sys.executable).parent / "opschaalgids")


HOOK_SECRET = "a-secret-of-more-than-16-characters"  # noqa: S105 - a test's own


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def hook() -> dict[str, str]:
    """Settings for a webhook on a port that is free."""
    host = f"127.0.0.1:{free_port()}"
    return {
        "OPSCHAALGIDS_LISTEN": host,
        "OPSCHAALGIDS_WEBHOOK_URL": f"http://{host}/hook",
        "OPSCHAALGIDS_WEBHOOK_SECRET": HOOK_SECRET,
    }


@dataclass
class Look:
    """A second pair of eyes on the program's own database; closed before a crash is played."""

    folder: Path
    _rows: Rows | None = None
    place: Place | None = None

    def rows(self, sql: str, *values: Any, **named: Any) -> list[dict[str, Any]]:
        if self._rows is None:
            place = self.place or self.folder / "guide.db"
            self._rows = Rows(open_database(place, self.folder / "key"))
        return self._rows.rows(sql, *values, **named)

    def close(self) -> None:
        if self._rows:
            self._rows.db.close()
        self._rows = None

    def asked(self, chat: str, ref: str) -> str:
        """The question or menu that an asking was about."""
        found = self.rows(PRESSED, **asked(chat, ref))
        return str(found[0]["key"]) if found else ""

    def shown(self, chat: str) -> str:
        """The asking that the guide believes to be on this screen."""
        number = self._person(chat).get("shows")
        return ref_of(number) if number else ""

    def heard(self, chat: str) -> int:
        """How much of this person is known to have come."""
        found = self.rows("SELECT COUNT(*) AS count FROM updates WHERE chat = ?", chat)
        return int(found[0]["count"])

    def _person(self, chat: str) -> dict[str, Any]:
        return next(
            iter(
                self.rows(
                    "SELECT p.*, h.* FROM chats h "
                    "JOIN people p ON p.id = h.person WHERE h.chat = ?",
                    chat,
                )
            ),
            {},
        )

    def answers(self, chat: str) -> dict[str, Any]:
        """The newest of each, on the canvas where the person is; a skip is left out."""
        found = self.rows(
            "SELECT a.question, a.value FROM answers a JOIN people p ON p.canvas = a.canvas "
            "WHERE p.chat = ? AND a.value IS NOT NULL ORDER BY a.id",
            chat,
        )
        return {row["question"]: json.loads(row["value"]) for row in found}

    def canvas(self, chat: str) -> int:
        """Where this person is."""
        return int(self._person(chat)["canvas"])

    def unsaid(self, chat: str) -> int:
        """What this person has still to hear."""
        waiting = "SELECT id FROM outbox WHERE chat = ? AND sent_at IS NULL AND failed IS NULL"
        return len(self.rows(waiting, chat))


@dataclass
class Program:
    """`opschaalgids telegram` against a stand-in, over the database in `folder`.

    `said` is every line on stdout and stderr, of all its lives. `within`: what starts it, such
    as a command that runs another elsewhere.
    """

    folder: Path
    standin: StandIn
    token: str
    settings: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None
    within: tuple[str, ...] = ()

    command: ClassVar[tuple[str, ...]] = (INSTALLED, "telegram")

    def environment(self) -> dict[str, str]:
        """Nothing of this machine's own settings, so that a test cannot reach the real API."""
        ours = {k: v for k, v in os.environ.items() if not k.startswith(("OPSCHAAL", "TELEGRAM"))}  # noqa: TID251
        return {
            **ours,
            "PYTHONPATH": str(ROOT),
            "OPSCHAALGIDS_DATABASE": setting(self.folder / "guide.db"),
            "OPSCHAALGIDS_KEY_FILE": str(self.folder / "key"),
            "TELEGRAM_BOT_TOKEN": self.token,
            "TELEGRAM_API_URL": self.standin.url,
            "OPSCHAALGIDS_PACE": "10000/1000",
            **self.settings,
        }

    async def launch(self) -> None:
        """Begin, whatever comes of it."""
        self.process = await asyncio.create_subprocess_exec(
            *self.within, *self.command, env=self.environment(), cwd=self.folder,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        self.ready = asyncio.Event()
        self.listener = asyncio.create_task(self._listen())

    async def start(self) -> None:
        """Until it says that it is ready."""
        before = len(self.said)
        await self.launch()
        async with asyncio.timeout(STARTED):
            await self.ready.wait()
        assert "ready" in self.said[before:], f"it ended: {self.said}"

    async def _listen(self) -> None:
        async for line in self.running.stdout:  # type: ignore[union-attr]
            self.said.append(line.decode().rstrip())
            if self.said[-1] == "ready":
                self.ready.set()
        self.ready.set()

    @property
    def running(self) -> asyncio.subprocess.Process:
        assert self.process, "not started"
        return self.process

    async def ends(self, within: float = STOPPED) -> int:
        """Its exit code, once it has ended by itself."""
        async with asyncio.timeout(within):
            await self.running.wait()
            await self.listener
        return self.running.returncode or 0

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code."""
        if self.running.returncode is None:
            # Not send_signal: it polls, and reaps a process that is just ending.
            with suppress(ProcessLookupError):  # it may end by itself just now
                os.kill(self.running.pid, number)
        return await self.ends()

    @property
    def processor(self) -> float:
        """Seconds of processor time that this life took, of the program alone."""
        said = Path(f"/proc/{self.running.pid}/stat").read_text(encoding="ascii")
        took = said.rpartition(")")[2].split()[11:13]
        return sum(map(int, took)) / os.sysconf("SC_CLK_TCK")

    async def kill(self) -> None:
        await self.stop(signal.SIGKILL)

    async def canvases(self) -> list[Any]:
        """All of them, as exported beside the running program."""
        found = json.loads(await self.export("--format", "json", "--all"))
        canvases: list[Any] = found["canvases"]
        return canvases

    async def export(self, *options: str) -> bytes:
        export = await asyncio.create_subprocess_exec(
            INSTALLED, "export", *options,
            env=self.environment(), cwd=self.folder, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        written, _ = await export.communicate()
        assert export.returncode == 0
        return written

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.running.returncode is None:
            await self.kill()
