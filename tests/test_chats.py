"""A person may have several chats: one conversation, and each chat shows what it showed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlite_utils import Database

from storage.database.connection import connect, open_database
from storage.database.keys import read_keys
from storage.database.schema import migrate
from storage.privacy.subject_access import Whole
from tests.people import START, Person, begun
from tests.storages import of_a_file
from tests.test_before import BEFORE, house  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from pathlib import Path

STAYED = "chat, seen_at, pressed, pressed_at, last_message, gone_at"
MOVED = {"turn", "shown", *STAYED.split(", ")[1:]}
ASKED = "chat, ref, canvas, key, choices, ready_at, closed_at"
"""Columns of a person that are a chat's now, and of what was asked that stand with the message."""
"""What stood with a person, and stands with their chat now."""


def another(person: Person, chat: str = "web:anna") -> Person:
    """The same person, at another screen that nothing was said in yet."""
    person.store.db.execute(
        "INSERT INTO chats(chat, person, seen_at) "
        "SELECT ?, person, seen_at FROM chats WHERE chat = ?",
        [chat, person.chat],
    )
    return Person(person.folder, chat, now=person.now)


@pytest.fixture
def anna(tmp_path: Path) -> Person:
    return begun(Person(tmp_path), "Jongeren aan zet")


def kept(person: Person, sql: str, *values: Any) -> list[dict[str, Any]]:
    return person.store.rows(sql, *values)


def test_a_second_chat_goes_on_where_the_person_is(anna: Person) -> None:
    web = another(anna)
    assert "Jongeren aan zet" in web.starts()[-1].message.html
    web.types("Zutphen")
    web.presses("started")
    assert anna.values == {
        "pilot.name": "Jongeren aan zet",
        "pilot.organisation": "Zutphen",
        "pilot.origin": "started",
    }
    assert len(kept(anna, "SELECT id FROM people")) == 1
    assert len(kept(anna, "SELECT id FROM canvases")) == 1


def test_each_chat_shows_its_own(anna: Person) -> None:
    web = another(anna)
    before = kept(anna, "SELECT * FROM chats WHERE chat = ?", anna.chat)
    web.starts()
    assert kept(anna, "SELECT * FROM chats WHERE chat = ?", anna.chat) == before
    shown = kept(anna, "SELECT chat, shows FROM chats ORDER BY chat")
    assert len({row["shows"] for row in shown}) == 2


def test_their_data_are_those_of_all_their_chats(anna: Person) -> None:
    web = another(anna)
    web.starts()
    web.types("Zutphen")
    found = [Whole.of(anna.store, chat) for chat in (anna.chat, web.chat)]
    assert found[0] == found[1]
    assert found[0]
    assert {"Jongeren aan zet", "Zutphen"} <= {row["text"] for row in found[0].typed}


@pytest.mark.parametrize("which", [0, 1])
def test_erasing_at_one_erases_all(anna: Person, which: int) -> None:
    web = another(anna)
    web.starts()
    web.types("Zutphen")
    (anna, web)[which].types("/vergeet")
    (anna, web)[which].presses("/erase all")
    for table in ("answers", "canvases"):
        assert kept(anna, f"SELECT * FROM {table}") == []  # noqa: S608 - its own tables
    written = [row["text"] for row in kept(anna, "SELECT text FROM updates")]
    assert not any(written)
    assert "Jongeren" not in str(kept(anna, "SELECT body FROM outbox"))


def test_a_stranger_who_was_seen_at_one_of_them_is_no_stranger_yet(tmp_path: Path) -> None:
    person = Person(tmp_path)
    person.starts()
    web = another(person)
    web.now = START.replace(day=START.day + 1) if START.day < 28 else START
    web.starts()
    web.store.forget_strangers(web.now)
    assert kept(web, "SELECT chat FROM people")


# ---------------------------------------------------------------- a database from before


def rows(db: Database, table: str, columns: str = "*") -> list[Any]:
    return db.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608 - its own


@of_a_file
def test_every_row_of_a_database_from_before_is_there(house: Path) -> None:  # noqa: F811 - the fixture
    """Of each table what it held, in the columns that it still has; what moved, where it moved."""
    database, key = house / "guide.db", house / "key"
    older = Database(connect(database, read_keys(database, key)[0]), execute_plugins=False)
    migrate.apply(older, stop_before="numbers")
    tables = {t: [c.name for c in older[t].columns] for t in older.table_names()}
    del tables["_sqlite_migrations"]
    held = {t: rows(older, t, ", ".join(columns)) for t, columns in tables.items()}
    moved, shown = rows(older, "people", STAYED), rows(older, "people", "chat, shown")
    asked, places = rows(older, "askings", ASKED), rows(older, "askings", "chat, ref, message")
    older.close()
    db = open_database(database, key)
    assert BEFORE.exists()
    assert held["answers"]
    assert rows(db, "chats", STAYED) == moved
    assert rows(db, "outbox WHERE choices IS NOT NULL", ASKED) == asked
    assert set(places) <= set(rows(db, "outbox", "chat, ref, message"))
    see = "chats h LEFT JOIN outbox s ON s.id = h.shows"
    assert rows(db, see, "h.chat, s.ref") == shown
    for table, columns in tables.items():
        if table in ("presses", "facts", "askings", "outbox"):
            continue
        stay = [c.name for c in db[table].columns if c.name in columns]
        assert set(columns) - set(stay) == (MOVED if table == "people" else set()), table
        places = [columns.index(name) for name in stay]
        before = [tuple(row[place] for place in places) for row in held[table]]
        assert sorted(rows(db, table, ", ".join(stay)), key=repr) == sorted(before, key=repr), table
    said = "id, chat, body, created_at, sent_at, failed, secret, about"
    assert rows(db, "outbox WHERE created_at <> ''", said) == [
        tuple(row[tables["outbox"].index(name)] for name in said.split(", "))
        for row in sorted(held["outbox"])
    ]
    newest = "SELECT c.id, c.answered, MAX(a.id) FROM canvases c JOIN answers a ON a.canvas = c.id"
    assert all(n == m for _, n, m in db.execute(f"{newest} GROUP BY c.id").fetchall())
    unanswered = [row for row in held["presses"] if row[4] is None]
    assert len(rows(db, "updates", "chat, id")) - len(held["updates"]) == len(unanswered)
    assert not {"presses", "askings"} & {*db.table_names()}
    db.close()
