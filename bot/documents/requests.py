"""What is asked for, as a request: what the database holds in words, ready for another process."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bot.documents.worker import Request
from content.documents.blocks import to_data
from content.documents.calendar import diary
from content.documents.history import Said, record, since
from content.documents.markdown import BLOCKS, file_name
from content.documents.portfolio import CanvasEntry, heat, pilots, portfolio
from content.documents.sheets import sheet_data, slide, workshop_data
from content.messages.html import plain
from content.words.vocabulary import Words
from flows.advice.comparison import landmarks, last_time, stood
from flows.model import papers
from flows.model.journey import Earlier, Landmark
from flows.model.messages import LANGUAGES
from storage.reports import Reports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.documents.house import House
    from bot.engine.conversation import Conversation
    from flows.model.journey import Given
    from flows.model.papers import Form
    from storage.reports import Record
    from storage.store import Store

MADE: Mapping[str, Callable[[Words], dict[str, Any]]] = {
    "canvas": lambda words: sheet_data(words, "canvas"),
    "workshop": workshop_data,
    "slide": slide,
    "calendar": diary,
    "card": lambda words: sheet_data(words, "card"),
}
"""What a sheet of one canvas says, by its name."""

ELSEWHERE = ("heat", "invitation", "qr")
"""Documents of a trajectory with a page of their own; all others are a report."""

SIDE_BY_SIDE: Mapping[Form, tuple[str, Callable[..., dict[str, Any]], str]] = {
    "pdf": ("portfolio", pilots, "pilots"),
    "png": ("heat", heat, "heat"),
}
"""Form -> the name in the file's, what is said, and its template: a sheet of A3, a picture."""


def request(
    words: Words, form: Form, what: str, house: House, data: dict[str, Any] | None = None
) -> Request:
    """One document, by its name in the table of papers.

    `data`: what it says, where that is more than the canvas of these words; with its own
    `file` where it was put together when it was asked for, of what might be seen at that moment.
    """
    if data is None:
        data = to_data(BLOCKS[what](words)) if what in BLOCKS else MADE[what](words)
    name = f"{data['file']}.{form}" if "file" in data else named(words, form, what)
    paper = papers.BY_NAME.get(what)
    template = paper.template if paper else what if what in ELSEWHERE else "report"
    styled = {**data, "house": house.data(words.documents["page"]["sender"])}
    return Request(form, name, styled, template)


def named(words: Words, form: Form, what: str) -> str:
    """The name of the file: the pilot's, and what it is where that is no summary."""
    ending = f".{form}" if what == "summary" else f"-{what}.{form}"
    return file_name(words, ending) if words.walk else f"opschaalgids{ending}"


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
    data, changes = None, what == "changes"
    words = looking_back(conversation.store, words, day, however_near=changes)
    if changes:
        data = to_data(since(words_before(words), words))
    elif what == "record":
        data = to_data(record(said_about(conversation, canvas), words))
    return request(words, form, what, house, data)


def portfolio_of(
    entries: Sequence[CanvasEntry | str], newest: Words, form: Form, house: House
) -> Request:
    """All canvases side by side, in the words of who reads them.

    A bare name is an organisation that did not share; only a picture tells of those.
    """
    what, data, template = SIDE_BY_SIDE.get(form, ("portfolio", portfolio, ""))
    return replace(request(newest, form, what, house, data(entries, newest)), template=template)


def words_of(
    conversation: Conversation, record: Record, code: str | None = None, day: date | None = None
) -> Words:
    """The words of a canvas, in its person's language or another; `day`: what changed since."""
    store = conversation.store
    language = next(c for c in LANGUAGES if c == (code or record.language))
    words = Words(conversation.content_of(record.id), language, store.walk(record.id))
    return looking_back(store, words, day)


def looking_back(
    store: Store, words: Words, day: date | None = None, *, however_near: bool = False
) -> Words:
    """The same words that also tell what changed: since a day, or else since the last time.

    Of a canvas that was answered within a week nothing is told, unless `however_near` that is:
    then since its longest pause. The moment of a paper is that of its newest answer, never a
    clock's.
    """
    walk = words.walk
    if walk and walk.given:
        past, newest = store.past(walk.id), max(given.at for given in walk.given.values())
        marks = landmarks(past, walk, newest.tzinfo)
        if however_near and not day and not last_time(marks, newest):
            day = _before_pause(past.given)
        mark = _day_of(day, newest) if day else last_time(marks, newest)
        words.past = past
        words.earlier = Earlier(mark, stood(past.given, mark.at)) if mark else None
    return words


def _before_pause(given: Sequence[Given]) -> date | None:
    days = sorted({one.at.date() for one in given})
    return max(((later - before, before) for before, later in pairwise(days)), default=(0, None))[1]


def _day_of(day: date, newest: datetime) -> Landmark:
    return Landmark("day", datetime.combine(day, time.max, newest.tzinfo))


def words_before(words: Words) -> Words:
    """The same canvas as it stood then; nothing, where there was no last time."""
    walk, earlier = words.walk, words.earlier
    given = earlier.given if earlier else {}
    then = replace(walk, given=given, agreed=(), attempts=()) if walk else None
    return Words(words.content, words.language, then)


def said_about(conversation: Conversation, canvas: int) -> list[Said]:
    """The conversation about one canvas, as its record needs it."""
    lines = Reports(conversation.store).conversation(canvas)
    return [
        Said(line.at, line.by, line.text if line.by else plain(line.text), line.choices, line.part)
        for line in lines
    ]
