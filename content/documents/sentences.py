"""What a person typed, as sentences that end: for papers on which there is little room."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from content.words.phrases import short_text, upper_first

if TYPE_CHECKING:
    from collections.abc import Iterable

ENDS = re.compile(r"(?<=[.!?。！？؟])\s+")
END = (".", "!", "?", "…", "。", "！", "？", "؟", ":", "”")


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


def listed(names: Iterable[str], last: str) -> str:
    """One, two and three, with the word before the last."""
    *before, final = names
    return f"{', '.join(before)} {last} {final}" if before else final
