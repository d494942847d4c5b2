"""All that is kept of one person, as JSON and as Markdown: what /mijngegevens gives."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.export import words_of
from content.documents import my_data
from content.render import plain
from content.words import Words
from storage import audit
from storage.rows import zone_of
from storage.whole import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.conversation import Conversation
    from flows.turn import Message, Update
    from storage.reports import Record
    from storage.store import Store
    from storage.whole import Whole

AS_TEXT, AS_JSON = "my_data", "my_data_json"
"""The two replies that carry the files."""


def filled(
    conversation: Conversation, chat: str, messages: tuple[Message, ...]
) -> tuple[Message, ...]:
    """The messages of a turn, those two with their files."""
    if not any(message.kind == AS_TEXT for message in messages):
        return messages
    found = whole(conversation.store, chat)
    return tuple(_filled(conversation, found, m) if found else m for m in messages)


def _filled(conversation: Conversation, found: Whole, message: Message) -> Message:
    if message.kind == AS_TEXT:
        text = as_markdown(conversation, found)
        return replace(message, file_name="opschaalgids-gegevens.md", file_text=text)
    if message.kind == AS_JSON:
        return replace(message, file_name="opschaalgids-gegevens.json", file_text=as_json(found))
    return message


def noted(store: Store, update: Update, canvas: int | None, messages: tuple[Message, ...]) -> None:
    """A line for each canvas that was given away as a file, also to its own person."""
    given = [canvas] if canvas and any(message.document for message in messages) else []
    if any(message.kind == AS_TEXT for message in messages):
        given = [*store.canvases_of(update.chat)]
    for number in given:
        audit.note(store.db, update.at, audit.PERSON, "exported", number)


def as_json(found: Whole) -> str:
    """Every row, in the words of the program."""
    tree = {"format": "opschaalgids-person", "version": 1, **asdict(found)}
    for row in tree["told"]:
        row["text"] = plain(row.pop("html"))
    return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"


def as_markdown(conversation: Conversation, found: Whole) -> str:
    """To read: the pilots with every answer there ever was, then the conversation."""
    language = conversation.store.language_of(found.person["chat"])
    words = Words(conversation.newest, language, keep=conversation.store.keeps)
    return my_data(
        words,
        {
            "person": found.person,
            "agreed": _moment(words, found, found.person["agreed_at"]),
            "pilots": [_pilot(conversation, found, record) for record in found.canvases],
            "holds": found.holds,
            "audit": [(_moment(words, found, a["at"]), a) for a in found.audit],
            "messages": sorted(_messages(words, found), key=lambda line: line[0]),
            "aside": len(found.aside),
        },
    )


def _moment(words: Words, found: Whole, at: str | None) -> str:
    """On the clock that the person chose; else as it was kept."""
    if not at:
        return ""
    moment = datetime.fromisoformat(at)
    moment = moment.astimezone(zone_of(found.person["zone"], moment.tzinfo))
    return f"{words.day(moment.date())}, {moment:%H:%M}"


def _pilot(conversation: Conversation, found: Whole, record: Record) -> dict[str, Any]:
    words = words_of(conversation, record)
    lines = [
        (words.short(e.question), words.value(e.question, e.value), _moment(words, found, e.at))
        for e in record.history
        if e.question in words.canvas
    ]
    return {"id": record.id, "name": words.pilot_name, "lines": lines}


def _messages(words: Words, found: Whole) -> Iterator[tuple[str, str, bool, str]]:
    """(sortable time, time to read, whether the person said it, text)."""
    for row in found.typed:
        yield row["at"], _moment(words, found, row["at"]), True, row["text"] or row["kind"]
    for row in found.told:
        yield row["at"], _moment(words, found, row["at"]), False, plain(row["html"])
