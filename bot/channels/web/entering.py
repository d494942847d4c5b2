"""Coming in: the front door, and an invitation. A GET changes nothing; only a yes uses a link."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.channels.web.allowance import place_of
from bot.channels.web.forms import token_in
from bot.channels.web.markup import blocks
from content.messages.render import messages
from content.words.steering import SteeringWords
from flows.exchange import at_desk
from flows.trajectory.invitations import short
from storage.trajectory.desks import Desks
from storage.trajectory.links import ADDRESS
from storage.web import doors
from storage.web.screen import shown_of

if TYPE_CHECKING:
    from bot.channels.web.site import Site
    from flows.model.messages import Language, Message
    from flows.model.trajectory import Link
    from storage.web.doors import Reader

SECRET = re.compile(r"[ksthmcp][A-Za-z0-9_-]{22,63}")
ANSWERS = re.compile(r"join|join \d{1,18}|same_pilot \d{1,18}")
NAMED = ("k", "s")
"""Kinds of links whose maker asks whether it is who they meant."""

FOR_STRANGERS = ("k", "s", "m", "c", "p")
"""Kinds of links that somebody may follow who was never here."""


async def front(site: Site, request: web.Request) -> web.StreamResponse:
    """For who came in already: their conversation."""
    if site.reader(request):
        raise web.HTTPSeeOther("/gesprek")
    return site.page(
        request, "front.html", device=doors.new_token(),
        returns=site.settings.mail is not None, anyone=site.web.open == "anyone",
    )  # fmt: skip


async def begin(site: Site, request: web.Request) -> web.StreamResponse:
    """Without an invitation, where the operator lets anyone in."""
    if site.web.open != "anyone" and not site.reader(request):
        raise web.HTTPNotFound
    form = await request.post()
    once, token = token_in(form, "once"), token_in(form, "device")
    if site.reader(request) or doors.entry(site.store, token, site.now()) == "over":
        raise web.HTTPSeeOther("/")
    if not site.entering.take(place_of(request)):
        return site.page(request, "error.html", status=429, what="too_often")
    start = {"id": f"{once}.1", "kind": "start", "language": site.language(request)}
    await site.act(doors.chat_of(token), start)
    site.enter(request, token, doors.chat_of(token))
    return came_in(site, token)


async def invitation(site: Site, request: web.Request) -> web.StreamResponse:
    """Who invites, for what, and what they will see: to read, and to say yes or no to."""
    secret = request.match_info["secret"]
    link = _link(site, secret)
    reader = site.reader(request)
    if link is None or not link.open(site.now()):
        return site.page(request, "error.html", status=410, what="link_dead")
    if reader is None and link.kind not in FOR_STRANGERS:
        there = _on_telegram(site, secret)  # a kwartiermaker there is led here as well
        return site.page(request, "error.html", status=403, what="link_for_known", telegram=there)
    told = _told(site, link, site.language(request, reader))
    return _invites(site, request, link, told)


def _invites(site: Site, request: web.Request, link: Link, told: Any, **facts: Any) -> web.Response:
    """What the invitation says, and how to say yes. `choices`: to what was asked after a yes."""
    secret = request.match_info["secret"]
    known = {"name": "", "choices": (), "device": doors.new_token(), **facts}
    return site.page(
        request, "invitation.html", text=told, kind=link.kind, by=link.by,
        named=_may_be_called(site.reader(request), link) or bool(known["name"]),
        telegram="" if link.kind == "c" else _on_telegram(site, secret), **known,
    )  # fmt: skip


def _may_be_called(reader: Reader | None, link: Link) -> bool:
    """Whether who made the link is shown a name, by which to tell whether it is who they meant."""
    return (reader is None or not reader.agreed) and link.kind in NAMED and not link.granted


async def join(site: Site, request: web.Request) -> web.StreamResponse:
    """Their yes: the link is followed, and then said yes to, as in any channel."""
    secret, form, reader = request.match_info["secret"], await request.post(), site.reader(request)
    link, answer = _link(site, secret), str(form.get("answer", ""))
    if link is None or not ANSWERS.fullmatch(answer):
        raise web.HTTPSeeOther(f"/u/{secret}")
    once, token = token_in(form, "once"), token_in(form, "device")
    entry = doors.entry(site.store, token, site.now())
    if not reader and (entry == "over" or (entry == "new" and not link.open(site.now()))):
        raise web.HTTPSeeOther(f"/u/{secret}")
    if not reader and not site.entering.take(place_of(request)):
        return site.page(request, "error.html", status=429, what="too_often")
    chat = reader.chat if reader else doors.chat_of(token)
    if answer == "join":
        said = {"kind": "text", "text": f"/start {secret}"}
        language = site.language(request, reader)
        await site.act(chat, {"id": f"{once}.1", **said, "language": language})
    if not reader:  # before anything more is kept: who is cut off after this is in
        site.enter(request, token, chat)
    name = short(str(form.get("name", "")))
    asked = await _says_yes(site, chat, answer, {"id": f"{once}.2", "screen_name": name})
    if asked and name:  # it goes along with the answer: nothing else would remember it
        told, choices = [blocks(asked.html)], [one for one in asked.choices if _is_yes(one.key)]
        response = _invites(site, request, link, told, name=name, choices=choices, device=token)
        site.remember(response, token)
        return response
    if reader:
        raise web.HTTPSeeOther("/gesprek")
    return came_in(site, token)


async def _says_yes(site: Site, chat: str, answer: str, known: dict[str, Any]) -> Message | None:
    """The press that the answer is; what is asked now, where a yes can mean more than one."""
    shown = shown_of(site.store, chat)
    keys = [choice.key for choice in shown.message.choices] if shown else []
    plain = [key for key in keys if _is_yes(key)] == ["join 0"]
    wanted = "join 0" if plain and answer == "join" else answer
    if shown and wanted in keys:
        await site.act(chat, {**known, "kind": "press", "text": wanted, "ref": shown.ref})
        return None
    return shown.message if shown and answer == "join" and "join 0" in keys else None


def _is_yes(key: str) -> bool:
    """Whether a button says yes to an invitation, and for which pilot."""
    return key != "join" and ANSWERS.fullmatch(key) is not None


def came_in(site: Site, token: str) -> web.StreamResponse:
    """On to the conversation, in the browser that asked."""
    response = web.HTTPSeeOther("/gesprek")
    site.remember(response, token)
    return response


def _on_telegram(site: Site, secret: str) -> str:
    """The same invitation there, where the guide is there too."""
    address = site.store.fact(ADDRESS)
    return f"{address}{secret}" if address and "t.me/" in address else ""


def _link(site: Site, secret: str) -> Link | None:
    if not SECRET.fullmatch(secret):
        return None
    return Desks(site.store, site.conversation.editions.guide_of).link(secret)


def _told(site: Site, link: Link, language: Language) -> Any:
    said = SteeringWords(site.content, language)
    made = link.made_at.astimezone(site.now().tzinfo)
    facts: dict[str, Any] = {"link": link, "trajectory": link.trajectory, "made": made}
    reply = at_desk(f"follow_{link.kind}", screen_name="", **facts)
    return [blocks(message.html) for message in messages(said, [reply])]


ROUTES = (
    ("GET", "/", front),
    ("POST", "/begin", begin),
    ("GET", "/u/{secret}", invitation),
    ("POST", "/u/{secret}", join),
)
