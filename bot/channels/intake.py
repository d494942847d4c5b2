"""What came over a channel, kept: one transaction for all of it, which may be tried again."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from content.messages.render import sentence
from flows.model.messages import Message, Passage, Update
from storage.conversations import dead_letters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from bot.delivery.limits import Limits
    from bot.engine.conversation import Conversation
    from bot.engine.gap import Presence
    from flows.model.messages import Language

    Read = Callable[[Any, datetime], "Update | Visit | None"]

log = logging.getLogger("opschaalgids.intake")


@dataclass(frozen=True)
class Visit:
    """Something happened to the guide itself: asked into a `group`, or stopped (`gone`)."""

    what: Literal["group", "gone"]
    chat: str
    language: Language | None = None


@dataclass
class Kept:
    """What is in the database now, and asks for something beyond it.

    `heard`: the updates that were new; `acted` and `waiting`: chats with something to
    hear, because they did something, or because of others; `aside`: numbers of what could
    not be read.
    """

    heard: list[Update] = field(default_factory=list)
    acted: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    aside: list[int] = field(default_factory=list)


class Intake:
    """Between the channel and the database. Nothing here is done twice by asking twice."""

    def __init__(
        self,
        conversation: Conversation,
        read: Read,
        limits: Limits,
        presence: Presence,
        language: Language,
    ) -> None:
        self.conversation, self.store, self.limits = conversation, conversation.store, limits
        self.read, self.presence, self.language = read, presence, language

    def keep(self, raw: Iterable[dict[str, Any]], now: datetime) -> Kept:
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
                    kept.heard += [one] if self.conversation.hear(one) else []
                elif one in told and self.store.first_time(one):
                    kept.acted.add(one.chat)
                    self.conversation.say(one.chat, "too_fast", now)
            if due:
                kept.waiting.update(self.presence.note(now))
        if due:
            self.presence.noted()
        self.store.scrub()
        kept.waiting |= self.conversation.effects.heard()
        return kept

    def _read(self, raw: dict[str, Any], now: datetime) -> Update | Visit | Exception | None:
        try:
            return self.read(raw, now)
        except Exception as error:  # noqa: BLE001 - one broken update must not block the others
            return error

    def _visited(self, visit: Visit, kept: Kept, now: datetime) -> None:
        """In a group anyone could read along: one sentence, then leave. Kept until it is done."""
        if visit.what == "gone":
            self.store.outbox.leave(visit.chat, now)
        elif not self.store.outbox.due(visit.chat):
            words = self.conversation.newest.words[visit.language or self.language]
            for html in (sentence(words, "group"), ""):
                self.store.say(visit.chat, Message("group", "", (Passage("group", html),)), now)
            kept.waiting.add(visit.chat)
