"""Taking along what is shared: made anew at each request, of what is shared at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.web.forms import Malformed
from bot.channels.web.keeper.desk_forms import along_of, enters, line, taken

if TYPE_CHECKING:
    from aiohttp import web

    from bot.channels.web.keeper.desk_forms import AtDesk
    from bot.channels.web.site import Site

FORMS = {
    "pdf": "take pdf", "zip": "take zip", "xlsx": "take xlsx", "csv": "take csv",
    "png": "patterns",
}  # fmt: skip
"""Form -> the verb that gives it."""


async def files(site: Site, request: web.Request) -> web.StreamResponse:
    return _page(enters(site, request, "portfolio"))


def _page(at: AtDesk, *, status: int = 200, error: str = "") -> web.Response:
    told = at.reply("portfolio")
    return at.page(
        "traject_meenemen.html", status=status, error=error, told=told,
        large=at.reply("portfolio_large") is not None,
    )  # fmt: skip


async def take(site: Site, request: web.Request) -> web.StreamResponse:
    """Not by a link: that somebody took it along is noted, so somebody must have wanted it."""
    at, form = enters(site, request, "portfolio"), await request.post()
    verb = FORMS.get(line(form, "form"))
    if verb is None:
        raise Malformed
    found = at.looks(verb)
    reply = along_of(found.turn.replies)
    if reply is None:
        return _page(at, status=409, error=at.words["wrong"]["taken_none"])
    return await taken(found, reply.name, reply.data, found.said)


ROUTES = (
    ("GET", "/traject/{id}/meenemen", files),
    ("POST", "/traject/{id}/meenemen", take),
)
