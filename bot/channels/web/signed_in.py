"""My devices: where somebody is in, and what ends that; passkeys, mail, and Telegram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.channels.web.forms import token_in
from bot.channels.web.talk import inside
from content.words.vocabulary import Words
from storage.web import devices

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.channels.web.site import Site
    from storage.web.doors import Reader


async def listed(site: Site, request: web.Request) -> web.StreamResponse:
    """Read only."""
    reader = inside(site, request)
    words, now = Words(site.content, reader.language), site.now()

    def day(at: datetime | None) -> str:
        return words.day(at.astimezone(now.tzinfo).date()) if at else ""

    desk = site.conversation.contexts.desks.desk(reader.chat, now, seed="")
    every = devices.devices_of(site.store, reader.person, now)
    keys = devices.passkeys_of(site.store, reader.person)
    return site.page(
        request, "devices.html", reader=reader, day=day,
        here=[one for one in every if one.mark == reader.session],
        others=[one for one in every if one.mark != reader.session],
        keys=keys, wanted=site.needs_passkey(reader),
        makes=not (keys and site.needs_passkey(reader)),
        address=site.mailbox.addresses.of(reader.person),
        telegram=reader.agreed and "t.me/" in desk.beside,
    )  # fmt: skip


async def change(site: Site, request: web.Request) -> web.StreamResponse:
    """End one, or all others; leave here; a passkey less."""
    reader, form = inside(site, request), await request.post()
    token_in(form, "once")
    act, _, what = str(form.get("act", "")).partition(" ")
    if act in ACTS:
        with site.store.transaction():
            ACTS[act](site, reader, what)
    if site.reader(request):
        raise web.HTTPSeeOther("/toestellen")
    response = web.HTTPSeeOther("/")
    site.remember(response, "")
    raise response


def _remove(site: Site, reader: Reader, what: str) -> None:
    """Not by who came in without, where a passkey is what lets a kwartiermaker in."""
    if site.needs_passkey(reader):
        raise web.HTTPForbidden
    devices.remove_passkey(site.store, reader.person, what)


ACTS: dict[str, Callable[[Site, Reader, str], Any]] = {
    "end": lambda site, reader, what: devices.end_device(site.store, reader.person, what),
    "others": lambda site, reader, _: devices.end_other_devices(
        site.store, reader.person, reader.session
    ),
    "leave": lambda site, reader, _: devices.end_device(site.store, reader.person, reader.session),
    "remove": _remove,
}

ROUTES = (
    ("GET", "/toestellen", listed),
    ("POST", "/toestellen", change),
)
