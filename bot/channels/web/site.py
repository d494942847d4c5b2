"""The web as a whole: who asks, what they do, and the page that they get."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.channels.web.agents import device_in
from bot.channels.web.allowance import Allowance, Queue
from bot.channels.web.answer_forms import AnswerForms
from bot.channels.web.appearance import Appearance
from bot.channels.web.challenges import Challenges
from bot.channels.web.cookies import TOKEN, token_of
from bot.documents.worker import Unmade
from bot.engine.prompter import Prompting
from storage.web import doors

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

    from bot.channels.branch import Branch
    from bot.channels.web.mail.sender import Mailbox
    from bot.config import Settings
    from bot.documents.printer import Papers
    from bot.documents.worker import Made
    from bot.engine.conversation import Conversation
    from flows.model.messages import Language
    from storage.conversations.outbox import Outgoing
    from storage.web.doors import Reader

READER: web.RequestKey[tuple[Reader | None]] = web.RequestKey("reader", tuple)
"""Under which a request bears whose it is, once that was looked up."""

DAY = timedelta(1)
FIRST_SEEN = ("front.html", "invitation.html", "talk.html")
FILES = 6
"""Documents that one person may wait for at once: all forms of one, and no flood."""

STRANGERS = 60
"""People an hour who may come in from one address for the first time: a whole town hall has one."""


class Site(Appearance):
    """What every handler is given. `branch`: there once the channel runs; `mailbox`: its mail."""

    branch: Branch
    mailbox: Mailbox

    def __init__(self, conversation: Conversation, settings: Settings, papers: Papers) -> None:
        self.conversation, self.store = conversation, conversation.store
        self.prompting = Prompting(conversation)
        super().__init__(conversation.newest, settings, papers.house)
        self.papers = papers
        self.entering, self.challenges = Allowance(STRANGERS), Challenges()
        self.addressing, self.making = Allowance(STRANGERS), Queue(FILES)
        self.menus: dict[tuple[Language, bool, bool], Markup] = {}
        self.answers: dict[Language, AnswerForms] = {}

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
        return reader.language if reader else self.preferred(request)

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
        """With whose it is, where that is not said."""
        known = {"reader": self.reader(request)} if "reader" not in facts else {}
        return super().page(request, template, status=status, **known, **facts)
