"""What may stand in a text: one rule for all that comes in, and for all that a screen shows.

Invisible characters can hide a text in a text, turn a line around or steer a terminal. By
Unicode's general category they go, but where a script or a sign needs them (Unicode 23.2, 23.4).
"""

from __future__ import annotations

import re
import unicodedata

JOINERS = "\u200c\u200d"
BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
"""Everything that any program may take for the end of a line."""

INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Of no format category, and yet nothing to see: fillers and a grapheme joiner."""

NUMBER_SIGNS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
"""Of the format category, and yet something to see: they stand around Arabic numbers."""

FLAGS = ("gbeng", "gbsct", "gbwls")
"""The flags that are spelled in tag characters; any other spelling is a hidden text."""

FLAG = re.compile(
    "(\U0001f3f4(?:"
    + "|".join("".join(chr(0xE0000 + ord(letter)) for letter in flag) for flag in FLAGS)
    + ")\U000e007f)"
)
ORDINARY = re.compile(r"[\n\t\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u20ac]*")
"""Most texts hold nothing else, and need no look at each character."""

NONCHARACTERS = {0xFFFE, *range(0xFDD0, 0xFDF0)}
IGNORED_PLANE = range(0xE0000, 0xE1000)
SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x180E))
"""They say how the character before them looks."""

SKIN_TONES = range(0x1F3FB, 0x1F400)
JOINED_SCRIPTS = (range(0x0900, 0x0E00), range(0x1800, 0x18B0))
"""The Indic scripts and Mongolian; Arabic and its kin have a bidirectional class of their own."""

VIRAMA = 9  # the canonical combining class of what takes an Indic letter's vowel away


def clean(text: str) -> str:
    """A text as it is kept: NFC, without what nobody sees, tabs as spaces, no space around it."""
    return unicodedata.normalize("NFC", visible(text)).replace("\t", " ").strip()


def one_line(text: str) -> str:
    """A name or anything else that is one line, cleaned."""
    return " ".join(clean(text).split())


def visible(text: str) -> str:
    """A text as a screen may show it, every line's end a newline; tabs stay."""
    text = BREAKS.sub("\n", text)
    if ORDINARY.fullmatch(text):
        return text
    kept: list[str] = []
    for number, piece in enumerate(FLAG.split(text)):
        if number % 2:  # a flag, between what stands around it
            kept.append(piece)
            continue
        for at, char in enumerate(piece):
            if _kept(char, kept, piece[at + 1 : at + 2]):
                kept.append(char)
    return "".join(kept)


def _kept(char: str, before: list[str], after: str) -> bool:
    if char in "\n\t":
        return True
    if char in JOINERS:
        return _joins(char, before, after)
    code, category = ord(char), unicodedata.category(char)
    if _selector(code):  # one after each character is all that can be needed
        return bool(before) and not before[-1].isspace() and not _selector(ord(before[-1][-1]))
    if char in INVISIBLE or code & 0xFFFE in NONCHARACTERS or code in NONCHARACTERS:
        return False
    if code in IGNORED_PLANE or category in ("Cc", "Cs", "Zl", "Zp"):
        return False
    return category != "Cf" or char in NUMBER_SIGNS


def _selector(code: int) -> bool:
    return any(code in some for some in SELECTORS)


def _joins(joiner: str, before: list[str], after: str) -> bool:
    """Between the parts of one emoji, and within the scripts that join letters; once."""
    if not before or before[-1] in JOINERS:
        return False
    # Marks, selectors and skin tones say nothing about what they stand on.
    signs = (c for c in reversed(before[-4:]) if unicodedata.category(c[-1])[0] != "M")
    base = next((c for c in signs if ord(c[-1]) not in SKIN_TONES), "")
    if joiner == "\u200d" and _pictured(base) and _pictured(after):
        return True
    if not base.strip():
        return False
    joined = any(ord(base[-1]) in some for some in JOINED_SCRIPTS)
    joined = joined or unicodedata.bidirectional(base[-1]) == "AL"
    return joined or unicodedata.combining(before[-1]) == VIRAMA


def _pictured(char: str) -> bool:
    """A sign that may be part of an emoji; one that is newer than this Python is not assigned."""
    return bool(char) and unicodedata.category(char[0]) in ("So", "Sm", "Cn")
