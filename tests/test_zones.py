"""A person's own clock: chosen by hand, and then everything between them and the guide keeps it."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from content.loader import newest
from flows.timing.hours import OFTEN, works
from storage.privacy.subject_access import Whole
from tests.desks import Member, Room, text_of
from tests.people import Person

if TYPE_CHECKING:
    from pathlib import Path

BONAIRE, HOUSE = ZoneInfo("America/Kralendijk"), ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def anna(tmp_path: Path) -> Person:
    person = Person(tmp_path)
    person.starts()
    person.presses("agree")
    return person


def at(room: Room, now: datetime) -> None:
    for person in room.people.values():
        person.now = now


def asks_again(karin: Member) -> None:
    karin.types("/vraag")
    for move in ("kind again", "target all", "send"):
        karin.presses_first(move)


def handed(room: Room, chat: str, zone: ZoneInfo) -> list[datetime]:
    rows = room.operator.store.rows(
        "SELECT h.at FROM handed h JOIN people p ON p.id = h.person WHERE p.chat = ? ORDER BY h.id",
        chat,
    )
    return [datetime.fromisoformat(row["at"]).astimezone(zone) for row in rows]


# ---------------------------------------------------------------- choosing


def test_the_present_clock_is_shown_and_another_is_chosen(anna: Person) -> None:
    said = text_of(anna.types("/tijdzone"))
    assert "de tijd van Europees Nederland" in said
    assert "maandag 23 november 2026, 10:01" in said
    said = text_of(anna.presses("zone_is America/Kralendijk"))
    assert "nu de tijd van Bonaire, Sint Eustatius en Saba" in said
    assert "maandag 23 november 2026, 05:01" in said
    assert anna.asked == "pilot.name"


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Bonaire", "America/Kralendijk"), ("st eustatius", "America/Kralendijk"),
        ("Curaçao", "America/Curacao"), ("new york", "America/New_York"),
        ("America/New_York", "America/New_York"), ("Londen", "Europe/London"),
        ("belgie", "Europe/Brussels"), ("België", "Europe/Brussels"),
        ("nederland", "Europe/Amsterdam"), ("UTC", "UTC"),
    ],
)  # fmt: skip
def test_a_place_or_a_zone_is_typed(anna: Person, typed: str, zone: str) -> None:
    anna.types(f"/timezone {typed}")
    assert anna.store.session(anna.sent[-1]).zone == zone


def test_every_zone_that_can_be_typed_has_a_clock() -> None:
    """A zone of content/ that is misspelt would stop the turn of who chooses it."""
    zones = newest().guide.steering["zones"]
    assert len(zones) > 1000
    assert all(ZoneInfo(zone).key == zone for zone in zones.values())


@pytest.mark.parametrize(
    "typed", ["Nergenshuizen", "../../etc/passwd", "Etc/GMT+5", "Factory", "<b>", "9", "'; --"]
)
def test_an_unknown_place_is_a_reply(anna: Person, typed: str) -> None:
    said = anna.types(f"/tijdzone {typed}")
    assert "Van die plaats weet ik niet hoe laat het er is" in text_of(said)
    assert said[0].message.choices[1].label == "Bonaire, Sint Eustatius en Saba"
    assert not anna.store.session(anna.sent[-1]).zone


def test_a_place_is_typed_under_the_menu_and_an_answer_stays_an_answer(anna: Person) -> None:
    anna.types("/tijdzone")
    assert "de tijd van Lissabon" in text_of(anna.types("Lissabon"))
    anna.types("Lissabon")
    assert anna.values == {"pilot.name": "Lissabon"}


def test_nobody_is_asked_for_it_and_nothing_is_kept_before_akkoord(tmp_path: Path) -> None:
    person = Person(tmp_path)
    person.starts()
    said = text_of(person.types("/tijdzone Bonaire"))
    assert "pas iets als je akkoord gaat" in said
    assert not person.store.rows("SELECT zone FROM people WHERE zone <> ''")


# ---------------------------------------------------------------- what is kept


def test_it_is_in_all_data_and_goes_with_the_person(anna: Person) -> None:
    anna.types("/tijdzone Bonaire")
    said = anna.types("/mijngegevens")
    pdf, file = anna.papers(said)
    shown = PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert "23 november 2026, 05:0" in " ".join(shown.split())
    tree = json.loads(file.content)
    assert tree["person"]["zone"] == "America/Kralendijk"
    anna.types("/vergeet")
    anna.presses("/erase all")
    found = Whole.of(anna.store, anna.chat)
    assert found is None or not found.person["zone"]


def test_what_is_compared_is_kept_in_the_clock_of_the_house(anna: Person) -> None:
    anna.types("/tijdzone Bonaire")
    anna.presses("/explain")
    for row in anna.store.rows("SELECT at FROM updates UNION SELECT created_at FROM outbox"):
        assert row["at"].endswith("+01:00")


# ---------------------------------------------------------------- reading and showing


def test_tomorrow_is_tomorrow_there(room: Room) -> None:
    """At two in the night in Amsterdam it is still the day before on Bonaire."""
    karin = room.kwartiermaker("Karin", "Zuid")
    room.adviser(karin, "Zutphen", "Anna")
    at(room, datetime(2026, 11, 25, 2, tzinfo=HOUSE))
    assert "donderdag 26 november 2026, 10:00" in text_of(
        karin.types("/gesprek Zutphen, morgen 10:00")
    )
    karin.types("/tijdzone Bonaire")
    assert "woensdag 25 november 2026, 10:00" in text_of(
        karin.types("/gesprek Zutphen, morgen 10:00")
    )


def test_the_account_is_read_on_the_own_clock(room: Room) -> None:
    anna = room.adviser(room.kwartiermaker("Karin", "Zuid"), "Zutphen", "Anna")
    assert "23 november 2026, 10:0" in text_of(anna.types("/logboek"))
    anna.types("/tijdzone Bonaire")
    assert "23 november 2026, 05:0" in text_of(anna.types("/logboek"))


def test_a_meeting_is_told_on_everyone_s_own_clock(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Kralendijk", "Anna")
    anna.types("/tijdzone Bonaire")
    own = karin.types("/gesprek Kralendijk, 9 december 15:00, videogesprek")
    told = anna.hears()
    assert "woensdag 9 december 2026, 15:00" in text_of(own)
    assert "woensdag 9 december 2026, 10:00" in text_of(told)
    files = [said[0].message.file_text for said in (own, told)]
    uids = {line for file in files for line in file.split("\r\n") if line.startswith("UID")}
    assert len(uids) == 1
    assert "DTSTART;TZID=America/Kralendijk:20261209T100000" in files[1]
    karin.types("/gesprek Kralendijk")
    karin.presses_first("unmeet")
    assert "9 december 2026, 10:00" in text_of(anna.hears())


def test_who_did_what_is_told_on_one_s_own_clock(room: Room) -> None:
    """At two in the night in Amsterdam it is still the day before on Bonaire."""
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Kralendijk", "Anna")
    for text in ("akkoord", "Jongeren aan zet", "/tijdzone Bonaire"):
        anna.types(text)
    at(room, datetime(2026, 12, 2, 2, tzinfo=HOUSE))
    karin.types("/overzicht")
    assert "1 december 2026, 21:00: ingezien (voortgang), door Karin" in text_of(
        anna.types("/logboek")
    )
    assert "Karin, voortgang, laatst op 1 december 2026" in text_of(anna.types("/delen"))


# ---------------------------------------------------------------- prompts


def test_over_the_change_of_summer_time_the_hours_there_stay(room: Room) -> None:
    """28 March 2027: Amsterdam goes an hour on, Bonaire does not."""
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Kralendijk", "Anna")
    bo = room.adviser(karin, "Zutphen", "Bo")
    anna.types("/tijdzone Bonaire")
    now = datetime(2027, 3, 19, 17, 30, tzinfo=HOUSE)
    for _ in range(4):
        at(room, now)
        asks_again(karin)
        now = room.until(now, 4, hours=0.5)
    there, here = handed(room, anna.chat, BONAIRE), handed(room, bo.chat, HOUSE)
    for moments in (there, here):
        assert len(moments) >= 3
        assert all(works(m.date()) and time(9) <= m.time() < time(17) for m in moments)
        utc = [moment.astimezone(UTC) for moment in moments]
        assert all(b - a >= OFTEN[1] for a, b in zip(utc, utc[OFTEN[0] :], strict=False))
    assert {m.astimezone(HOUSE).utcoffset() for m in there} == {timedelta(hours=h) for h in (1, 2)}


def test_in_the_evening_here_it_is_working_time_there(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Kralendijk", "Anna")
    bo = room.adviser(karin, "Zutphen", "Bo")
    anna.types("/tijdzone Bonaire")
    at(room, datetime(2026, 11, 24, 9, 30, tzinfo=HOUSE))
    asks_again(karin)
    now = room.until(karin.now, 0.1, hours=0.5)
    assert "nog eens naar je antwoorden" in text_of(bo.hears())
    assert not anna.hears()
    room.until(now, 0.2, hours=0.5)
    assert "nog eens naar je antwoorden" in text_of(anna.hears())
    assert handed(room, anna.chat, BONAIRE)[0].time() >= time(9)


def test_what_waits_in_the_evening_there_is_recalled_there_only(room: Room) -> None:
    """Nothing is delivered: at 18:00 in Amsterdam only Bo's message goes back."""
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Kralendijk", "Anna")
    bo = room.adviser(karin, "Zutphen", "Bo")
    anna.types("/tijdzone Bonaire")
    at(room, datetime(2026, 11, 24, 16, 30, tzinfo=HOUSE))
    asks_again(karin)
    waiting = room.people.pop(anna.chat), room.people.pop(bo.chat)
    prompting = room.prompting()
    assert set(prompting.due(karin.now + timedelta(minutes=6))) == {p.chat for p in waiting}
    prompting.due(datetime(2026, 11, 24, 18, tzinfo=HOUSE))
    assert not bo.hears()
    assert "nog eens naar je antwoorden" in text_of(anna.hears())


def test_who_travels_is_not_reminded_twice_of_one_silence(room: Room) -> None:
    room.operator.types("Mijn pilot")
    now = room.until(room.operator.now, 16)
    assert "Deze vraag staat nog open" in text_of(room.operator.hears())
    at(room, now)
    room.operator.types("/tijdzone Auckland")
    room.until(room.operator.now, 20)
    assert "Deze vraag staat nog open" not in text_of(room.operator.hears())
