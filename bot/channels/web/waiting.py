"""The web of a program that waits for its turn: a page that says so, whatever is asked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from bot.channels.web.app import LARGEST
from bot.channels.web.appearance import Appearance, static
from bot.channels.web.headers import begins, foreign, guarded, unkept
from bot.documents.house import read_house
from content.loader import newest

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from bot.config import Settings


def waits(settings: Settings) -> web.Application:
    """To be served where the web is, until this program leads. Raises SettingsError."""
    shown = Appearance(newest(), settings, read_house(settings.house))
    made = web.Application(
        middlewares=[guarded(shown, partial(_away, shown))], client_max_size=LARGEST
    )
    made.router.add_get("/static/{mark}/{name}", partial(static, shown))
    return made


async def _away(shown: Appearance, request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing is kept: a form comes back as it was, and is sent again to the program that leads."""
    try:
        if begins(request) == "static":
            return await handler(request)
        return foreign(shown, request) or await unkept(shown, request)
    except web.HTTPNotFound:
        return shown.page(request, "error.html", status=404, what="not_found")
    except (web.HTTPException, ValueError, LookupError, RuntimeError):  # see app.py
        return shown.page(request, "error.html", status=400, what="malformed")
