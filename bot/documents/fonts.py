"""Which characters the shipped fonts can show; what none has is replaced and counted.

One unknown character stops an accessible PDF, so every text passes here first.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import regex

FOLDER = Path(__file__).parent / "fonts"
REPLACED = "\N{REPLACEMENT CHARACTER}"
LONGEST, PIECE = 24, 12  # letters in a row that stay whole, and where longer ones may be cut
RUN = regex.compile(f"[^\\s\u2e80-\u9fff\uf900-\ufaff]{{{LONGEST + 1},}}")
CLUSTER = regex.compile(r"\X\p{M}*")
"""What a reader takes for one sign (UAX #29): a letter and its marks, a joined emoji, a flag.

A mark after a control character is a sign of its own there; it would join what replaces that.
"""

PIECES = regex.compile(rf"(?:{CLUSTER.pattern}){{1,{PIECE}}}")
JOINED = regex.compile("[\\p{M}\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""What belongs to the letter before it: a mark, a joiner, a tone of skin, a flag's tag."""

INVISIBLE = regex.compile("[\u200b-\u200d\ufe00-\ufe0f]")
UNSHOWN = regex.compile(r"[\p{Cc}\p{Cs}\p{Co}\p{Cn}]")
BIDI = set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
VERBATIM = {"qr", "address"}
"""Made by the guide itself in ASCII: a drawing is no text, an address stays in one piece."""


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


class Fitting:
    """Makes texts fit the fonts, and counts what had to be replaced."""

    def __init__(self) -> None:
        self.replaced = 0

    def text(self, text: str) -> str:
        """A zero-width space where a long word may end, never inside a cluster."""
        if text.isascii() and text.isprintable() and len(text) <= LONGEST:
            return text
        even = "".join(c for c in text.replace("\t", " ").replace("\r\n", "\n") if c not in BIDI)
        shown = "".join(self._cluster(cluster) for cluster in CLUSTER.findall(even))
        found: str = RUN.sub(lambda run: "\u200b".join(PIECES.findall(run[0])), shown)
        return found

    def _cluster(self, cluster: str) -> str:
        """What no single font has together, letter by letter; its marks fall away."""
        if cluster == "\n" or _one_font(cluster):
            return cluster
        kept = ""
        for letter in cluster:
            joined = bool(JOINED.match(letter))
            shown = not joined and _one_font(letter)
            self.replaced += not shown
            kept += letter if shown else "" if joined else REPLACED
        return kept or REPLACED


@lru_cache(maxsize=4096)
def _one_font(cluster: str) -> bool:
    """Whether one font shows all of it; what is invisible needs none."""
    shown = INVISIBLE.sub("", cluster)
    if UNSHOWN.search(shown):
        return False
    return any({ord(c) for c in shown} <= font.points for font in fonts())
