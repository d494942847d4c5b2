"""What must have no effect: forged commands, passed buttons, edits that are no answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from storage.conversations.outbox import Outgoing
    from tests.people import Person


def begun(person: Person, *moves: str) -> Person:
    """Past akkoord; a move is a press where that choice is shown, or else typed."""
    person.starts()
    for move in ("agree", *moves):
        keys = {c.key for c in person.seen[-1].message.choices}
        person.presses(move) if move in keys else person.types(move)
    return person


def asking(person: Person, key: str) -> Outgoing:
    return next(o for o in person.seen if o.message.key == key)


TO_ANCHORED = ("Naam", "Ede", "started", "running", "Iets", "Beter", "stories", "yes", "some", "no")


@pytest.mark.parametrize("typed", ["/answer x", "/tick x", "/piece x", "/edit x", "/answered a.b"])
def test_what_only_an_update_can_mean_is_not_typed(anna: Person, typed: str) -> None:
    begun(anna, "Naam", "Ede").types(typed)
    assert anna.values == {"pilot.name": "Naam", "pilot.organisation": "Ede"}


def test_a_skip_button_skips_its_own_question_only(anna: Person) -> None:
    begun(anna, "Naam", "Ede").presses("/skip", asking(anna, "pilot.name"))
    assert [key for key, value in anna.answer_rows() if value is None] == []


def test_a_button_of_one_pilot_does_nothing_in_another(anna: Person) -> None:
    begun(anna, *TO_ANCHORED, "/new", "Tweede")
    before = anna.answer_rows()
    anna.presses("stories", asking(anna, "impact.evidence"))
    anna.presses("/skip", asking(anna, "pilot.name"))
    assert anna.answer_rows() == before
    assert anna.asked == "elsewhere"


def test_a_double_press_leaves_a_tick(anna: Person) -> None:
    begun(anna, *TO_ANCHORED)
    shown = anna.seen[-1]
    anna.presses("plan", shown)
    anna.presses("plan", shown)
    anna.presses("/done")
    assert anna.values["routes.anchored"] == ["plan"]


def test_changing_ticks_begins_with_those_that_were_there(anna: Person) -> None:
    begun(anna, *TO_ANCHORED, "plan", "budget", "/done", "/wijzig routes.anchored")
    anna.presses("process")
    anna.presses("/done")
    assert anna.values["routes.anchored"] == ["plan", "budget", "process"]


@pytest.mark.parametrize("text", ["5", "/explain", "klaar", "paars"])
def test_an_edit_that_is_no_choice_changes_nothing(anna: Person, text: str) -> None:
    begun(anna, "Naam", "Ede", "wij begonnen ermee")
    anna.edits(anna.sent[-1].message, text)
    assert anna.values["pilot.origin"] == "started"


@pytest.mark.parametrize("text", ["overslaan", "/skip"])
def test_an_edit_into_a_command_keeps_the_answer(anna: Person, text: str) -> None:
    begun(anna, "Naam")
    anna.edits(anna.sent[-1].message, text)
    assert anna.values["pilot.name"] == "Naam"


def test_an_answer_after_a_long_one_is_an_answer_of_its_own(anna: Person) -> None:
    begun(anna, *TO_ANCHORED[:4], "a" * 4_200)
    anna.types("en het einde", after=1)
    anna.types("Iets heel anders", after=1)
    assert anna.values["impact.issue"] == "a" * 4_200 + "en het einde"
    assert anna.values["impact.impact"] == "Iets heel anders"


def test_a_long_paste_at_a_short_question_does_not_spill_over(anna: Person) -> None:
    begun(anna, "a" * 4_096)
    anna.types("b" * 500, after=1)
    assert set(anna.values) == {"pilot.name"}


@pytest.mark.parametrize("name", ["Later", "Klaar", "Stop", "5 minuten"])
def test_a_name_that_is_a_command_can_be_given_in_quotes(anna: Person, name: str) -> None:
    begun(anna, f"“{name}”")
    assert anna.values["pilot.name"] == name


def test_a_finished_canvas_that_goes_on_is_not_finished(anna: Person) -> None:
    begun(anna)
    while anna.state != "done":
        anna.types("/next" if anna.state == "advice" else "/unknown")
    anna.types("/wijzig routes.more_here")
    anna.presses("many")
    row = anna.store.db.execute("SELECT state, completed_at FROM canvases").fetchone()
    assert row == ("routes", None)


def test_a_sentence_at_a_menu_answers_the_question_behind_it(anna: Person) -> None:
    begun(anna, *TO_ANCHORED[:4], "/samenvatting")
    anna.types("Ouderen in Oost eten te vaak alleen")
    assert anna.values["impact.issue"] == "Ouderen in Oost eten te vaak alleen"
