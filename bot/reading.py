"""What documents read of the database: a canvas in words, and what was said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from content.record import Said
from content.render import plain
from content.words import Words
from flows.turn import LANGUAGES
from storage import reports

if TYPE_CHECKING:
    from bot.conversation import Conversation
    from storage.reports import Record


def words_of(conversation: Conversation, record: Record, code: str | None = None) -> Words:
    """The words of a canvas, in its person's language or another."""
    store = conversation.store
    language = next(c for c in LANGUAGES if c == (code or record.language))
    return Words(conversation.content_of(record.id), language, store.walk(record.id))


def said_about(conversation: Conversation, canvas: int) -> list[Said]:
    """The conversation about one canvas, as its record needs it."""
    lines = reports.conversation(conversation.store, canvas)
    return [
        Said(line.at, line.by, line.text if line.by else plain(line.text), line.choices)
        for line in lines
    ]
