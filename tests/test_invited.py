"""Invitations that nobody used in time, and who used the others: in every overview."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.desks import Member, Room, link_in, text_of

if TYPE_CHECKING:
    from pathlib import Path

MONTH = timedelta(days=31)


@pytest.fixture
def karin(tmp_path: Path) -> Member:
    """Invited Ede and Epe a month ago, and Anna of Zutphen takes part."""
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    karin.types("/uitnodigen Ede, Bo\nEpe")
    room.adviser(karin, "Zutphen", "Anna")
    karin.now += MONTH
    return karin


def test_what_expired_stands_in_the_overview_with_a_tap_for_a_new_one(karin: Member) -> None:
    said = karin.types("/overzicht")
    assert "Verlopen, nodig opnieuw uit: Ede, Bo; Epe." in text_of(said)
    assert "Uitnodiging nog open" not in text_of(said)
    anew = karin.presses_first("renew", "overview")
    assert "Een uitnodiging voor Ede, Bo" in text_of(anew)
    assert "Verlopen, nodig opnieuw uit: Epe." in text_of(karin.types("/overzicht"))
    assert "Verlopen, nodig opnieuw uit: Epe." in text_of(karin.types("/menu"))


def test_a_new_one_gives_the_same_seat(karin: Member) -> None:
    karin.types("/overzicht")
    secret = link_in(karin.presses_first("renew", "overview"))
    bo = Member(karin.folder, "test:Bo", now=karin.now)
    bo.types(secret)
    bo.presses("join 0")
    (seat,) = karin.store.rows("SELECT * FROM seats WHERE municipality = 'Ede'")
    assert (seat["name"], seat["trajectory"]) == ("Bo", 1)


def test_where_nobody_takes_part_they_are_named_too(tmp_path: Path) -> None:
    karin = Room(tmp_path).kwartiermaker("Karin", "Zuid")
    karin.types("/uitnodigen Ede, Bo")
    karin.now += MONTH
    assert "Verlopen, nodig opnieuw uit: Ede, Bo." in text_of(karin.types("/overzicht"))
    assert "Een uitnodiging voor Ede, Bo" in text_of(karin.presses_first("renew"))


def test_the_list_of_invitations_has_them_and_lets_them_go(karin: Member) -> None:
    karin.types("/uitnodigen Ommen")
    said = text_of(karin.types("/uitnodigen"))
    assert "Ommen: tot en met" in said
    assert "Ede, Bo: verlopen op" in said
    karin.presses(next(c.key for c in karin.seen[-1].message.choices if "Trek in: Ede" in c.label))
    left = text_of(karin.types("/uitnodigen"))
    assert "Ede" not in left
    assert "Epe: verlopen op" in left


def test_who_was_let_go_does_not_come_back_by_an_older_one(karin: Member) -> None:
    """Twice invited, twice expired: it is one line, and it goes as one."""
    karin.types("/uitnodigen Ede, Bo")
    karin.now += MONTH
    assert text_of(karin.types("/uitnodigen")).count("Ede, Bo: verlopen") == 1
    karin.presses(next(c.key for c in karin.seen[-1].message.choices if "Trek in: Ede" in c.label))
    assert "Ede" not in text_of(karin.types("/uitnodigen"))


def test_who_came_by_another_one_has_none_that_expired(karin: Member) -> None:
    bo = Member(karin.folder, "test:Bo", now=karin.now)
    bo.types(link_in(karin.types("/uitnodigen Ede, Bo")))
    bo.presses("join 0")
    karin.presses_first("admit", "wants_in")
    said = text_of(karin.types("/overzicht"))
    assert "Verlopen, nodig opnieuw uit: Epe." in said
    bo.types("/delen")
    bo.presses_first("leave")
    bo.presses_first("left")
    karin.now += MONTH
    karin.hears()
    assert "Ede" not in text_of(karin.types("/uitnodigen"))
