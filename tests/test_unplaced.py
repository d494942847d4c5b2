"""What is typed where it may belong to something else is shown back, and put where they say."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.intents.heard import SEEN
from flows.model.messages import Update
from storage import audit
from storage.privacy import erasure
from storage.privacy.subject_access import Whole
from tests.desks import Member, Room, text_of
from tests.people import Person
from tests.walkers import stage, until

if TYPE_CHECKING:
    from flows.model.messages import UpdateKind
    from storage.conversations.outbox import Outgoing

ASKS = "Komt de wethouder ook?"


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
    assert "Verstuurd naar Karin" in text_of(said)
    assert anna.asked == "impact.issue"
    assert "schreef je iets" in text_of(karin.hears())
    assert f"op je bericht “{ASKS}”: Ja, die komt." in text_of(karin.presses_first("remarks_of"))
    assert not anna.store.rows("SELECT text FROM updates WHERE text LIKE '%die komt%'")
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


def test_what_waits_changes_with_its_message(room: Room) -> None:
    karin, anna = written(room)
    anna.types("Ja, die kmot.")
    said = anna.edits(anna.sent[-1].message, "Ja, die komt.")
    assert "“Ja, die komt.”" in text_of(said)
    assert keys(said) == ["send_words", "place", "drop_words"]
    anna.presses_first("send_words")
    karin.hears()
    assert "Ja, die komt." in text_of(karin.presses_first("remarks_of"))
    assert not anna.store.rows("SELECT text FROM updates WHERE text LIKE '%die komt%'")


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
    anna.presses(first.message.choices[0].key, first)
    karin.hears()
    said = text_of(karin.presses_first("remarks_of"))
    assert "directeur van het sociaal domein" in said
    assert ": Ja." in said
    assert anna.answer_rows() == before


def test_an_answer_by_its_button_and_a_command_mean_what_they_did(room: Room) -> None:
    _, anna = written(room)
    anna.types("/overslaan")
    assert "impact.issue" not in anna.values
    assert anna.asked == "pilot.origin"
    anna.types("1")
    assert "pilot.origin" in anna.values


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
    karin.hears()
    assert "Ja, zij komt" in text_of(karin.presses_first("remarks_of"))
    assert anna.answer_rows() == before


def test_what_is_typed_after_a_kwartiermakers_question_is_asked_about_too(room: Room) -> None:
    """It went to the question on the screen; now it goes to theirs, after one tap."""
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    anna.types("/wijzig impact.issue")
    karin.types("/vraag")
    for move in ("kind open", "target all", "send"):
        karin.presses_first(move)
    anna.now = karin.now = room.until(karin.now, 0.2)
    (asks,) = anna.hears()
    said = anna.types(asks.message.choices[0].label)
    assert keys(said)[0] == "answer_asked"
    anna.presses(said[0].message.choices[0].key, said[0])
    assert "✓" in text_of(anna.seen[-3:])
    assert anna.asked == "impact.issue"
    (answered,) = set(anna.values) - {"pilot.name", "pilot.organisation"}
    anna.types("Jongeren raken uit beeld.")
    assert set(anna.values) == {"pilot.name", "pilot.organisation", answered, "impact.issue"}


def test_in_a_terminal_it_is_asked_once_where_both_stand_there(tmp_path: Path) -> None:
    """The text was printed above the question: what is typed first may be for either."""
    room = Room(tmp_path)
    _, anna = written(room)
    anna.store.db.execute("UPDATE outbox SET sent_at = NULL WHERE id = ?", [anna.seen[-1].id])

    def types(kind: UpdateKind, text: str = "") -> list[Outgoing]:
        anna.now += timedelta(seconds=20)
        return anna.gives(Update(f"t{anna.now}", anna.chat, anna.now, kind, text))

    assert ASKS in text_of(types("start"))
    assert anna.asked == "impact.issue"
    before = anna.answer_rows()
    assert keys(types("text", "Ja, die komt.")) == ["send_words", "place", "drop_words"]
    assert anna.answer_rows() == before
    assert "Verstuurd naar Karin" in text_of(types("text", "1"))
    types("text", "Jongeren raken uit beeld.")
    assert anna.values["impact.issue"] == "Jongeren raken uit beeld."


# ---------------------------------------------------------------- while the guide was away


def begun(folder: Path) -> Person:
    """Asked how the pilot is called."""
    person = Person(folder)
    person.starts()
    person.presses("agree")
    assert person.asked == "pilot.name"
    return person


def waited(person: Person, *texts: str, hours: float = 1) -> list[Outgoing]:
    """Typed while nobody heard it, twenty seconds apart; then all of it comes at once."""
    came, updates = person.now + timedelta(hours=hours), []
    for text in texts:
        person.now += timedelta(seconds=20)
        number = f"{len(person.sent) + 1}"
        updates.append(
            Update(number, person.chat, person.now, "text", text, message=number, came=came)
        )
        person.sent.append(updates[-1])
    person.now = came
    person.conversation.handle(*updates)
    return person.flush()


def test_what_was_typed_while_the_guide_was_away_is_shown_back(tmp_path: Path) -> None:
    """The first answers what was asked then; what follows is no answer to what nobody read."""
    person = begun(tmp_path)
    said = waited(person, "Jongeren aan zet", "werkt dit nog?", "Gemeente Zutphen")
    assert person.values == {"pilot.name": "Jongeren aan zet"}
    assert "terwijl ik weg was: “werkt dit nog?”" in text_of(said[1:2])
    assert "terwijl ik weg was: “Gemeente Zutphen”" in text_of(said[2:3])
    assert keys(said[1:2]) == ["place", "place_before", "drop_words"]
    person.presses(said[2].message.choices[0].key, said[2])
    assert person.values["pilot.organisation"] == "Gemeente Zutphen"
    after = person.presses(said[1].message.choices[-1].key, said[1])
    assert "Ik doe niets met “werkt dit nog?”" in text_of(after)
    assert person.asked == "pilot.origin"
    assert len(person.values) == 2


def test_who_takes_part_can_send_it_to_the_kwartiermaker(room: Room) -> None:
    """Nobody wrote them: it goes to who keeps the trajectory of the pilot it came beside."""
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    said = waited(anna, "Jongeren aan zet", "Kun je me bellen?")
    assert keys(said[-1:]) == ["send_words", "place_before", "drop_words"]
    assert not karin.hears()
    assert "Verstuurd naar Karin" in text_of(anna.presses_first("send_words"))
    assert "schreef je iets" in text_of(karin.hears())
    assert "Kun je me bellen?" in text_of(karin.presses_first("remarks_of"))
    assert anna.values["pilot.name"] == "Jongeren aan zet"


def test_what_came_early_changes_with_its_message(tmp_path: Path) -> None:
    person = begun(tmp_path)
    waited(person, "Jongeren aan zet", "Gemete Zutphen")
    said = person.edits(person.sent[-1].message, "Gemeente Zutphen")
    assert "“Gemeente Zutphen”" in text_of(said)
    assert person.values == {"pilot.name": "Jongeren aan zet"}
    person.presses(said[-1].message.choices[0].key, said[-1])
    assert person.values["pilot.organisation"] == "Gemeente Zutphen"


def test_what_is_typed_now_is_for_the_question_above_it(tmp_path: Path) -> None:
    person = begun(tmp_path)
    waited(person, "Jongeren aan zet", "werkt dit nog?")
    person.types("Gemeente Zutphen")
    assert person.values["pilot.organisation"] == "Gemeente Zutphen"


def test_words_that_came_late_never_overwrite_what_was_answered_since(tmp_path: Path) -> None:
    person = begun(tmp_path)
    said = waited(person, "Jongeren aan zet", "Zutfen")
    person.types("Gemeente Zutphen")
    asked = person.presses(said[1].message.choices[0].key, said[1])
    assert "staat al: Gemeente Zutphen" in text_of(asked)
    assert person.values["pilot.organisation"] == "Gemeente Zutphen"
    assert keys(asked) == ["place_before", "drop_words"]
    person.presses(asked[0].message.choices[0].key, asked[0])
    assert person.values["pilot.organisation"] == "Zutfen"


def test_a_correction_can_take_the_place_of_the_answer_before(tmp_path: Path) -> None:
    person = begun(tmp_path)
    said = waited(person, "Jongren aan zet", "Jongeren aan zet")
    person.presses(said[1].message.choices[1].key, said[1])
    assert person.values == {"pilot.name": "Jongeren aan zet"}
    assert person.asked == "pilot.organisation"


def test_commands_and_the_pieces_of_one_paste_are_no_question_of_place(tmp_path: Path) -> None:
    person = begun(tmp_path)
    person.types("/wijzig impact.issue")
    at, came = person.now + timedelta(seconds=5), person.now + timedelta(hours=1)
    pieces = ["a" * 4_096, "b" * 300, "/help"]
    person.conversation.handle(
        *(
            Update(f"p{n}", person.chat, at, "text", text, message=f"9{n}", came=came)
            for n, text in enumerate(pieces)
        )
    )
    said = text_of(person.flush())
    assert "terwijl ik weg was" not in said
    assert len(person.values["impact.issue"]) == 4_396


def test_who_answers_fast_is_not_held_up(tmp_path: Path) -> None:
    """A channel's times are whole seconds, and a text may be on its way for some."""
    person = begun(tmp_path)
    for text in ("Jongeren aan zet", "Gemeente Zutphen"):
        at = person.now + timedelta(seconds=0.3)
        came = at + timedelta(seconds=2)
        person.gives(Update(text, person.chat, at, "text", text, message="1", came=came))
    assert person.values["pilot.organisation"] == "Gemeente Zutphen"


