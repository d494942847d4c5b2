"""The guide on Telegram: heard by fetching or at a webhook, known there by its name and menu."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NoReturn, TypeVar

from telegram import Bot

from bot.channels.telegram.incoming import Raw, read
from bot.channels.telegram.line import LONGEST_WAIT, Line, Pulse, Standing
from bot.channels.telegram.menus import KeeperMenus, ask, menu
from bot.channels.telegram.outgoing import BotSender, said
from bot.channels.telegram.polling import Polling
from bot.delivery import reach
from bot.delivery.channel import Later, Refused, Terms, Unsent
from bot.delivery.delivery import GRACE
from bot.delivery.metrics import Health
from bot.delivery.pace import until_heard
from bot.engine.gap import BEAT
from flows.model.messages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AsyncExitStack
    from datetime import datetime

    from bot.channel_settings import Webhook
    from bot.channels.branch import Branch, Visit
    from bot.config import Settings
    from bot.documents.printer import Papers
    from bot.engine.conversation import Conversation
    from flows.model.messages import Update

Found = TypeVar("Found")

log = logging.getLogger("opschaalgids.telegram")

AGAIN = 2.0  # seconds until a call that must be made is made again; sooner where the line is heard
SILENT = 120.0  # seconds without a word from Telegram after which the program is not well
BURST = 5  # messages that a chat may get at once; Telegram allows short bursts
DOUBLE_TAP = timedelta(seconds=0.4)  # two taps of one thumb: nobody reads a new question so fast
PRESS_LIVES = timedelta(seconds=150)  # how long Telegram keeps a press, to be answered
KEPT = timedelta(hours=24)  # how long Telegram keeps an update for a bot that does not fetch it


class Telegram:
    name = "telegram"

    def __init__(self, conversation: Conversation, settings: Settings, papers: Papers) -> None:
        self.conversation, self.settings = conversation, settings
        overall, chat = settings.pace
        self.pulse, longest = Pulse(), LONGEST_WAIT / chat
        self.calls, self.fetches = Line(self.pulse, 16, longest), Line(self.pulse, 2, longest)
        base = f"{settings.api_url}/bot"
        self.bot = Bot(settings.token, base, request=self.calls, get_updates_request=self.fetches)
        terms = Terms(overall, chat, BURST, DOUBLE_TAP / chat, PRESS_LIVES, KEPT)
        self.sender = BotSender(self.bot, papers, self.pulse, terms)
        self.health = Health(self.name, SILENT)

    def read(self, raw: Raw, now: datetime) -> Update | Visit | None:
        return read(raw, now, self.pulse.ahead)

    async def open(self, stack: AsyncExitStack) -> None:
        self.stack = stack
        for line in (self.calls, self.fetches):
            await stack.enter_async_context(line)

    async def run(self, branch: Branch) -> None:
        """Raises Revoked where Telegram does not know the token."""
        branch.start(Standing(self.bot, self.pulse, self.settings.pace[1]).run())
        me = await self._certainly(self.bot.get_me)
        branch.links(f"https://t.me/{me.username}?start=")
        if self.settings.webhook:
            await self._listen(branch, self.settings.webhook)  # until cancelled
        await self._certainly(partial(self.bot.delete_webhook, drop_pending_updates=False))
        branch.start(branch.certainly(partial(reach.keep, branch.store, None)))
        await Polling(self.bot, self.fetches, branch.keep).run(partial(self._ready, branch))

    async def _listen(self, branch: Branch, webhook: Webhook) -> NoReturn:
        from bot.channels.telegram.webhook import Reaching, app  # noqa: PLC0415 - most fetch
        from bot.serving import serve  # noqa: PLC0415 - likewise

        posts = app(webhook, branch.take, branch.delivery.presses)
        await serve(self.stack, posts, (webhook.host, webhook.port), GRACE)
        reaching = Reaching(self.bot, webhook, branch)
        await reaching.begins()
        self._ready(branch)
        branch.start(reaching.run())
        while True:
            if self.health.well:  # else nobody knows what waits unheard
                await branch.keep([])
            await asyncio.sleep(BEAT.total_seconds())

    async def _certainly(self, call: Callable[[], Awaitable[Found]]) -> Found:
        """What a call brings without which nothing works: again until it is done."""
        while True:
            try:
                with said():
                    return await call()
            except Later as later:
                await asyncio.sleep(later.seconds)
            except Refused as refused:
                log.warning("Telegram refuses what cannot be missed (%s); trying again", refused)
                await asyncio.sleep(BEAT.total_seconds())
            except Unsent:
                await until_heard(self.pulse.heard, AGAIN)

    def _ready(self, branch: Branch) -> None:
        branch.ready()
        branch.start(self._show_menu(branch))

    async def _show_menu(self, branch: Branch) -> None:
        """For each language, once after a start; the guide works without it. Then for some."""
        content, standard = self.conversation.newest, self.settings.language
        for code in (None, *LANGUAGES):
            for setting in menu(self.bot, content, code or standard, code):
                await self._certainly(partial(ask, setting))
        await KeeperMenus(self.bot, branch, self._certainly, self.settings.pace[1]).run()
