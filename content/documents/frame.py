"""What stands around any document of a canvas: its name, for whom, by whom and of when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from content.documents.blocks import Document, Paragraph
from content.words.phrases import lower_first, short_text
from flows.advice.progress import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.documents.blocks import Block
    from content.words.vocabulary import Words

TITLE = 120
"""Characters of a title."""


def document(
    words: Words, kind: str, blocks: tuple[Block, ...], *, one_page: bool = False
) -> Document:
    """Blocks under the pilot's name; the date is that of the newest answer."""
    day = words.updated
    return Document(
        title=short_text(words.pilot_name, TITLE),
        subtitle=short_text(words.organisation, TITLE),
        kind=words.documents["kind"][kind],
        language=words.language,
        date=day.isoformat() if day else "",
        date_text=" · ".join(filter(None, (_interim(words), _by(words), _updated(words)))),
        blocks=blocks,
        words=dict(words.documents["page"]),
        one_page=one_page,
    )


def _interim(words: Words) -> str:
    """As long as the advice may still change by what was not asked yet."""
    return str(words.documents["page"]["so_far"]) if _unanswered(words) else ""


def _unanswered(words: Words) -> list[str]:
    """What may still be asked; how it ends changes no advice."""
    left = missing(words.canvas, words.walk) if words.walk else []
    return [q.key for q in left if q.of is None and q.part != "closing"]


def _by(words: Words) -> str:
    author = short_text(words.author, TITLE)
    return words.documents["page"]["by"].format(name=author) if author else ""


def _updated(words: Words) -> str:
    page, day = words.documents["page"], words.updated
    return str(page["updated"].format(date=words.day(day)) if day else page["nothing_yet"])


def so_far(words: Words) -> Iterator[Paragraph]:
    """What is not answered yet, as long as something is not."""
    said, left = words.documents["summary"], _unanswered(words)
    if left:
        pattern = said["not_answered_more" if left[8:] else "not_answered"]
        names = ", ".join(lower_first(short) for short in words.shorts(left[:8]))
        line = pattern.format(names=names, count=len(left[8:]))
        yield Paragraph(line, words.documents["page"]["so_far"])
