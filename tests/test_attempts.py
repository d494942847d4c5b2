"""How actions go: done, not, or later, each with a sentence; what it opened, what is next door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desks import Member, Room, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from storage.conversations.outbox import Outgoing

REPORT = "/verslag Zutphen\nDPIA aanvragen\nAnna\n1 december"


@pytest.fixture
def anna(tmp_path: Path) -> Member:
    """Who chose a first step of her own."""
    person = Room(tmp_path).person("test:Anna")
    person.starts()
    person.presses("agree")
    person.types("Jongeren aan zet")
    first_step(person)
    return person


def first_step(person: Member, what: str = "De teamleider bellen") -> None:
    for field, said in (("", what), (".who", "Bo"), (".when", "1 december")):
        person.types(f"/wijzig closing.small_win{field}")
        person.types(said)


def told(said: list[Outgoing]) -> str:
    return text_of(said)


def test_an_own_step_is_done_and_opens_the_next(anna: Member) -> None:
    said = told(anna.types("/acties"))
    assert "De teamleider bellen, Bo, 1 december 2026" in said
    anna.presses_first("action ")
    anna.presses_first("went_done ")
    anna.types("De wijkteams doen nu mee.")
    assert "Wat ligt er nu naast?" in text_of(anna.seen[-1:])
    anna.types("Een proefdag afspreken")
    anna.presses_first("who_is ")
    said = told(anna.presses_first("until "))
    assert "Een proefdag afspreken, ik, 30 november 2026" in said
    said = told(anna.types("/acties"))
    assert "De teamleider bellen, Bo: gedaan, 23 november 2026." in said
    assert "Daardoor: De wijkteams doen nu mee. Nu ernaast: Een proefdag afspreken." in said
