"""What a kwartiermaker types who does not know the exact form, and what comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.desks import Room, text_of

if TYPE_CHECKING:
    from tests.desks import Member


@pytest.fixture
def karin(room: Room) -> Member:
    keeper = room.kwartiermaker("Karin", "Jongeren Zuid")
    room.adviser(keeper, "Zutphen", "Anna")
    return keeper


WHEN = [
    ("Zutphen, 9 december 10:30, stadhuis", "9 december 2026, 10:30, stadhuis."),
    ("Zutphen, 9 december, 10.30 uur, stadhuis", "9 december 2026, 10:30, stadhuis."),
    ("Zutphen, 9 december 14 uur", "9 december 2026, 14:00."),
    ("Zutphen, 9 december, om 14 uur", "9 december 2026, 14:00."),
    ("Zutphen, 9 december, stadhuis", "9 december 2026, 10:00, stadhuis."),
    ("Zutphen 9 december 10:30, stadhuis", "9 december 2026, 10:30, stadhuis."),
]


@pytest.mark.parametrize(("typed", "read"), WHEN)
def test_a_meeting_is_planned_as_people_type_it(karin: Member, typed: str, read: str) -> None:
    assert f"is op woensdag {read}" in text_of(karin.types(f"/gesprek {typed}"))


@pytest.mark.parametrize("lines", ["DPIA\nAnna\n15 januari", "DPIA, Anna, 15 januari"])
def test_a_report_on_three_lines_or_on_one(karin: Member, lines: str) -> None:
    said = text_of(karin.types(f"/verslag Zutphen\n{lines}"))
    assert "Genoteerd: DPIA, Anna, 15 januari." in said


@pytest.mark.parametrize("lines", ["DPIA\nAnna", "DPIA,,15 januari", ""])
def test_a_report_that_is_not_understood_shows_how(karin: Member, lines: str) -> None:
    said = text_of(karin.types(f"/verslag Zutphen\n{lines}"))
    assert "Bijvoorbeeld: DPIA aanvragen, Anna, 15 januari." in said


def test_a_misspelt_setting_makes_no_trajectory(karin: Member) -> None:
    said = text_of(karin.types("/traject onderwep Schulden"))
    assert "/traject nieuw onderwep Schulden" in said
    assert "onderwep" not in text_of(karin.types("/traject"))


def test_settings_say_what_they_do(karin: Member) -> None:
    assert "na 21 dagen zonder wijziging" in text_of(karin.types("/traject stilte 21"))
    assert "Uitnodigingen maak ik voortaan in het Engels" in text_of(
        karin.types("/traject taal en")
    )
    assert text_of(karin.types("/traject welkom Fijn.")) == "Bewaard: Fijn."


def test_open_invitations_are_in_the_overview(karin: Member) -> None:
    karin.types("/uitnodigen Epe\nEde")
    assert "Uitnodiging nog open: Epe, Ede." in text_of(karin.types("/overzicht"))
    assert "De uitnodiging voor Epe staat nog open" in text_of(karin.types("/overzicht epe"))
    assert "Ik ken Olst niet" in text_of(karin.types("/overzicht Olst"))


def test_a_draft_for_nobody_does_not_catch_the_next_text(karin: Member) -> None:
    karin.types("/vraag")
    karin.presses("kind open")
    assert "Voor wie is dit?" in text_of(karin.types("/vraag Hoe gaat het?"))
    assert "Niemand past daarbij" in text_of(karin.presses("target quiet"))
    assert "Voor wie is dit?" in text_of(karin.types("/vraag Lukt het?"))


def test_a_text_says_where_the_answer_goes(karin: Member) -> None:
    said = text_of(karin.types("/vraag Zutphen: Lukt het?"))
    assert "dan vraag ik of ik dat naar jou mag sturen" in said


@pytest.mark.parametrize(("days", "silent"), [(9, False), (13, False), (22, True)])
def test_who_changed_something_lately_is_not_silent(
    karin: Member, days: int, *, silent: bool
) -> None:
    """Anna joined just now. A view tells the week of that, and nobody is silent too early."""
    karin.now += timedelta(days=days)
    karin.types("/vraag Hoe gaat het?")
    said = text_of(karin.presses("target quiet"))
    assert ("Niemand past daarbij" not in said) == silent
