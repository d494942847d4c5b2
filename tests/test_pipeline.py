"""A server is told of a turn in few journeys, and what it refuses is refused where it was meant."""

from __future__ import annotations

from statistics import mean
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import sqlcipher3.dbapi2 as sqlcipher

from storage.database.connection import immediate
from storage.store import Store
from tests import storages
from tests.bench_script import Guide, play

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlite_utils import Database

pytestmark = storages.needs_server
JOURNEYS = 2.6
"""At most, of a mean turn: to keep all of it, and to commit; few turns read anything."""

NEW = "INSERT INTO facts(name, value) VALUES (?, ?)"
NAMES = "SELECT name FROM facts ORDER BY name"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    found = storages.on_server(tmp_path / "o.db", tmp_path / "key")
    found.execute("DELETE FROM facts")
    yield found
    found.close()


@pytest.fixture
def journeys(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows with each time that an answer is waited for."""
    found: list[object] = []
    waits = psycopg.Connection.wait

    def wait(*given: Any, **more: Any) -> Any:
        found.append(given)
        return waits(*given, **more)

    monkeypatch.setattr(psycopg.Connection, "wait", wait)
    return found


def names(db: Database) -> list[str]:
    return [name for (name,) in db.execute(NAMES).fetchall()]


def test_a_turn_takes_few_journeys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, journeys: list[object]
) -> None:
    monkeypatch.setattr("tests.bench_script.open_database", storages.on_server)
    guide = Guide(tmp_path)
    script, found = play(guide, 1_000_001), []
    for step in range(len(script)):
        update = guide.update(script, 1_000_002, step)
        before = len(journeys)
        guide.conversation.handle(update)
        found.append(len(journeys) - before)
    guide.checked(1_000_001, [1_000_002])
    guide.store.close()
    assert mean(found) <= JOURNEYS


def test_changes_wait_for_what_is_read(db: Database, journeys: list[object]) -> None:
    before = len(journeys)
    with immediate(db):
        for name in "abc":
            db.execute(NEW, [name, "1"])
        assert len(journeys) == before
        assert names(db) == ["a", "b", "c"]
    assert len(journeys) == before + 3, "all that waited, what was read, and the end"


def test_what_is_refused_keeps_nothing_and_the_next_is_taken(db: Database) -> None:
    def twice() -> None:
        with immediate(db):
            for name in "aab":
                db.execute(NEW, [name, "1"])

    with pytest.raises(sqlcipher.IntegrityError, match="duplicate key"):
        twice()
    assert names(db) == []
    with immediate(db):
        db.execute(NEW, ["a", "2"])
    assert names(db) == ["a"]


def test_only_the_update_that_was_refused_is_undone(db: Database) -> None:
    store = Store(db)

    def update(*said: str) -> None:
        store.attempt(lambda: [db.execute(NEW, [name, "1"]) for name in said])

    def refused(name: str) -> None:
        with pytest.raises(sqlcipher.IntegrityError):
            update(name, name)

    with store.turns():
        refused("first")
        update("a")
        refused("between")
        update("b")
    assert names(db) == ["a", "b"]


def test_what_is_undone_before_it_was_told_is_never_told(
    db: Database, journeys: list[object]
) -> None:
    def undone() -> None:
        with immediate(db):
            db.execute(NEW, ["a", "1"])
            raise ZeroDivisionError

    before = len(journeys)
    with pytest.raises(ZeroDivisionError):
        undone()
    assert len(journeys) == before
    assert names(db) == []


def test_a_change_says_how_many_rows_it_found(db: Database) -> None:
    with immediate(db):
        made = db.execute(NEW, ["a", "1"])
        changed = db.execute("UPDATE facts SET value = ? WHERE name = ?", ["2", "b"])
        assert [made.rowcount, changed.rowcount] == [1, 0]
    assert db.execute("UPDATE facts SET value = ?", ["3"]).rowcount == 1, "alone too"
