"""One channel at work in the program: what comes in over it, and what goes out.

A channel is known by what it can do (`Channel`). The program makes a `Branch` for each,
which hangs on what all of them share (`Trunk`). What came over it is kept in one transaction
for all of it, which may be tried again: nothing is done twice by asking twice.
"""

from __future__ import annotations

import logging
import secrets
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol

from bot.clock import now
from bot.delivery.delivery import WAITED, Delivery
from bot.delivery.limits import Limits
from bot.delivery.metrics import Figures, Health
from bot.delivery.tasks import Crew, Tasks
from bot.engine.gap import HEARD, REVOKED, Presence, fact_of
from content.messages.render import sentence
from flows.model.messages import Language, Message, Passage, Update
from storage.conversations import dead_letters
from storage.database.errors import StoreError, StoreTrouble, told_apart
from storage.trajectory.links import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from bot.config import Settings
    from bot.delivery.channel import Revoked, Sender
    from bot.engine.conversation import Conversation

log = logging.getLogger("opschaalgids.branch")


@dataclass(frozen=True)
class Visit:
    """Something happened to the guide itself: asked into a `group`, or stopped (`gone`)."""

    what: Literal["group", "gone"]
    chat: str
    language: Language | None = None


class Channel(Protocol):
    """Where people are. Its chats have its name and a colon before them; Telegram's are numbers."""

    name: str
    health: Health

    @property
    def sender(self) -> Sender:
        """What goes out."""

    async def open(self, stack: AsyncExitStack) -> None:
        """Before anything is sent; what `stack` closes is closed after the last message."""

    async def run(self, branch: Branch) -> None:
        """Hear people until cancelled: what they do goes to the branch, as it came."""

    def read(self, raw: Any, now: datetime, /) -> Update | Visit | None:
        """What came, as the guide knows it; None where it is nothing to it. May raise anything."""


class Trunk:
    """What all branches of one program share."""

    def __init__(self, conversation: Conversation, settings: Settings) -> None:
        self.conversation, self.settings = conversation, settings
        self.outbox, self.name, self.leads = conversation.store.outbox, secrets.token_hex(8), False
        self.tasks = Tasks(self.outbox)
        self.now: Callable[[], datetime] = partial(now, settings.timezone)
        self.figures = Figures(self.outbox, self.now)
        self.branches: list[Branch] = []

    def ready(self, name: str) -> None:
        """The channel of this name hears people."""

    def revoked(self, branch: Branch, error: Revoked) -> None:
        """A channel does not know us any more: all of it ends, and the program with the last."""
        branch.crew.dismiss()
        branch.channel.health.revoked = str(error)
        if all(other.channel.health.revoked for other in self.branches):
            self.tasks.ends(error)
        else:
            log.error("%s The other channels go on.", error)
            branch.notes(f"{self.now().isoformat(timespec='seconds')}: {error}")

    def lead(self) -> None:
        """Before anything is kept or said: whoever ran here before ends."""
        if not self.leads:
            self.outbox.lead(self.name)
            self.leads = True

    def owns(self, chat: str) -> bool:
        """Whether any of its channels leads there."""
        return any(branch.channel.sender.owns(chat) for branch in self.branches)

    def wake(self, chats: Iterable[str], rank: int) -> None:
        """These chats have something to hear, wherever they are."""
        for branch in self.branches:
            branch.delivery.wake(chats, rank)


@dataclass
class Kept:
    """What is in the database now, and asks for something beyond it.

    `heard`: the updates that were new; `pressed`: those that want an answer, also where it
    came before and was not answered then; `acted` and `waiting`: chats with something to
    hear, because they did something, or because of others; `aside`: numbers of what could
    not be read.
    """

    heard: list[Update] = field(default_factory=list)
    pressed: list[Update] = field(default_factory=list)
    acted: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    aside: list[int] = field(default_factory=list)


