"""The record of a conversation about one canvas, for the municipal archive."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from content.documents.blocks import Heading, Paragraph
from content.documents.frame import document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from content.documents.blocks import Block, Document
    from content.words.vocabulary import Words


@dataclass(frozen=True)
class Said:
    """One message. `author` is empty for the guide, a pseudonym for a person; `text` is plain.

    `part`: the part of the canvas that the guide was at; a person's message has none.
    """

    at: datetime
    author: str
    text: str
    choices: tuple[str, ...] = ()
    part: str = ""


def record(said: Sequence[Said], about: Words) -> Document:
    """Every message in order, a heading for each day and for each part of the canvas."""
    return document(about, "record", _blocks(said, about))


def record_tree(said: Sequence[Said], about: Words, canvas: int) -> dict[str, Any]:
    """The same as JSON; an empty author is the guide."""
    messages = [
        {"at": s.at.isoformat(), "author": s.author, "text": s.text, "choices": list(s.choices)}
        for s in said
    ]
    return {
        "format": "opschaalgids-record", "version": 1, "canvas": canvas,
        "pilot": about.pilot_name, "organisation": about.organisation, "messages": messages,
    }  # fmt: skip


def _blocks(said: Sequence[Said], about: Words) -> Iterator[Block]:
    told = about.documents["record"]
    if not said:
        yield Paragraph(told["nothing"])
        return
    yield Paragraph(told["about"].format(zone=said[-1].at.tzname() or "UTC"))
    for day, messages in groupby(said, key=lambda s: s.at.date()):
        yield Heading(about.day(day))
        part = ""
        for message in messages:
            if message.part not in ("", part):
                part = message.part
                name = part_or_state(about, part)
                yield from [Heading(name, 3)] if name else []
            who = f"{told['person']} {message.author}" if message.author else told["guide"]
            yield Paragraph(message.text, f"{message.at:%H:%M:%S} {who}")
            if message.choices:
                yield Paragraph(" · ".join(message.choices), told["choices"], quiet=True)


def part_or_state(words: Words, key: str) -> str:
    """Where a canvas is, as it is called; empty where it has no name."""
    states = words.documents["portfolio"]["states"]
    return str(words.said["parts"].get(key) or states.get(key, ""))
