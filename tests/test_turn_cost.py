"""What a turn costs, counted: statements and pages of the log, which no machine makes faster.

And what makes it cheap is never wrong: what the program remembers of a conversation
is what the database holds, whoever wrote it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from statistics import mean
from typing import TYPE_CHECKING, Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from flows.model.messages import Update
from storage.conversations import dead_letters
from tests.bench_script import Guide, play
from tests.people import Person
from tests.storages import of_a_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STATEMENTS, FRAMES = 9, 8
"""At most, of a mean turn."""


class Counted:
    """A connection that counts what it is asked; all else is the connection's own."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.sent = connection, 0

    def execute(self, *said: Any) -> Any:
        self.sent += 1
        return self.connection.execute(*said)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)


def costs(folder: Path) -> Iterator[tuple[int, float]]:
    """(statements, frames) of each step of the script, by the second person who takes it."""
    guide, log = Guide(folder), folder / "guide.db-wal"
    script = play(guide, 1_000_001)
    frame = int(guide.store.db.execute("PRAGMA page_size").fetchone()[0]) + 24
    guide.store.db.conn = counted = Counted(guide.store.db.conn)  # type: ignore[assignment]
    for step in range(len(script)):
        update = guide.update(script, 1_000_002, step)
        sent, size = counted.sent, log.stat().st_size
        guide.conversation.handle(update)
        yield counted.sent - sent, (log.stat().st_size - size) / frame
    guide.checked(1_000_001, [1_000_002])
    guide.store.close()


@of_a_file
def test_a_turn_takes_few_statements_and_few_pages(tmp_path: Path) -> None:
    found = list(costs(tmp_path))
    assert mean(statements for statements, _ in found) <= STATEMENTS
    assert mean(frames for _, frames in found) <= FRAMES


@of_a_file
def test_a_turn_prepares_no_statement_anew(tmp_path: Path) -> None:
    guide, prepared = Guide(tmp_path), list[str]()
    script, connection = play(guide, 1_000_001), guide.store.db.conn
    for number in range(150):  # as a start asks, and more than the driver keeps by itself
        connection.execute(f"SELECT {number}").fetchall()

    def allows(_: int, table: str | None, *__: object) -> int:
        prepared.extend([table] if table else [])
        return int(sqlcipher.SQLITE_OK)

    connection.set_authorizer(allows)
    for person in (1_000_002, 1_000_003):  # the first, because who watches makes all be prepared
        prepared.clear()
        for step in range(len(script)):
            guide.conversation.handle(guide.update(script, person, step))
    assert set(prepared) <= {"facts"}  # sought by LIKE: SQLite plans by its pattern
    guide.store.close()


# ---------------------------------------------------------------- what is remembered


def begun(person: Person) -> Person:
    for said in ("akkoord", "Jongeren aan zet", "Zutphen"):
        person.types(said)
    return person


@pytest.fixture
def anna(tmp_path: Path) -> Person:
    person = Person(tmp_path)
    person.starts()
    return begun(person)


def seen(person: Person) -> dict[str, Any]:
    """The answers that the next turn is taken with."""
    walk = person.store.session(Update("?", person.chat, person.now, "other")).walk
    assert walk
    return walk.values


def test_what_is_remembered_is_what_is_kept(anna: Person) -> None:
    anna.presses("started")
    assert seen(anna) == anna.values
    session = anna.store.session(Update("?", anna.chat, anna.now, "other"))
    assert session.walk == anna.store.walk(anna.canvas)
    assert list(session.walk.given) == list(anna.store.walk(anna.canvas).given)


def test_another_program_may_add_an_answer(anna: Person) -> None:
    other = Person(anna.folder, anna.chat, now=anna.now)
    other.store.db.execute(
        "INSERT INTO answers(canvas, id, question, value, at, by, message, size) "
        "SELECT id, answered + 1, 'pilot.name', '\"Meedoen\"', ?, 'x', '', 0 FROM canvases "
        "WHERE id = ?",
        [anna.now.isoformat(), anna.canvas],
    )
    assert seen(anna)["pilot.name"] == "Meedoen"


def undone(person: Person, *said: str) -> None:
    """Texts in a transaction that fails after all of them were taken."""
    with person.store.transaction():
        for number, text in enumerate(said):
            update = replace(person.sent[-1], id=f"x{number}", text=text, message=f"7{number}")
            person.conversation.hear(update)
        assert seen(person)["pilot.name"] == said[-1]
        raise ZeroDivisionError


def test_an_answer_that_was_undone_is_not_remembered(anna: Person) -> None:
    """The number that it had is the next one's, of the same canvas."""
    before = seen(anna)
    with pytest.raises(ZeroDivisionError):
        undone(anna, "/wijzig pilot.name", "Verloren")
    assert seen(anna) == before
    anna.types("/wijzig pilot.name")
    anna.types("Meedoen")
    assert seen(anna) == {**before, "pilot.name": "Meedoen"} == anna.values


def test_a_commit_that_fails_is_not_remembered(anna: Person) -> None:
    before = seen(anna)
    anna.types("/wijzig pilot.name")
    anna.store.db.execute(
        "CREATE TRIGGER bug BEFORE UPDATE ON chats BEGIN SELECT RAISE(ABORT, 'x'); END"
    )
    anna.conversation.handle(replace(anna.sent[-1], id="x2", text="Verloren", message="77"))
    assert seen(anna) == before == anna.values
    [found] = dead_letters.waiting(anna.store)
    with pytest.raises(sqlcipher.IntegrityError):
        anna.conversation.retry(found.id, replace(anna.sent[-1], id="x2"), anna.now)
    anna.store.db.execute("DROP TRIGGER bug")
    assert seen(anna) == before == anna.values


def test_the_first_of_a_batch_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """It is undone without a savepoint, for nothing came before it in its transaction."""
    first, second = Person(tmp_path, "test:1"), Person(tmp_path, "test:2")
    for person in (first, second):
        person.starts()
        begun(person)
    first.store.db.execute(
        "CREATE TRIGGER bug BEFORE UPDATE ON chats WHEN NEW.chat = 'test:1' "
        "BEGIN SELECT RAISE(ABORT, 'x'); END"
    )
    updates = [
        Update(f"b{number}", chat, first.now, "text", "iets anders", message="88")
        for number, chat in enumerate(("test:1", "test:2", "test:1"))
    ]
    before, kept = first.answer_rows(), second.answer_rows()
    first.conversation.handle(*updates)
    assert first.answer_rows() == before
    assert len(second.answer_rows()) >= len(kept)
    assert [found.chat for found in dead_letters.waiting(first.store)] == ["test:1", "test:1"]
    heard = first.store.rows("SELECT id FROM updates WHERE id LIKE 'b%' ORDER BY id")
    assert [row["id"] for row in heard] == ["b0", "b1", "b2"]
    assert not first.conversation.handle(*updates), "they came, and wait or were taken"


def test_an_erased_canvas_is_remembered_by_nobody(anna: Person) -> None:
    anna.types("/vergeet")
    erased = next(c.key for c in anna.seen[-1].message.choices if re.match(r"/(sure|erase)", c.key))
    anna.presses(erased)
    anna.starts()
    begun(anna)
    assert seen(anna) == anna.values
