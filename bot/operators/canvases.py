"""The export of the command line: one canvas, or all."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from bot.documents.formats import in_one_file
from bot.documents.house import read_house
from bot.documents.packed import zipped
from bot.documents.requests import (
    changes,
    heat_map,
    pilots_sheet,
    portfolio_of,
    record_pdf,
    request,
)
from bot.documents.sources import said_about, words_before, words_of
from bot.documents.worker import as_form, make
from bot.operators.as_json import as_json
from content.documents.half_pages import BLOCKS
from content.documents.markdown import file_name, markdown
from content.documents.portfolio import Entry
from content.documents.record import record_tree
from content.documents.since import since
from content.words.canvas import Words
from flows.intents.text import visible
from storage import reports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from bot.documents.house import House
    from bot.engine.conversation import Conversation
    from storage.reports import Record

    Progress = Callable[[int, int], None]


def export(  # noqa: PLR0913, PLR0917 - what the command line asks
    conversation: Conversation,
    form: str,
    what: str,
    canvas: int | None,
    house: House | None = None,
    progress: Progress = lambda done, of: None,  # noqa: ARG005
    day: date | None = None,
) -> bytes | None:
    """The bytes to write, or None where there is no such canvas. Raises Unmade.

    `day`: what changed since then, where that is asked.
    """
    style = house or read_house()
    if what == "workshop":
        return asyncio.run(make(request(_nobody(conversation), as_form(form), what, style))).content
    records = reports.canvases(conversation.store, canvas)
    if canvas is not None and not records:
        return None
    if (form, what) == ("json", "summary"):
        told = ((record, words_of(conversation, record)) for record in records)
        return as_json(conversation, told)
    if in_one_file(form, what):
        return _portfolio(conversation, records, form, style)
    files = []
    for done, record in enumerate(records, 1):
        if what == "record":
            files.append(_conversation(conversation, record, form, style))
        elif what == "changes":
            files.append(_changes(words_of(conversation, record), record, form, style, day))
        else:
            files.append(_file(words_of(conversation, record), record, form, what, style))
        progress(done, len(records))
    return files[0][1] if canvas is not None else zipped(files)


def _nobody(conversation: Conversation) -> Words:
    """The newest words, about no canvas, in the language of the setting."""
    return Words(conversation.newest, conversation.store.language)


def _portfolio(
    conversation: Conversation, records: Iterable[Record], form: str, house: House
) -> bytes:
    """In the language of who asks: the setting's."""
    language = conversation.store.language
    entries = [Entry(r.id, r.state, words_of(conversation, r, language)) for r in records]
    newest = _nobody(conversation)
    if form == "pdf":
        return asyncio.run(make(pilots_sheet(entries, newest, house))).content
    if form == "png":
        return asyncio.run(make(heat_map(entries, newest, house))).content
    return asyncio.run(make(portfolio_of(entries, newest, as_form(form), house))).content


def _conversation(
    conversation: Conversation, record: Record, form: str, house: House
) -> tuple[str, bytes]:
    """Every message about one canvas, for the archive."""
    words, said = words_of(conversation, record), said_about(conversation, record.id)
    if form == "json":
        tree = json.dumps(record_tree(said, words, record.id), ensure_ascii=False, indent=1)
        return f"{record.id}-{file_name(words, '-record.json')}", f"{tree}\n".encode()
    made = asyncio.run(make(record_pdf(said, words, house)))
    return f"{record.id}-{made.file_name}", made.content


def _changes(
    words: Words, record: Record, form: str, house: House, day: date | None
) -> tuple[str, bytes]:
    """One canvas on two days: today and a day before, or what stood before the longest pause."""
    before = words_before(words, record, day)
    if form == "md":
        name = f"{record.id}-{file_name(words, '-changes.md')}"
        return name, markdown(since(before, words)).encode()
    made = asyncio.run(make(changes(before, words, as_form(form), house)))
    return f"{record.id}-{made.file_name}", made.content


def _file(words: Words, record: Record, form: str, what: str, house: House) -> tuple[str, bytes]:
    ending = f".{form}" if what == "summary" else f"-{what}.{form}"
    name = f"{record.id}-{file_name(words, ending)}"
    if form != "md":
        made = asyncio.run(make(request(words, as_form(form), what, house)))
        return f"{record.id}-{made.file_name}", made.content
    return name, visible(markdown(BLOCKS[what](words))).encode()
