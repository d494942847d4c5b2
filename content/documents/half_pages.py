"""The two half pages under each other: for the alderman, for those who carry it out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from content.documents.blocks import Break, Heading
from content.documents.executive import executive
from content.documents.frame import document
from content.documents.practice import practice
from content.documents.summary import summary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from content.documents.blocks import Block, Document
    from content.words.vocabulary import Words

HALVES: Mapping[str, Callable[[Words], Document]] = {
    "half_page_executive": executive, "half_page_practice": practice,
}  # fmt: skip
"""What is said in the chat -> its page."""


def half_pages(words: Words) -> Document:
    """Both in one file, a page each."""
    pages = [make(words) for make in HALVES.values()]
    blocks: list[Block] = []
    for page in pages:
        deeper = (replace(b, level=3) if isinstance(b, Heading) else b for b in page.blocks)
        blocks += [*([Break()] if blocks else []), Heading(page.kind), *deeper]
    return document(words.for_others(), "half_pages", tuple(blocks))


BLOCKS: Mapping[str, Callable[[Words], Document]] = {
    "summary": summary, "executive": executive, "practice": practice, "half-pages": half_pages,
}  # fmt: skip
"""Documents in running text, by their name: all that can be PDF, Word, ODT and Markdown."""