def test_the_question_that_stood_there_is_answered_whenever_it_comes(tmp_path: Path) -> None:
    """Also where it was asked again meanwhile: it was read before."""
    person = begun(tmp_path)
    person.types("Jongeren aan zet")
    person.types("Zutphen")
    assert person.asked == "pilot.origin"
    person.now += timedelta(hours=1)
    waited(person, "werkt dit nog?", "1")
    assert "pilot.origin" in person.values


def test_what_was_read_before_a_death_is_answered_although_nobody_noted_that(
    tmp_path: Path,
) -> None:
    """Red before: it was shown back, as typed before its question was there."""
    person = begun(tmp_path)
    person.now += timedelta(seconds=20)
    name = Update("u9", person.chat, person.now, "text", "Jongeren aan zet", message="u9")
    person.conversation.handle(name)
    person.restart()  # the next question was sent, and what sent it died
    person.store.outbox.lead("next")
    waited(person, "Gemeente Zutphen")
    assert person.values["pilot.organisation"] == "Gemeente Zutphen"


def test_what_waits_is_erased_and_shown_with_the_rest(tmp_path: Path) -> None:
    person = begun(tmp_path)
    waited(person, "Jongeren aan zet", "werkt dit nog?")
    found = Whole.of(person.store, person.chat)
    assert found
    assert [row["text"] for row in found.unplaced] == ["werkt dit nog?"]
    erasure.erase_canvas(person.store, person.canvas, audit.PERSON, person.now)
    assert not person.store.rows("SELECT * FROM unplaced")


