"""The pages of a trajectory, for its kwartiermakers: who is how far, and what waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.channels.web.forms import Malformed
from bot.channels.web.keeper import asking, inviting, meeting_pages, own_trajectory, taking_along
from bot.channels.web.keeper.desk_forms import (
    done,
    enters,
    field,
    fills,
    line,
    look,
    setting,
    shown_once,
    wrong,
)
from bot.channels.web.markup import PAGES
from bot.channels.web.talk import inside
from content.documents.overview_table import ORDERS, heat_cells, table

if TYPE_CHECKING:
    from bot.channels.web.keeper.desk_forms import AtDesk
    from bot.channels.web.site import Site

COLUMNS = ("municipality", "progress", "week", "gate", "route", "attention", "open_points",
           "meeting")  # fmt: skip
HIDDEN = ("gate", "route", "attention", "open_points")
"""Of these nothing is shown of who shares progress alone."""

ANSWERS = ("admit", "refuse", "appoint_yes", "appoint_no", "call_off")
"""What waits for a kwartiermaker or an operator is answered with these."""


async def trajectories(site: Site, request: web.Request) -> web.StreamResponse:
    """Which there are; who keeps none yet makes one."""
    return _which(_at_any(site, request))


def _which(at: AtDesk, *, status: int = 200, error: str = "", typed: str = "") -> web.Response:
    return at.page("trajecten.html", status=status, error=error, typed=typed, here=None)


def _at_any(site: Site, request: web.Request) -> AtDesk:
    """Kwartiermakers, and operators for who asks to be one."""
    at = look(site, request, inside(site, request), "ask")
    if not (at.desk.keeper or at.desk.operator):
        raise web.HTTPNotFound
    return at


async def current(site: Site, request: web.Request) -> web.StreamResponse:
    """The same page of the trajectory that somebody works on now; else which there are."""
    here = _at_any(site, request).desk.current
    where = request.path.replace("/nu", f"/{here.id}", 1) if here else "/traject"
    raise web.HTTPSeeOther(where)


async def new(site: Site, request: web.Request) -> web.StreamResponse:
    at, form = _at_any(site, request), await request.post()
    name = line(form, "name")
    if not name:
        return _which(at, status=422, error=at.words["wrong"]["no_name"])
    told = await fills(at, form, setting(at, "new", name), number=0)
    if reason := wrong(at, told):
        return _which(at, status=422, error=reason, typed=name)
    newest = look(site, request, at.reader, "ask").desk.current
    raise web.HTTPSeeOther(f"/traject/{newest.id}/uitnodigen" if newest else "/traject")


async def appoint(site: Site, request: web.Request) -> web.StreamResponse:
    """An operator's link that makes somebody a kwartiermaker: it is shown once."""
    at, form = _at_any(site, request), await request.post()
    name = line(form, "person")
    if not at.desk.operator:
        raise web.HTTPNotFound
    if not name:
        return _which(at, status=422, error=at.words["wrong"]["no_person"])
    told = await fills(at, form, f"appoint {name}", number=0)
    text = shown_once(told, "appoint_text")
    if not text:
        return _which(at, status=409, error=wrong(at, told) or at.words["wrong"]["shown_once"])
    return at.page("traject_link.html", text=text, which="appoint", back="/traject", here=None)


async def overview(site: Site, request: web.Request) -> web.StreamResponse:
    """The verbs of the chat say what there is to see, and leave their lines."""
    return _overview(enters(site, request, "table"))


def _overview(at: AtDesk) -> web.Response:
    patterns, told = at.looks("patterns"), at.reply("overview") or {}
    every = patterns.reply("heat_picture") or {"rows": ()}
    order = at.request.query.get("op", "")
    invited = told or at.reply("overview_empty") or {}
    return at.page(
        "traject.html", columns=COLUMNS, hidden=HIDDEN, orders=ORDERS,
        order=order if order in ORDERS else "",
        rows=table(at.said, told.get("lines", ()), order), heat=heat_cells(at.said, every["rows"]),
        ingredients=at.said.words.canvas.ingredients, patterns=patterns.reply("patterns"),
        invited=invited.get("invited", ()), more=invited.get("more", 0),
    )  # fmt: skip


async def answer(site: Site, request: web.Request) -> web.StreamResponse:
    """A yes or a no to what waits; or calling off what was sent off."""
    named = "id" in request.match_info
    at = enters(site, request) if named else _at_any(site, request)
    number = at.trajectory.id if named else 0
    form = await request.post()
    verb, _, about = field(form, "answer").partition(" ")
    if verb not in ANSWERS:
        raise Malformed
    told = await fills(at, form, f"{verb} {about}", number=number)
    raise done(at, told, f"/traject/{number}" if number else "/traject")


ROUTES = (
    ("GET", "/traject", trajectories),
    ("POST", "/traject", new),
    ("POST", "/traject/wacht", answer),
    ("POST", "/traject/kwartiermaker", appoint),
    *(("GET", path, current) for path in sorted(set(PAGES.values()) - {"/traject"})),
    ("GET", "/traject/{id}", overview),
    ("POST", "/traject/{id}/wacht", answer),
    *inviting.ROUTES,
    *asking.ROUTES,
    *meeting_pages.ROUTES,
    *taking_along.ROUTES,
    *own_trajectory.ROUTES,
)
