"""A webhook: Telegram's posts, taken in a transaction before the 200 goes back."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.engine.patience import report
from storage.database.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.config import Webhook

LARGEST = 1024 * 1024
"""Bytes of one update; Telegram's are far smaller."""

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name


def app(
    webhook: Webhook, take: Callable[[list[dict[str, Any]]], Awaitable[None]]
) -> web.Application:
    """One path, one method, one secret; all else is unknown here.

    While the database refuses the answer is 503: Telegram then sends the same again.
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
        try:
            await take([update])
        except StoreError as trouble:
            report(trouble)
            return web.Response(status=503)
        return web.Response()

    found = web.Application(client_max_size=LARGEST)
    found.router.add_post(urlsplit(webhook.url).path or "/", post)
    return found
