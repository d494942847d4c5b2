"""The conversation: one question a page, and what is done there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.channels.web.forms import Filled, said_of
from bot.channels.web.markup import blocks
from bot.channels.web.pages import asking_page, page_of
from bot.engine.prompter import PROMPT
from content.messages.html import plain
from content.messages.render import old_answer
from content.words.vocabulary import Words
from flows.guards import OF_QUESTIONS
from storage.web.screen import asked_there, did, ref_now, said_before, screen_of, shown_of

if TYPE_CHECKING:
    from markupsafe import Markup

    from bot.channels.web.pages import WebPage
    from bot.channels.web.site import Site
    from storage.conversations.outbox import Outgoing
    from storage.web.doors import Reader
    from storage.web.screen import Screen


IN_TRAJECTORY = ("sharing", "remark", "reminders", "logbook")
"""Verbs of an adviser that no question leads to."""


async def now(site: Site, request: web.Request) -> web.StreamResponse:
    """What is asked now."""
    reader = inside(site, request)
    return _shows(site, request, reader, _page(site, reader))


async def before(site: Site, request: web.Request) -> web.StreamResponse:
    """A question of before, to answer anew; the one that is asked now at its own address."""
    reader, ref = inside(site, request), request.match_info["ref"]
    if ref_now(site.store, reader.chat, reader.known) == ref:
        return _shows(site, request, reader, _page(site, reader))
    asked = asked_there(site.store, reader.chat, ref, reader.known)
    if asked is None or asked.message.asks is None:
        return _shows(site, request, reader, _page(site, reader))
    page = replace(asking_page(asked), news=(), before=_answered_there(site, reader, asked))
    return _shows(site, request, reader, page, old=True)


def _answered_there(site: Site, reader: Reader, asked: Outgoing) -> str:
    """What stands there now, whatever it was when that was asked; nothing where nothing does."""
    key, walk = asked.message.key, site.store.walk(asked.canvas) if asked.canvas else None
    if walk is None or walk.values.get(key) is None:
        return ""
    content = site.conversation.content_of(walk.id).to(reader.chat)
    return plain(old_answer(Words(content, reader.language, walk), key, walk.values[key]))


async def say(site: Site, request: web.Request) -> web.StreamResponse:
    """What the person did, kept; then the next page."""
    reader = inside(site, request)
    said = said_of(await request.post())
    wrong = _wrong(site, reader, said)
    if wrong:
        page = _page(site, reader)
        return _shows(site, request, reader, page, status=422, error=wrong, said=said)
    await _act(site, reader, said)
    still = site.reader(request, anew=True)  # their language may be another
    if still is None:
        return _farewell(site, request, reader)
    site.stays(still)
    ref = ref_now(site.store, still.chat, still.known)
    if said.note and said.key.startswith("/") and said.ref != ref:
        # The question came again, with what was written beside it and not chosen yet.
        return _shows(site, request, still, _page(site, still), said=said)
    where = f"/gesprek/{ref}" if ref else "/gesprek"
    if "X-Part" in request.headers:
        response = _shows(site, request, still, _page(site, still))
        response.headers["X-Address"] = where
        return response
    raise web.HTTPSeeOther(where)


def _farewell(site: Site, request: web.Request, reader: Reader) -> web.Response:
    """Who erased everything has no session any more, and still reads that it is done."""
    told = [blocks(one.message.html) for one, _ in said_before(site.store, reader.chat)][-1:]
    title = site.words(reader.language)["titles"]["forgotten"]
    response = site.page(request, "text.html", reader=None, title=title, text=told)
    site.remember(response, "")
    return response


def inside(site: Site, request: web.Request) -> Reader:
    """Who came in; whoever did not is shown the door."""
    reader = site.reader(request)
    if reader is None:
        raise web.HTTPSeeOther("/")
    return reader


# ------------------------------------------------------------ what is done


def _wrong(site: Site, reader: Reader, said: Filled) -> str:
    """What the person can mend before anything is kept."""
    if said.text is not None and not said.text.strip():
        return "empty"
    if not said.picks:
        return ""
    asked = asked_there(site.store, reader.chat, said.ref, reader.known)
    most = asked.message.asks.at_most if asked and asked.message.asks else None
    return "too_many" if most and len(said.picks) > most else ""


async def _act(site: Site, reader: Reader, said: Filled) -> None:
    """What is said to the question of now goes there; to one of before it is a change of that."""
    if said.verb:
        typed = _typed(site, reader, said.verb)
        await site.act(reader.chat, {"id": said.once, "kind": "text", "text": typed})
        return
    now = said.ref == ref_now(site.store, reader.chat, reader.known)
    asked = None if now else asked_there(site.store, reader.chat, said.ref, reader.known)
    if asked and asked.message.asks:
        if did(site.store, reader.chat, said.once):  # the same form twice is no change
            return
        # Of another pilot the question has the same key: the guide says whose it is.
        if said.key.startswith("/") or asked.canvas != reader.known["canvas"]:
            await site.act(reader.chat, _raw(said))
            return
        key = asked.message.key
        again = {"id": f"{said.once}.1", "kind": "text", "text": f"/change {key}"}
        await site.act(reader.chat, again)
        shown = shown_of(site.store, reader.chat)
        if shown is None or shown.message.key != key:
            return
        said = replace(said, ref=shown.ref)
    await site.act(reader.chat, _raw(said))


def _typed(site: Site, reader: Reader, verb: str) -> str:
    """As a command: what is a desk's has a word of its own in each language."""
    name, _, rest = verb.partition(" ")
    words = site.conversation.newest.words[reader.language]["steering"]["commands"]
    return f"/{words.get(name, [name])[0]} {rest}".strip()


