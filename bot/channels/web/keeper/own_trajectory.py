"""A trajectory itself: how it is called and what it says, who keeps it, and who looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.web.forms import Malformed
from bot.channels.web.keeper.desk_forms import (
    done,
    enters,
    field,
    fills,
    setting,
    shown_once,
    wrong,
)
from flows.model.lists import number_in
from storage import audit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from bot.channels.web.keeper.desk_forms import AtDesk
    from bot.channels.web.site import Site

FIELDS = ("name", "subject", "welcome", "language", "silence")


async def settings(site: Site, request: web.Request) -> web.StreamResponse:
    return _page(enters(site, request))


def _page(
    at: AtDesk, *, status: int = 200, error: str = "", typed: Mapping[str, str] | None = None
) -> web.Response:
    kept = {name: str(getattr(at.trajectory, name)) for name in FIELDS}
    return at.page(
        "traject_instellingen.html", status=status, error=error, typed={**kept, **(typed or {})}
    )


async def change(site: Site, request: web.Request) -> web.StreamResponse:
    """Only what is new; what a form leaves out, or leaves empty, stays."""
    at, form = enters(site, request), await request.post()
    typed = {name: field(form, name) for name in FIELDS}
    new = {n: said for n, said in typed.items() if said and said != str(getattr(at.trajectory, n))}
    told = await fills(at, form, *(setting(at, n, said) for n, said in new.items()))
    if reason := wrong(at, told):
        return _page(at, status=422, error=reason, typed=typed)
    raise done(at, told, f"{at.address}/instellingen")


async def give(site: Site, request: web.Request) -> web.StreamResponse:
    """A link for a second kwartiermaker, or for who takes over: it is shown once."""
    at, form = enters(site, request), await request.post()
    which = field(form, "which")
    if which not in ("together", "handover", "leave"):
        raise Malformed
    told = await fills(at, form, setting(at, which))
    if which == "leave" and not wrong(at, told):
        raise done(at, told, "/traject")
    text = shown_once(told, "keep_text")
    if not text:
        error = wrong(at, told) or at.words["wrong"]["shown_once"]
        return _page(at, status=409, error=error)
    back = f"{at.address}/instellingen"
    return at.page("traject_link.html", text=text, which=which, back=back)


async def logbook(site: Site, request: web.Request) -> web.StreamResponse:
    """Who looked at what of this trajectory, newest first."""
    at = enters(site, request)
    page = number_in(request.query.get("blad", ""))
    found = audit.looks(site.store, at.trajectory.id, page, at.zone)
    return at.page(
        "traject_logboek.html", log=found[: audit.LOOKS_SHOWN], page=page,
        older=len(found) > audit.LOOKS_SHOWN,
    )  # fmt: skip


ROUTES = (
    ("GET", "/traject/{id}/instellingen", settings),
    ("POST", "/traject/{id}/instellingen", change),
    ("POST", "/traject/{id}/samen", give),
    ("GET", "/traject/{id}/logboek", logbook),
)
