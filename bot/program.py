"""The running program: any channels over one database, and a clean end."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.channels.branch import Branch
from bot.clock import now
from bot.delivery.delivery import GRACE, TEND, WAITED
from bot.delivery.tasks import Tasks
from bot.documents.house import read_house
from bot.documents.printer import Papers
from bot.engine.gap import BEAT
from bot.engine.prompter import Prompting
from bot.engine.sweep import sweep
from bot.operators.data import complete
from bot.operators.metrics import Figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from bot.config import Settings
    from bot.delivery.channel import Channel
    from bot.engine.conversation import Conversation

HOUR = 3600

SOON = 0.15
"""Seconds between two rounds of prompting, while there is more to do."""


def telegram(conversation: Conversation, settings: Settings, papers: Papers) -> Channel | None:
    """Where there is a token."""
    if not settings.token:
        return None
    from bot.channels.telegram.bot import Telegram  # noqa: PLC0415 - who has none starts without

    return Telegram(conversation, settings, papers)


CHANNELS: list[Callable[[Conversation, Settings, Papers], Channel | None]] = [telegram]
"""A row for each: the channel, where the settings ask for it."""


async def run(conversation: Conversation, settings: Settings) -> None:
    """Every channel that is set, until a signal. Raises Revoked where one does not know us."""
    await Program(conversation, settings).run()


class Program:
    """The channels of one database, and what runs for all of them."""

    def __init__(self, conversation: Conversation, settings: Settings) -> None:
        self.conversation, self.settings = conversation, settings
        self.outbox, self.name, self.leads = conversation.store.outbox, secrets.token_hex(8), False
        self.now: Callable[[], datetime] = partial(now, settings.timezone)
        self.tasks, self.due = Tasks(), asyncio.Event()
        self.prompting = Prompting(conversation)
        papers = Papers(conversation, read_house(settings.house), ZoneInfo(settings.timezone))
        opened = [opens(conversation, settings, papers) for opens in CHANNELS]
        channels = [channel for channel in opened if channel]
        self.figures = Figures(self.outbox, self.now, [channel.health for channel in channels])
        self.branches = [Branch(self, channel) for channel in channels]
        self.silent = {channel.name for channel in channels}

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError):  # Windows stops by KeyboardInterrupt
                loop.add_signal_handler(number, self.tasks.stop.set)
        async with AsyncExitStack() as stack:
            if self.settings.watch:
                await self._watched(stack, *self.settings.watch)
            for branch in self.branches:
                await branch.channel.open(stack)
            await self._until_stopped()

    async def _watched(self, stack: AsyncExitStack, host: str, port: int) -> None:
        from bot.operators import watch  # noqa: PLC0415 - most are not watched
        from bot.serving import serve  # noqa: PLC0415

        await serve(stack, watch.app(self.figures), host, port)

    async def _until_stopped(self) -> None:
        listening = [self.tasks.start(b.channel.run(b)) for b in self.branches]
        sending = self.tasks.start(self._deliver())
        await self.tasks.stop.wait()
        for task in (*listening, sending):
            task.cancel()
        await asyncio.gather(*(branch.delivery.finish(GRACE) for branch in self.branches))
        self.tasks.over()

    async def _deliver(self) -> None:
        """What the program before this one left undone goes first."""
        await self.tasks.certainly(self._begin)
        for branch in self.branches:
            branch.delivery.begin()

    def _begin(self) -> None:
        self.lead()
        self.prompting.begin(self.now())
        complete(self.conversation, self.now())

    def lead(self) -> None:
        """Before anything is kept or said: whoever ran here before ends."""
        if not self.leads:
            self.outbox.lead(self.name)
            self.leads = True

    def owns(self, chat: str) -> bool:
        """Whether any of its channels leads there."""
        return any(branch.channel.sender.owns(chat) for branch in self.branches)

    def wake(self, chats: Iterable[str], rank: int) -> None:
        """These chats have something to hear, wherever they are."""
        for branch in self.branches:
            branch.delivery.wake(chats, rank)

    # ------------------------------------------------------------ by itself

    def ready(self, name: str) -> None:
        """One channel hears people. The first begins what comes by itself; the last is told."""
        if len(self.silent) == len(self.branches):
            for work in (self._sweeping(), self._prompt(), self._called()):
                self.tasks.start(work)
        self.silent.discard(name)
        if not self.silent:
            sys.stderr.write("ready\n")
            sys.stderr.flush()

    async def _sweeping(self) -> None:
        """Every hour: what was kept long enough goes, what an operator left to send leaves.

        Not at once: after a start people wait for their answers first.
        """
        minute = BEAT.total_seconds()
        await asyncio.sleep(minute)
        while True:
            await self.tasks.certainly(lambda: sweep(self.conversation, self.now()), minute)
            await asyncio.sleep(HOUR)

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
