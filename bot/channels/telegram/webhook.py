"""A webhook: Telegram's posts, taken in a transaction before the 200 goes back.

Telegram is made to deliver here, and asked every minute whether it can.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.channels.telegram.incoming import ALLOWED
from bot.channels.telegram.outgoing import answer_of, said
from bot.delivery import reach
from bot.delivery.channel import Refused, Unsent
from bot.delivery.reach import Reach
from bot.delivery.tasks import report
from bot.engine.gap import BEAT
from storage.conversations.outbox import Press
from storage.database.errors import StoreError, StoreTrouble

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from telegram import Bot

    from bot.channel_settings import Webhook
    from bot.channels.branch import Branch
    from bot.delivery.presses import Presses

LARGEST = 1024 * 1024  # bytes of one update; Telegram's are far smaller
SOON = 4  # while updates wait, Telegram is asked so many times as often
SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name

log = logging.getLogger("opschaalgids.reaching")


def app(
    webhook: Webhook, take: Callable[[list[dict[str, Any]]], Awaitable[None]], presses: Presses
) -> web.Application:
    """One path, one method, one secret; all else is unknown here.

    While the database refuses the answer is 503: Telegram then sends the same again. A press
    is answered in the 200 itself, which saves a call each time.
    """

    async def post(request: web.Request) -> web.Response:
        shown = request.headers.get(SECRET, "")
        if not hmac.compare_digest(shown.encode("utf-8", "replace"), webhook.secret.encode()):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
        except (ValueError, RecursionError):
            return web.Response(status=400)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return web.Response(status=400)
        number = _pressed(update)
        try:
            await take([update])
            press = presses.claim(number) if number else None
        except StoreError as trouble:
            report(trouble)
            return web.Response(status=503)
        # One that comes again is answered again: the 200 before it may have got lost.
        again = Press(number, "", "")
        return await _answered(request, press or again, presses) if number else web.Response()

    found = web.Application(client_max_size=LARGEST)
    found.router.add_post(urlsplit(webhook.url).path or "/", post)
    return found


def _pressed(update: dict[str, Any]) -> str:
    """The number of a press, where this is one and its number can be one."""
    query = update.get("callback_query")
    number = str(query.get("id") or "") if isinstance(query, dict) else ""
    return number if number.isascii() and number.isalnum() else ""


async def _answered(request: web.Request, press: Press, presses: Presses) -> web.Response:
    """Kept as answered only once it is on its way; else it is answered by a call of its own."""
    answer = web.json_response({"method": "answerCallbackQuery", **answer_of(press)})
    try:
        await answer.prepare(request)
        await answer.write_eof()
    except OSError:
        presses.release(press)
    else:
        await presses.keep(press)
    return answer


def _second(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


class Reaching:
    """Makes Telegram deliver to one webhook, and knows whether it can."""

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
                self._notes(Reach(_second(self.now()), refused=str(refused)))
            except Unsent:
                pass
            else:
                return
            await asyncio.sleep(self.every / SOON)

    async def run(self) -> None:
        while True:
            with suppress(Unsent):
                await self._asks()
            waits = self.health.reach and self.health.reach.waiting
            await asyncio.sleep(self.every / SOON if waits else self.every)

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
        waiting, at = info.pending_update_count, info.last_error_date
        known = info.url == self.address
        failed = _second(at.astimezone(self.now().tzinfo)) if at else ""
        error = " ".join((info.last_error_message or "").split())
        error = "".join(filter(str.isprintable, error))[:120]
        deaf = bool(waiting and self.waited == posts)
        self.waited = posts if waiting else None
        self._notes(Reach(_second(self.now()), known, waiting, error, failed, deaf=deaf))
        if not known:
            await self._sets()

    def _notes(self, found: Reach) -> None:
        """Said once when it begins, and once when it is over."""
        before, self.health.reach = self.health.reach, found
        if not found.well and (before is None or before.well):
            log.warning("%s", next(found.findings()))
        elif found.well and before and not before.well:
            log.info("Telegram reaches the webhook again")
        with suppress(StoreTrouble):
            reach.keep(self.store, found)
