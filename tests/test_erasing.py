"""What a person has erased is gone: from the tables, from the raw bytes, from the chat."""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlite_utils import Database

from bot.commands.forget import forget
from bot.engine.conversation import Conversation
from flows.model.messages import Update
from storage import restore
from storage.backups import copies
from storage.database import leader
from storage.database.connection import open_database, tune
from storage.database.keys import read_keys
from storage.database.schema import migrate
from storage.database.tombstones import erased_beside
from storage.store import Store
from tests.people import START, Person, begun
from tests.phones import Phone
from tests.program import Program
from tests.standin import StandIn
from tests.storages import POSTGRESQL, dumped, of_a_file

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = int(os.environ.get("PEOPLE", "4"))  # noqa: TID251 - how long `make prove` looks
MARKERS = 20
MARKER = re.compile(rb"Merk\d+x[0-9a-f]{12}")
RESTORES = int(os.environ.get("RESTORES", "4"))  # noqa: TID251 - likewise


class Plain(Person):
    """A person at a guide whose database is not encrypted, so that its raw bytes can be read."""

    def open(self) -> None:
        if POSTGRESQL:
            super().open()
            return
        path = self.folder / "guide.db"
        connection = sqlcipher.connect(str(path), isolation_level=None, factory=leader.Connection)
        tune(connection)
        connection.of(path, leader.identity(path))
        db = Database(connection, execute_plugins=False)
        migrate.apply(db)
        keys = read_keys(self.folder / "new", self.folder / "key")
        self.store = Store(db, self.language, erased=erased_beside(path, keys))
        self.conversation = Conversation(self.store, self.files)


def marked(person: Person, number: int) -> list[str]:
    """Walks until all markers were typed somewhere: answers, old answers, commands, noise."""
    markers = [f"Merk{number}x{secrets.token_hex(6)}" for _ in range(MARKERS)]
    person.starts()
    person.types("akkoord")
    for text in markers[:12]:
        person.types(f"Een zin met {text} erin")
        if person.asked not in ("pilot.name", "pilot.organisation"):
            person.types("/nieuw")
    for text in markers[12:16]:
        person.types("/wijzig pilot.name")
        person.types(text)
    person.edits(person.sent[-1].message, markers[16])
    for text in markers[17:]:
        person.types(f"/{text}")
    person.types("/samenvatting")
    person.types("/document")
    return markers


def raw(folder: Path) -> bytes:
    """Everything on the disk: database, write-ahead log, list of what was erased; or a dump."""
    if POSTGRESQL:
        return dumped(folder / "guide.db")
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def hits(folder: Path, markers: list[str]) -> set[str]:
    """The markers that stand anywhere, in UTF-8 or UTF-16."""
    found = raw(folder)
    words = {m.decode() for m in MARKER.findall(found) + MARKER.findall(found.replace(b"\0", b""))}
    return words & set(markers)


def rows(store: Store) -> dict[str, list[Any]]:
    names = [t for t in store.db.table_names() if t not in ("contents", "_sqlite_migrations")]
    return {name: list(store.db[name].rows) for name in names}


# ---------------------------------------------------------------- the person


def test_everything_goes_after_one_confirmation(anna: Person) -> None:
    begun(anna, "Jongeren aan zet", "Zutphen")
    assert anna.types("/vergeet")[-1].message.key == "forget_sure"
    assert anna.values["pilot.name"] == "Jongeren aan zet", "asking alone erases nothing"
    said = anna.presses("/erase all")
    assert [o.message.kind for o in said] == ["forgotten"]
    assert "Jongeren" not in str(rows(anna.store))
    assert rows(anna.store)["canvases"] == []
    assert anna.types("Zutphen")[-1].message.key == "welcome", "a stranger again"


def test_no_leaves_everything(anna: Person) -> None:
    begun(anna, "Jongeren aan zet")
    anna.types("/vergeet")
    sure = anna.seen[-1]
    anna.presses("/again")
    before = anna.answer_rows()
    anna.presses("/erase all", sure)
    anna.types("/erase all")
    assert anna.answer_rows() == before
    assert anna.asked == "forget_sure", "it asks anew"


