"""A webhook: Telegram's posts, taken in a transaction before the 200 goes back."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.channels.telegram.outgoing import answer_of
from bot.delivery.tasks import report
from storage.conversations.outbox import Press
from storage.database.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.config import Webhook
    from bot.delivery.presses import Presses

LARGEST = 1024 * 1024
"""Bytes of one update; Telegram's are far smaller."""

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name


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
    said = web.json_response({"method": "answerCallbackQuery", **answer_of(press)})
    try:
        await said.prepare(request)
        await said.write_eof()
    except OSError:
        presses.release(press)
    else:
        await presses.keep(press)
    return said
