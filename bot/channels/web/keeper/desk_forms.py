"""Somebody at the desk of one trajectory: who they are, what they may see, what they fill in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.channels.web.forms import token_in, written
from bot.channels.web.reading import download
from bot.channels.web.talk import inside
from bot.documents.worker import Unmade
from content.messages.attachments import ALONG, along
from content.messages.html import plain
from content.words.steering import SteeringWords
from flows.model.context import zone_of
from flows.model.lists import number_in
from flows.model.messages import Message, Update
from storage.conversations.outbox import Outgoing
from storage.database.errors import StoreTrouble
from storage.web.screen import said_before

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo

    from bot.channels.web.forms import Fields
    from bot.channels.web.site import Site
    from flows.model.desk import Desk
    from flows.model.messages import Reply
    from flows.model.trajectory import Trajectory
    from flows.model.turn import Turn
    from storage.web.doors import Reader

SAID = 400
"""Messages of one form that are looked at: the invitations of a list, and what stands by them."""

NOTHING = "ask"
"""A verb that shows nothing of anybody: what is read with it is the desk alone."""


@dataclass(frozen=True)
class AtDesk:
    """`desk` and `turn`: as they were read for this page; `said`: the words of its reader."""

    site: Site
    request: web.Request
    reader: Reader
    desk: Desk
    turn: Turn
    said: SteeringWords
    zone: tzinfo | None

    @property
    def trajectory(self) -> Trajectory:
        if self.desk.current is None:
            raise web.HTTPNotFound
        return self.desk.current

    @property
    def now(self) -> datetime:
        """On the clock of who looks."""
        return self.site.now().astimezone(self.zone)

    @property
    def words(self) -> Any:
        return self.site.words(self.reader.language)["keeper"]

    @property
    def address(self) -> str:
        return f"/traject/{self.trajectory.id}"

    def reply(self, name: str) -> Mapping[str, Any] | None:
        """The facts of what was said under that name."""
        return next((one.data for one in self.turn.replies if one.name == name), None)

    def looks(self, verb: str) -> AtDesk:
        """The same desk by another verb, which leaves its own line where it shows anything."""
        return look(self.site, self.request, self.reader, verb, self.trajectory.id)

    def page(self, template: str, *, status: int = 200, **facts: Any) -> web.Response:
        """`here` None: of no trajectory in particular."""
        known = {
            "reader": self.reader, "desk": self.desk, "here": self.desk.current,
            "said": self.said, "keeper": self.words, "mend": "",
            "done": self.words["done"].get(self.request.query.get("klaar", ""), ""),
        }  # fmt: skip
        return self.site.page(self.request, template, status=status, **{**known, **facts})


def look(site: Site, request: web.Request, reader: Reader, verb: str, number: int = 0) -> AtDesk:
    """What a verb shows, of one trajectory or of whichever is current."""
    update = Update("", reader.chat, site.now(), "form", verb, str(number or ""))
    context, turn = site.conversation.look(update)
    if context.desk is None:
        raise web.HTTPNotFound
    if context.session.outdated:
        raise web.HTTPSeeOther("/gesprek")  # the guide asks for a new yes first
    said = SteeringWords(site.content, reader.language, context.desk.link)
    zone = zone_of(context.session.zone, update.at.tzinfo)
    return AtDesk(site, request, reader, context.desk, turn, said, zone)


def enters(site: Site, request: web.Request, verb: str = NOTHING) -> AtDesk:
    """Who keeps the trajectory of this address now; for all others it is not there."""
    reader, number = inside(site, request), number_in(request.match_info["id"])
    if not number:
        raise web.HTTPNotFound
    found = look(site, request, reader, verb, number)
    if found.desk.keeper is None or found.desk.current is None:
        raise web.HTTPNotFound
    return found


# ------------------------------------------------------------ filling in


def field(form: Fields, name: str) -> str:
    return written(form, name).strip()


def line(form: Fields, name: str) -> str:
    """One that is one line: what stands on more cannot pass for another field."""
    return " ".join(field(form, name).split())


async def fills(at: AtDesk, form: Fields, *said: str, number: int | None = None) -> list[Outgoing]:
    """What a form says, as what the person does at this desk; what they were told.

    Sent twice it counts once. Raises Malformed.

    `number`: of a trajectory, where it is not the one of this page; 0 is none.
    """
    here, chat = at.trajectory.id if number is None else number, at.reader.chat
    once = token_in(form, "once")
    latest = said_before(at.site.store, chat, most=1)
    before = latest[0][0].id if latest else 0
    raws = [
        {"id": f"{once}.{_mark(one)}", "kind": "form", "text": one, "ref": str(here or "")}
        for one in (*_goes(at, here), *said)
    ]
    try:
        await at.site.act(chat, *raws)
        at.site.stays(at.reader)
    except StoreTrouble:
        return [Outgoing(0, chat, "", None, Message("not_kept", "", ()))]
    told = said_before(at.site.store, chat, most=SAID)
    return [one for one, _ in told if one.id > before]


def _goes(at: AtDesk, here: int) -> Iterator[str]:
    """Where somebody fills in a form is where they work: buttons in the chat mean the same."""
    if here and len(at.desk.trajectories) > 1:
        now = look(at.site, at.request, at.reader, NOTHING).desk.current
        if now is None or now.id != here:
            yield f"go {here}"


def _mark(said: str) -> str:
    """A page has several forms and one number: each of them counts, and each counts once."""
    return hashlib.sha256(said.encode()).hexdigest()[:8]


def done(at: AtDesk, told: Sequence[Outgoing], where: str) -> web.HTTPSeeOther:
    """On to a page that says in a sentence what was done."""
    kinds = [one.message.kind for one in told if one.message.kind in at.words["done"]]
    return web.HTTPSeeOther(f"{where}?klaar={kinds[-1]}" if kinds else where)


def setting(at: AtDesk, which: str, said: str = "") -> str:
    """A setting of a trajectory, as a form says it: by the word that is typed for it."""
    words = at.site.conversation.newest.guide.steering["settings"]
    word = next(word for word, meaning in words.items() if meaning == which)
    return f"trajectory {word} {said}".strip()


def wrong(at: AtDesk, told: Sequence[Outgoing]) -> str:
    """Why nothing was done, in a sentence; nothing where it was."""
    reasons = [at.words["wrong"].get(one.message.kind, "") for one in told]
    return next(filter(None, reasons), "")


def shown_once(told: Sequence[Outgoing], kind: str) -> str:
    """A text that holds a link, as it is now: a minute later nobody has it any more."""
    return next((plain(one.message.html) for one in told if one.message.kind == kind), "")


# ------------------------------------------------------------ taking along


async def taken(
    at: AtDesk, reply: str, facts: Mapping[str, Any], said: SteeringWords
) -> web.Response:
    """A document of what a reply says, as the chat would give it; a page where it is not there."""
    document, data = along(said, reply, facts)
    message = Message(reply, "", (), document=document, data=data)
    wanted = Outgoing(0, at.reader.chat, "", None, message)
    try:
        return download(await at.site.paper(at.reader, wanted))
    except Unmade as unmade:
        why = at.said.words.documents["unmade"][unmade.reason]
        return at.page("traject_fout.html", status=503, why=why)


def along_of(replies: Sequence[Reply]) -> Reply | None:
    return next((one for one in replies if one.name in ALONG), None)
