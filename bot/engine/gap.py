"""A channel keeps what people say for a while: who may have lost something is told, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import steady
from content.words.vocabulary import Words
from storage.privacy import erasure

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.engine.conversation import Conversation

UNBELIEVABLE = timedelta(days=400)
"""A clock that jumped, not a bot that was away."""

BEAT = timedelta(seconds=60)

HEARD, LOST = "heard_at", "lost_since"


@dataclass(frozen=True)
class Hearing:
    """How a channel hears people. `fact`: under which name is kept when it last did.

    `owns`: whether a chat is one of its own; `keeps`: how long what people say waits there,
    None where it cannot get lost.
    """

    fact: str
    owns: Callable[[str], bool]
    keeps: timedelta | None


class Presence:
    """When the channel was heard last: by the steady clock, once this program has heard it.

    Only the clock on the wall knows how long ago the program before this one did. What a
    restore lost is told `anywhere`.
    """

    def __init__(
        self,
        conversation: Conversation,
        channel: Hearing,
        anywhere: Callable[[str], bool],
        clock: Callable[[], float] = steady,
    ) -> None:
        self.conversation, self.store, self.clock = conversation, conversation.store, clock
        self.channel, self.anywhere = channel, anywhere
        self.heard: float | None = None

    def due(self) -> bool:
        """Whether a minute has passed since this was noted."""
        return self.heard is None or self.clock() - self.heard >= BEAT.total_seconds()

    def note(self, now: datetime) -> list[str]:
        """In the caller's transaction, that the channel is heard: the chats told of a gap.

        `lost_since` is left by a restore: what came after that backup is gone too.
        """
        lost = self.store.fact(LOST)
        since, owns = lost or self._since(now), self.anywhere if lost else self.channel.owns
        told = [chat for chat in self.store.open_chats() if owns(chat)] if since else []
        for chat in told:
            self._tell(chat, datetime.fromisoformat(since or ""), now)
        self.store.remember(self.channel.fact, now.isoformat())
        self.store.remember(LOST, None)
        erasure.forget_numbers(self.store, now)
        return told

    def noted(self) -> None:
        """That is kept now; not before, or a refusal would hide a gap."""
        self.heard = self.clock()

    def _since(self, now: datetime) -> str | None:
        last, keeps = self.store.fact(self.channel.fact), self.channel.keeps
        missed = keeps and last and keeps < self._gap(last, now) < UNBELIEVABLE
        return last if missed else None

    def _gap(self, last: str, now: datetime) -> timedelta:
        if self.heard is None:
            return now - datetime.fromisoformat(last)
        return timedelta(seconds=self.clock() - self.heard)

    def _tell(self, chat: str, since: datetime, now: datetime) -> None:
        words = Words(self.conversation.newest, self.store.language_of(chat))
        day = words.day(since.astimezone(now.tzinfo).date())
        self.conversation.say(chat, "away", now, since=day)
