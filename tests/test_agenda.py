"""What is told at its date: of any pilot, for own steps, and when it cannot go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flows.model.journey import Given
from storage.database.rows import ANSWER, COUNTED, answer_values, utc
from tests.desks import Member, Room, text_of

if TYPE_CHECKING:
    from typing import Any


def alone(room: Room, name: str = "Anna") -> Member:
    person = room.person(f"test:{name}")
    person.now = room.operator.now
    person.starts()
    person.presses("agree")
    return person


def gave(person: Member, **answers: Any) -> None:
    """Answers that were given before, each `part__key`."""
    for name, value in answers.items():
        key = name.replace("__", ".", 1).replace("__", ".")
        person.store.db.execute(COUNTED, {"canvas": person.canvas})
        said = answer_values(Given(key, value, person.now))
        person.store.db.execute(ANSWER, {**said, "by": "", "canvas": person.canvas})
    sql = "UPDATE canvases SET changed_at = ? WHERE id = ?"
    person.store.db.execute(sql, [person.now.isoformat(), person.canvas])


def replies(person: Member, text: str) -> str:
    """A reply to the message that came last."""
    said = person.seen[-1]
    person.store.db.execute("UPDATE outbox SET message = ? WHERE id = ?", [said.id, said.id])
    return text_of(person._does("text", 20, text=text, reply=str(said.id)))  # noqa: SLF001


def prompted(room: Room, person: Member, about: str) -> str:
    """A prompt for this question, now."""
    sql = """INSERT INTO prompts(person, canvas, kind, about, made_at, due_at)
        SELECT person, id, 'open', ?, ?, ? FROM canvases WHERE id = ?"""
    person.store.db.execute(sql, [about, utc(person.now), utc(person.now), person.canvas])
    room.until(person.now, 0.1)
    return text_of(person.hears())


def test_an_own_first_step_may_be_said_in_own_words(room: Room) -> None:
    anna = alone(room)
    anna.types("Jongeren aan zet")
    said = prompted(room, anna, "closing.small_win")
    assert "reageren" in said
    replies(anna, "Koffie met de wethouder")
    assert "Je bent nog waar je was" in text_of(anna.seen[-1:])
    assert anna.values["closing.small_win"] == "Koffie met de wethouder"


def test_a_day_and_a_doer_may_be_said_to_a_prompt(room: Room) -> None:
    anna = alone(room)
    gave(anna, closing__small_win="Koffie")
    prompted(room, anna, "closing.small_win.who")
    replies(anna, "ik")
    assert anna.values["closing.small_win.who"] == "me"
    anna.now += timedelta(days=9)
    prompted(room, anna, "closing.small_win.when")
    replies(anna, "volgende week vrijdag")
    assert anna.values["closing.small_win.when"]["date"]


def second(anna: Member, name: str) -> int:
    """Another pilot; the number of the one before."""
    before = anna.canvas
    anna.types("/nieuw")
    anna.types(name)
    return before


def test_a_date_of_another_pilot_is_told_and_leads_there(room: Room) -> None:
    anna = alone(room)
    anna.types("Jongeren aan zet")
    day = {"text": "woensdag", "date": "2026-11-25"}
    gave(anna, closing__small_win="Koffie met de wethouder", closing__small_win__when=day)
    before = second(anna, "Slim samen")
    room.until(anna.now, 2.5)
    said = text_of(anna.hears())
    assert "Over Jongeren aan zet" in said
    assert "Koffie met de wethouder" in said
    assert "Naar deze pilot" in said
    anna.presses_first("take_up pilot")
    assert anna.canvas == before


def test_a_silence_and_a_look_back_of_another_pilot_are_told(room: Room) -> None:
    anna = alone(room)
    anna.types("Jongeren aan zet")
    gave(anna, closing__recheck="month")
    before = second(anna, "Slim samen")
    room.until(anna.now, 31)
    said = text_of(anna.hears())
    assert said.count("Over Jongeren aan zet") == 2
    assert "Je was hier een tijd niet" in said
    assert "terugkijken" in said
    anna.presses_first("take_up look_back")
    assert anna.canvas == before
