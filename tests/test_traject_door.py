"""Before akkoord and at the desk: no invitation is lost, and nobody is taken for a stranger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desks import Room, link_in, text_of

if TYPE_CHECKING:
    from tests.desks import Member


def invited(room: Room, karin: Member) -> Member:
    anna = room.person("test:anna")
    anna.types(link_in(karin.types("/uitnodigen Zutphen, Anna")))
    return anna


def test_akkoord_is_a_yes_to_the_invitation(room: Room, karin: Member) -> None:
    anna = invited(room, karin)
    assert "Je doet mee met Jongeren Zuid" in text_of(anna.types("akkoord"))
    assert "Zutphen, Anna (Jongeren Zuid). Klopt dat?" in text_of(karin.hears())


@pytest.mark.parametrize("typed", ["hulp", "wie is karin", "/start", "/delen", "delen"])
def test_the_invitation_comes_again_after_something_else(
    room: Room, karin: Member, typed: str
) -> None:
    anna = invited(room, karin)
    assert "Karin nodigt je uit" in text_of(anna.types(typed))
    assert "Je doet mee met Jongeren Zuid" in text_of(anna.types("ja"))


@pytest.mark.parametrize("typed", ["privacy", "english"])
def test_who_read_on_first_still_joins(room: Room, karin: Member, typed: str) -> None:
    anna = invited(room, karin)
    anna.types(typed)
    anna.presses("agree")
    anna.presses("join 0")
    assert "Zutphen, Anna (Jongeren Zuid). Klopt dat?" in text_of(karin.hears())


def test_after_a_no_akkoord_is_for_the_guide_alone(room: Room, karin: Member) -> None:
    anna = invited(room, karin)
    anna.types("liever niet")
    anna.types("akkoord")
    assert anna.asked == "pilot.name"
    assert karin.hears() == []


def test_a_dead_invitation_does_not_stand_in_the_way(room: Room, karin: Member) -> None:
    anna = invited(room, karin)
    karin.types("/uitnodigen")
    karin.presses_first("withdraw")
    assert "werkt niet (meer)" in text_of(anna.types("hallo"))
    anna.types("akkoord")
    assert anna.asked == "pilot.name"


@pytest.mark.parametrize("typed", ["hulp", "/hulp", "wat kan ik hier", "dank je", "/delen"])
def test_a_kwartiermaker_is_no_stranger(karin: Member, typed: str) -> None:
    assert "Jongeren Zuid" in text_of(karin.types(typed))


def test_help_names_the_commands_of_each_role(room: Room, karin: Member) -> None:
    anna = room.adviser(karin, "Zutphen", "Anna")
    said = text_of(anna.types("hulp"))
    assert "/delen – wie wat ziet, en stoppen" in said
    assert "/overslaan" in said
    assert "/uitnodigen" not in said
    karin.types("akkoord")
    said = text_of(karin.types("hulp"))
    assert "/uitnodigen – een gemeente erbij" in said
    assert "/overslaan" in said
    assert "Zelf een pilot" not in said
    assert "/delen" not in text_of(room.operator.types("hulp"))


def test_who_waits_for_the_operator_hears_so(room: Room) -> None:
    lotte = room.person("test:Lotte")
    lotte.types(link_in(room.operator.types("/kwartiermaker Lotte")))
    lotte.presses("join 0")
    for typed in ("/start", "hulp", "/traject Ouderen"):
        assert "De beheerder moet nog bevestigen" in text_of(lotte.types(typed))


def test_a_command_needs_no_slash(room: Room, karin: Member) -> None:
    assert "doet nog niemand mee" in text_of(karin.types("overzicht"))
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("delen")
    assert anna.values["pilot.name"] == "delen", "to an open question it is an answer"
    anna.types("/delen")
    assert "Karin ziet" in text_of(anna.types("delen"))
