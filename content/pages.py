"""The two half pages as blocks; their words are the text that is pasted elsewhere."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from content.blocks import Bullets, Heading, Item, Paragraph
from content.documents import HALF_PAGES, half_page
from content.summary import document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.blocks import Block, Document
    from content.words import Words

BULLET = "- "


def half_pages(words: Words) -> Document:
    """For the executive and for who carries it out, under each other."""
    blocks = [b for who in HALF_PAGES for b in _page(half_page(words, f"half_page_{who}"))]
    return document(words, "half_pages", tuple(blocks))


def _page(text: str) -> Iterator[Block]:
    """The first line names the reader; a line is a paragraph, lines with a dash are a list."""
    head, *lines = [line for line in text.splitlines() if line.strip()]
    yield Heading(head.partition(":")[0])
    for listed, some in groupby(lines, key=lambda line: line.startswith(BULLET)):
        if listed:
            yield Bullets(tuple(Item(line.removeprefix(BULLET)) for line in some))
        else:
            yield from map(_line, some)


def _line(line: str) -> Paragraph:
    label, colon, text = line.partition(":")
    return Paragraph(text.strip(), label) if colon else Paragraph(line)
