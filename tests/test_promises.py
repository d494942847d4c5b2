"""What was promised to go out: where it waits, and what its planner hears of what did not go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.channels import console
from bot.channels.console import Console
from bot.engine.prompter import DEEP, Prompting
from tests.crowd import crowd
from tests.desks import Member, Room, text_of
from tests.web_desks import around, zuid

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


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
