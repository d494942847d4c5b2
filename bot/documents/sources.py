"""What documents read of the database: a canvas in words, and what was said about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.documents.requests import changes, record_pdf, request
from content.documents.history import Said
from content.messages.html import plain
from content.words.vocabulary import Words
from flows.model.journey import Given
from flows.model.messages import LANGUAGES
from storage import reports

if TYPE_CHECKING:
    from bot.documents.house import House
    from bot.documents.worker import Request
    from bot.engine.conversation import Conversation
    from flows.model.formats import Form
    from storage.reports import Record


def words_of(conversation: Conversation, record: Record, code: str | None = None) -> Words:
    """The words of a canvas, in its person's language or another."""
    store = conversation.store
    language = next(c for c in LANGUAGES if c == (code or record.language))
    return Words(conversation.content_of(record.id), language, store.walk(record.id))


def request_of(  # noqa: PLR0913, PLR0917 - a document is of what, as what, in whose words and style
    conversation: Conversation,
    canvas: int,
    form: Form,
    what: str,
    house: House,
    words: Words,
    day: date | None = None,
) -> Request:
    """One document of one canvas; `day` is the first of the two that `changes` compares."""
    if what == "changes":
        (record,) = reports.canvases(conversation.store, canvas)
        return changes(words_before(words, record, day), words, form, house)
    if what == "record":
        return record_pdf(said_about(conversation, canvas), words, house)
    return request(words, form, what, house)


def words_before(words: Words, record: Record, day: date | None = None) -> Words:
    """The same canvas as it stood at the end of a day; without one, before the longest pause."""
    at = day or before_the_longest_pause(record)
    given = {}
    for entry in record.history:
        moment = datetime.fromisoformat(entry.at)
        if at is None or moment.date() <= at:
            given[entry.question] = Given(entry.question, entry.value, moment)
    walk = replace(words.walk, given=given, agreed=()) if words.walk else None
    return Words(words.content, words.language, walk)


def before_the_longest_pause(record: Record) -> date | None:
    """The last day before nothing was answered for longest; none where all came on one day."""
    days = sorted({datetime.fromisoformat(entry.at).date() for entry in record.history})
    pauses = [(later - day, day) for day, later in pairwise(days)]
    return max(pauses)[1] if pauses else None


def said_about(conversation: Conversation, canvas: int) -> list[Said]:
    """The conversation about one canvas, as its record needs it."""
    lines = reports.conversation(conversation.store, canvas)
    return [
        Said(line.at, line.by, line.text if line.by else plain(line.text), line.choices, line.part)
        for line in lines
    ]
