"""Inviting on a page: lines or a file become addresses, which are shown once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.channels.web.forms import Malformed
from bot.channels.web.keeper.desk_forms import done, enters, field, fills, taken, wrong
from bot.channels.web.markup import blocks
from content.messages.html import plain
from flows.intents.invited import UnreadLine, pairs
from flows.model.lists import MOST_INVITATIONS
from flows.trajectory.invitations import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from multidict import MultiDictProxy

    from bot.channels.web.keeper.desk_forms import AtDesk
    from bot.channels.web.site import Site
    from flows.model.trajectory import Link
    from storage.conversations.outbox import Outgoing

MOST_SHEETS = 400  # secrets in one form: of one list that was made


@dataclass(frozen=True)
class Invited:
    """An invitation that was just made: for whom, its address, its picture, its text."""

    called: str
    address: str
    secret: str
    picture: str
    text: str


async def inviting(site: Site, request: web.Request) -> web.StreamResponse:
    return _page(enters(site, request, "invite"))


def _page(
    at: AtDesk, *, status: int = 200, error: str = "", typed: str = "",
    meant: Outgoing | None = None,
) -> web.Response:  # fmt: skip
    """`meant`: the question which municipality is, where one much like it is there."""
    links = [link for link in at.desk.links if link.kind == "s"]
    return at.page(
        "traject_uitnodigen.html", status=status, error=error, typed=typed, links=links,
        meant=meant and blocks(meant.message.html), choices=meant.message.choices if meant else (),
    )  # fmt: skip


async def invite(site: Site, request: web.Request) -> web.StreamResponse:
    """The answer itself shows the addresses: only their hashes are kept, so no page can later."""
    at, form = enters(site, request, "invite"), await request.post()
    typed = field(form, "lines")
    try:
        wanted = pairs(f"{typed}\n{await _file(form)}")
    except UnreadLine as unread:
        kind = "long_line" if unread.units else "unread_line"
        error = at.words["wrong"][kind].format(line=unread.line)
        return _page(at, status=422, error=error, typed=typed)
    if not wanted:
        return _page(at, status=422, error=at.words["wrong"]["nobody"], typed=typed)
    if len(at.desk.links) + len(wanted) > MOST_INVITATIONS:
        error = at.words["wrong"]["invitations_full"]
        return _page(at, status=422, error=error, typed=typed)
    told = await fills(at, form, *map(_lines, _parts(wanted)))
    meant = next((one for one in told if one.message.kind == "invite_meant"), None)
    return _page(at, typed=typed, meant=meant) if meant else _shown(at, told)


def _parts(wanted: Sequence[tuple[str, str]]) -> list[Sequence[tuple[str, str]]]:
    """As many as go at once, none of them one alone: of one it is asked which town is meant."""
    count, every = -(-len(wanted) // AT_ONCE), len(wanted)
    return [wanted[n * every // count : (n + 1) * every // count] for n in range(count)]


async def _file(form: MultiDictProxy[Any]) -> str:
    """What a spreadsheet wrote, as UTF-8 or as it writes it on Windows."""
    sent = form.get("file")
    if not isinstance(sent, web.FileField):
        return ""
    content = sent.file.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _lines(some: Sequence[tuple[str, str]]) -> str:
    named = (", ".join(filter(None, (town.replace(",", " "), name))) for town, name in some)
    return "invite " + "\n".join(named)


def _shown(at: AtDesk, told: Sequence[Outgoing]) -> web.Response:
    """Made just now: for each an address; a form that was sent twice has made none again."""
    invited = list(_invited(at, told))
    if not invited:
        return _page(at, status=409, error=wrong(at, told) or at.words["wrong"]["shown_once"])
    return at.page("traject_adressen.html", invited=invited, error=wrong(at, told))


def _invited(at: AtDesk, told: Sequence[Outgoing]) -> list[Invited]:
    papers = [one.message.data for one in told if one.message.kind == "invitation_paper"]
    sheets = [page for paper in papers if paper for page in json.loads(paper)["pages"]]
    texts = [plain(one.message.html) for one in told if one.message.kind == "invite_text"]
    return [
        Invited(sheet["called"], sheet["address"], sheet["address"].removeprefix(at.desk.link),
                sheet["qr"], text)
        for sheet, text in zip(sheets, texts, strict=False)
    ]  # fmt: skip


async def change(site: Site, request: web.Request) -> web.StreamResponse:
    """Withdrawn, or made anew."""
    at, form = enters(site, request, "invite"), await request.post()
    verb, _, about = field(form, "change").partition(" ")
    if verb == "withdraw":
        told = await fills(at, form, f"withdraw {about}")
        raise done(at, told, f"{at.address}/uitnodigen")
    if verb not in ("renew", "invite_as"):
        raise Malformed
    return _shown(at, await fills(at, form, f"{verb} {about}"))


async def sheets(site: Site, request: web.Request) -> web.StreamResponse:
    """Sheets to hand over, of the addresses on the page: nobody else has those."""
    at, form = enters(site, request, "invite"), await request.post()
    secrets = [one for one in form.getall("secret", [])[:MOST_SHEETS] if isinstance(one, str)]
    found = [(one, at.site.conversation.contexts.desks.link(one)) for one in secrets]
    good = [(secret, link) for secret, link in found if link and _own(at, link)]
    if not good:
        raise web.HTTPNotFound
    facts = {
        "trajectory": at.trajectory, "by": at.desk.keeper, "at": at.now,
        "until": good[0][1].expires_at.astimezone(at.now.tzinfo).date(),
        "invitations": [{"municipality": link.municipality, "name": link.name, "secret": secret}
                        for secret, link in good],
    }  # fmt: skip
    said = at.said.into(at.trajectory.language)
    return await taken(at, "invitation_paper", facts, said)


def _own(at: AtDesk, link: Link) -> bool:
    here = link.trajectory is not None and link.trajectory.id == at.trajectory.id
    return here and link.kind == "s" and link.open(at.now)


ROUTES = (
    ("GET", "/traject/{id}/uitnodigen", inviting),
    ("POST", "/traject/{id}/uitnodigen", invite),
    ("POST", "/traject/{id}/uitnodigen/wijzig", change),
    ("POST", "/traject/{id}/uitnodigen/vel", sheets),
)
