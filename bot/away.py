"""Telegram drops updates after 24 hours: who may have lost one is told, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from content.words import Words
from storage import farewells

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.conversation import Conversation

KEPT = timedelta(hours=24)
"""How long Telegram keeps an update for a bot that does not fetch it."""

UNBELIEVABLE = timedelta(days=400)
"""A clock that jumped, not a bot that was away."""

BEAT = timedelta(seconds=60)

HEARD, LOST = "heard_at", "lost_since"


def beat(conversation: Conversation, owns: Callable[[str], bool], now: datetime) -> list[str]:
    """Note that the channel was heard; the chats that were told of a gap just now.

    `lost_since` is left by a restore: what came after that backup is gone too.
    """
    store = conversation.store
    last, lost = store.fact(HEARD), store.fact(LOST)
    gap = now - datetime.fromisoformat(last) if last else timedelta()
    if not lost and timedelta() <= gap < BEAT and last:
        return []
    since = lost or (last if KEPT < gap < UNBELIEVABLE else None)
    with store.transaction():
        told = [chat for chat in store.open_chats() if owns(chat)] if since else []
        for chat in told:
            _tell(conversation, chat, datetime.fromisoformat(since or ""), now)
        store.remember(HEARD, now.isoformat())
        store.remember(LOST, None)
        farewells.end(store, now)
    store.scrub()
    return told


def _tell(conversation: Conversation, chat: str, since: datetime, now: datetime) -> None:
    words = Words(conversation.newest, conversation.store.language_of(chat))
    conversation.say(chat, "away", now, since=words.day(since.astimezone(now.tzinfo).date()))