async def test_on_telegram_what_waited_there_becomes_no_answer(tmp_path: Path) -> None:
    """Its clock is a minute behind ours, which is nothing that anybody waited."""
    async with stage(tmp_path) as here:
        here.standin.advance(-60)
        phone = here.phone()
        await phone.starts()
        await phone.asked()
        await phone.presses(key="agree")
        for text in ("Jongeren aan zet", "Gemeente Zutphen"):
            await phone.asked()
            await phone.types(text)
        await phone.asked()
        assert await here.program.stop() == 0
        for text in ("1", "werkt dit nog?"):
            await phone.types(text)
        await asyncio.sleep(SEEN.total_seconds())
        await here.program.start()
        await until(lambda: "niets mee" in phone.last.text)
        answers = here.look.answers(str(phone.room.id))
        assert answers["pilot.organisation"] == "Gemeente Zutphen"
        assert [*answers] == ["pilot.name", "pilot.organisation", "pilot.origin"]
        assert "“werkt dit nog?”" in phone.last.text
        assert here.standin.declined == []


SAID = (
    "Jongeren aan zet",
    "werkt dit nog?",
    "1",
    "ja deels",
    "Wij bellen elke week.",
    "/overslaan",
)
WAITS = (0, 1, 30, 600)
TYPED = st.tuples(st.sampled_from(SAID), st.integers(1, 90), st.sampled_from(WAITS), st.booleans())
"""A text, seconds since the one before, seconds on the way, whether the answer arrives at once."""


@settings(max_examples=int(os.environ.get("PEOPLE", "12")), deadline=None)  # noqa: TID251 - for `make prove`
@given(st.lists(TYPED, min_size=2, max_size=12))
def test_no_question_is_answered_by_what_was_typed_before_it_was_there(
    typed: list[tuple[str, int, int, bool]],
) -> None:
    """However long what somebody types waits, and whenever what they are told arrives."""
    with TemporaryDirectory() as folder:
        person = begun(Path(folder))
        there, at = {"pilot.name": person.now}, person.now
        for number, (text, later, waits, arrives) in enumerate(typed):
            at += timedelta(seconds=later)
            person.now = came = max(person.now, at + timedelta(seconds=waits))
            before, said = person.answer_rows(), person.store.outbox.depth()[0]
            own = str(number)
            person.conversation.handle(
                Update(own, person.chat, at, "text", text, message=own, came=came)
            )
            assert person.store.outbox.depth()[0] > said
            for key, value in person.answer_rows()[len(before) :]:
                read = key in there and there[key] <= at + SEEN
                assert read or value is None or came - at <= SEEN
            for told in person.flush() if arrives else ():
                there.setdefault(told.message.key, came)
        person.store.close()
