"""What was promised to go out: where it waits, and what its planner hears of what did not go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.channels import console
from bot.channels.console import Console
from bot.engine.prompter import DEEP, Prompting
from tests.crowd import crowd
from tests.desks import Member, Room, link_in, text_of
from tests.people import transcript
from tests.web_desks import SAME, around, zuid

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from storage.conversations.outbox import Outgoing


def asks(keeper: Member, *moves: str) -> str:
    """A question goes on its way; what its planner reads of that."""
    keeper.types("/vraag")
    for move in (*moves, "send"):
        keeper.presses_first(move)
    return text_of(keeper.seen[-1:])


# ---------------------------------------------------------------- where nobody is called


class Terminal:
    """Somebody who takes part in a terminal, and has it open now and then."""

    def __init__(self, room: Room, monkeypatch: pytest.MonkeyPatch, capsys: object) -> None:
        self.karin = room.kwartiermaker("Karin", "Jongeren Zuid")
        self.anna = room.adviser(self.karin, "Zutphen", "Anna")
        self.anna.types("Jongeren aan zet")
        store, self.capsys = self.karin.store, capsys
        store.db.execute("UPDATE outbox SET chat = 'terminal:Anna' WHERE chat = 'test:Anna'")
        store.db.execute("PRAGMA foreign_keys = OFF")
        store.db.execute("UPDATE chats SET chat = 'terminal:Anna' WHERE chat = 'test:Anna'")
        store.db.execute("UPDATE people SET chat = 'terminal:Anna' WHERE chat = 'test:Anna'")
        store.db.execute("PRAGMA foreign_keys = ON")
        self.prompting, self.now = room.prompting(), self.karin.now
        monkeypatch.setattr(console, "now", lambda _: self.now)
        monkeypatch.chdir(room.folder)  # where a meeting's file for the calendar is put down

    def passes(self, days: float) -> None:
        """The program beside it runs on."""
        end = self.now + timedelta(days=days)
        while self.now < end:
            self.now += timedelta(hours=1)
            self.prompting.due(self.now)
        self.karin.now = self.now

    def opens(self) -> str:
        zone = "Europe/Amsterdam"
        talk = Console(self.karin.conversation, "Anna", zone, lambda: None, jsonl=False)  # type: ignore[arg-type, return-value]
        talk._stops("start", "")  # noqa: SLF001 - one turn of it
        return " ".join(self.capsys.readouterr().out.split())  # type: ignore[attr-defined]


@pytest.fixture
def terminal(
    room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    return Terminal(room, monkeypatch, capsys)


def test_a_question_waits_in_the_terminal_until_its_person_comes(terminal: Terminal) -> None:
    """On a Sunday evening as well."""
    asks(terminal.karin, "kind again", "target all")
    terminal.passes(6.5)
    assert terminal.now.weekday() == 6
    assert "nog eens naar je antwoorden" in terminal.opens()


def test_one_that_waits_holds_none_back(terminal: Terminal) -> None:
    asks(terminal.karin, "kind again", "target all")
    terminal.karin.types("/vraag Zutphen: Hoe was het in Deventer?")
    terminal.karin.presses_first("send")
    terminal.passes(4)
    said = terminal.opens()
    assert "nog eens naar je antwoorden" in said
    assert "Deventer" in said


def test_what_passed_meanwhile_is_not_read_there(terminal: Terminal) -> None:
    terminal.karin.types("/gesprek Zutphen, 30 november 10:00, stadhuis")
    terminal.passes(5)
    assert terminal.karin.store.rows("SELECT 1 FROM prompts WHERE sent_at IS NOT NULL")
    terminal.passes(3)
    said = terminal.opens()
    assert "stadhuis" in said
    assert "Deze vraag maakt dan het meeste uit" not in said
    (row,) = terminal.karin.store.rows("SELECT ended FROM prompts WHERE kind = 'before'")
    assert row["ended"] == "no longer needed"


def test_many_who_do_not_come_hold_up_nobody_else(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    crowd(karin.store, 10, 10)
    karin.store.db.execute("UPDATE outbox SET chat = 'web:' || chat")
    asks(karin, "kind again", "target all")
    prompting, now = Prompting(karin.conversation), karin.now + timedelta(minutes=10)
    went = rounds(prompting, now)
    assert DEEP < len(went) < 100
    karin.store.db.execute("UPDATE outbox SET chat = 'terminal:' || chat WHERE sent_at IS NULL")
    assert len(went) + len(rounds(prompting, now)) == 100


def rounds(prompting: Prompting, now: datetime) -> list[str]:
    """Until there is no more to hand out, or too much waits."""
    return [chat for some in iter(lambda: prompting.due(now), []) for chat in some]


async def test_what_passed_meanwhile_stands_on_no_page(tmp_path: Path) -> None:
    """Who has no address finds it on Saturday; after the meeting that it was for, it is gone."""
    async with around(tmp_path) as desks:
        karin = await zuid(desks, {"Zutphen": "Anna"})
        seat = desks.rows("SELECT id FROM seats")[0]["id"]
        at = (desks.home.now + timedelta(days=6)).replace(hour=10, minute=0)
        await karin.goes(f"/traject/1/gesprek/{seat}")
        karin.writes("day", at.date().isoformat())
        karin.writes("hour", "10:00")
        await karin.presses("Zet het gesprek klaar")
        anna = desks.people["Anna"]
        for wanted in (5, 2):
            for _ in range(wanted * 24):
                desks.home.now += timedelta(hours=1)
                desks.home.program.prompting.due(desks.home.now)
            await anna.goes("/gesprek")
            assert ("Deze vraag maakt dan het meeste uit" in anna.page.text) == (wanted == 5)


# ---------------------------------------------------------------- what is known beforehand


def test_the_preview_says_to_whom_nothing_goes_and_who_gets_it_later(room: Room) -> None:
    karin, anna, bo, cas = three(room)
    for text in ("Een", "Twee"):
        karin.types(f"/vraag Zutphen: {text}?")
        karin.presses_first("send")
    room.until(karin.now, 1.5)
    bo.types("/herinneringen")
    bo.presses_first("stop_prompts")
    cas.store.outbox.gone(cas.chat, cas.now)
    karin.types("/vraag")
    karin.presses_first("kind again")
    said = text_of(karin.presses_first("target all"))
    assert "naar 1 persoon: Zutphen, Anna." in said
    assert "Ede, Bo: berichten staan uit, dus hier gaat niets heen." in said
    assert "Epe, Cas: daar kom ik niet meer binnen, dus hier gaat niets heen." in said
    late = "Zutphen, Anna: pas vanaf maandag 30 november 2026, 11:0"
    assert late in said
    karin.presses_first("send")
    anna.hears()
    now = room.until(karin.now, 5.5)
    assert "nog eens naar je antwoorden" not in text_of(anna.hears())
    assert "wacht nog" not in text_of(karin.hears()), "it was said beforehand"
    room.until(now, 2)
    assert "nog eens naar je antwoorden" in text_of(anna.hears())


def test_what_was_said_of_many_in_a_row_holds(room: Room) -> None:
    """One a day for two weeks: each is promised for when it goes."""
    karin, anna, *_ = three(room)
    for number in range(10):
        karin.types(f"/vraag Zutphen: Nummer {number}?")
        karin.presses_first("send")
        karin.now = room.until(karin.now, 1)
    karin.now = room.until(karin.now, 40)
    assert "wacht nog" not in transcript(karin.seen)
    rows = anna.store.rows("SELECT promised_at, sent_at FROM prompts WHERE batch <> ''")
    assert all(row["sent_at"][:10] == row["promised_at"][:10] for row in rows), rows


def test_who_has_not_begun_has_nothing_to_be_asked(room: Room) -> None:
    karin, *_ = three(room)
    karin.store.db.execute("UPDATE seats SET canvas = NULL WHERE name = 'Bo'")
    karin.types("/vraag Ede")
    said = text_of(karin.seen[-1:])
    assert "Er gaat niets uit." in said
    assert "Ede, Bo: is nog niet begonnen, dus er valt nog niets te vragen." in said
    assert "naar 1 persoon: Ede, Bo" in text_of(karin.types("/vraag Ede: Kom je eraan toe?"))


def test_who_reads_it_at_a_next_visit_is_named(room: Room) -> None:
    karin, *_ = three(room)
    karin.store.db.execute("UPDATE people SET chat = 'web:1' WHERE chat = 'test:Bo'")
    karin.store.db.execute("PRAGMA foreign_keys = OFF")
    karin.store.db.execute("UPDATE chats SET chat = 'web:1' WHERE chat = 'test:Bo'")
    said = text_of(karin.types("/vraag Ede"))
    assert "Ede, Bo: krijgt geen melding, en leest het bij een volgend bezoek." in said


def test_a_meeting_without_a_working_day_before_it_says_so(room: Room) -> None:
    """Planned on a Friday after five, for Monday at nine."""
    karin, anna, *_ = three(room)
    karin.now = karin.now.replace(day=27, hour=18)
    said = text_of(karin.types("/gesprek Zutphen, 30 november 9:00, stadhuis"))
    assert "Voor het gesprek gaat er geen vraag meer uit: daar is geen werkdag meer voor." in said
    said = text_of(karin.types("/gesprek Zutphen, 30 november 14:00, stadhuis"))
    assert "Vanaf maandag 30 november 2026, 09:00 krijgen de deelnemers" in said
    room.until(karin.now, 2.7)
    assert "Deze vraag maakt dan het meeste uit" in text_of(anna.hears())


def test_a_meeting_says_who_will_not_be_asked(room: Room) -> None:
    karin, anna, *_ = three(room)
    asks(karin, "kind again", "target all")
    room.until(karin.now, 0.2)
    anna.presses_first("less")
    said = text_of(karin.types("/gesprek Zutphen, 30 november 10:00, stadhuis"))
    assert "Zutphen, Anna: krijgt de vraag niet meer op tijd" in said
    anna.presses_first("stop_prompts")
    said = text_of(karin.types("/gesprek Zutphen, 30 november 11:00, stadhuis"))
    assert "Zutphen, Anna: berichten staan uit, dus hier gaat niets heen." in said


async def test_the_pages_say_it_too(tmp_path: Path) -> None:
    async with around(tmp_path) as desks:
        karin = await zuid(desks, {"Zutphen": "Anna"})
        seat = desks.rows("SELECT id FROM seats")[0]["id"]
        page = await karin.goes(f"/traject/1/vraag?wie=seat+{seat}")
        form = next(one for one in page.forms if one.action.endswith("/vraag"))
        once = dict(form.filled)["once"]
        said = {"once": once, "kind": "again", "target": f"seat {seat}", "text": ""}
        await karin._ends(await karin.asks("POST", form.action, SAME, data=said))  # noqa: SLF001
        assert "Zutphen, Anna: krijgt geen melding, en leest het" in karin.page.text
        desks.home.now = desks.home.now.replace(day=27, hour=18)
        await karin.goes(f"/traject/1/gesprek/{seat}")
        karin.writes("day", "2026-11-30")
        karin.writes("hour", "09:00")
        await karin.presses("Zet het gesprek klaar")
        assert "daar is geen werkdag meer voor" in karin.page.text


# ---------------------------------------------------------------- what its planner hears


def three(room: Room) -> tuple[Member, Member, Member, Member]:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna, bo, cas = (
        room.adviser(karin, *who) for who in (("Zutphen", "Anna"), ("Ede", "Bo"), ("Epe", "Cas"))
    )
    for person in (anna, bo, cas):
        person.types("Jongeren aan zet")
    karin.hears()
    return karin, anna, bo, cas


def test_what_did_not_go_is_told_to_who_planned_it_once(room: Room) -> None:
    karin, _, bo, cas = three(room)
    asks(karin, "kind again", "target all")
    karin.hears()
    bo.types("/herinneringen")
    bo.presses_first("stop_prompts")
    cas.store.outbox.gone(cas.chat, cas.now)
    now = room.until(karin.now, 1)
    said = text_of(karin.hears())
    assert "2 van 3 gingen niet: nog eens kijken, klaargezet op 23 november" in said
    assert "Ede, Bo: berichten staan uit. Bellen of mailen kan wel." in said
    assert "Epe, Cas: daar kom ik niet meer binnen." in said
    assert "Zutphen, Anna:" not in said
    assert "Alles van Ede" in said
    room.until(now, 20)
    assert "gingen niet" not in text_of(karin.hears())


def test_where_all_went_nobody_hears_of_it(room: Room) -> None:
    karin, *_ = three(room)
    asks(karin, "kind again", "target all")
    karin.hears()
    room.until(karin.now, 5)
    assert not karin.hears()


def test_who_left_or_had_all_erased_is_told_of(room: Room) -> None:
    karin, anna, bo, _ = three(room)
    asks(karin, "kind open", "target all")
    anna.types("/delen")
    anna.presses_first("leave")
    anna.presses_first("left")
    bo.types("/vergeet")
    bo.presses("/erase all")
    karin.hears()
    room.until(karin.now, 1)
    said = text_of(karin.hears())
    assert "2 van 3 gingen niet" in said
    assert "Zutphen, Anna: doet niet meer mee." in said
    assert "1 deelnemer liet alles wissen." in said
    assert "Bo" not in said


def test_what_goes_later_than_was_said_is_told_of_with_a_date_and_a_way_back(room: Room) -> None:
    karin, anna, *_ = three(room)
    asks(karin, "kind again", "target all")
    karin.types("/vraag Zutphen: Hoe was het in Deventer?")
    assert "pas vanaf" not in text_of(karin.seen[-1:])
    karin.presses_first("send")
    karin.now = room.until(karin.now, 0.2)
    anna.presses_first("less")
    karin.hears()
    karin.now = room.until(karin.now, 3)
    said = text_of(karin.hears())
    assert "1 wacht nog: eigen tekst, klaargezet op 23 november" in said
    assert "Zutphen, Anna: gaat pas vanaf maandag 7 december" in said
    assert "Ingetrokken voor 1 persoon" in text_of(karin.presses_first("call_off", "not_gone"))
    room.until(karin.now, 20)
    assert "Deventer" not in text_of(anna.hears())


def test_what_was_answered_meanwhile_is_told_of_without_a_word_of_it(room: Room) -> None:
    karin, *_ = three(room)
    asks(karin, "kind actions", "target all")
    karin.hears()
    room.until(karin.now, 1)
    said = text_of(karin.hears())
    assert "3 van 3 gingen niet: hoe staat het met de acties" in said
    assert "Zutphen, Anna: daar stond niets meer open om te vragen." in said


def test_the_question_for_a_meeting_has_a_place_beside_the_limit(room: Room) -> None:
    karin, anna, *_ = three(room)
    karin.types("/gesprek Zutphen, 30 november 10:00, stadhuis")
    for text in ("Een", "Twee"):
        karin.types(f"/vraag Zutphen: {text}?")
        karin.presses_first("send")
    anna.hears()
    karin.now = room.until(karin.now, 6)
    said = text_of(anna.hears())
    assert "Een?" in said
    assert "Twee?" in said
    assert "het gesprek met Karin. Deze vraag maakt dan het meeste uit" in said
    assert "niet" not in text_of(karin.hears())


def test_whoever_wants_fewer_is_asked_no_more_for_a_meeting(room: Room) -> None:
    karin, anna, *_ = three(room)
    asks(karin, "kind again", "target all")
    room.until(karin.now, 0.2)
    anna.presses_first("less")
    anna.hears()
    karin.types("/gesprek Zutphen, 30 november 10:00, stadhuis")
    karin.now = room.until(karin.now, 7)
    assert "Deze vraag maakt" not in text_of(anna.hears())
    said = text_of(karin.hears())
    assert "1 van 1 ging niet: voor het gesprek met Zutphen" in said
    assert "Zutphen, Anna: daar was geen moment meer voor. Vraag het in het gesprek." in said


def test_a_meeting_that_is_off_leaves_nothing_to_tell(room: Room) -> None:
    karin, anna, *_ = three(room)
    anna.types("/herinneringen")
    anna.presses_first("stop_prompts")
    karin.types("/gesprek Zutphen, 30 november 10:00, stadhuis")
    karin.types("/gesprek Zutphen")
    karin.presses_first("unmeet")
    karin.hears()
    room.until(karin.now, 10)
    assert "niet" not in text_of(karin.hears())


def test_another_kwartiermaker_hears_it_where_the_first_left(room: Room) -> None:
    karin, _, bo, _ = three(room)
    lotte = room.kwartiermaker("Lotte", "Noord")
    lotte.types(link_in(karin.types("/traject overdragen")))
    asks(karin, "kind again", "target all")
    bo.types("/herinneringen")
    bo.presses_first("stop_prompts")
    lotte.presses("join 0", next(s for s in reversed(lotte.seen) if "join 0" in keys(s)))
    karin.hears()
    lotte.hears()
    room.until(karin.now, 1)
    assert "van 3 ging niet" in text_of(lotte.hears())
    assert "ging niet" not in text_of(karin.hears())


def keys(said: Outgoing) -> set[str]:
    return {choice.key for choice in said.message.choices}
