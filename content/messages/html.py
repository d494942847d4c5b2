"""Telegram's HTML: what is left of it after parsing, and how a long text is cut."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from markupsafe import Markup

from flows.intents.choices import cut, units

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 4_096  # UTF-16 units of one Telegram message, after parsing
TAG = re.compile(r"</?[a-z][^<>]*>")


def split(html: str) -> list[str]:
    """Pieces within Telegram's limit, cut between lines; no tag spans a line.

    A line that is too long by itself loses its markup, and is cut between characters.
    """
    if 2 * len(html) <= LIMIT:  # a character is two units at most, and markup counts for none
        return [html]
    pieces, piece = [], ""
    for line in _lines(html):
        longer = f"{piece}\n{line}" if piece else line
        if units(plain(longer)) > LIMIT:
            pieces.append(piece)
            longer = line
        piece = longer
    return [*pieces, piece]


def _lines(html: str) -> Iterator[str]:
    for line in html.split("\n"):
        text = plain(line)
        if units(text) <= LIMIT:
            yield line
            continue
        while text:
            piece = cut(text, LIMIT)
            text = text[len(piece) :]
            yield str(Markup.escape(piece))


def plain(html: str) -> str:
    """What is left after parsing: what a terminal shows, and what Telegram counts."""
    return unescape(TAG.sub("", html))
