"""One question that somebody sent to a colleague: a page of its own, for who has its link.

Nobody comes in by it: there is no session, nothing of the canvas beyond this question, and
nothing is kept before the form is sent. The answer's own address is the same link with what
the form brought, so that it can be taken back there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.channels.web.allowance import place_of
from bot.channels.web.forms import token_in, written
from content.words.vocabulary import Words
from flows.model.forwarded import askable
from flows.model.kinds import KIND
from flows.model.messages import Choice
from flows.trajectory.replying import FORM, form_value
from storage.web import doors

if TYPE_CHECKING:
    from bot.channels.web.site import Site
    from flows.model.canvas import Question
    from flows.model.forwarded import Forwarded, Proposal

ASKED_AT = "/u/{secret:q[A-Za-z0-9_-]{22,63}}"
GIVEN_AT = f"{ASKED_AT}/{{token:[A-Za-z0-9_-]{{20,64}}}}"
FIRST = {"keys": "ticks"}  # the id of the first of several
LONGEST_FIELD = 200  # of a name, a job and the sentence with it, as a browser counts them


async def question(site: Site, request: web.Request) -> web.StreamResponse:
    """What is asked, and what is kept of an answer: nothing is done yet."""
    asked, found = _open(site, request)
    return _shows(site, request, asked, found) if asked and found else _over(site, request)


async def answer(site: Site, request: web.Request) -> web.StreamResponse:
    """All at once: the answer, who gives it, and a sentence with it."""
    asked, found = _open(site, request)
    if asked is None or found is None:
        return _over(site, request)
    form, secret = await request.post(), request.match_info["secret"]
    once, token = token_in(form, "once"), token_in(form, "device")
    given = _given(form)
    wrong = _wrong(found, given)
    if wrong:
        return _shows(site, request, asked, found, status=422, given=given, wrong=wrong)
    if not site.entering.take(place_of(request)):
        return site.page(request, "error.html", status=429, what="too_often")
    said = f"reply_form {secret} {json.dumps(given, ensure_ascii=False)}"
    language = site.language(request)
    act = {"id": once, "kind": "form", "text": said, "language": language}
    await site.act(doors.chat_of(token, "guest"), act)
    raise web.HTTPSeeOther(f"/u/{secret}/{token}")


async def given_before(site: Site, request: web.Request) -> web.StreamResponse:
    """What became of an answer, and a way back as long as nobody took it over."""
    one, _ = _reply(site, request)
    if one is None or not one.sent:
        return _told(site, request, "gone", 410)
    if not one.waits:
        return _told(site, request, one.settled, 200)
    words = _words(site, request)
    title, line = words["sent"]
    return site.page(
        request, "sure.html", title=title, line=line, button=words["unsay"],
        kind="secondary-action",
    )  # fmt: skip


async def taken_back(site: Site, request: web.Request) -> web.StreamResponse:
    """Only by who gave it, and only while it waits."""
    secret, form = request.match_info["secret"], await request.post()
    act = {"id": token_in(form, "once"), "kind": "form", "text": f"unsay_form {secret}"}
    one, chat = _reply(site, request)
    if one is None or not one.waits:
        raise web.HTTPSeeOther(request.path)
    await site.act(chat, act)
    return _told(site, request, "unsaid", 200)


def _reply(site: Site, request: web.Request) -> tuple[Proposal | None, str]:
    """What was answered at this address, and in which chat: earlier, one to come in to."""
    secret, token = (request.match_info[name] for name in ("secret", "token"))
    for chat in (doors.chat_of(token, "guest"), doors.chat_of(token)):
        if one := site.conversation.contexts.desks.forwards.reply(secret, chat):
            return one, chat
    return None, ""


def _open(site: Site, request: web.Request) -> tuple[Forwarded | None, Question | None]:
    """What is asked by this link, while it can be answered."""
    asked = site.conversation.contexts.desks.forwards.by_secret(request.match_info["secret"])
    found = site.content.guide.canvas.get(asked.question) if asked else None
    may = asked is not None and asked.open(site.now()) and askable(found)
    return (asked, found) if may else (None, None)


def _given(form: Any) -> dict[str, Any]:
    """As it was filled in; what is wrong with it is said on the page."""
    short = {name: written(form, name).strip()[:LONGEST_FIELD] for name in FORM}
    keys = [str(key) for key in form.getall("keys", [])]
    return {"text": written(form, "text").strip(), **short, "keys": keys}


def _wrong(question: Question, given: dict[str, Any]) -> dict[str, str]:
    """Field -> the name of what is wrong with it."""
    field = "text" if KIND[question.kind].open else "keys"
    wrong = {} if form_value(question, given) is not None else {field: "no_answer"}
    return wrong if given["name"] else {**wrong, "name": "no_name"}


def _words(site: Site, request: web.Request) -> Any:
    return site.words(site.language(request))["colleague"]


def _shows(  # noqa: PLR0913 - a page
    site: Site, request: web.Request, asked: Forwarded, question: Question, *, status: int = 200,
    given: dict[str, Any] | None = None, wrong: dict[str, str] | None = None,
) -> web.Response:  # fmt: skip
    words = Words(site.content, site.language(request))
    said = {name: words.tree["web"]["colleague"][what] for name, what in (wrong or {}).items()}
    return site.page(
        request, "colleague.html", status=status, heading=words.text(question.key),
        help=words.help(question.key), shown=asked.shown, kind=KIND[question.kind],
        items=[Choice(key, words.label(question, key)) for key in question.choices],
        given=given or {"text": "", "keys": None, **dict.fromkeys(FORM, "")},
        wrong=said, mended=[(FIRST.get(name, name), line) for name, line in said.items()],
        device=doors.new_token(), most=LONGEST_FIELD, reader=None,
    )  # fmt: skip


def _over(site: Site, request: web.Request) -> web.Response:
    return _told(site, request, "over", 410)


def _told(site: Site, request: web.Request, what: str, status: int) -> web.Response:
    title, line = _words(site, request)[what]
    return site.page(request, "answered.html", status=status, title=title, line=line, reader=None)


ROUTES = (
    ("GET", ASKED_AT, question),
    ("POST", ASKED_AT, answer),
    ("GET", GIVEN_AT, given_before),
    ("POST", GIVEN_AT, taken_back),
)
