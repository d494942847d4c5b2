"""The web as a whole: who asks, what they do, and the page that they get."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

from bot.channels.web.agents import device_in
from bot.channels.web.allowance import Allowance, Queue
from bot.channels.web.answer_forms import AnswerForms
from bot.channels.web.challenges import Challenges
from bot.channels.web.cookies import TOKEN, framed, token_of
from bot.channels.web.rendering import environment
from bot.channels.web.theme import read_theme
from bot.documents.worker import Unmade
from bot.engine.prompter import Prompting
from flows.model.messages import LANGUAGES, Language
from storage.web import doors

if TYPE_CHECKING:
    from datetime import datetime

    from jinja2 import Environment
    from markupsafe import Markup

    from bot.channel_settings import WebSettings
    from bot.channels.branch import Branch
    from bot.channels.web.mail.sender import Mailbox
    from bot.config import Settings
    from bot.documents.printer import Papers
    from bot.documents.worker import Made
    from bot.engine.conversation import Conversation
    from content.loader import Content
    from storage.conversations.outbox import Outgoing
    from storage.web.doors import Reader

HERE = Path(__file__).parent
STATIC = HERE / "static"
READER: web.RequestKey[tuple[Reader | None]] = web.RequestKey("reader", tuple)
"""Under which a request bears whose it is, once that was looked up."""

DAY = timedelta(1)
FIRST_SEEN = ("front.html", "invitation.html", "talk.html")
FILES = 6
"""Documents that one person may wait for at once: all forms of one, and no flood."""

STRANGERS = 60
"""People an hour who may come in from one address for the first time: a whole town hall has one."""


@dataclass(frozen=True)
class Static:
    """A file beside the pages: what is in it is in its address, so that it may be kept for ever."""

    name: str
    content: bytes
    address: str


def statics(theme: str, logo: bytes) -> dict[str, Static]:
    """`theme`: takes the place of the shipped one, which it was made from; `logo`: the house's."""
    found = {path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.is_file()}
    found["theme.css"] = theme.encode()
    if logo:
        found[logo_name(logo)] = logo
    marks = {name: hashlib.sha256(content).hexdigest()[:12] for name, content in found.items()}
    return {n: Static(n, content, f"/static/{marks[n]}/{n}") for n, content in found.items()}


def logo_name(logo: bytes) -> str:
    """The house's own by what it is; without one, the guide's."""
    named = {b"\x89P": "logo.png", b"\xff\xd8": "logo.jpg", b"": "icon.svg"}
    return named.get(logo[:2], "logo.svg")


