"""The guide on the web, for those who visit it: as a process of its own, or in this one.

`Serving` is the real program on a free port; `Housed` the same parts in this process at a clock
that the test holds, for what would take days. Both speak real HTTP.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

from bot import program as running
from bot.channel_settings import WebSettings
from bot.config import Settings
from bot.engine.conversation import Conversation
from storage.database.keys import read_keys
from storage.database.tombstones import erased_beside
from storage.store import Store
from tests.desks import OPERATOR, Member
from tests.fresh import opened
from tests.people import START
from tests.program import INSTALLED, Program, free_port
from tests.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path
    from typing import Self

    from tests.standin import StandIn

NOWHERE: Any = SimpleNamespace(url="http://127.0.0.1:9")
"""Where a program without Telegram would find its Bot API."""


class Serving(Program):
    """`opschaalgids serve` on a free port; with a stand-in beside it, on Telegram too."""

    command: ClassVar[tuple[str, ...]] = (INSTALLED, "serve")

    def __init__(self, folder: Path, standin: StandIn | None = None, **settings: str) -> None:
        self.port = free_port()
        ours = {
            "OPSCHAALGIDS_WEB_URL": self.site,
            "OPSCHAALGIDS_WEB_LISTEN": f"127.0.0.1:{self.port}",
            "OPSCHAALGIDS_WEB_OPEN": "anyone",
        }
        token = standin.token if standin else ""
        super().__init__(folder, standin or NOWHERE, token, {**ours, **settings})

    @property
    def site(self) -> str:
        return f"http://localhost:{self.port}"

    def visitor(self, language: str = "nl") -> Visitor:
        return Visitor(self.site, language)


@dataclass
class Beside(Member):
    """Somebody in the same house who is not on the web, such as its operator."""

    house: Housed | None = None

    def open(self) -> None:
        assert self.house
        self.store, self.conversation = self.house.store, self.house.conversation


@dataclass
class Housed:
    """`now` is the time for everybody; `files` the content, where it is another.

    `web` and `settings` are what WebSettings and Settings take beside the places.
    """

    folder: Path
    language: Any = "nl"
    now: datetime = START
    files: Mapping[str, str] | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    web: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.site = f"http://localhost:{self.port}"

    def visitor(self, language: str = "") -> Visitor:
        return Visitor(self.site, language or self.language)

    async def start(self) -> None:
        """As the program does, except for its signals."""
        path, key = self.folder / "guide.db", self.folder / "key"
        db = opened(self.folder)
        self.store = Store(db, self.language, erased=erased_beside(path, read_keys(path, key)))
        self.conversation = Conversation(self.store, self.files, frozenset({OPERATOR}))
        how = {"open": "anyone", **self.web}
        web = WebSettings(self.site, ("127.0.0.1", self.port), **how)
        settings = Settings(path, key, self.language, "Europe/Amsterdam", web=web, **self.settings)
        self.program = running.Program(self.conversation, settings)
        self.program.now = lambda: self.now
        self.stack = AsyncExitStack()
        for branch in self.program.branches:
            await branch.channel.open(self.stack)
        self.working = asyncio.create_task(self.program._until_stopped())  # noqa: SLF001
        while self.program.silent:
            assert not self.working.done(), self.working.result()
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        self.program.tasks.stop.set()
        await self.working
        await self.stack.aclose()
        self.store.close()

    def operator(self) -> Beside:
        found = Beside(self.folder, OPERATOR, now=self.now, house=self)
        found.starts()
        found.presses("agree")
        return found

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
