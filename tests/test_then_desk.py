"""A kwartiermaker sees what changed since the last meeting, as far as it is shared."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.desks import Member, Room, text_of
from tests.test_intruders import TO_ANCHORED

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def people(tmp_path: Path) -> tuple[Room, Member, Member]:
    """Anna answered, a meeting went by, and three weeks later she gave another answer."""
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    for move in TO_ANCHORED:
        keys = {choice.key for choice in anna.seen[-1].message.choices}
        anna.presses(move) if move in keys else anna.types(move)
    assert anna.values["impact.evidence"] == "stories"
    karin.now = anna.now
    karin.types("/gesprek Zutphen, 9 december 10:00, stadhuis")
    anna.hears()
    anna.now = karin.now = anna.now + timedelta(days=37)
    anna.types("/change impact.evidence")
    anna.presses("measured")
    karin.now = anna.now
    return room, karin, anna


def test_progress_alone_tells_nothing_of_what_changed(people: tuple[Room, Member, Member]) -> None:
    _, karin, _ = people
    assert "Anders sinds" not in text_of(karin.types("/overzicht"))


def test_of_a_shared_part_which_answers_are_others_and_not_how_they_were(
    people: tuple[Room, Member, Member],
) -> None:
    _, karin, anna = people
    anna.types("/delen")
    keys = [choice.key for said in anna.seen for choice in said.message.choices]
    anna.presses_first(next(key for key in keys if key.startswith("share ") and "impact" in key))
    told = text_of(karin.types("/overzicht"))
    assert "Anders sinds 9 december 2026: bewijs" in told.replace("\n", " ")
    assert "verhalen" not in told


def disappoints(anna: Member) -> None:
    anna.types("/change impact.evidence")
    anna.presses("disappoints")


def shares(anna: Member, what: str) -> None:
    keys = [choice.key for choice in anna.types("/delen")[-1].message.choices]
    anna.presses(next(key for key in keys if key.startswith("share") and key.endswith(what)))


def test_the_meeting_page_tells_what_became_another_and_why(
    people: tuple[Room, Member, Member],
) -> None:
    _, karin, anna = people
    disappoints(anna)
    shares(anna, "all")
    told = text_of(karin.types("/gesprek Zutphen"))
    new = told[told.index("Nieuw sinds 9 december 2026") : told.index("Gedeelde antwoorden")]
    assert "• Uitkomst: klein houden of stoppen is ook een uitkomst." in new
    assert "Door: bewijs (gemeten, het viel tegen)." in new
    assert "Nieuwe stap:" in new
    assert "verhalen" not in new, "how it was may be of before it was shared"


def test_the_reason_is_told_where_that_answer_is_shared_alone(
    people: tuple[Room, Member, Member],
) -> None:
    _, karin, anna = people
    disappoints(anna)
    shares(anna, "summary")
    told = text_of(karin.types("/gesprek Zutphen"))
    new = told[told.index("Nieuw sinds 9 december 2026") : told.index("Gedeelde antwoorden")]
    assert "Nieuwe stap:" in new
    assert "bewijs" not in new.lower()


def test_a_reminder_to_look_back_begins_with_the_questions(
    people: tuple[Room, Member, Member],
) -> None:
    """The date that Anna chose comes: one choice, and the first question with its old answer."""
    room, _, anna = people
    anna.types("/change closing.recheck")
    anna.presses("month")
    room.until(anna.now, 40)
    anna.now += timedelta(days=40)
    anna.hears()
    assert "Je wilde nu terugkijken" in text_of(anna.seen)
    said = text_of(anna.presses_first("take_up look_back"))
    assert "We kijken terug" in said
    assert "Is dit nog zo? Op" in said
