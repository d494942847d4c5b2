"""What a meeting agreed and the adviser confirmed stands wherever the adviser's actions stand."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import docx
import odfdo
import pypdf
import pytest

from bot.operators.exports import Export
from content.words.vocabulary import Words
from tests.desks import Member, Room, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPORT = """/verslag Zutphen
DPIA aanvragen
Anna
1 februari
Wethouder *spreken* <b>
Karin
zodra het kan
Kosten uitrekenen
Bo
volgende week"""

KEPT = ("DPIA aanvragen (gedaan)", "Wethouder *spreken* <b>")
REFUSED = "Kosten uitrekenen"


@pytest.fixture
def people(tmp_path: Path) -> tuple[Member, Member]:
    """Karin noted three things; Anna confirmed two, did one, and refused the third."""
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    karin.types(REPORT)
    first, second, third = (said for said in anna.hears() if "Klopt dat?" in text_of([said]))
    for said, key in ((first, 0), (second, 0), (third, 1)):
        anna.presses(said.message.choices[key].key, said)
    anna.store.db.execute("UPDATE agreed SET done_at = '2026-11-24' WHERE what = 'DPIA aanvragen'")
    return karin, anna


def forms(anna: Member) -> Iterator[tuple[str, str]]:
    """Every form with actions in it, as plain words."""
    made = {
        (form, what): Export(anna.conversation, form, what).made(anna.canvas) or b""
        for form, what in (("md", "summary"), ("pdf", "summary"), ("pdf", "canvas"),
                           ("docx", "summary"), ("odt", "summary"))
    }  # fmt: skip
    yield "markdown", made["md", "summary"].decode().replace("\\", "")
    for what in ("summary", "canvas"):
        pages = pypdf.PdfReader(io.BytesIO(made["pdf", what])).pages
        yield f"pdf {what}", "\n".join(page.extract_text() for page in pages)
    word = docx.Document(io.BytesIO(made["docx", "summary"]))
    yield "docx", "\n".join(c.text for t in word.tables for r in t.rows for c in r.cells)
    yield "odt", odfdo.Document(io.BytesIO(made["odt", "summary"])).get_formatted_text()
    yield "chat", text_of(anna.types("/samenvatting"))


def test_it_stands_in_every_form_with_who_and_when(people: tuple[Member, Member]) -> None:
    for form, text in forms(people[1]):
        bare = " ".join(text.split()).replace("\u200b", "")
        for what in (*KEPT, "1 februari 2027", "Karin", "zodra het kan"):
            assert what in bare, (form, what)
        assert REFUSED not in bare, form
        if form == "chat":  # on paper they stand on a timeline
            assert bare.index(KEPT[1]) < bare.index(KEPT[0]), form


def test_before_it_is_confirmed_it_stands_nowhere(tmp_path: Path) -> None:
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    karin.types(REPORT)
    anna.hears()
    for form, text in forms(anna):
        assert "DPIA" not in text, form


def test_a_date_is_written_out_and_words_without_one_stay(people: tuple[Member, Member]) -> None:
    anna = people[1]
    words = Words(anna.conversation.newest, "en", anna.store.walk(anna.canvas))
    assert [words.agreed_line(one) for one in words.agreed] == [
        "Wethouder *spreken* <b>, Karin, zodra het kan",
        "DPIA aanvragen (done), Anna, 1 februari (1 February 2027)",
    ]


def test_the_kwartiermaker_sees_no_more_than_before(people: tuple[Member, Member]) -> None:
    karin, anna = people
    assert "DPIA" not in text_of(karin.types("/gesprek Zutphen"))
    anna.types("/delen")
    anna.presses_first("share", "sharing")
    said = karin.types("/portfolio")
    assert "DPIA" not in text_of(said) + "".join(o.message.file_text for o in said)


def test_who_leaves_the_trajectory_keeps_what_was_agreed(people: tuple[Member, Member]) -> None:
    anna = people[1]
    anna.types("/delen")
    anna.presses_first("leave", "sharing")
    anna.presses_first("left")
    assert KEPT[0] in text_of(anna.types("/samenvatting"))


def test_erasing_the_pilot_takes_it_along(people: tuple[Member, Member]) -> None:
    anna = people[1]
    anna.types("/vergeet")
    anna.presses("/erase all")
    assert not anna.store.rows("SELECT * FROM agreed")
