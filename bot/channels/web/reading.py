"""What there is to read and to take along: the summary, the talk so far, files, promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aiohttp import web
from markupsafe import Markup

from bot.channels.web.markup import blocks
from bot.channels.web.talk import inside
from bot.documents.requests import looking_back
from bot.documents.worker import Made, Unmade
from content.documents.summary import summary
from content.documents.year import year
from content.messages.attachments import MY_DATA, goes_along
from content.messages.render import messages
from content.words.steering import SteeringWords
from content.words.vocabulary import Words
from flows.model.lists import number_in
from flows.model.messages import Reply
from flows.model.papers import FORMATS
from storage.web import screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from bot.channels.web.site import Site
    from content.documents.blocks import Document
    from flows.model.messages import Language
    from storage.conversations.outbox import Outgoing
    from storage.web.doors import Reader

ON_A_PAGE = 40  # messages of the talk so far
DIGITS = 18  # of a message's number: what is longer is none


async def document(site: Site, request: web.Request) -> web.StreamResponse:
    """The summary as it stands now, with headings to go by."""
    return _page(site, request, summary, ("/jaarlijn", "to_year"))


async def line(site: Site, request: web.Request) -> web.StreamResponse:
    """The line of this pilot, from when it began to what comes."""
    return _page(site, request, year, ("/samenvatting", "to_summary"))


def _page(
    site: Site, request: web.Request, make: Callable[[Words], Document], beside: tuple[str, str]
) -> web.StreamResponse:
    """A document of this person's pilot; `beside`: the address and the name of the other one."""
    reader = inside(site, request)
    _asks_anew(site, reader)
    known = site.store.find(reader.chat)
    if known["canvas"] is None:
        raise web.HTTPSeeOther("/gesprek")
    content = site.conversation.content_of(known["canvas"]).to(reader.chat)
    words = Words(content, reader.language, site.store.walk(known["canvas"]))
    told = make(looking_back(site.store, words))
    return site.page(request, "document.html", reader=reader, document=told, beside=beside)


def _asks_anew(site: Site, reader: Reader) -> None:
    """While a changed text waits for a yes nothing new is made of what somebody said."""
    if site.store.find(reader.chat)["agreed_version"] not in (None, site.store.agreement):
        raise web.HTTPSeeOther("/gesprek")


async def earlier(site: Site, request: web.Request) -> web.StreamResponse:
    """What was said, the newest last; a page of it, and a link to what came before that."""
    reader = inside(site, request)
    before = request.query.get("voor", "")
    first = int(before) if before.isdecimal() and len(before) <= DIGITS else 0
    told = screen.said_before(site.store, reader.chat, first, ON_A_PAGE)
    lines = sorted([*_told(told), *_done(site, reader, told)], key=lambda line: line[:2])
    more = told[0][0].id if len(told) == ON_A_PAGE else None
    return site.page(
        request, "earlier.html", reader=reader, more=more,
        lines=[(number == 0, text) for _, number, text in lines],
    )  # fmt: skip


def _told(told: list[tuple[Outgoing, datetime]]) -> Iterator[tuple[datetime, int, Markup]]:
    for one, at in told:
        yield at, one.id, blocks(one.message.html)


def _done(
    site: Site, reader: Reader, told: list[tuple[Outgoing, datetime]]
) -> Iterator[tuple[datetime, int, Markup]]:
    """What the person did in that time; a turn's own act comes before what it says."""
    menu = site.content.words[reader.language]["messages"]["menu"]
    if told:
        for at, text in screen.done_since(site.store, reader.chat, told[0][1], told[-1][1]):
            said = menu.get(text[1:], "") if text[0] == "/" else text
            if said:
                yield at, 0, Markup('<p class="utrecht-paragraph">{}</p>').format(said)


async def file(site: Site, request: web.Request) -> web.StreamResponse:
    """What a message promised, made as it is now; of this person alone."""
    reader = inside(site, request)
    number = number_in(request.match_info["number"])
    found = screen.told(site.store, reader.chat, number)
    if found is None or not goes_along(found.message):
        raise web.HTTPNotFound
    if found.message.document not in ("", *MY_DATA.values()):
        _asks_anew(site, reader)
    try:
        made = await _made(site, reader, found)
    except Unmade as unmade:
        sorry = site.papers.sorry(found, unmade.reason)
        return site.page(request, "text.html", reader=reader, status=503, title=sorry, text=[])
    return download(made)


def download(made: Made) -> web.Response:
    """A file to keep, under its own name; what kind it is follows from its ending."""
    kind = FORMATS[made.file_name.rpartition(".")[2]].media
    name = f"attachment; filename*=UTF-8''{quote(made.file_name)}"
    return web.Response(body=made.content, content_type=kind, headers={"Content-Disposition": name})


async def _made(site: Site, reader: Reader, found: Outgoing) -> Made:
    if found.message.file_name:
        return Made(found.message.file_text.encode(), found.message.file_name)
    return await site.paper(reader, found)


# ------------------------------------------------------------ for anybody


async def privacy(site: Site, request: web.Request) -> web.StreamResponse:
    return _said(site, request, "privacy")


async def help_page(site: Site, request: web.Request) -> web.StreamResponse:
    """Who said no yes yet can do none of what the guide's own help names."""
    if (reader := site.reader(request)) and reader.agreed:
        reads = site.store.find(reader.chat)["role"] == "reader"
        return _said(site, request, "help", reads=reads)
    words = site.words(site.language(request))
    return site.page(
        request, "text.html", title=words["titles"]["help"], text=[blocks(words["doors"]["help"])]
    )


def _said(site: Site, request: web.Request, name: str, **facts: Any) -> web.Response:
    """A text of the guide as a page of its own."""
    language = site.language(request, site.reader(request))
    text = [blocks(one.html) for one in messages(_nobody(site, language), [Reply(name, facts)])]
    return site.page(request, "text.html", title=site.words(language)["titles"][name], text=text)


def _nobody(site: Site, language: Language) -> SteeringWords:
    words = Words(site.content, language, keep=site.store.keeps)
    return SteeringWords(site.content, language, words=words)


async def accessibility(site: Site, request: web.Request) -> web.StreamResponse:
    """The statement that the law asks for, as far as this program can say it."""
    language = site.language(request, site.reader(request))
    said: Any = site.words(language)["accessibility"]
    return site.page(request, "statement.html", said=said)


ROUTES = (
    ("GET", "/samenvatting", document),
    ("GET", "/jaarlijn", line),
    ("GET", "/gesprek/eerder", earlier),
    ("GET", "/bestand/{number}", file),
    ("GET", "/privacy", privacy),
    ("GET", "/hulp", help_page),
    ("GET", "/toegankelijkheid", accessibility),
)
