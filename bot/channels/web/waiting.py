"""The web of a program that waits: what whoever leads answers, or else a page that says so."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from bot.channels.web.app import LARGEST, behind_proxies
from bot.channels.web.appearance import Appearance, static
from bot.channels.web.headers import begins, foreign, guarded, unkept
from bot.channels.web.relay import Relay
from bot.documents.house import read_house
from content.loader import newest

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.typedefs import Handler

    from bot.config import Settings


async def waits(settings: Settings, leader: Callable[[], str]) -> web.Application:
    """To be served where the web is, until this program leads. Raises SettingsError.

    `leader`: as Relay has it.
    """
    shown = Appearance(newest(), settings, read_house(settings.house))
    relay = Relay(shown.web, leader)
    made = web.Application(
        middlewares=[guarded(shown, partial(_away, shown, relay))], client_max_size=LARGEST
    )
    made.router.add_get("/static/{mark}/{name}", partial(static, shown))
    made.cleanup_ctx.append(relay.opened)
    await behind_proxies(made, shown.web)
    return made


async def _away(
    shown: Appearance, relay: Relay, request: web.Request, handler: Handler
) -> web.StreamResponse:
    """Nothing is kept here: a form comes back as it was, and is sent again to whoever leads."""
    try:
        if found := await relay.answer(request):
            return found
        if begins(request) == "static":
            return await handler(request)
        return foreign(shown, request) or await unkept(shown, request)
    except web.HTTPNotFound:
        return shown.page(request, "error.html", status=404, what="not_found")
    except (web.HTTPException, ValueError, LookupError, RuntimeError):  # see app.py
        return shown.page(request, "error.html", status=400, what="malformed")
