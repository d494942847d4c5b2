"""Where the links of a mail lead: one question to answer, and no more mail.

A link opens its own question and nothing else: it signs nobody in. What a page says here may be
read by whoever reads the mailbox, so no answer stands on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.channels.web.forms import token_in, written
from storage.database.errors import StoreTrouble

if TYPE_CHECKING:
    from bot.channels.web.mail.inquiries import Inquiry
    from bot.channels.web.site import Site
    from flows.model.messages import Language
    from storage.web.addresses import Door, DoorKind

IN_THE_GUIDE = "taken up"


async def question(site: Site, request: web.Request) -> web.StreamResponse:
    """The question, with what was chosen in the mail first: nothing is done yet."""
    door = door_of(site, request, "prompt")
    asked = _asked(site, door)
    if door is None or asked is None:
        return _over(site, request, door)
    return _shows(site, request, asked, request.query.get("k", ""))


async def answer(site: Site, request: web.Request) -> web.StreamResponse:
    """What was chosen or written, as a press or a text under that question."""
    door = door_of(site, request, "prompt")
    asked = _asked(site, door)
    if door is None or asked is None:
        return _over(site, request, door)
    form = await request.post()
    once, key = token_in(form, "once"), str(form.get("key", ""))
    text = written(form, "text").strip()
    act = {"id": once, "ref": asked.ref}
    if asked.choice(key):
        act |= {"kind": "press", "text": key}
    elif asked.typed and text:
        act |= {"kind": "text", "text": text}
    else:
        return _shows(site, request, asked, "", error="empty", status=422)
    try:
        await site.act(asked.chat, act)
    except StoreTrouble:
        return _shows(site, request, asked, key, text=text, error="not_kept", status=503)
    return _became(site, request, asked, key, text)


def _became(
    site: Site, request: web.Request, asked: Inquiry, key: str, text: str
) -> web.StreamResponse:
    came = site.mailbox.inquiries.became(asked, key, site.now())
    reader = site.reader(request)
    if came == IN_THE_GUIDE and reader and reader.chat == asked.chat:
        raise web.HTTPSeeOther("/gesprek")
    if came:
        return told(site, request, asked.language, came)
    if site.store.find(asked.chat)["agreed_version"] != site.store.agreement:
        return told(site, request, asked.language, "inside")
    return _shows(site, request, asked, key, text=text, error="unclear", status=422)


def door_of(site: Site, request: web.Request, *kinds: DoorKind) -> Door | None:
    """Of the link that was opened, where it is of such a kind and stands."""
    return site.mailbox.addresses.find(request.match_info["token"], site.now(), *kinds)


def _asked(site: Site, door: Door | None) -> Inquiry | None:
    """What this door leads to, as long as it is that person's."""
    found = door and door.outbox and site.mailbox.inquiries.find(door.outbox, site.now())
    return found if door and found and found.person == door.person else None


def _over(site: Site, request: web.Request, door: Door | None) -> web.Response:
    language = door.language if door else site.language(request)
    return told(site, request, language, "over" if door else "gone", status=410)


def _shows(
    site: Site, request: web.Request, asked: Inquiry, key: str, *, status: int = 200, **facts: str
) -> web.Response:
    others = [one for one in asked.choices if one.key != key]
    return site.page(
        request, "mailed.html", status=status, language=asked.language, asked=asked,
        chosen=asked.choice(key), others=others,
        also=[one for one in asked.also if one.key != key], **{"text": "", "error": "", **facts},
    )  # fmt: skip


def told(
    site: Site, request: web.Request, language: Language, what: str, *, status: int = 200
) -> web.Response:
    """What came of it, and the way on: for who is in, or by a new link."""
    title, line = site.words(language)["mail"]["kept"][what]
    return site.page(request, "told.html", status=status, language=language, title=title, line=line)


# ------------------------------------------------------------ no more mail


async def stops(site: Site, request: web.Request) -> web.StreamResponse:
    """Whoever opens it says yes first: a scanner opens everything."""
    door = door_of(site, request, "prompt", "news")
    if door is None:
        return told(site, request, site.language(request), "gone", status=410)
    words = site.words(door.language)["mail"]["stop"]
    return site.page(
        request, "sure.html", language=door.language, title=words["title"], line=words["sure"],
        button=words["button"],
    )  # fmt: skip


async def stop(site: Site, request: web.Request) -> web.StreamResponse:
    """By the button, or by a mail program in one click."""
    door = door_of(site, request, "prompt", "news")
    if door is None:
        return told(site, request, site.language(request), "gone", status=410)
    with site.store.transaction():
        site.mailbox.addresses.stop(door.person, site.now())
    words = site.words(door.language)["mail"]["stop"]
    return site.page(
        request, "told.html", language=door.language, title=words["done"], line=words["undo"]
    )


ROUTES = (
    ("GET", "/mail/{token}", question),
    ("POST", "/mail/{token}", answer),
    ("GET", "/geen-mail/{token}", stops),
    ("POST", "/geen-mail/{token}", stop),
)
