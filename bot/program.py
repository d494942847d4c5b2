"""The running program: any channels over one database, a clean end, and what it tells meanwhile.

To its operator it tells one JSON object per line on stderr: never a word that a person
typed, never a chat's number, never the token.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.channel_settings import SettingsError
from bot.channels.branch import Branch, Channel, Trunk
from bot.delivery.delivery import GRACE, TEND, WAITED
from bot.delivery.metrics import Copied
from bot.documents.house import read_house
from bot.documents.printer import Papers
from bot.engine.gap import BEAT, fact_of
from bot.engine.prompter import Prompting
from bot.engine.sweep import sweep
from bot.operators.copying import Copying
from storage.trajectory.links import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.config import Settings
    from bot.delivery.channel import Revoked
    from bot.engine.conversation import Conversation
    from bot.operators.standby import Room

HOUR = 3600
SOON = 0.15  # seconds between two rounds of prompting, while there is more to do


def telegram(conversation: Conversation, settings: Settings, papers: Papers) -> Channel | None:
    if not settings.token:
        return None
    from bot.channels.telegram.bot import Telegram  # noqa: PLC0415 - who has none starts without

    return Telegram(conversation, settings, papers)


def web(conversation: Conversation, settings: Settings, papers: Papers) -> Channel | None:
    if not settings.web:
        return None
    from bot.channels.web.app import Web  # noqa: PLC0415 - likewise

    return Web(conversation, settings, papers)


def rooms(settings: Settings) -> list[Room]:
    """What is served while another program leads: that this one lives; on the web, a page.

    Whatever it will need once it leads is read here, so that nobody waits for that then.
    """
    from bot.operators.watch import waits as lives  # noqa: PLC0415 - most never wait

    found: list[Room] = []
    if settings.token:
        import bot.channels.telegram.bot  # noqa: F401, PLC0415 - likewise
    if settings.watch:
        found.append((lives, settings.watch))
    if settings.web:
        from bot.channels.web.waiting import waits  # noqa: PLC0415 - likewise

        found.append((partial(waits, settings), settings.web.listen))
    return found


def theme_trouble(settings: Settings) -> str:
    """Why pages of the web cannot be shown as set, in a sentence; nothing where they can."""
    from bot.channels.web.theme import read_theme  # noqa: PLC0415 - likewise

    try:
        read_theme(settings.web.theme if settings.web else None, read_house(settings.house).accent)
    except SettingsError as error:
        return str(error)
    return ""


CHANNELS: list[Callable[[Conversation, Settings, Papers], Channel | None]] = [telegram, web]
"""A row for each: the channel, where the settings ask for it."""


class Program(Trunk):
    """The channels of one database, and what runs for all of them."""

    def __init__(self, conversation: Conversation, settings: Settings) -> None:
        super().__init__(conversation, settings)
        self.prompting, self.due = Prompting(conversation), asyncio.Event()
        papers = Papers(conversation, read_house(settings.house), ZoneInfo(settings.timezone))
        for opens in CHANNELS:
            if channel := opens(conversation, settings, papers):
                self.branches.append(Branch(self, channel))
        self.figures.channels = [branch.channel.health for branch in self.branches]
        self.silent, self.began = {branch.channel.name for branch in self.branches}, False

    async def run(self) -> None:
        """Every channel that is set, until a signal. Raises Revoked where none knows us."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError):  # Windows stops by KeyboardInterrupt
                loop.add_signal_handler(number, self.tasks.stop.set)
        async with AsyncExitStack() as stack:
            if self.settings.watch:
                from bot.operators import watch  # noqa: PLC0415 - most are not watched
                from bot.serving import serve  # noqa: PLC0415 - likewise

                await serve(stack, watch.app(self.figures), self.settings.watch, GRACE)
            for branch in self.branches:
                await branch.channel.open(stack)
            await self._until_stopped()

    async def _until_stopped(self) -> None:
        listening = [branch.start(branch.channel.run(branch)) for branch in self.branches]
        sending = self.tasks.start(self._deliver())
        await self.tasks.stop.wait()
        for task in (*listening, sending):
            task.cancel()
        await asyncio.gather(*(branch.delivery.finish(GRACE) for branch in self.branches))
        self.tasks.over()

    async def _deliver(self) -> None:
        """What the program before this one left undone goes first."""

        def begin() -> None:
            self.lead()
            self.prompting.begin(self.now())
            self.conversation.complete(self.now())
            self.conversation.entrusted.begin()
            self._forgets_the_web()

        await self.tasks.certainly(begin)
        for branch in self.branches:
            branch.delivery.begin()

    def _forgets_the_web(self) -> None:
        """Where it is not set any more no link may lead there."""
        store, fact = self.conversation.store, fact_of(ADDRESS, "web")
        if not self.settings.web and store.fact(fact):
            with store.transaction():
                store.remember(fact, None)

    # ------------------------------------------------------------ by itself

    def ready(self, name: str) -> None:
        """One channel hears people. The first begins what comes by itself; all are told of."""
        if not self.began:
            self.began = True
            for work in (self._sweeping(), self._prompt(), self._called(), self._copying()):
                self.tasks.start(work)
        if len(self.branches) > 1:
            tell(f"ready {name}")
        self._no_longer_silent(name)

    def revoked(self, branch: Branch, error: Revoked) -> None:
        super().revoked(branch, error)
        if not self.tasks.error:
            self._no_longer_silent(branch.channel.name)

    def _no_longer_silent(self, name: str) -> None:
        """Nobody waits for it any more; told once, when that goes for every channel."""
        if name in self.silent:
            self.silent.remove(name)
            pages = {one.channel.name for one in self.branches if one.delivery.terms.pages}
            self.figures.ready = not pages & self.silent
            if not self.silent:
                tell("ready")

    async def _sweeping(self) -> None:
        """Every hour: what was kept long enough goes, what an operator left to send leaves.

        Not at once: after a start people wait for their answers first.
        """
        minute = BEAT.total_seconds()
        await asyncio.sleep(minute)
        while True:
            await self.tasks.certainly(lambda: sweep(self.conversation, self.now()), minute)
            await asyncio.sleep(HOUR)

    async def _copying(self) -> None:
        """Every minute, to another disk, where one is set."""
        if self.settings.copies:
            self.figures.copied = Copied()
            store = self.conversation.store
            await Copying(store, self.settings, self.now, self.figures.copied).run()

    async def _prompt(self) -> None:
        """Every minute what is due; a little at a time, so that answers go before it."""
        minute = BEAT.total_seconds()
        while True:
            chats = await self.tasks.certainly(lambda: self.prompting.due(self.now()), minute)
            self.wake(chats, WAITED)
            self.due.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(SOON if self.prompting.behind else minute):
                    await self.due.wait()

    async def _called(self) -> None:
        """What another program planned for now is not kept waiting for the minute."""
        while True:
            await asyncio.sleep(TEND)
            if await self.tasks.certainly(lambda: self.prompting.calls(self.now())):
                self.due.set()


def tell(line: str) -> None:
    """To whoever waits for the program."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


class Lines(logging.Formatter):
    """Time, level, where, what; and for an exception its type alone."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name.removeprefix("opschaalgids."),
            "what": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps({**line, **getattr(record, "facts", {})}, ensure_ascii=False)


def quietly() -> None:
    """Our own lines only: the libraries know the token and the words."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.getLogger("opschaalgids").addHandler(handler)
    logging.getLogger("opschaalgids").setLevel(logging.INFO)
    for name in ("telegram", "aiohttp", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
