"""A channel keeps what people say for a while: who may have lost something is told, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import steady
from content.words.vocabulary import Words
from flows.model.context import zone_of
from storage.privacy import erasure

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.engine.conversation import Conversation

UNBELIEVABLE = timedelta(days=400)  # a clock that jumped, not a bot that was away
BEAT = timedelta(seconds=60)
BUSY = timedelta(days=1)  # who was seen so long before what is lost may have been there then

HEARD, LOST = "heard_at", "lost_since"
MAILED, MAIL_TROUBLE = "mailed_at", "mail_trouble"
"""When a mail last left; since when none does, and why, where only an operator can mend that."""
REVOKED = "revoked"
"""When a channel did not know this program any more, and why; until it is ready again."""
FIRST = "telegram"  # the channel that was there before there were others


def fact_of(name: str, channel: str) -> str:
    """Under which name a fact of one channel is kept; the first one's bear no name of their own."""
    return name if channel == FIRST else f"{name} {channel}"


class Presence:
    """When a channel was heard last: by the steady clock, once this program has heard it.

    Only the clock on the wall knows how long ago the program before this one did, kept as
    `fact`. `keeps`: how long what people say waits there, None where it cannot get lost.
    `owns`: whether a chat is the channel's own; what a restore lost is told `anywhere`.
    """

    def __init__(
        self, conversation: Conversation, fact: str, keeps: timedelta | None,
        owns: Callable[[str], bool], anywhere: Callable[[str], bool],
    ) -> None:  # fmt: skip
        self.conversation, self.store = conversation, conversation.store
        self.fact, self.keeps, self.owns, self.anywhere = fact, keeps, owns, anywhere
        self.clock: Callable[[], float] = steady
        self.heard: float | None = None

    def due(self) -> bool:
        """Whether a minute has passed since this was noted."""
        return self.heard is None or self.clock() - self.heard >= BEAT.total_seconds()

    def note(self, now: datetime) -> list[str]:
        """In the caller's transaction, that the channel is heard: the chats told of a gap.

        `lost_since` is left by a restore: what came after that backup is gone too.
        """
        lost, gap = self.store.fact(LOST), self._since(now)
        told = self._restored(lost, now) if lost else self._away(gap, now) if gap else []
        self.store.beat(self.fact, now.isoformat())
        self.store.remember(LOST, None)
        erasure.forget_numbers(self.store, now)
        return told

    def _away(self, last: str, now: datetime) -> list[str]:
        """Each of the channel's own with a question open, with the day."""
        chats = [chat for chat in self.store.open_chats() if self.owns(chat)]
        for chat in chats:
            day = self._day(chat, datetime.fromisoformat(last).astimezone(now.tzinfo))
            self.conversation.say(chat, "away", now, since=day)
        return chats

    def _restored(self, lost: str, now: datetime) -> list[str]:
        """Whoever may have said something since, wherever that was, with the minute."""
        since = datetime.fromisoformat(lost)
        chats = [chat for chat in self.store.open_chats(since - BUSY) if self.anywhere(chat)]
        for chat in chats:
            at = since.astimezone(zone_of(self.store.zone_in(chat), now.tzinfo))
            self.conversation.say(chat, "away", now, since=f"{self._day(chat, at)}, {at:%H:%M}")
        return chats

    def _day(self, chat: str, at: datetime) -> str:
        return Words(self.conversation.newest, self.store.language_of(chat)).day(at.date())

    def noted(self) -> None:
        """That is kept now; not before, or a refusal would hide a gap."""
        self.heard = self.clock()

    def _since(self, now: datetime) -> str | None:
        last = self.store.fact(self.fact)
        if not last or not self.keeps:
            return None
        if self.heard is None:
            gap = now - datetime.fromisoformat(last)
        else:
            gap = timedelta(seconds=self.clock() - self.heard)
        return last if self.keeps < gap < UNBELIEVABLE else None
