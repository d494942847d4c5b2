"""Devices, addresses, doors and passkeys are a person's: shown, erased and aged as the rest is."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from bot.commands.forget import forget
from bot.documents.printer import as_json
from bot.engine.sweep import sweep
from storage.backups import copies
from storage.database.connection import open_database
from storage.privacy import retention
from storage.privacy.subject_access import Whole
from storage.restore import put_back
from tests.people import Person, begun
from tests.storages import of_a_file
from tests.test_chats import another

if TYPE_CHECKING:
    from pathlib import Path

DAY = timedelta(days=1)
TABLES = ("sessions", "addresses", "doors", "passkeys")
INTO = {
    "sessions": """INSERT INTO sessions(hash, chat, device, made_at, seen_at, until_at)
        VALUES ('sess-hash', :web, 'Firefox op Android', :now, :now, :later)""",
    "addresses": """INSERT INTO addresses(person, address, made_at, confirmed_at)
        VALUES (:person, 'anna@zutphen.example', :now, :now)""",
    "doors": """INSERT INTO doors(hash, person, kind, outbox, made_at, expires_at)
        VALUES ('door-hash', :person, 'back', :outbox, :now, :later)""",
    "passkeys": """INSERT INTO passkeys(id, person, key, name, made_at)
        VALUES ('key-id', :person, 'public', 'Laptop van werk', :now)""",
}


@pytest.fixture
def anna(tmp_path: Path) -> Person:
    return begun(Person(tmp_path), "Jongeren aan zet")


def came_in(person: Person, days: float = 7, outbox: int | None = None) -> Person:
    """The same person on the web, with a row in each of the tables."""
    web = another(person)
    who = person.store.value("SELECT person FROM chats WHERE chat = ?", person.chat)
    now, later = (at.isoformat() for at in (person.now, person.now + days * DAY))
    facts = {"web": web.chat, "person": who, "now": now, "later": later, "outbox": outbox}
    for statement in INTO.values():
        person.store.db.execute(statement, facts)
    return web


def left(person: Person) -> set[str]:
    return {table for table in TABLES if person.store.db[table].count}


@pytest.mark.parametrize("which", [0, 1])
def test_erasing_at_either_chat_ends_every_way_in(anna: Person, which: int) -> None:
    web = came_in(anna)
    assert left(anna) == set(TABLES)
    chat = (anna, web)[which]
    chat.types("/vergeet")
    chat.presses("/erase all")
    assert left(anna) == set()


def test_the_operator_forgets_them_as_well(anna: Person) -> None:
    web = came_in(anna)
    forget(anna.store, web.chat, None, anna.now)
    assert left(anna) == set()


def test_others_keep_theirs(anna: Person) -> None:
    came_in(anna)
    bram = Person(anna.folder, "test:2")
    bram.starts()
    bram.types("akkoord")
    bram.types("/vergeet")
    bram.presses("/erase all")
    assert left(anna) == set(TABLES)


def test_a_door_about_a_pilot_goes_with_it(anna: Person) -> None:
    asked = anna.seen[-1].id
    came_in(anna, outbox=asked)
    anna.types("/nieuw")
    anna.types("Tweede proef")
    forget(anna.store, None, 1, anna.now)
    assert left(anna) == set(TABLES) - {"doors"}


def test_what_ended_goes_the_day_after(anna: Person) -> None:
    came_in(anna)
    anna.store.db.execute("UPDATE addresses SET confirmed_at = NULL")
    sweep(anna.conversation, anna.now + 7 * DAY)
    assert left(anna) == set(TABLES), "its link is still good, and so its address waits"
    late = anna.now + 8.1 * DAY
    assert retention.overdue(anna.store, late) >= 2
    sweep(anna.conversation, late)
    assert left(anna) == {"passkeys"}
    assert retention.overdue(anna.store, late) == 0


def test_a_confirmed_address_stays(anna: Person) -> None:
    came_in(anna)
    sweep(anna.conversation, anna.now + 60 * DAY)
    assert left(anna) == {"addresses", "passkeys"}


def test_they_see_all_of_it_and_nothing_that_opens(anna: Person) -> None:
    came_in(anna)
    found = Whole.of(anna.store, anna.chat)
    assert found
    written = as_json(found)
    web = json.loads(written)["web"]
    assert [row["device"] for row in web["devices"]] == ["Firefox op Android"]
    assert [row["address"] for row in web["addresses"]] == ["anna@zutphen.example"]
    assert [row["kind"] for row in web["doors"]] == ["back"]
    assert [row["name"] for row in web["passkeys"]] == ["Laptop van werk"]
    assert "hash" not in written
    assert "key-id" not in written


def test_it_stands_in_their_paper(anna: Person, tmp_path: Path) -> None:
    came_in(anna)
    said = anna.types("/mijngegevens")
    paper = next(made for made in anna.papers(said) if made.file_name.endswith(".pdf"))
    (tmp_path / "mine.pdf").write_bytes(paper.content)
    text = " ".join(p.extract_text() for p in PdfReader(tmp_path / "mine.pdf").pages)
    for told in ("Op het web", "anna@zutphen.example", "Firefox op Android", "Laptop van werk"):
        assert told in text


@of_a_file
def test_a_restore_lets_nobody_in(anna: Person) -> None:
    """What was ended since the backup must not come back with it."""
    came_in(anna).store.close()
    where = anna.folder / "guide.db", anna.folder / "key"
    made = copies.Places(*where, anna.folder / "backups").back_up(anna.store, anna.now)
    anna.store.close()
    put_back(made, *where, anna.now + DAY)
    db = open_database(*where)
    assert {table for table in TABLES if db[table].count} == {"addresses", "passkeys"}
    db.close()
