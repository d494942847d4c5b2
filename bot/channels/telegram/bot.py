"""The guide on Telegram as a running program: intake, delivery, and a clean end."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import sys
from contextlib import AsyncExitStack, nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

os.environ.setdefault("PTB_TIMEDELTA", "1")  # noqa: TID251 - the library's own switch

from telegram import Bot

from bot.channels.telegram import menu
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.line import LONGEST_WAIT, Line, Pulse, Standing
from bot.channels.telegram.outgoing import Telegram, said
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.registration import Reaching
from bot.channels.telegram.webhook import app
from bot.clock import now
from bot.delivery.channel import Gone, Later, Refused, Unsure
from bot.delivery.delivery import TEND, WAITED, Delivery
from bot.delivery.lane import until_heard
from bot.delivery.limits import Limits
from bot.documents.house import read_house
from bot.documents.printer import Papers
from bot.engine.gap import BEAT
from bot.engine.prompter import Prompting
from bot.engine.sweep import sweep
from bot.operators import metrics, reach
from bot.operators.data import complete
from bot.operators.metrics import Figures
from bot.serving import serve
from storage.database import leader
from storage.database.errors import StoreError, StoreTrouble, told_apart
from storage.trajectory.desk import BOT_NAME

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.config import Settings, Webhook
    from bot.engine.conversation import Conversation

log = logging.getLogger("opschaalgids.telegram")
HOUR = 3600

AGAIN = 2.0
"""Seconds until a call that must be made is made again, where the line is not heard before."""

SOON = 0.15
"""Seconds between two rounds of prompting, while there is more to do."""


async def run(conversation: Conversation, settings: Settings) -> None:
    """The bot, until a signal. Raises Revoked where Telegram does not know the token."""
    await Program(conversation, settings).run()


class Program:
    """One bot over one database."""

    def __init__(self, conversation: Conversation, settings: Settings) -> None:
        self.conversation, self.settings = conversation, settings
        self.db = conversation.store.db
        self.name, self.leads = secrets.token_hex(8), False
        self.pulse, longest = Pulse(), LONGEST_WAIT / settings.pace[1]
        self.calls, self.fetches = Line(self.pulse, 16, longest), Line(self.pulse, 2, longest)
        base = f"{settings.api_url}/bot"
        self.bot = Bot(settings.token, base, request=self.calls, get_updates_request=self.fetches)
        self.stop = asyncio.Event()
        self.due = asyncio.Event()
        self.now: Callable[[], datetime] = partial(now, settings.timezone)
        self.figures = Figures(self.db, self.now)
        papers = Papers(conversation, read_house(settings.house), ZoneInfo(settings.timezone))
        self.channel = Telegram(self.bot, papers, self.pulse)
        limits = Limits(settings.pace[1])
        self.intake = Intake(conversation, limits, self.channel.owns, settings.language)
        self.prompting = Prompting(conversation)
        self.delivery = Delivery(self.db, self.channel, settings.pace, self.now, self.figures)
        self.certainly = self.delivery.certainly

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError):  # Windows stops by KeyboardInterrupt
                loop.add_signal_handler(number, self.stop.set)
        async with AsyncExitStack() as stack:
            if self.settings.watch:
                await serve(stack, metrics.app(self.figures), *self.settings.watch)
            for line in (self.calls, self.fetches):
                await stack.enter_async_context(line)
            await self._until_stopped(stack)

    async def _until_stopped(self, stack: AsyncExitStack) -> None:
        hook = self.settings.webhook
        listen = self._listen(hook, stack) if hook else self._poll()
        intake = asyncio.create_task(listen)
        sending = asyncio.create_task(self.delivery.run(self.stop, self._begin))
        self.delivery.start(Standing(self.bot, self.pulse, self.settings.pace[1]).run())
        await asyncio.wait({intake, sending}, return_when=asyncio.FIRST_COMPLETED)
        self.stop.set()
        intake.cancel()
        for task in (sending, intake):
            with suppress(asyncio.CancelledError):
                await task

    def _begin(self) -> None:
        """What the program before this one left undone."""
        self._lead()
        self.prompting.begin(self.now())
        complete(self.conversation, self.now())

    def _lead(self) -> None:
        """Before anything is kept or said: whoever ran here before ends."""
        if not self.leads:
            leader.lead(self.db, self.name)
            self.leads = True

    async def _called(self) -> None:
        """What another program planned for now is not kept waiting for the minute."""
        while True:
            await asyncio.sleep(TEND)
            if await self.certainly(lambda: self.prompting.calls(self.now())):
                self.due.set()

    async def _prompt(self) -> None:
        """Every minute what is due; a little at a time, so that answers go before it."""
        minute = BEAT.total_seconds()
        while True:
            chats = await self.certainly(lambda: self.prompting.due(self.now()), minute)
            self.delivery.wake(chats, WAITED)
            self.due.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(SOON if self.prompting.behind else minute):
                    await self.due.wait()

    # ------------------------------------------------------------ coming in

    async def _learn_name(self) -> None:
        """The name in the links that invite."""
        with said():
            me = await self.bot.get_me()
        self.delivery.start(self.certainly(partial(self._remember, str(me.username))))

    def _remember(self, name: str) -> None:
        with self.conversation.store.transaction():
            self.conversation.store.remember(BOT_NAME, name)

    async def _poll(self) -> None:
        await self._certainly(self._learn_name)
        await self._certainly(self._fetches_itself)
        await Polling(self.bot, self.fetches, self._keep).run(self._ready)

    async def _fetches_itself(self) -> None:
        with said():
            await self.bot.delete_webhook(drop_pending_updates=False)
        self.delivery.start(self.certainly(partial(reach.keep, self.conversation.store, None)))

    async def _listen(self, webhook: Webhook, stack: AsyncExitStack) -> None:
        await self._certainly(self._learn_name)
        await serve(stack, app(webhook, self.take), webhook.host, webhook.port)
        store, scale = self.conversation.store, self.settings.pace[1]
        reaching = Reaching(self.bot, webhook, store, self.figures, scale)
        await reaching.begins()
        self._ready()
        self.delivery.start(reaching.run())
        while True:
            if self.figures.well:  # else nobody knows what waits unheard
                await self._keep([])
            await asyncio.sleep(BEAT.total_seconds())

    async def _certainly(self, call: Callable[[], Awaitable[None]]) -> None:
        """A call without which nothing works: again until it is done."""
        while True:
            try:
                await call()
            except Later as later:
                await asyncio.sleep(later.seconds)
            except (Unsure, Gone):
                await until_heard(self.pulse.heard, AGAIN)
            except Refused as refused:
                log.warning("Telegram refuses what cannot be missed (%s); trying again", refused)
                await asyncio.sleep(BEAT.total_seconds())
            else:
                return

    def _ready(self) -> None:
        sys.stderr.write("ready\n")
        sys.stderr.flush()
        self.delivery.start(self._sweeping())
        self.delivery.start(self._prompt())
        self.delivery.start(self._called())
        shown = menu.calls(self.bot, self.conversation.newest, self.settings.language)
        self.delivery.start(self._shows(shown))

    async def _shows(self, calls: list[Callable[[], Awaitable[None]]]) -> None:
        """Once after the start; the guide works without it."""
        for call in calls:
            await self._certainly(call)

    async def _sweeping(self) -> None:
        """Every hour: what was kept long enough goes, what an operator left to send leaves.

        Not at once: after a start people wait for their answers first.
        """
        minute = BEAT.total_seconds()
        await asyncio.sleep(minute)
        while True:
            await self.certainly(lambda: sweep(self.conversation, self.now()), minute)
            await asyncio.sleep(HOUR)

    async def take(self, raw: list[dict[str, Any]]) -> None:
        """Keep all that came, in one transaction; when this returns it may be forgotten there.

        Raises StoreTrouble where nothing of it could be kept.
        """
        try:
            with told_apart():
                self._take(raw)
        except StoreTrouble:
            raise
        except StoreError as error:
            self.delivery.ends(error)
            raise

    async def _keep(self, raw: list[dict[str, Any]]) -> None:
        """The same, again until it is done."""
        await self.certainly(partial(self._take, raw))

    def _take(self, raw: list[dict[str, Any]]) -> None:
        """First all that must be kept; then, once, what follows from it."""
        self._lead()
        self.figures.heard(post=bool(raw))
        with self.figures.turn.time() if raw else nullcontext():
            kept = self.intake.keep(raw, self.now())
        for number in kept.aside:
            log.error("an update cannot be read; set aside as number %d", number)
        for update in kept.heard:
            self.figures.updates.labels(update.kind).inc()
        self.delivery.wake(kept.acted)
        self.delivery.wake(kept.waiting, WAITED)
