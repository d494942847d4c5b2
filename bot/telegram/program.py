"""The guide on Telegram as a running program: intake, delivery, and a clean end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from contextlib import AsyncExitStack, nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

os.environ.setdefault("PTB_TIMEDELTA", "1")  # noqa: TID251 - the library's own switch

from aiohttp import web
from telegram import Bot
from telegram.error import InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot import watch
from bot.away import BEAT
from bot.channel import Revoked
from bot.clock import now
from bot.delivery import GRACE, WAITED, Delivery
from bot.house import read_house
from bot.limits import Limits
from bot.papers import Papers
from bot.prompting import Prompting
from bot.sweep import sweep
from bot.telegram import menu
from bot.telegram.incoming import ALLOWED
from bot.telegram.intake import Intake
from bot.telegram.outgoing import Telegram
from bot.telegram.polling import Polling
from bot.telegram.webhook import app
from bot.trust import complete
from bot.watch import Figures
from storage.trajectories import BOT_NAME
from storage.trouble import StoreError, StoreTrouble, told_apart

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.config import Settings, Webhook
    from bot.conversation import Conversation
    from bot.telegram.incoming import Visit

log = logging.getLogger("opschaalgids.telegram")
HOUR = 3600

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
        self.calls, self.fetches = HTTPXRequest(16, pool_timeout=10), HTTPXRequest(2)
        base = f"{settings.api_url}/bot"
        self.bot = Bot(settings.token, base, request=self.calls, get_updates_request=self.fetches)
        self.stop = asyncio.Event()
        self.leaving: set[str] = set()
        self.now: Callable[[], datetime] = partial(now, settings.timezone)
        self.figures = Figures(self.db, self.now)
        papers = Papers(conversation, read_house(settings.house), ZoneInfo(settings.timezone))
        self.channel = Telegram(self.bot, papers)
        self.intake = Intake(conversation, Limits(settings.pace[1]), self.channel.owns)
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
                polls = self.settings.webhook is None
                await self._serve(stack, watch.app(self.figures, polls=polls), *self.settings.watch)
            for request in (self.calls, self.fetches):
                stack.push_async_callback(request.shutdown)
            await self._until_stopped(stack)

    async def _until_stopped(self, stack: AsyncExitStack) -> None:
        hook = self.settings.webhook
        listen = self._listen(hook, stack) if hook else self._poll()
        intake = asyncio.create_task(listen)
        sending = asyncio.create_task(self.delivery.run(self.stop, self._begin))
        await asyncio.wait({intake, sending}, return_when=asyncio.FIRST_COMPLETED)
        self.stop.set()
        intake.cancel()
        for task in (sending, intake):
            with suppress(asyncio.CancelledError):
                await task

    def _begin(self) -> None:
        """What the program before this one left undone."""
        self.prompting.begin(self.now())
        complete(self.conversation, self.now())

    async def _prompt(self) -> None:
        """Every minute what is due; a little at a time, so that answers go before it."""
        minute = BEAT.total_seconds()
        while True:
            chats = await self.certainly(lambda: self.prompting.due(self.now()), minute)
            self.delivery.wake(chats, WAITED)
            await asyncio.sleep(SOON if self.prompting.behind else minute)

    # ------------------------------------------------------------ coming in

    async def _learn_name(self) -> None:
        """The name in the links that invite."""
        me = await self.bot.get_me()
        self.delivery.start(self._remember(str(me.username)))

    async def _remember(self, name: str) -> None:
        def kept() -> None:
            with self.conversation.store.transaction():
                self.conversation.store.remember(BOT_NAME, name)

        await self.certainly(kept)

    async def _poll(self) -> None:
        await self._certainly(self._learn_name)
        await self._certainly(partial(self.bot.delete_webhook, drop_pending_updates=False))
        await Polling(self.bot, self.fetches, self._keep).run(self._ready)

    async def _listen(self, webhook: Webhook, stack: AsyncExitStack) -> None:
        await self._certainly(self._learn_name)
        await self._serve(stack, app(webhook, self.take), webhook.host, webhook.port)
        # One connection at a time keeps a person's texts and presses in order.
        await self._certainly(
            partial(
                self.bot.set_webhook, webhook.url, secret_token=webhook.secret,
                allowed_updates=ALLOWED, max_connections=1,
            )
        )  # fmt: skip
        self._ready()
        while True:
            await self._keep([])
            await asyncio.sleep(BEAT.total_seconds())

    async def _serve(
        self, stack: AsyncExitStack, served: web.Application, host: str, port: int
    ) -> None:
        runner = web.AppRunner(served, access_log=None, shutdown_timeout=GRACE)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, host, port).start()

    async def _certainly(self, call: Callable[[], Any]) -> None:
        """A call without which nothing works: again until it is done."""
        while True:
            try:
                await call()
            except InvalidToken:
                raise Revoked from None
            except TelegramError as error:
                log.warning("Telegram cannot be reached (%s); trying again", type(error).__name__)
                await asyncio.sleep(2)
            else:
                return

    def _ready(self) -> None:
        sys.stderr.write("ready\n")
        sys.stderr.flush()
        self.delivery.start(self._sweeping())
        self.delivery.start(self._prompt())
        self.delivery.start(menu.show(self.bot, self.conversation.newest, self.settings.language))

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
        self.figures.heard_at = self.now()
        with self.figures.turn.time() if raw else nullcontext():
            kept = self.intake.keep(raw, self.now())
        for number in kept.aside:
            log.error("an update cannot be read; set aside as number %d", number)
        for update in kept.heard:
            self.figures.updates.labels(update.kind).inc()
        for visit in kept.groups:
            self._visited(visit)
        self.delivery.wake(kept.acted)
        self.delivery.wake(kept.waiting, WAITED)

    def _visited(self, visit: Visit) -> None:
        if visit.chat not in self.leaving:
            self.leaving.add(visit.chat)
            self.delivery.start(self._leave(visit))

    async def _leave(self, visit: Visit) -> None:
        """In a group anyone could read along: one sentence, then leave."""
        said = self.conversation.newest.words[visit.language or self.settings.language]
        with suppress(TelegramError):
            await self.bot.send_message(visit.chat, said["messages"]["say"]["group"])
        with suppress(TelegramError):
            await self.bot.leave_chat(visit.chat)
        self.leaving.discard(visit.chat)