class Site:
    """What every handler is given. `branch`: there once the channel runs; `mailbox`: its mail."""

    branch: Branch
    mailbox: Mailbox

    def __init__(self, conversation: Conversation, settings: Settings, papers: Papers) -> None:
        self.conversation, self.store = conversation, conversation.store
        self.prompting = Prompting(conversation)
        self.settings, self.papers = settings, papers
        self.web = cast("WebSettings", settings.web)  # there, or nobody makes a site
        theme = read_theme(self.web.theme, papers.house.accent)
        self.entering, self.challenges = Allowance(STRANGERS), Challenges()
        self.addressing, self.making = Allowance(STRANGERS), Queue(FILES)
        self.address, self.static = self.web.url, statics(theme, papers.house.logo)
        self.pages: dict[Language, Environment] = {}
        self.menus: dict[tuple[Language, bool], Markup] = {}
        self.answers: dict[Language, AnswerForms] = {}

    def templates(self, language: Language) -> Environment:
        """Of one language: its words are known to the parts too, which so are made once."""
        if language not in self.pages:
            house = self.papers.house
            self.pages[language] = environment({
                "asset": lambda name: self.static[name].address, "logo": logo_name(house.logo),
                "sender": house.sender, "words": self.words(language), "language": language,
            })  # fmt: skip
        return self.pages[language]

    def forms(self, language: Language) -> AnswerForms:
        if language not in self.answers:
            words = self.content.words[language]
            asked = [words["questions"], words["messages"]]
            self.answers[language] = AnswerForms(self.templates(language), asked)
        return self.answers[language]

    def now(self) -> datetime:
        return self.branch.now()

    def warm(self) -> None:
        """Read what the first visitors see, so that none of them waits for it."""
        for name in FIRST_SEEN:
            self.templates(self.settings.language).get_template(name)

    # ------------------------------------------------------------ who asks

    def reader(self, request: web.Request, *, anew: bool = False) -> Reader | None:
        """Whose browser this is; None where nobody came in with it. Looked up once a request."""
        if anew or READER not in request:
            (before,) = request.get(READER, (None,))
            token = token_of(request, secure=self.web.secure)
            found = doors.reader_of(self.store, token, self.now(), before) if token else None
            request[READER] = (found,)
        return request[READER][0]

    def language(self, request: web.Request, reader: Reader | None = None) -> Language:
        """Of the person; of who is nobody yet, the first that the browser asks for."""
        if reader:
            return reader.language
        asked = request.headers.get("Accept-Language", "").lower().split(",")
        codes = [one.strip()[:2] for one in asked]
        return next((code for code in LANGUAGES if code in codes[:1]), self.settings.language)

    @property
    def content(self) -> Content:
        """The newest, in the words of the web."""
        return self.conversation.newest.to(doors.WEB)

    def words(self, language: Language) -> Any:
        return self.content.words[language]["web"]

    # ------------------------------------------------------------ what they do

    async def act(self, chat: str, *raws: dict[str, Any]) -> None:
        """What somebody does, in one transaction. Raises StoreTrouble: nothing is kept then."""
        await self.branch.take([{"chat": chat, **raw} for raw in raws])

    def enter(
        self, request: web.Request, token: str, chat: str, passkey: str | None = None
    ) -> None:
        """From now on this token opens that chat, in the browser that asks."""
        now, device = self.now(), device_in(request.headers.get("User-Agent", ""))
        until = now + timedelta(self.web.days)
        with self.store.transaction():
            doors.open_session(self.store, token, chat, now, until, device, passkey)

    async def paper(self, reader: Reader, wanted: Outgoing) -> Made:
        """A document, while nobody waits for more than one of this person. Raises Unmade."""
        async with self.making.turn(reader.person) as allowed:
            if not allowed:
                raise Unmade("too_slow")
            return await self.papers.make(wanted)

    def stays(self, reader: Reader) -> None:
        """Who comes back now and then need not come in anew: kept once a day."""
        now = self.now()
        if now - reader.seen > DAY:
            with self.store.transaction():
                until = now + timedelta(self.web.days)
                doors.session_seen(self.store, reader.session, now, until)

    def remember(self, response: web.StreamResponse, token: str) -> None:
        """The browser is to keep it, or to forget the one it has: headers.py tells it."""
        response[TOKEN] = token

    def needs_passkey(self, reader: Reader | None) -> bool:
        """Whether a kwartiermaker, or who makes those, came in without where one is wanted."""
        if reader is None or reader.passkey or self.web.keepers != "passkey":
            return False
        return self.keeps(reader) or reader.chat in self.conversation.contexts.operators

    def keeps(self, reader: Reader | None) -> bool:
        """Whether this is a kwartiermaker, who sees what others shared, or an operator."""
        if reader is None:
            return False
        contexts = self.conversation.contexts
        if reader.chat in contexts.operators:
            return True
        return contexts.desks.desk(reader.chat, self.now(), seed="").keeper is not None

    # ------------------------------------------------------------ what they get

    def page(
        self, request: web.Request, template: str, *, status: int = 200, **facts: Any
    ) -> web.Response:
        """A whole page; for the script only what is in its <main>."""
        reader = facts.pop("reader") if "reader" in facts else self.reader(request)
        language = facts.pop("language", None) or self.language(request, reader)
        known = {"reader": reader, "part": "X-Part" in request.headers, "framed": framed(request),
                 "once": doors.new_token(), "error": ""}  # fmt: skip
        html = self.templates(language).get_template(template).render({**known, **facts})
        response = web.Response(text=html, content_type="text/html", status=status)
        response.headers["Content-Language"] = language
        return response
