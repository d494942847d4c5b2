"""Makes Telegram deliver here, and asks it every minute whether it can."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.channels.telegram.incoming import ALLOWED
from bot.channels.telegram.outgoing import said
from bot.delivery import reach
from bot.delivery.channel import Gone, Later, Refused, Unsure
from bot.delivery.reach import Reach
from bot.engine.gap import BEAT
from storage.database.errors import StoreTrouble

if TYPE_CHECKING:
    from telegram import Bot, WebhookInfo

    from bot.channels.branch import Branch
    from bot.config import Webhook

SOON = 4
"""While updates wait, Telegram is asked so many times as often."""

log = logging.getLogger("opschaalgids.reaching")


class Reaching:
    """One webhook."""

    def __init__(self, bot: Bot, hook: Webhook, branch: Branch) -> None:
        self.bot, self.hook, self.store, self.now = bot, hook, branch.store, branch.now
        self.health, pace = branch.channel.health, branch.channel.sender.terms.chat
        self.every = BEAT.total_seconds() / pace  # a test's pace hurries this as well
        self.address = hook.url
        self.waited: int | None = None

    async def begins(self) -> None:
        """Until Telegram has taken the address. A name that it does not find now, it may later."""
        while True:
            try:
                await self._sets()
            except Refused as refused:
                self._notes(Reach(self._at, refused=str(refused)))
            except (Later, Unsure, Gone):
                pass
            else:
                return
            await asyncio.sleep(self.every / SOON)

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            with suppress(Later, Unsure, Gone, Refused):
                await self._asks()
            waits = self.health.reach and self.health.reach.waiting
            await asyncio.sleep(self.every / SOON if waits else self.every)

    @property
    def _at(self) -> str:
        return self.now().isoformat(timespec="seconds")

    async def _sets(self) -> None:
        """One connection at a time keeps a person's texts and presses in order."""
        with said():
            await self.bot.set_webhook(
                self.hook.url, secret_token=self.hook.secret, allowed_updates=ALLOWED,
                max_connections=1,
            )  # fmt: skip
            # As Telegram writes it, to compare with from now on.
            self.address = (await self.bot.get_webhook_info()).url or self.hook.url

    async def _asks(self) -> None:
        posts = self.health.posts
        with said():
            info = await self.bot.get_webhook_info()
        self.health.heard()
        waiting = info.pending_update_count
        deaf = bool(waiting and self.waited == posts)
        self.waited = posts if waiting else None
        self._notes(self._reach(info, deaf=deaf))
        if info.url != self.address:
            await self._sets()

    def _reach(self, info: WebhookInfo, *, deaf: bool) -> Reach:
        at = info.last_error_date
        failed = at.astimezone(self.now().tzinfo).isoformat(timespec="seconds") if at else ""
        error = " ".join((info.last_error_message or "").split())
        error = "".join(filter(str.isprintable, error))[:120]
        known = info.url == self.address
        return Reach(self._at, known, info.pending_update_count, error, failed, deaf=deaf)

    def _notes(self, found: Reach) -> None:
        """Said once when it begins, and once when it is over."""
        before, self.health.reach = self.health.reach, found
        if not found.well and (before is None or before.well):
            log.warning("%s", next(found.findings()))
        elif found.well and before and not before.well:
            log.info("Telegram reaches the webhook again")
        with suppress(StoreTrouble):
            reach.keep(self.store, found)
