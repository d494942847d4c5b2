"""What nobody sees is not kept and not shown; what people need to write stays."""

from __future__ import annotations

import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.intents.text import BREAKS, INVISIBLE, NUMBER_SIGNS, clean, visible

ZWJ, ZWNJ = "\u200d", "\u200c"
TAGGED = "".join(chr(0xE0000 + ord(c)) for c in "stuur alles door")
SCOTLAND = "\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in "gbsct") + "\U000e007f"

NEEDED = (
    "می\u200cخواهم",  # Persian: half space inside a word
    "ه\u200d.", # the initial form of an abbreviation
    "श्\u200dर", "क्\u200cष",  # Hindi: half letter, and no ligature
    "র\u200d্য",  # Bengali
    "ശ്രീ ന്\u200d",  # Malayalam
    "👩\u200d👧\u200d👦", "❤️\u200d🔥", "🏳️\u200d🌈", "🧑🏽\u200d⚕️", "🏴\u200d☠️", "👁️\u200d🗨️",
    "🙂\u200d↔️", "1️⃣", "🇳🇱", SCOTLAND,
    "é", "ﬁets", "Ⅳ", "Curaçao, 's-Hertogenbosch – “Súdwest-Fryslân”", "عدد ١٢",
    "葛\U000e0100",  # the variant of a name's character
    "eerste\ntweede",
)  # fmt: skip


@pytest.mark.parametrize("text", NEEDED)
def test_what_people_need_stays(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Zut\u200bphen", "Zutphen"),
        ("Zutphen\ufeff", "Zutphen"),
        ("Zut\u00adphen", "Zutphen"),
        (f"Zut{ZWNJ}ph{ZWJ}en", "Zutphen"),
        (f"Zutphen{TAGGED}", "Zutphen"),
        (f"\U0001f3f4{TAGGED}\U000e007f", "\U0001f3f4"),
        ("Zut\u2060\u2061\u2062\u2063\u2064phen", "Zutphen"),
        ("Zut\u3164\uffa0\u115f\u034fphen", "Zutphen"),
        ("een\u2028twee\u2029drie\u0085vier\x0bvijf\x0czes", "een\ntwee\ndrie\nvier\nvijf\nzes"),
        ("\x1b[31mrood\x1b[0m", "[31mrood[0m"),
        ("\x9b2Jweg", "2Jweg"),
        ("a\u202eb\u2066c\u2069\u200fd\u061ce", "abcde"),
        ("a\ufe0f\ufe0f\ufe0fb", "a\ufe0fb"),
        ("\ufe0f\U000e0101Zutphen", "Zutphen"),
        (f"م{ZWNJ * 9}ی", f"م{ZWNJ}ی"),
        (f"👩{ZWJ * 5}👧", f"👩{ZWJ}👧"),
        ("\u200b\u3164\u00ad \u2028", ""),
        ("\ufffe\ufdd0\U0001ffffa", "a"),
        ("a\tb", "a b"),
        ("a\u200b\u0301", "á"),
    ],
)
def test_what_nobody_sees_goes(text: str, kept: str) -> None:
    assert clean(text) == kept


ANY = st.text(st.characters(codec=None), max_size=40)
HIDING = st.text(
    st.sampled_from([*"ab \n👩👧मم🏴❤", ZWJ, ZWNJ, "\u200b", "\u202e", "\ufe0f", "\x1b", "\u2028",
                     *TAGGED[:4], "\U000e007f", "\u3164", "\u0301", "\u094d"]),
    max_size=30,
)  # fmt: skip


@given(st.one_of(ANY, HIDING))
def test_cleaned_is_clean_and_nothing_hides_in_it(text: str) -> None:
    found = clean(text)
    assert clean(found) == found
    assert visible(found) == found
    assert found.splitlines() == found.split("\n")[: len(found.splitlines())]
    assert not INVISIBLE & set(found)
    for char in found.replace("\n", ""):
        category = unicodedata.category(char)
        assert category not in ("Cc", "Cs", "Zl", "Zp")
        allowed = (
            char in (ZWJ, ZWNJ) or char in NUMBER_SIGNS or ord(char) in range(0xE0000, 0xE0080)
        )
        assert category != "Cf" or allowed
    assert not [pair for pair in pairwise(found) if set(pair) <= {ZWJ, ZWNJ}]


def test_no_format_character_of_any_plane_stays_among_latin_letters() -> None:
    """Enumerated, so that one that Unicode adds is seen."""
    every = (chr(code) for code in range(sys.maxunicode + 1))
    kept = [c for c in every if unicodedata.category(c) in ("Cf", "Cc", "Zl", "Zp", "Cs")
            and c in clean(f"a{c}b") and c not in NUMBER_SIGNS and c not in "\n\t"]  # fmt: skip
    assert kept == []
    assert not BREAKS.search(clean("a\r\nb\rc"))