def test_typed_without_a_confirmation_nothing_goes(anna: Person) -> None:
    begun(anna, "Jongeren aan zet")
    for text in ("/erase all", "/erase 1", "/erase", "/vergeet 99"):
        anna.types("/waar")
        anna.types(text)
        assert anna.values["pilot.name"] == "Jongeren aan zet"


def test_one_pilot_goes_and_the_other_stays(anna: Person) -> None:
    begun(anna, "Eerste proef", "Ede", "/nieuw", "Tweede proef", "/pilots")
    first, second = (row["id"] for row in anna.store.rows("SELECT id FROM canvases"))
    anna.types("/vergeet")
    anna.presses(f"/forget {first}")
    said = anna.presses(f"/erase {first}")
    assert said[0].message.kind in ("forgotten_one", "question")
    assert "Eerste proef" not in str(rows(anna.store))
    assert anna.values["pilot.name"] == "Tweede proef"
    assert anna.canvas == second


def test_the_open_pilot_gives_way_to_the_other(anna: Person) -> None:
    begun(anna, "Eerste proef", "Ede", "/nieuw", "Tweede proef")
    anna.types(f"/vergeet {anna.canvas}")
    said = anna.presses(f"/erase {anna.canvas}")
    assert [o.message.kind for o in said] == ["forgotten_one", "question"]
    assert anna.values["pilot.name"] == "Eerste proef"
    assert "Tweede proef" not in str(rows(anna.store))


def test_a_number_is_never_given_twice(anna: Person) -> None:
    begun(anna, "Eerste proef")
    first = anna.canvas
    anna.types("/vergeet")
    anna.presses("/erase all")
    begun(anna, "Tweede proef")
    assert anna.canvas == first + 1


def test_old_buttons_of_what_is_gone_are_harmless(anna: Person) -> None:
    begun(anna, "Eerste proef", "Ede")
    old = [o for o in anna.seen if o.message.choices]
    anna.types("/vergeet")
    anna.presses("/erase all")
    for outgoing in old:
        for choice in outgoing.message.choices:
            anna.presses(choice.key, outgoing)
    assert rows(anna.store)["answers"] == []
    begun(anna, "Nieuw begin")
    for outgoing in old:
        anna.presses(outgoing.message.choices[0].key, outgoing)
    assert anna.values == {"pilot.name": "Nieuw begin"}


def test_the_update_that_erased_has_one_effect(anna: Person) -> None:
    begun(anna, "Eerste proef")
    anna.types("/vergeet")
    anna.presses("/erase all")
    erased = anna.sent[-1]
    begun(anna, "Nieuw begin")
    assert not anna.conversation.handle(erased)
    assert anna.values == {"pilot.name": "Nieuw begin"}


# ---------------------------------------------------------------- the raw bytes


def closed(person: Person) -> Person:
    """A thousand open databases are more than a process may have."""
    person.store.close()
    return person


@pytest.mark.parametrize("kind", [Person, Plain])
def test_no_marker_is_left_in_the_raw_bytes(kind: type[Person], tmp_path: Path) -> None:
    made = (kind(tmp_path, f"test:{n}") for n in range(PEOPLE))
    people = []
    for number, person in enumerate(made):
        people.append((person, marked(person, number)))
        closed(person)
    (stays, left), *go = people
    for person, markers in go:
        person.open()
        person.types("/vergeet")
        person.presses("/forget all")
        person.presses("/erase all")
        assert PEOPLE > 20 or not hits(tmp_path, markers), "the log of writes is still there"
        closed(person)
    gone = [m for _, markers in go for m in markers]
    assert not hits(tmp_path, gone)
    stays.open()
    assert not {m.decode() for m in MARKER.findall(str(rows(stays.store)).encode())} & set(gone)
    if kind is Plain:
        assert len(hits(tmp_path, left)) == MARKERS, "who stays is still found"
    closed(stays)


# ---------------------------------------------------------------- backups