def _raw(said: Filled) -> dict[str, Any]:
    if said.picks is not None:
        keys = " ".join(said.picks)
        return _with_note(said, {"id": said.once, "kind": "choose", "text": keys, "ref": said.ref})
    if said.text is not None:
        return {"id": said.once, "kind": "text", "text": said.text, "ref": said.ref}
    return _with_note(said, {"id": said.once, "kind": "press", "text": said.key, "ref": said.ref})


def _with_note(said: Filled, raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "note": said.note} if said.note else raw


# ------------------------------------------------------------ what is shown


def _page(site: Site, reader: Reader) -> WebPage:
    screen = _that_matters(site, screen_of(site.store, reader.chat, reader.known))
    if _reads(reader) and screen.shown and screen.shown.message.asks:
        screen = replace(screen, shown=None)  # asked before they were made a reader
    page = page_of(screen, site.words(reader.language))
    if not page.changes:
        return page
    asked = asked_there(site.store, reader.chat, page.changes, reader.known)
    return page if asked and asked.message.asks else replace(page, changes="")


def _that_matters(site: Site, screen: Screen) -> Screen:
    """Without what was asked meanwhile and passed before its person came."""

    def matters(one: Outgoing) -> bool:
        return one.message.key != PROMPT or site.prompting.matters(one.id, site.now())

    news, standing = filter(matters, screen.news), filter(matters, screen.standing)
    return replace(screen, news=tuple(news), standing=tuple(standing))


def _shows(
    site: Site, request: web.Request, reader: Reader, page: WebPage, **facts: Any
) -> web.Response:
    known = {"old": False, "error": "", "said": None, "menu": _menu(site, reader),
             "keeps": _works(site, reader), "only_keeps": _only_keeps(site, reader),
             "reads": _reads(reader), **facts}  # fmt: skip
    error, forms = known["error"], site.forms(reader.language)
    wrong = site.words(reader.language)["errors"][error] if error else ""
    answers = forms.of(page, known["said"], wrong)
    return site.page(request, "talk.html", reader=reader, page=page, answers=answers, **known)


def _works(site: Site, reader: Reader) -> bool:
    """Whether there are trajectories that this person works on, or lets others work on."""
    operators = site.conversation.contexts.operators
    return (reader.known["expected"] and site.keeps(reader)) or reader.chat in operators


def _only_keeps(site: Site, reader: Reader) -> bool:
    """Whether there is no question of their own to go back to."""
    return site.store.find(reader.chat)["canvas"] is None and site.keeps(reader)


def _menu(site: Site, reader: Reader) -> Markup:
    """What can be done beside answering; for who takes part, what they share as well."""
    language, seated, reads = reader.language, bool(reader.known["seated"]), _reads(reader)
    if (language, seated, reads) not in site.menus:
        labels = site.words(language)["verbs"]
        parts: Any = site.templates(language).globals["parts"]
        own = {verb: labels[verb] for verb in IN_TRAJECTORY} if seated else {}
        menu = {**own, **site.content.words[language]["messages"]["menu"]}
        without = OF_QUESTIONS if reads else ()
        site.menus[language, seated, reads] = parts.more(
            {verb: label for verb, label in menu.items() if verb not in without}
        )
    return site.menus[language, seated, reads]


def _reads(reader: Reader) -> bool:
    """Whether they only see a pilot that others fill."""
    return bool(reader.known["role"] == "reader")


ROUTES = (
    ("GET", "/gesprek", now),
    ("POST", "/gesprek", say),
    ("GET", "/gesprek/{ref}", before),
)
