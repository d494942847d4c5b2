"""What is typed where it may belong to something else is shown back, and put where they say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flows.model.messages import Update
from tests.desks import Member, Room, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from storage.conversations.outbox import Outgoing

ASKS = "Komt de wethouder ook?"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def written(room: Room) -> tuple[Member, Member]:
    """Karin wrote Anna, who is asked for her municipality's problem, and reads it."""
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    anna.types("/wijzig impact.issue")
    karin.types(f"/vraag Zutphen: {ASKS}")
    karin.presses_first("send")
    anna.now = karin.now = room.until(karin.now, 0.2)
    assert ASKS in text_of(anna.hears())
    return karin, anna


def keys(said: list[Outgoing]) -> list[str]:
    return [choice.key.partition(" ")[0] for one in said for choice in one.message.choices]


def test_what_is_typed_after_a_kwartiermakers_text_goes_to_nobody_unasked(room: Room) -> None:
    karin, anna = written(room)
    before = anna.answer_rows()
    said = anna.types("Ja, die komt, en zij neemt de directeur mee.")
    assert anna.answer_rows() == before
    assert "“Ja, die komt, en zij neemt de directeur mee.”" in text_of(said)
    assert keys(said) == ["send_words", "place", "drop_words"]
    assert not karin.hears()


def test_one_tap_sends_it_and_the_question_stands_again(room: Room) -> None:
    karin, anna = written(room)
    before = anna.answer_rows()
    anna.types("Ja, die komt.")
    said = anna.presses_first("send_words")
    assert "Verstuurd naar Karin: “Ja, die komt.”" in text_of(said)
    assert anna.asked == "impact.issue"
    assert f"Anna, Zutphen antwoordt op je bericht “{ASKS}”: Ja, die komt." in text_of(
        karin.hears()
    )
    assert anna.answer_rows() == before
    assert "al geregeld" in text_of(anna.presses_first("send_words"))
    assert not karin.hears()


def test_or_it_is_the_answer_after_all(room: Room) -> None:
    karin, anna = written(room)
    anna.types("Jongeren raken uit beeld bij elke organisatie.")
    typed = anna.sent[-1].message
    anna.presses_first("place")
    assert anna.values["impact.issue"] == "Jongeren raken uit beeld bij elke organisatie."
    assert anna.asked != "impact.issue"
    assert not karin.hears()
    anna.edits(typed, "Jongeren raken uit beeld.")
    assert anna.values["impact.issue"] == "Jongeren raken uit beeld."


def test_or_nothing_happens_with_it(room: Room) -> None:
    karin, anna = written(room)
    before = anna.answer_rows()
    anna.types("Laat maar zitten hoor")
    anna.presses_first("drop_words")
    assert anna.asked == "impact.issue"
    assert (anna.answer_rows(), karin.hears()) == (before, [])
    anna.types("Jongeren raken uit beeld.")
    assert anna.values["impact.issue"] == "Jongeren raken uit beeld."


def test_more_words_wait_beside_the_first(room: Room) -> None:
    """Until it is said where they belong nothing that is typed becomes an answer."""
    karin, anna = written(room)
    before = anna.answer_rows()
    (first,) = anna.types("Ja.")
    anna.types("En zij neemt de directeur van het sociaal domein mee.")
    assert anna.answer_rows() == before
    anna.types("1")
    assert "directeur van het sociaal domein" in text_of(karin.hears())
    anna.presses(first.message.choices[0].key, first)
    assert "Ja." in text_of(karin.hears())
    assert anna.answer_rows() == before


def test_an_answer_by_its_button_and_a_command_mean_what_they_did(room: Room) -> None:
    _, anna = written(room)
    assert "Help" in text_of(anna.types("/help")) or anna.asked == "impact.issue"
    anna.types("Jongeren raken uit beeld.")
    assert anna.values["impact.issue"] == "Jongeren raken uit beeld."


def test_a_reply_to_it_goes_there_whatever_was_asked_since(room: Room) -> None:
    karin, anna = written(room)
    letter = anna.seen[-1]
    anna.store.db.execute("UPDATE outbox SET message = 900 WHERE id = ?", [letter.id])
    anna.types("Later")
    anna.types("/wijzig impact.issue")
    before = anna.answer_rows()
    at = anna.now + timedelta(minutes=1)
    said = anna.gives(Update("r1", anna.chat, at, "text", "Ja, zij komt", "", "77", reply="900"))
    assert keys(said) == ["send_words", "place", "drop_words"]
    anna.presses_first("send_words")
    assert "Ja, zij komt" in text_of(karin.hears())
    assert anna.answer_rows() == before
