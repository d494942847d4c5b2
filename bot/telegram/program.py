"""The guide on Telegram as a running program: intake, delivery, and a clean end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

os.environ.setdefault("PTB_TIMEDELTA", "1")  # noqa: TID251 - the library's own switch

from telegram import Bot

from bot import reach, watch
from bot.away import BEAT, beat
from bot.channel import Gone, Later, Refused, Unsure
from bot.clock import now
from bot.delivery import WAITED, Delivery
from bot.house import read_house
from bot.lane import until_heard
from bot.limits import Limits
from bot.papers import Papers
from bot.prompting import Prompting
from bot.serving import serve
from bot.sweep import sweep
from bot.telegram import menu
from bot.telegram.incoming import Visit, read
from bot.telegram.line import LONGEST_WAIT, Line, Pulse, Standing
from bot.telegram.outgoing import Telegram, said
from bot.telegram.polling import Polling
from bot.telegram.reaching import Reaching
from bot.telegram.webhook import app
from bot.trust import complete
from bot.watch import Figures
from content.render import sentence
from flows.turn import Message, Update
from storage import aside, outbox
from storage.trajectories import BOT_NAME
from storage.trouble import StoreTrouble

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.config import Settings, Webhook
    from bot.conversation import Conversation

TEND = 5.0
"""Seconds between two looks at what waits."""

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
        self.pulse, longest = Pulse(), LONGEST_WAIT / settings.pace[1]
        self.calls, self.fetches = Line(self.pulse, 16, longest), Line(self.pulse, 2, longest)
        base = f"{settings.api_url}/bot"
        self.bot = Bot(settings.token, base, request=self.calls, get_updates_request=self.fetches)
        self.stop = asyncio.Event()
        self.due = asyncio.Event()
        self.now: Callable[[], datetime] = partial(now, settings.timezone)
        self.figures = Figures(self.db, self.now)
        self.limits = Limits(settings.pace[1])
        papers = Papers(conversation, read_house(settings.house), ZoneInfo(settings.timezone))
        self.channel = Telegram(self.bot, papers, self.pulse)
        self.prompting = Prompting(conversation)
        self.delivery = Delivery(self.db, self.channel, settings.pace, self.now, self.figures)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError):  # Windows stops by KeyboardInterrupt
                loop.add_signal_handler(number, self.stop.set)
        async with AsyncExitStack() as stack:
            if self.settings.watch:
                await serve(stack, watch.app(self.figures), *self.settings.watch)
            for request in (self.calls, self.fetches):
                stack.push_async_callback(request.shutdown)
            await self._until_stopped(stack)

    async def _until_stopped(self, stack: AsyncExitStack) -> None:
        with suppress(StoreTrouble):  # the minute's round and the hour's sweep do these as well
            self.prompting.begin(self.now())
            complete(self.conversation, self.now())
        hook = self.settings.webhook
        listen = self._listen(hook, stack) if hook else self._poll()
        intake = asyncio.create_task(listen)
        sending = asyncio.create_task(self.delivery.run(self.stop))
        self.delivery.start(self._tend())
        self.delivery.start(Standing(self.bot, self.pulse, self.settings.pace[1]).run())
        await asyncio.wait({intake, sending}, return_when=asyncio.FIRST_COMPLETED)
        self.stop.set()
        intake.cancel()
        for task in (sending, intake):
            with suppress(asyncio.CancelledError):
                await task

    async def _prompt(self) -> None:
        """Every minute what is due; a little at a time, so that answers go before it."""
        while True:
            try:
                chats = self.prompting.due(self.now())
            except StoreTrouble as trouble:
                log.warning("the database refuses for now (%s); trying again", trouble)
                chats, self.prompting.behind = [], False
            self.delivery.wake(chats, WAITED)
            self.due.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(SOON if self.prompting.behind else BEAT.total_seconds()):
                    await self.due.wait()

    # ------------------------------------------------------------ coming in

    async def _learn_name(self) -> None:
        """The name in the links that invite."""
        with said():
            me = await self.bot.get_me()
        # Where the disk refuses, the name is learned at the next start.
        with suppress(StoreTrouble), self.conversation.store.transaction():
            self.conversation.store.remember(BOT_NAME, me.username)

    async def _poll(self) -> None:
        await self._certainly(self._learn_name)
        await self._certainly(self._fetches_itself)
        await Polling(self.bot, self.fetches, self.take).run(self._ready)

    async def _fetches_itself(self) -> None:
        with said():
            await self.bot.delete_webhook(drop_pending_updates=False)
        with suppress(StoreTrouble):
            reach.keep(self.conversation.store, None)

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
                await self.take([])
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
        await asyncio.sleep(BEAT.total_seconds())
        while True:
            try:
                sweep(self.conversation, self.now())
                self.delivery.wake(outbox.waiting(self.db), WAITED)
            except StoreTrouble as trouble:
                log.warning("the database refuses for now (%s); sweeping later", trouble)
            await asyncio.sleep(HOUR)

    async def take(self, raw: list[dict[str, Any]]) -> None:
        """Keep all that came, in one transaction; when this returns it may be forgotten there."""
        came = [heard for update in raw if (heard := self._read(update))]
        updates, floods = self.limits.admit(u for u in came if isinstance(u, Update))
        self.figures.heard(post=bool(raw))
        if updates:
            with self.figures.turn.time():
                self.conversation.handle(*updates)
        self._hold_back(floods)
        for update in updates:
            self.figures.updates.labels(update.kind).inc()
        for visit in came:
            if isinstance(visit, Visit):
                self._visited(visit)
        self.delivery.wake({update.chat for update in updates})
        self.delivery.wake(self.conversation.steering.heard(), WAITED)
        told = beat(self.conversation, self.channel.owns, self.now())
        self.delivery.wake(told, WAITED)

    async def _tend(self) -> None:
        """What another program put in the outbox, such as doctor, is sent as well."""
        while True:
            await asyncio.sleep(TEND)
            with suppress(StoreTrouble):
                self.delivery.wake(outbox.waiting(self.db), WAITED)
                if self.prompting.calls(self.now()):
                    self.due.set()

    def _hold_back(self, floods: list[Update]) -> None:
        """Who sends too much hears that once."""
        for update in floods:
            with self.conversation.store.transaction():
                self.conversation.say(update.chat, "too_fast", self.now())
        self.delivery.wake({update.chat for update in floods})

    def _read(self, raw: dict[str, Any]) -> Update | Visit | None:
        try:
            return read(raw, self.now())
        except Exception as error:  # noqa: BLE001 - one broken update must not block the others
            with self.conversation.store.transaction():
                number = aside.put_raw(self.conversation.store, raw, error, self.now())
            log.error("an update cannot be read; set aside as number %d", number)  # noqa: TRY400
            return None

    def _visited(self, visit: Visit) -> None:
        if visit.what == "gone":
            outbox.gone(self.db, visit.chat, self.now())
        elif not outbox.due(self.db, visit.chat):
            self._leave(visit)

    def _leave(self, visit: Visit) -> None:
        """In a group anyone could read along: one sentence, then leave. Kept until it is done."""
        words = self.conversation.newest.words[visit.language or self.settings.language]
        with self.conversation.store.transaction():
            for html in (sentence(words, "group"), ""):
                self.conversation.store.say(visit.chat, Message("group", "", html), self.now())
        self.delivery.wake({visit.chat})