class Branch:
    """What a channel is given to `run` with.

    It says `links` once; `ready` when it hears people, so that what comes by itself may
    begin; and hands on what came by `keep`, or by `take` where it may be sent again there.
    """

    def __init__(self, program: Trunk, channel: Channel) -> None:
        self.program, self.channel, self.conversation = program, channel, program.conversation
        self.crew = Crew(program.tasks, partial(program.revoked, self))
        self.start, self.certainly = self.crew.start, self.crew.certainly
        self.store, self.figures = program.conversation.store, program.figures
        sender, terms = channel.sender, channel.sender.terms
        self.limits, heard = Limits(terms.chat), fact_of(HEARD, channel.name)
        self.presence = Presence(
            program.conversation, heard, terms.keeps, sender.owns, program.owns
        )
        self.delivery = Delivery(sender, self.crew, program.now, program.figures)

    def links(self, before: str) -> None:
        """An address that leads here is this, and the secret of a link."""
        self._remembers(ADDRESS, before)

    def ready(self) -> None:
        """It hears people."""
        self.notes(None)
        self.program.ready(self.channel.name)

    def notes(self, revoked: str | None) -> None:
        """Why the channel does not know us any more; None where it does."""
        self._remembers(REVOKED, revoked)

    def _remembers(self, name: str, value: str | None) -> None:
        fact = fact_of(name, self.channel.name)

        def remember() -> None:
            if self.store.fact(fact) != value:
                with self.store.transaction():
                    self.store.remember(fact, value)

        self.program.tasks.start(self.certainly(remember))

    def now(self) -> datetime:
        return self.program.now()

    async def take(self, raw: list[Any]) -> None:
        """Keep all that came, in one transaction; when this returns it may be forgotten there.

        Raises StoreTrouble where nothing of it could be kept.
        """
        try:
            with told_apart():
                self._take(raw)
        except StoreError as error:
            self.refused(error)
            raise

    def refused(self, error: StoreError) -> None:
        """What the database says ends the program, but where it may pass meanwhile."""
        if not isinstance(error, StoreTrouble):
            self.program.tasks.ends(error)

    async def keep(self, raw: list[Any]) -> None:
        """The same, again until it is done."""
        await self.certainly(partial(self._take, raw))

    def _take(self, raw: list[Any]) -> None:
        """First all that must be kept; then, once, what follows from it."""
        self.program.lead()
        self.channel.health.heard(post=bool(raw))
        with self.figures.turns.time() if raw else nullcontext():
            kept = self._kept(raw, self.now())
        for number in kept.aside:
            log.error("an update cannot be read; set aside as number %d", number)
        for update in kept.heard:
            self.figures.updates[update.kind] += 1
        if not self.delivery.terms.pages:
            self.delivery.wake(kept.acted)
            self.delivery.presses.heard(kept.pressed)
        self.program.wake(kept.waiting, WAITED)

    def _kept(self, raw: list[Any], now: datetime) -> Kept:
        """All of it or nothing, in the order in which it came. Raises StoreTrouble for nothing."""
        came = [(each, one) for each in raw if (one := self._read(each, now)) is not None]
        taken, told = map(set, self.limits.admit(u for _, u in came if isinstance(u, Update)))
        kept, due = Kept(), self.presence.due()
        if not came and not due:
            return kept
        with self.store.turns():
            for each, one in came:
                if isinstance(one, Exception):
                    number = dead_letters.put_raw(self.store, each, one, now)
                    kept.aside += [number] if number else []
                elif isinstance(one, Visit):
                    self._visited(one, kept, now)
                elif one in taken:
                    kept.acted.add(one.chat)
                    kept.pressed += [one] if one.press else []
                    kept.heard += [one] if self.conversation.hear(one) else []
                elif one in told and self.store.first_time(one):
                    kept.acted.add(one.chat)
                    self.conversation.say(one.chat, "too_fast", now)
            for chat in kept.acted if self.delivery.terms.pages else ():
                self.store.outbox.at_once(chat, now)
            if due:
                kept.waiting.update(self.presence.note(now))
        if due:
            self.presence.noted()
        self.store.scrub()
        kept.waiting |= self.conversation.effects.heard()
        return kept

    def _read(self, raw: dict[str, Any], now: datetime) -> Update | Visit | Exception | None:
        try:
            return self.channel.read(raw, now)
        except Exception as error:  # noqa: BLE001 - one broken update must not block the others
            return error

    def _visited(self, visit: Visit, kept: Kept, now: datetime) -> None:
        """In a group anyone could read along: one sentence, then leave. Kept until it is done."""
        if visit.what == "gone":
            self.store.outbox.leave(visit.chat, now)
        elif not self.store.outbox.due(visit.chat):
            language = visit.language or self.program.settings.language
            for html in (sentence(self.conversation.newest, language, "group"), ""):
                self.store.say(visit.chat, Message("group", "", (Passage("group", html),)), now)
            kept.waiting.add(visit.chat)
