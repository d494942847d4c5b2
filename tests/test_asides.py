"""The words of a button that came by itself, typed instead of pressed: also an open question's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desks import Member, Room, link_in, text_of

if TYPE_CHECKING:
    from pathlib import Path

OPEN, CHOICES = "impact.issue", "pilot.stage"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def at(person: Member, question: str) -> None:
    """Something came, and the question stands below it: as in a terminal."""
    person.types(f"/change {question}")


@pytest.mark.parametrize("question", [OPEN, CHOICES])
def test_an_answer_of_a_colleague_is_taken_over_by_its_words(room: Room, question: str) -> None:
    anna, faas = room.person("test:anna"), room.person("test:faas")
    for text in ("start", "akkoord", "Wijkteams Zuid"):
        anna.types(text)
    faas.types(link_in(anna.types("/forward impact.outcome")))
    for text in ("Schuldenvrij starten", "Faas", "verstuur"):
        faas.types(text)
    anna.hears()
    at(anna, question)
    assert "Overgenomen, op naam van Faas" in text_of(anna.types("neem over"))
    assert anna.values["impact.outcome"] == "Schuldenvrij starten"
    assert question not in anna.values


@pytest.mark.parametrize("question", [OPEN, CHOICES])
def test_what_a_meeting_agreed_is_confirmed_by_its_words(room: Room, question: str) -> None:
    lotte = room.kwartiermaker("Lotte", "Zuid")
    anna = room.adviser(lotte, "Zutphen", "Anna")
    anna.types("Wijkteams Zuid")
    lotte.types("/verslag Zutphen\nDPIA aanvragen\nAnna\n15 januari")
    anna.hears()
    at(anna, question)
    assert "Staat bij je acties: DPIA aanvragen" in text_of(anna.types("Klopt, zet erbij"))
    assert question not in anna.values


def test_a_kwartiermaker_says_yes_and_reads_by_typing(room: Room) -> None:
    lotte = room.kwartiermaker("Lotte", "Zuid")
    anna = room.person("test:anna")
    anna.types(link_in(lotte.types("/uitnodigen Zutphen, Anna")))
    anna.presses("join 0")
    lotte.hears()
    lotte.types("/menu")
    assert "Anna doet mee" in text_of(lotte.types("ja, dat klopt"))
    anna.types("/bericht De projectleider twijfelt")
    lotte.hears()
    lotte.types("/menu")
    assert "projectleider twijfelt" in text_of(lotte.types("lees wat er geschreven is"))


def test_words_of_no_button_are_what_they_were(room: Room) -> None:
    anna = room.person("test:anna")
    for text in ("start", "akkoord", "Wijkteams Zuid"):
        anna.types(text)
    at(anna, OPEN)
    anna.types("Gedaan")
    assert anna.values[OPEN] == "Gedaan"
    at(anna, CHOICES)
    assert "Dat herken ik niet" in text_of(anna.types("neem over"))
