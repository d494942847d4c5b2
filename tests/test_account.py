"""Who did what with a pilot: every look, share and export leaves a line that its adviser reads."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlite_utils import Database

from bot.engine.sweep import sweep
from bot.operators.trajectories import Office
from storage.database.schema import migrate
from tests.desks import Member, text_of
from tests.test_erasing_traject import MARK, busy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import Person


def lines(member: Person) -> list[tuple[str, str]]:
    rows = member.store.rows("SELECT who, what FROM audit WHERE seat IS NOT NULL ORDER BY id")
    return [(row["who"], row["what"]) for row in rows]


def test_every_step_with_a_seat_leaves_a_line(tmp_path: Path) -> None:
    _, keeper, anna = busy(tmp_path)
    keeper.types("/patronen")
    keeper.types("/gesprek Zutphen")
    keeper.types("/portfolio")
    keeper.presses_first("take xlsx")
    anna.types("/delen")
    anna.presses_first("take_back")
    anna.presses_first("leave", "sharing")
    anna.presses_first("left")
    assert lines(anna) == [
        ("keeper", "invited s"), ("person", "joined s"), ("keeper", "admitted"),
        ("person", "shared summary"), ("keeper", "looked overview"), ("keeper", "looked patterns"),
        ("keeper", "looked meeting"), ("keeper", "exported portfolio"),
        ("person", "took_back summary"), ("person", "took_back all"), ("person", "left"),
    ]  # fmt: skip
    written = str(anna.store.rows("SELECT * FROM audit"))
    assert not [word for word in (MARK, "kees", "anna", "Zutphen") if word in written]


def test_an_old_button_that_changes_nothing_leaves_no_line(tmp_path: Path) -> None:
    _, _, anna = busy(tmp_path)
    anna.types("/delen")
    menu = next(o for o in reversed(anna.seen) if o.message.choices)
    key = next(c.key for c in menu.message.choices if c.key.startswith("take_back"))
    for _ in range(2):
        anna.presses(key, menu)
    assert [what for _, what in lines(anna)].count("took_back summary") == 1


def test_the_adviser_reads_it_newest_first(tmp_path: Path) -> None:
    _, keeper, anna = busy(tmp_path)
    keeper.types("/portfolio")
    keeper.presses_first("take xlsx")
    said = text_of(anna.types("/logboek"))
    assert "opgevraagd (meegenomen samenvatting), door kees" in said
    assert "ingezien (voortgang), door kees" in said
    assert "gedeeld (de samenvatting), door jou" in said
    assert said.index("opgevraagd") < said.index("ingezien") < said.index("uitgenodigd")
    assert "kees, meegenomen samenvatting, laatst op" in text_of(anna.types("/delen"))


def test_a_long_account_comes_page_by_page(tmp_path: Path) -> None:
    _, keeper, anna = busy(tmp_path)
    for _ in range(20):
        keeper.types("/overzicht")
    assert "bladzijde 1 van 4" in text_of(anna.types("/logboek"))
    for page in (2, 3, 4):
        said = text_of(anna.presses_first(f"log_page {page - 1}"))
        assert f"bladzijde {page} van 4" in said
    assert "uitgenodigd, door kees" in said, "where it began"
    assert "bladzijde 3 van 4" in text_of(anna.presses_first("log_page 2"))


def test_an_operator_at_the_command_line_is_no_kwartiermaker(tmp_path: Path) -> None:
    _, _, anna = busy(tmp_path)
    with anna.store.transaction():
        office = Office(anna.conversation, anna.now)
        office.portfolio(1)
        office.overview(1)
    assert lines(anna)[-2:] == [("operator", "exported portfolio"), ("operator", "looked overview")]
    said = text_of(anna.types("/logboek"))
    assert "opgevraagd (meegenomen samenvatting), door de beheerder" in said


def test_who_is_gone_has_no_name_any_more(tmp_path: Path) -> None:
    _, keeper, anna = busy(tmp_path)
    keeper.types("/vergeet")
    keeper.presses_first("/erase all")
    said = text_of(anna.types("/logboek")) + text_of(anna.types("/delen"))
    assert "ingezien (voortgang), door een kwartiermaker" in said
    assert "kees" not in said


def test_each_reads_their_own(tmp_path: Path) -> None:
    room, keeper, anna = busy(tmp_path)
    bo = room.adviser(keeper, "Ede", "bo")
    bo.types("akkoord")
    anna.types("/delen")
    anna.presses_first("share")
    assert "gedeeld" not in text_of(bo.types("/logboek"))
    stranger = room.person("test:nobody")
    stranger.starts()
    assert "ingezien" not in text_of(stranger.types("/logboek"))


def test_documents_and_files_of_a_person_leave_a_line(anna: Person) -> None:
    for text in ("start", "akkoord", "Eerste proef", "/document canvas", "Anna", "/mijngegevens"):
        anna.types(text)
    rows = anna.store.rows("SELECT who, what FROM audit WHERE canvas = 1 ORDER BY id")
    assert [row["what"] for row in rows] == ["agreed 1", "exported", "exported"]
    assert "opgevraagd, door jou" in text_of(anna.types("/logboek"))


def test_the_account_cannot_be_changed_and_ends_after_a_year(tmp_path: Path) -> None:
    _, _, anna = busy(tmp_path)
    count = len(lines(anna))
    for change in ("UPDATE audit SET by = NULL", "DELETE FROM audit WHERE who = 'keeper'"):
        with pytest.raises(sqlcipher.DatabaseError, match="append-only"):
            anna.store.db.execute(change)
    sweep(anna.conversation, anna.now + timedelta(days=360))
    assert len(lines(anna)) == count
    sweep(anna.conversation, anna.now + timedelta(days=366))
    assert lines(anna) == []


def test_an_adviser_who_erases_leaves_numbers_only(tmp_path: Path) -> None:
    _, _, anna = busy(tmp_path)
    seats = lines(anna)
    anna.types("/vergeet")
    anna.presses_first("/erase all")
    assert lines(anna) == seats
    assert text_of(Member(tmp_path, anna.chat).types("/logboek")).count("ingezien") == 0


def test_looks_from_before_the_account_are_in_it(tmp_path: Path) -> None:
    db = Database(tmp_path / "plain.db")
    migrate.apply(db, stop_before="account")
    db.execute("INSERT INTO looks(seat, person, what, at) VALUES (1, 1, 'overview', '2026-11-23')")
    db.execute("INSERT INTO looks(seat, person, what, at) VALUES (1, 0, 'meeting', '2026-11-24')")
    db.execute(
        "INSERT INTO people(id, chat, pseudonym, language, seen_at) VALUES (1, '5', 'p', 'nl', '2')"
    )
    db.execute(
        "INSERT INTO seats(id, trajectory, municipality, name, person, canvas, joined_at) "
        "VALUES (1, 1, 'Ede', '', 2, 7, '2')"
    )
    migrate.apply(db)
    found = db.execute("SELECT at, who, what, canvas, seat, by FROM audit").fetchall()
    assert found == [
        ("2026-11-23", "keeper", "looked overview", 7, 1, "p"),
        ("2026-11-24", "keeper", "looked meeting", 7, 1, None),
    ]
    assert "looks" not in db.table_names()
    db.close()
