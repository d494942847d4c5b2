"""A place moves to another account by somebody else's yes, and everybody concerned is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot import cli
from flows.model.trajectory import LIVES
from storage.database.connection import open_database
from tests.desks import FORGES, LINK, OPERATOR, Room, link_in, text_of
from tests.storages import of_a_file, setting

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import Member

DEAD = "werkt niet (meer)"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPSCHAALGIDS_DATABASE", setting(tmp_path / "guide.db"))
    monkeypatch.setenv("OPSCHAALGIDS_KEY_FILE", str(tmp_path / "key"))
    return Room(tmp_path)


def seated(room: Room) -> tuple[Member, Member]:
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    karin.hears()
    return karin, anna


def opened(room: Room, link: str, chat: str = "test:new") -> Member:
    new = room.person(chat)
    new.types(link)
    new.presses("join 0")
    return new


def owner(room: Room) -> str:
    found = room.operator.store.rows(
        "SELECT p.chat FROM seats s JOIN people p ON p.id = s.person ORDER BY s.id"
    )
    return str(found[0]["chat"])


def test_whoever_opens_a_link_has_nothing_until_the_old_account_says_yes(room: Room) -> None:
    karin, anna = seated(room)
    canvas = anna.canvas
    new = opened(room, link_in(anna.types("/verhuizen")))
    assert "op je oude account gevraagd" in text_of(new.seen[-1:])
    assert owner(room) == anna.chat
    assert "Jongeren aan zet" not in text_of([*new.types("/pilots"), *new.types("/samenvatting")])
    assert "Iemand wil je plek voor Zutphen" in text_of(anna.hears())
    assert karin.hears() == [], "nothing has happened yet"
    assert "Jongeren aan zet" in text_of(anna.types("/pilots")), "the old account just goes on"
    anna.presses_first("move_yes")
    assert (owner(room), new.canvas) == (new.chat, canvas)
    assert "staat nu op dit account" in text_of(new.hears())
    assert "Zutphen, Anna (Zuid) doet voortaan mee met een ander account" in text_of(karin.hears())
    assert "Jongeren aan zet" in text_of(new.types("start"))
    assert "Zutphen Anna" in text_of(karin.types("/overzicht"))


def test_a_no_leaves_everything_where_it_is(room: Room) -> None:
    karin, anna = seated(room)
    link = link_in(anna.types("/verhuizen"))
    thief = opened(room, link)
    anna.hears()
    assert "is niet verhuisd" in text_of(anna.presses_first("move_no"))
    assert "iemand zei nee" in text_of(thief.hears())
    assert karin.hears() == [], "nothing was, and nothing is"
    assert "al geregeld" in text_of(anna.presses_first("move_yes"))
    assert owner(room) == anna.chat
    assert DEAD in text_of(thief.types(link))


def test_nobody_else_can_say_the_yes(room: Room) -> None:
    karin, anna = seated(room)
    other = room.adviser(karin, "Ede", "Bo")
    new = opened(room, link_in(anna.types("/verhuizen")))
    asked = next(o for o in anna.hears() if o.message.choices)
    yes = asked.message.choices[0].key
    for somebody in (new, other, karin, room.operator):
        somebody.store.db.execute(
            FORGES.replace("steer.forged", "steer.move_asked"),
            [somebody.chat, json.dumps([[yes, "Ja", False]])],
        )
        assert (
            "al geregeld" in text_of(somebody.presses(yes, replace(asked, ref="1")))
            or somebody is new
        )
        assert owner(room) == anna.chat
    anna.presses(yes, asked)
    assert owner(room) == new.chat


def test_a_question_that_was_not_answered_in_a_day_lapses(room: Room) -> None:
    _, anna = seated(room)
    opened(room, link_in(anna.types("/verhuizen")))
    anna.hears()
    anna.now += LIVES["m"] + timedelta(minutes=1)
    assert "al geregeld" in text_of(anna.presses_first("move_yes"))
    assert owner(room) == anna.chat


def test_a_yes_ends_every_older_wish(room: Room) -> None:
    """Two links that two people opened: one yes, and the other has lost."""
    _, anna = seated(room)
    first = opened(room, link_in(anna.types("/verhuizen")), "test:first")
    second = opened(room, link_in(anna.types("/verhuizen")), "test:second")
    anna.hears()
    asked = [o for o in anna.seen if o.message.key.endswith("move_asked")]
    anna.presses(asked[1].message.choices[0].key, asked[1])
    assert owner(room) == second.chat
    assert "al geregeld" in text_of(anna.presses(asked[0].message.choices[0].key, asked[0]))
    assert owner(room) == second.chat
    assert first.store.rows("SELECT COUNT(*) AS n FROM seats") == [{"n": 1}]


def test_an_account_that_was_lost_moves_by_an_operators_link_and_the_kwartiermakers_yes(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    karin, anna = seated(room)
    canvas = anna.canvas
    assert cli.run(["traject", "move", "1", "Zutphen, Anna", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)[0]
    new = opened(room, made["link"])
    assert "aan de kwartiermaker gevraagd" in text_of(new.seen[-1:])
    assert owner(room) == anna.chat
    assert "Vraag het zelf even na" in text_of(karin.hears())
    karin.presses_first("move_yes")
    assert (owner(room), new.canvas) == (new.chat, canvas)
    assert "staat nu op dit account" in text_of(new.hears())
    told = text_of(anna.hears())
    assert "omdat je niet meer bij dit account zou kunnen" in told
    assert "staat nu op het andere account" in told
    deeds = [r["what"] for r in karin.store.rows("SELECT what FROM audit WHERE seat IS NOT NULL")]
    assert deeds[-1] == "admitted m"


def test_the_old_account_may_say_no_to_an_operators_link(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    karin, anna = seated(room)
    cli.run(["traject", "move", "1", "Zutphen", "--json"])
    opened(room, json.loads(capsys.readouterr().out)[0]["link"])
    anna.hears()
    anna.presses_first("move_no")
    assert "is niet verhuisd" in text_of(karin.hears()[-1:])
    assert "al geregeld" in text_of(karin.presses_first("move_yes"))
    assert owner(room) == anna.chat


def test_a_kwartiermaker_does_not_vouch_for_themselves(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    karin, anna = seated(room)
    cli.run(["traject", "move", "1", "Zutphen,Anna", "--json"])
    opened(room, json.loads(capsys.readouterr().out)[0]["link"], karin.chat)
    assert not [o for o in karin.seen if o.message.key.endswith("move_asked")]
    assert owner(room) == anna.chat


@pytest.mark.parametrize(
    ("who", "says"),
    [("Epe", "Epe is not exactly one place; there are: Zutphen, Anna; Zutphen, Bas."),
     ("Zutphen", "Zutphen is not exactly one"), ("Zutphen, Cas", "Zutphen, Anna; Zutphen, Bas")],
)  # fmt: skip
def test_the_command_names_the_places_that_there_are(
    room: Room, capsys: pytest.CaptureFixture[str], who: str, says: str
) -> None:
    karin, _ = seated(room)
    room.adviser(karin, "Zutphen", "Bas")
    assert cli.run(["traject", "move", "1", who]) == cli.TO_MEND
    assert says in capsys.readouterr().err


def test_who_erases_everything_meanwhile_moves_nothing(room: Room) -> None:
    _, anna = seated(room)
    new = opened(room, link_in(anna.types("/verhuizen")))
    new.types("/vergeet")
    new.presses_first("/erase all")
    anna.hears()
    assert "al geregeld" in text_of(anna.presses_first("move_yes"))
    assert owner(room) == anna.chat


def test_nothing_of_an_erased_adviser_stays_with_the_kwartiermaker(room: Room) -> None:
    karin, anna = seated(room)
    new = opened(room, link_in(anna.types("/verhuizen")))
    anna.hears()
    anna.presses_first("move_yes")
    karin.hears()
    new.hears()
    new.types("/vergeet")
    new.presses_first("/erase all")
    bodies = karin.store.rows("SELECT body FROM outbox WHERE chat = ?", karin.chat)
    assert not [b for b in bodies if "Anna" in b["body"]]


@of_a_file
def test_a_link_of_before_that_was_used_asks_nothing(tmp_path: Path) -> None:
    """A database from before: its moves have been, and no button brings one back."""
    room = Room(tmp_path)
    _, anna = seated(room)
    new = opened(room, link_in(anna.types("/verhuizen")))
    db = open_database(tmp_path / "guide.db", tmp_path / "key")
    db.execute("DROP INDEX links_moving")
    db.execute("DROP INDEX links_connecting")
    db.execute("CREATE TABLE askings(chat, key, message)")  # as it was then
    db.execute("ALTER TABLE links DROP COLUMN granted_at")
    db.execute("DELETE FROM _sqlite_migrations WHERE name = 'moves'")
    db.close()
    anna.restart()
    anna.hears()
    assert "al geregeld" in text_of(anna.presses_first("move_yes"))
    assert owner(room) == anna.chat
    assert new.chat


# ---------------------------------------------------------------- two of the same name


def test_two_links_for_one_name_are_told_apart(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    operator = room.person(OPERATOR)
    made = [operator.types("/kwartiermaker Karin") for _ in range(2)]
    assert cli.run(["traject", "appoint", "Karin", "--json"]) == 0
    third = json.loads(capsys.readouterr().out)[0]
    links = [link_in(said) for said in made] + [str(LINK.search(third["link"])[0])]  # type: ignore[index]
    marks = [text_of(said).partition("met kenmerk ")[2].split(".")[0] for said in made]
    marks.append(third["mark"])
    assert len(set(marks)) == 3
    for number, link in enumerate(links):
        opened(room, link, f"test:k{number}")
    asked = [text_of([o]) for o in operator.hears() if o.message.key.endswith("appoint_waits")]
    assert [mark for mark, said in zip(marks, asked, strict=True) if mark in said] == marks
    again = [text_of([o]) for o in operator.types("/kwartiermaker")]
    assert [mark for mark, said in zip(marks, again, strict=True) if mark in said] == marks
    for said, mark in zip(made, marks, strict=False):
        assert f"Het kenmerk is {mark}" in text_of(said), "who is invited can be asked for it"