@of_a_file
def test_no_known_answer_stands_in_any_file(tmp_path: Path) -> None:
    first = Person(tmp_path, "test:desk")
    known = []
    for number in range(PEOPLE):
        person = Person(tmp_path, f"test:{number}")
        known += marked(person, number)
        closed(person)
    store = first.store
    where = (tmp_path / "guide.db", tmp_path / "key", tmp_path / "backups")
    copies.Places(*where).back_up(store, START)
    assert {"guide.db", "guide.db-wal"} <= {p.name for p in tmp_path.iterdir()}
    assert len(list((tmp_path / "backups").iterdir())) == 2
    assert not hits(tmp_path, known)


@of_a_file
def test_no_older_backup_brings_anything_back(tmp_path: Path) -> None:
    database, key = tmp_path / "guide.db", tmp_path / "key"
    people = [Person(tmp_path, f"test:{n}") for n in range(RESTORES)]
    markers = [f"Merk{n}x{secrets.token_hex(6)}" for n in range(RESTORES)]
    copied = []
    for number, person in enumerate(people):
        begun(person, markers[number], "/nieuw", f"Andere {number}")
        at = START + timedelta(minutes=number)
        copied.append(copies.Places(database, key, tmp_path / "backups").back_up(person.store, at))
    for person in people:
        one = person.canvas - 1
        person.types(f"/vergeet {one}")
        person.presses(f"/erase {one}")
    people[0].types("/vergeet")
    people[0].presses("/erase all")
    for person in people:
        person.store.close()
    for number, copy in enumerate(copied):
        restore.put_back(copy, database, key, people[0].now + timedelta(seconds=number))
        found = str(rows(Store(open_database(database, key))))
        assert not [m for m in markers if m in found]
        assert ("Andere 0" in found, "Andere 1" in found) == (False, number > 0)


# ---------------------------------------------------------------- out of the chat


def test_young_messages_leave_the_chat(anna: Person) -> None:
    begun(anna)
    for place in range(60):
        anna.types(f"Naam {place}")
        anna.types("/wijzig pilot.name")
    first = anna.store.rows("SELECT MIN(id) AS id FROM outbox")[0]["id"]
    anna.store.db.execute("UPDATE outbox SET message = 1001 + id - ?", [first])
    old = (anna.now - timedelta(hours=49)).isoformat()
    anna.store.db.execute("UPDATE outbox SET sent_at = ? WHERE id < ?", [old, first + 19])
    anna.types("/vergeet")
    update = Update("n1", anna.chat, anna.now, "press", "/erase all", anna.seen[-1].ref, "777")
    anna.conversation.handle(update)
    said = anna.store.outbox.due(anna.chat)
    places = [place for o in said for place in o.message.removes]
    assert max(len(o.message.removes) for o in said) == 100
    assert min(places) == 1020
    assert said[-1].message.kind == "forgotten"
    assert json.dumps([o.message.html for o in said[:-1]]) == json.dumps([""] * (len(said) - 1))


def test_an_operator_takes_messages_out_of_the_chat_too(anna: Person) -> None:
    begun(anna, "Samen eten")
    anna.store.db.execute("UPDATE outbox SET message = 1000 + id")
    forget(anna.store, anna.chat, None, anna.now)
    (left,) = anna.store.outbox.due(anna.chat)
    assert len(left.message.removes) == len(anna.seen)
    assert rows(anna.store)["people"] == []


async def test_the_chat_is_empty_but_for_the_farewell(tmp_path: Path) -> None:
    """The real program: both sides' messages go, also across a kill before they went."""
    async with StandIn() as api, Program(tmp_path, api, api.token) as program:
        phone = Phone(api, 7)
        await phone.starts()
        await phone.asked()
        for said in ("akkoord", "Samen eten", "/vergeet"):
            await phone.types(said)
            await phone.asked()
        api.faults.methods, api.faults.cut_before = frozenset({"deleteMessages"}), 1
        await phone.presses(label="Ja, wis het")
        async with asyncio.timeout(10):
            while not api.faults.done:  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.02)
        await program.kill()
        assert len(phone.view) > 5, "nothing went yet"
        api.faults.cut_before = 0
        await program.start()
        await phone.waits()
        assert [bubble.text[:16] for bubble in phone.view] == ["/start", "Alles is gewist."]
