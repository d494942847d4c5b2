"""What any document of a canvas needs: a head, and what was typed as sentences that end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from content.documents.blocks import Document, Paragraph
from content.words.phrases import lower_first, short_text, upper_first
from flows.advice.progress import missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from content.documents.blocks import Block
    from content.words.vocabulary import Words

TITLE = 120
"""Characters of a title."""

ENDS = re.compile(r"(?<=[.!?。！？؟])\s+")
END = (".", "!", "?", "…", "。", "！", "？", "؟", ":", "”")


def document(
    words: Words, kind: str, blocks: Iterable[Block] = (), *, one_page: bool = False
) -> Document:
    """Blocks under the pilot's name: for whom, by whom, and of the day of the newest answer."""
    page, day, author = words.documents["page"], words.updated, short_text(words.author, TITLE)
    about = (
        page["so_far"] if _unanswered(words) else "",
        page["by"].format(name=author) if author else "",
        updated(words, day),
    )
    return Document(
        title=short_text(words.pilot_name, TITLE),
        subtitle=short_text(words.organisation, TITLE),
        kind=words.documents["kind"][kind],
        language=words.language,
        date=day.isoformat() if day else "",
        date_text=" · ".join(filter(None, about)),
        blocks=tuple(blocks),
        words=dict(page),
        one_page=one_page,
    )


def updated(words: Words, day: date | None) -> str:
    page = words.documents["page"]
    return str(page["updated"].format(date=words.day(day)) if day else page["nothing_yet"])


def _unanswered(words: Words) -> list[str]:
    """What may still be asked and change the advice; how it ends changes none."""
    left = missing(words.canvas, words.walk) if words.walk else []
    return [q.key for q in left if q.of is None and q.part != "closing"]


def so_far(words: Words) -> Iterator[Paragraph]:
    """What is not answered yet, as long as something is not."""
    said, left = words.documents["summary"], _unanswered(words)
    if left:
        pattern = said["not_answered_more" if left[8:] else "not_answered"]
        names = ", ".join(lower_first(short) for short in words.shorts(left[:8]))
        line = pattern.format(names=names, count=len(left[8:]))
        yield Paragraph(line, words.documents["page"]["so_far"])


def ended(text: str) -> str:
    """One line that begins with a capital and ends; empty stays empty."""
    line = upper_first(" ".join(text.split()))
    return line if not line or line.endswith(END) else f"{line}."


def whole(text: str, limit: int) -> str:
    """Whole sentences, as many as fit; of a first one that is too long its beginning."""
    line, kept = ended(text), ""
    for sentence in ENDS.split(line):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > limit:
            break
        kept = longer
    return kept or short_text(line, limit)
