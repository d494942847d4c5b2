"""What a person typed -> a value, or why not."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from flows.model.kinds import KIND

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flows.model.canvas import Question
    from flows.model.messages import Choice

FITS = 100  # characters that fit into any answer, whatever its kind
LONG = 4_000  # UTF-16 units above which the person hears that summaries show only the beginning

_NEGATIONS = frozenset(
    {"niet", "geen", "nog", "nooit", "nauwelijks", "not", "no", "never", "hardly"}
)


@dataclass(frozen=True)
class Misfit:
    """Why a text is no answer, as the key of a sentence."""

    reason: str


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, never half a character."""
    whole = text.encode("utf-16-le", "surrogatepass")
    return text if len(whole) <= limit * 2 else whole[: limit * 2].decode("utf-16-le", "ignore")


def sound(text: str) -> str:
    """The same with every half of a pair mended or replaced: no file can hold half a character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def open_text(question: Question, text: str) -> str | Misfit:
    """A typed answer to an open question: words, not only signs."""
    if not text:
        return Misfit("empty")
    if not any(c.isalnum() for c in text):
        return Misfit("no_words")
    kind = KIND[question.kind]
    said = " ".join(text.split()) if kind.reads == "line" else text
    return said if len(said) <= FITS else cut(said, kind.longest)


def fold(text: str) -> str:
    """Case, accents, punctuation and doubled spaces do not matter in a choice."""
    plain = text.casefold()
    if not plain.isascii():
        letters = unicodedata.normalize("NFKD", plain)
        plain = "".join([c for c in letters if not unicodedata.combining(c)])
    return " ".join(re.sub(r"[^\w\s:.]", " ", plain).replace("_", " ").split()).rstrip(".")


_folded = lru_cache(maxsize=2_048)(fold)
"""Of keys and commands, the same at every turn; never of labels, that may hold people's words."""


def match(text: str, choices: Sequence[Choice], words: Iterable[str] = ()) -> str | None:
    """The key of the choice that is meant, or one of `words` typed with an error.

    Number, key, exact label, unambiguous beginning, then a typing error. None
    where nothing or more than one fits.
    """
    exact = match_exactly(text, choices)
    wanted = fold(text)
    if exact or not wanted:
        return exact
    begun = {c.key for c in choices if _begins(wanted, fold(c.label))}
    if len(begun) == 1:
        return begun.pop()
    names = [(fold(c.label), c.key) for c in choices] + [(_folded(w), w) for w in words]
    return _nearest(wanted, names) if not begun else None


def match_exactly(text: str, choices: Sequence[Choice]) -> str | None:
    """By number, key or whole label, nothing guessed."""
    if text.strip().isdecimal() and 1 <= int(text) <= len(choices):
        return choices[int(text) - 1].key
    wanted = fold(text)
    for choice in choices:
        if wanted and wanted in (_folded(choice.key), fold(choice.label)):
            return choice.key
    return None


def _begins(wanted: str, label: str) -> bool:
    long = len(wanted) >= 3  # noqa: PLR2004 - "begr", not "b"
    return label.startswith(wanted) and (long or label[len(wanted) :][:1] in ("", " "))


def _nearest(wanted: str, names: Sequence[tuple[str, str]]) -> str | None:
    """One edit in a word of four to seven letters, two from eight on, unique best only.

    Word by word, so that "ja, deels" does not become "ja, veel"; and never across
    a negation: "niet geregeld" is no typing error of "geregeld".
    """
    scored = [(_distance(wanted.split(), name.split()), key) for name, key in names]
    best = min((d for d, _ in scored if d is not None), default=None)
    nearest = {key for d, key in scored if d is not None and d == best}
    return nearest.pop() if len(nearest) == 1 else None


def _distance(wanted: list[str], name: list[str]) -> int | None:
    """Edits between two phrases of as many words, or None where a word is too far off."""
    if len(wanted) != len(name) or _NEGATIONS & set(wanted) != _NEGATIONS & set(name):
        return None
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - buttons and numbers need none

    edits = [OSA.distance(a, b) for a, b in zip(wanted, name, strict=True)]
    far = any(e > min(len(word) // 4, 2) for e, word in zip(edits, wanted, strict=True))
    return None if far else sum(edits)


def said_with_more(text: str, choices: Sequence[Choice]) -> tuple[str, str] | None:
    """A choice in its own words, and what was said with it: (key, note). None where unclear.

    As much of the text as is a choice counts, and must be one by itself: what follows never
    picks another. Where what follows names another choice, asks something or only denies
    what was said, nothing is guessed.
    """
    if text.rstrip().endswith("?"):
        return None
    splits = [(text[: m.start()], text[m.end() :].strip()) for m in _MORE.finditer(text)]
    for head, note in ((text, ""), *reversed(splits)):
        key = match(head, choices) or _affirmed(head, choices)
        if key:
            return None if _unclear(note, key, choices) else (key, note)
    return None


_BUT = "maar|want|omdat|alleen|behalve|tenzij|mits|hoewel|but|because|only|except|unless|although"
_MORE = re.compile(
    rf"(?:\s*[,;:.!…]+(?=\s)|\s+[-–—](?=\s)|\s*\n|\s+(?=\()|\s+(?=(?:{_BUT})\b))\s*",
    re.IGNORECASE,
)
"""Where a sentence may go on after a choice: at a sign, or before a word that says more of it."""

_YES = frozenset({"ja", "jawel", "yes", "yeah"})
_DENIED = 3
"""Words of which one that denies takes the choice back: "ja, maar eigenlijk niet"."""


def _affirmed(head: str, choices: Sequence[Choice]) -> str | None:
    """The choice after a yes that is none by itself here: "ja deels" is "deels"."""
    first, _, rest = fold(head).partition(" ")
    key = match(rest, choices) if first in _YES and rest else None
    label = next((fold(c.label) for c in choices if c.key == key), "")
    return None if _NEGATIONS.union(("nee",)) & set(label.split()) else key


def _unclear(note: str, key: str, choices: Sequence[Choice]) -> bool:
    words = fold(note).split()
    if len(words) <= _DENIED and not _NEGATIONS.union(("nee",)).isdisjoint(words):
        return True
    if note.rstrip(".!").casefold() in _YES:
        return True
    heads = (note, *(note[: m.start()] for m in _MORE.finditer(note)))
    found = {match_exactly(head, choices) or _affirmed(head, choices) for head in heads}
    return not found <= {None, key}


def listed(text: str, choices: Sequence[Choice]) -> tuple[str, ...] | None:
    """Several choices in one line: "1, 3" or "plan en begroting". None if any is unclear."""
    pieces = [p for p in re.split(r"[,;+&\n]|\b(?:en|and)\b", text) if p.strip()]
    if len(pieces) < 2:  # noqa: PLR2004 - one choice is a tick, not a list
        pieces = text.split()
    found = [match(piece.strip(), choices) for piece in pieces]
    if len(pieces) < 2 or None in found:  # noqa: PLR2004
        return None
    return tuple(dict.fromkeys(key for key in found if key))
