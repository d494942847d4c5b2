"""While a changed privacy text waits for a yes nothing new is allowed, whichever path hears it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flows.guards import (
    ANSWERING,
    OF_DATA,
    TAKING_BACK,
    WITHOUT_RENEWAL,
    consent_outdated,
    held_up,
)
from flows.intents.heard import SECOND_TAP, understand
from flows.intents.verbs import VERBS
from flows.model.messages import Asking, Choice, Update
from flows.model.turn import Session
from flows.table import STATES, TABLE, WHO
from tests.desks import Room, text_of
from tests.people import START
from tests.test_traject_sharing import GUIDE

if TYPE_CHECKING:
    from tests.desks import Member

ASKED = "De tekst over je gegevens is veranderd"
NEWER = "9"


def outdated(*people: Member) -> None:
    for person in people:
        person.store.agreement = NEWER


def shares(person: Member) -> list[str]:
    return [row["what"] for row in person.store.rows("SELECT what FROM shares")]


def test_an_outdated_yes_lets_no_share_through(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    page = anna.types("/delen")[-1]
    outdated(anna)
    assert ASKED in text_of(anna.presses(page.message.choices[0].key, page))
    assert shares(anna) == []
    assert "Verder is er niets gedeeld" in text_of(anna.types("/delen"))
    assert ASKED in text_of(anna.presses_first("share"))
    anna.types("/delen")
    assert ASKED in text_of(anna.types("1")), "the button's number is the button"
    assert shares(anna) == []
    anna.presses("agree")
    anna.types("/delen")
    anna.presses_first("share")
    assert shares(anna) == ["summary"]


def test_who_says_no_to_the_new_text_can_still_take_back_and_stop(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("/delen")
    anna.presses_first("share")
    outdated(anna)
    anna.types("/delen")
    anna.presses_first("take_back")
    assert anna.store.rows("SELECT * FROM shares WHERE until_at IS NULL") == []
    anna.types("/herinneringen")
    assert "niet meer uit mezelf" in text_of(anna.presses("stop_prompts"))
    anna.types("/delen")
    anna.presses_first("leave")
    assert "niet meer mee" in text_of(anna.presses_first("left"))


def test_a_kwartiermaker_looks_at_nobody_without_a_yes(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    room.adviser(karin, "Zutphen", "Anna")
    outdated(karin)
    looked = karin.store.rows("SELECT * FROM audit WHERE what LIKE 'looked%'")
    for said in ("/overzicht", "/patronen", "/uitnodigen Ede, Bas", "hallo", "/start"):
        assert ASKED in text_of(karin.types(said)), said
    assert karin.store.rows("SELECT * FROM audit WHERE what LIKE 'looked%'") == looked
    assert karin.store.rows("SELECT * FROM links WHERE municipality = 'Ede'") == []
    kept = [row["text"] for row in karin.store.rows("SELECT text FROM updates")]
    assert not [text for text in kept if text and "Ede" in text], "words about others stay nowhere"


def test_the_yes_of_a_kwartiermaker_opens_no_pilot(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    outdated(karin)
    karin.types("/overzicht")
    assert "We gaan verder" in text_of(karin.presses("agree"))
    assert karin.store.canvases_of(karin.chat) == []
    assert "doet nog niemand mee" in text_of(karin.types("/overzicht"))


def test_a_link_can_be_looked_at_and_its_yes_waits(room: Room) -> None:
    karin, dora = room.kwartiermaker("Karin", "Zuid"), room.kwartiermaker("Dora", "Noord")
    anna = room.adviser(karin, "Zutphen", "Anna")
    link = dora.types("/uitnodigen Zutphen, Anna")[1]
    outdated(anna)
    secret = text_of([link]).partition("/start ")[2].split()[0]
    assert "nodigt je uit" in text_of(anna.types(f"/start {secret}"))
    assert ASKED in text_of(anna.presses("join 0"))
    assert len(anna.store.rows("SELECT * FROM seats")) == 1
    kept = [row["text"] or "" for row in anna.store.rows("SELECT text FROM updates")]
    assert not [text for text in kept if secret in text]


def test_every_verb_that_goes_on_without_a_yes_exists() -> None:
    assert set(VERBS) >= OF_DATA
    assert set(WHO) >= TAKING_BACK
    assert {"share", "join", "answer", "settle", "overview", "invite", "send"}.isdisjoint(
        WITHOUT_RENEWAL
    )


@pytest.mark.parametrize("state", STATES)
def test_whatever_is_new_waits_for_a_yes_in_the_first_row(state: str) -> None:
    """No handler asks for consent itself: the table does, before any other row of that verb."""
    rows = [row for row in TABLE if state in row.source and not row.verb.startswith("open_")]
    first = {row.verb: row for row in reversed(rows)}
    for verb in {*VERBS, *WHO} - WITHOUT_RENEWAL:
        guard = held_up if verb in ANSWERING else consent_outdated
        assert first[verb].guards == (guard,), verb
    assert first["agree"].guards == (consent_outdated,)


@pytest.mark.parametrize("back", [0.5, 1.5, 3600, 86_400])
def test_a_clock_that_steps_back_silences_no_button(back: float) -> None:
    """Half a second before a button is ready is a second tap; an hour before is a clock."""
    at = START - timedelta(seconds=back)
    tap = timedelta(seconds=back) <= SECOND_TAP
    press = Update("1", "c", at, "press", "share 5 all", "r")
    choices = (Choice("share 5 all", "Deel alles"),)
    asking = Asking("r", None, "steer.sharing", choices, START)
    session = Session("c", "nl", agreed=True, walk=None, pressed=asking, shown=asking)
    assert (understand(GUIDE, session, press).verb == "quiet") is tap
    same = replace(asking, key="pilot.stage")
    heard = understand(GUIDE, replace(session, pressed=same, shown=same), press)
    assert (heard.verb == "twice") is tap, "the same rule in the interview"
