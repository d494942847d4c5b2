"""The real program as its own process: started, signalled, killed, started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from tests.standin import StandIn

STARTED, STOPPED = 20.0, 10.0


@dataclass
class Program:
    """`opschaalgids telegram` against a stand-in, over the database in `folder`."""

    folder: Path
    standin: StandIn
    token: str
    settings: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = (sys.executable, "-m", "bot.cli", "telegram")
    said: list[str] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None

    def environment(self) -> dict[str, str]:
        """Nothing of this machine's own settings, so that a test cannot reach the real API."""
        ours = {k: v for k, v in os.environ.items() if not k.startswith(("OPSCHAAL", "TELEGRAM"))}  # noqa: TID251
        return {
            **ours,
            "OPSCHAALGIDS_DATABASE": str(self.folder / "guide.db"),
            "OPSCHAALGIDS_KEY_FILE": str(self.folder / "key"),
            "TELEGRAM_BOT_TOKEN": self.token,
            "TELEGRAM_API_URL": self.standin.url,
            "OPSCHAALGIDS_PACE": "10000/1000",
            **self.settings,
        }

    async def start(self) -> None:
        """Until it says that it is ready."""
        self.process = await asyncio.create_subprocess_exec(
            *self.command, env=self.environment(), stderr=asyncio.subprocess.PIPE, cwd=self.folder
        )
        async with asyncio.timeout(STARTED):
            while self.said[-1:] != ["ready"]:
                line = await self.running.stderr.readline()  # type: ignore[union-attr]
                assert line, f"it ended: {self.said}"
                self.said.append(line.decode().rstrip())
        self.listener = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for line in self.running.stderr:  # type: ignore[union-attr]
            self.said.append(line.decode().rstrip())

    @property
    def running(self) -> asyncio.subprocess.Process:
        assert self.process, "not started"
        return self.process

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code."""
        if self.running.returncode is None:
            self.running.send_signal(number)
        async with asyncio.timeout(STOPPED):
            await self.running.wait()
            await self.listener
        return self.running.returncode or 0

    async def kill(self) -> None:
        await self.stop(signal.SIGKILL)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.running.returncode is None:
            await self.kill()
