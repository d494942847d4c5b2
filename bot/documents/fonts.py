"""Which characters the shipped fonts can show; what none has is replaced and counted.

One unknown character stops an accessible PDF, so every text passes here first.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "fonts"
REPLACED = "\N{REPLACEMENT CHARACTER}"
LONGEST, PIECE = 24, 12
"""Letters in a row that stay whole, and where longer ones may be cut."""

NO_BREAK = f"[^\\s\u2e80-\u9fff\uf900-\ufaff]{{{LONGEST + 1},}}"
RUN = re.compile(NO_BREAK)
CLUSTER = regex.compile(r"\X\p{M}*")
"""What a reader takes for one sign (UAX #29): a letter and its marks, a joined emoji, a flag.

A mark after a control character is a sign of its own there; it would join what replaces that.
"""

JOINER, FIRST_MARK = "\u200d", "\u0300"
TONES = re.compile("[\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
INVISIBLE = re.compile("[\u200b-\u200d\ufe00-\ufe0f]")
VERBATIM = {"qr", "address"}
"""Made by the guide itself in ASCII: a drawing is no text, an address stays in one piece."""

UNSHOWN = {"Cc", "Cs", "Co", "Cn"}
BIDI = set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True)
class Font:
    file: str
    family: str
    covers: str

    @cached_property
    def points(self) -> frozenset[int]:
        """The code points it can show."""
        runs = (run.partition("-") for run in self.covers.split())
        spans = (range(int(a, 16), int(b or a, 16) + 1) for a, _, b in runs)
        return frozenset(point for span in spans for point in span)


@lru_cache(maxsize=1)
def fonts() -> tuple[Font, ...]:
    listed = tomllib.loads((FOLDER / "fonts.toml").read_text(encoding="utf-8"))["font"]
    return tuple(Font(font["file"], font["family"], font["covers"]) for font in listed)


def families() -> list[str]:
    return list(dict.fromkeys(font.family for font in fonts()))


def _belongs(letter: str) -> bool:
    if letter < FIRST_MARK:
        return False
    mark = unicodedata.category(letter).startswith("M")
    return mark or letter == JOINER or bool(TONES.match(letter))


class Fitting:
    """Makes texts fit the fonts, and counts what had to be replaced."""

    def __init__(self) -> None:
        self.replaced = 0

    def tree(self, value: Any) -> Any:
        """Every text in a JSON tree."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {k: v if k in VERBATIM else self.tree(v) for k, v in value.items()}
        return [self.tree(some) for some in value] if isinstance(value, (list, tuple)) else value

    def text(self, text: str) -> str:
        if text.isascii() and text.isprintable() and len(text) <= LONGEST:
            return text
        even = "".join(c for c in text.replace("\t", " ").replace("\r\n", "\n") if c not in BIDI)
        return RUN.sub(_cut, "".join(self._clusters(even)))

    def _clusters(self, text: str) -> Iterator[str]:
        for cluster in CLUSTER.findall(text):
            yield cluster if cluster == "\n" or _one_font(cluster) else self._single(cluster)

    def _single(self, cluster: str) -> str:
        """What no single font has together, letter by letter; its marks fall away."""
        kept = ""
        for letter in cluster:
            shown = not _belongs(letter) and _one_font(letter)
            self.replaced += not shown
            kept += letter if shown else "" if _belongs(letter) else REPLACED
        return kept or REPLACED


@lru_cache(maxsize=4096)
def _one_font(cluster: str) -> bool:
    """Whether one font shows all of it; what is invisible needs none."""
    shown = INVISIBLE.sub("", cluster)
    if any(unicodedata.category(c) in UNSHOWN for c in shown):
        return False
    return any({ord(c) for c in shown} <= font.points for font in fonts())


def _cut(run: re.Match[str]) -> str:
    """A zero-width space where a line may end, never inside a cluster."""
    pieces, size = [""], 0
    for cluster in CLUSTER.findall(run[0]):
        if size >= PIECE:
            pieces.append("")
            size = 0
        pieces[-1] += cluster
        size += 1
    return "\u200b".join(pieces)
