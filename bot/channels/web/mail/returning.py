"""Coming back by a link in a mail, and the address that it goes to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.channels.web.allowance import place_of
from bot.channels.web.entering import came_in
from bot.channels.web.forms import token_in
from bot.channels.web.mail.mailed import door_of, told
from bot.channels.web.mail.post import address_in
from bot.channels.web.talk import inside
from storage.web.doors import new_token

if TYPE_CHECKING:
    from bot.channels.web.site import Site
    from flows.model.messages import Language
    from storage.web.addresses import Door
    from storage.web.doors import Reader

PEOPLE = 3  # who share one address get a link each; more of them is no mailbox of people


# ------------------------------------------------------------ asking for a link


async def ask(
    site: Site, request: web.Request, *, status: int = 200, said: str = "", error: str = ""
) -> web.Response:
    known = site.mailbox.post is not None
    return site.page(request, "back.html", status=status, said=said, error=error, mails=known)


async def send(site: Site, request: web.Request) -> web.StreamResponse:
    """The same answer at the same moment, whoever the address belongs to, or nobody."""
    form = await request.post()
    said = str(form.get("address", ""))
    if site.mailbox.post is None:
        return await ask(site, request)
    address = address_in(said)
    if not address:
        return await ask(site, request, status=422, said=said, error="wrong")
    if not site.mailbox.per_place.take(place_of(request)):
        return await ask(site, request, status=429, said=said, error="busy")
    if site.mailbox.per_address.take(address):
        site.branch.start(_sends(site, address))
    words = site.words(site.language(request))["mail"]["back"]
    return site.page(request, "told.html", title=words["sent"], line=words["sent_what"])


async def _sends(site: Site, address: str) -> None:
    found = await site.branch.certainly(partial(_doors, site, address))
    if found:
        language, doors = found
        await site.mailbox.write(site.mailbox.letters.way_back(address, language, doors))


def _doors(site: Site, address: str) -> tuple[Language, list[tuple[str, str]]] | None:
    """A door for each who has this address; None where nobody does."""
    addresses, now = site.mailbox.addresses, site.now()
    with site.store.transaction():
        found = addresses.known_as(address, PEOPLE)
        doors = [
            (addresses.door(person, "return", now), site.mailbox.letters.day(language, since))
            for person, language, since in found
        ]
    return (found[0][1], doors) if found else None


# ------------------------------------------------------------ coming in


async def back(site: Site, request: web.Request) -> web.StreamResponse:
    """A button: who opens a link is not always a person."""
    door = door_of(site, request, "return")
    if door is None or not site.mailbox.addresses.opens(door):
        return told(site, request, site.language(request), "gone", status=410)
    return _sure(site, request, door.language, "back", "enter")


async def come_in(site: Site, request: web.Request) -> web.StreamResponse:
    """On one more device, unless this one is in already."""
    token_in(await request.post(), "once")
    door, reader, now = door_of(site, request, "return"), site.reader(request), site.now()
    if door and reader and reader.person == door.person:
        raise web.HTTPSeeOther("/gesprek")
    with site.store.transaction():
        chat = site.mailbox.addresses.come_back(door, now) if door else None
    if chat is None:
        return told(site, request, site.language(request), "gone", status=410)
    token = new_token()
    site.enter(request, token, chat)
    return came_in(site, token)


# ------------------------------------------------------------ an address


async def address(site: Site, request: web.Request) -> web.StreamResponse:
    return _address(site, request, _owner(site, request))


def _owner(site: Site, request: web.Request) -> Reader:
    """With a passkey where one is wanted: who reads the mailbox must not take it elsewhere.

    Of who did not agree nothing is kept, and nobody is written to.
    """
    reader = inside(site, request)
    if not reader.agreed:
        raise web.HTTPSeeOther("/gesprek")
    if site.needs_passkey(reader):
        raise web.HTTPSeeOther("/toestellen")
    return reader


def _address(
    site: Site, request: web.Request, reader: Reader, *, said: str = "", error: str = ""
) -> web.Response:
    have, status = site.mailbox.addresses.of(reader.person), 422 if error else 200
    return site.page(
        request, "address.html", status=status, reader=reader, have=have, said=said, error=error,
        mails=site.mailbox.post is not None,
    )  # fmt: skip


async def keep(site: Site, request: web.Request) -> web.StreamResponse:
    """A new one, or what becomes of the one that is there."""
    reader, form = _owner(site, request), await request.post()
    token_in(form, "once")
    act, have = str(form.get("act", "")), site.mailbox.addresses.of(reader.person)
    if act in ACTS:
        with site.store.transaction():
            ACTS[act](site, reader)
    elif site.mailbox.post:
        said = have.address if act == "again" and have else str(form.get("address", ""))
        if wrong := _enters(site, reader, said, place_of(request)):
            return _address(site, request, reader, said=said, error=wrong)
    raise web.HTTPSeeOther("/toestellen/adres")


def _enters(site: Site, reader: Reader, said: str, place: str) -> str:
    """What is wrong with it; nothing where a mail is on its way there, for a yes."""
    new, mailbox = address_in(said), site.mailbox
    if not new:
        return "wrong"
    enough = site.addressing.take(place)
    if not all(map(mailbox.per_address.take, (reader.chat, new))) or not enough:
        return "busy"
    before, letters = mailbox.addresses.of(reader.person), mailbox.letters
    with site.store.transaction():
        token = mailbox.addresses.enter(reader.person, new, site.now())
    site.branch.start(mailbox.write(letters.is_yours(new, reader.language, token)))
    if before and before.confirmed and before.address != new:
        site.branch.start(mailbox.write(letters.changed(before.address, reader.language)))
    return ""


ACTS: dict[str, Any] = {
    "stop": lambda site, reader: site.mailbox.addresses.stop(reader.person, site.now()),
    "resume": lambda site, reader: site.mailbox.addresses.resume(reader.person),
    "remove": lambda site, reader: site.mailbox.addresses.remove(reader.person),
}


async def is_mine(site: Site, request: web.Request) -> web.StreamResponse:
    door = door_of(site, request, "address")
    if door is None:
        return told(site, request, site.language(request), "gone", status=410)
    return _sure(site, request, door.language, "address", "mine")


async def confirm(site: Site, request: web.Request) -> web.StreamResponse:
    door = door_of(site, request, "address")
    if door is None:
        return told(site, request, site.language(request), "gone", status=410)
    if _of_operator(site, door) and not _at_home(site, request, door):
        return told(site, request, door.language, "elsewhere", status=403)
    with site.store.transaction():
        site.mailbox.addresses.confirm(door, site.now())
    words = site.words(door.language)["mail"]["address"]
    return site.page(
        request, "told.html", language=door.language, title=words["taken"], line=words["taken_what"]
    )


def _of_operator(site: Site, door: Door) -> bool:
    """Whether a yes to this address gives more than mail."""
    entered = site.mailbox.addresses.of(door.person)
    return entered is not None and site.conversation.entrusted.names(entered.address)


def _at_home(site: Site, request: web.Request, door: Door) -> bool:
    """In a browser of who entered it."""
    reader = site.reader(request)
    return reader is not None and reader.person == door.person


def _sure(
    site: Site, request: web.Request, language: Language, table: str, name: str
) -> web.Response:
    words = site.words(language)["mail"][table]
    return site.page(
        request, "sure.html", language=language, title=words[f"{name}_title"],
        line=words[f"{name}_what"], button=words[name],
    )  # fmt: skip


ROUTES = (
    ("GET", "/terug", ask),
    ("POST", "/terug", send),
    ("GET", "/in/{token}", back),
    ("POST", "/in/{token}", come_in),
    ("GET", "/toestellen/adres", address),
    ("POST", "/toestellen/adres", keep),
    ("GET", "/adres/{token}", is_mine),
    ("POST", "/adres/{token}", confirm),
)
