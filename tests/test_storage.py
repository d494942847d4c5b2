"""One transaction per turn, and what is kept of a person, on the real database."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlite_utils import Database

from content import loader
from flows.model.messages import Update
from storage.conversations import dead_letters
from storage.conversations.remembered import Remembered
from storage.database.connection import connect, open_database
from storage.database.errors import StoreError, StoreTrouble
from storage.database.keys import read_keys
from storage.database.rows import MESSAGE, message_values
from storage.database.schema import migrate
from tests.people import START, Person
from tests.storages import of_a_file

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("people", "chats", "canvases", "contents", "answers", "updates", "outbox")
SECRET = "Zeldzaam woord 7f3a9"  # noqa: S105 - what a person typed


def kept(person: Person) -> dict[str, list[Any]]:
    """Everything in the database, table by table."""
    return {t: person.store.db.execute(f"SELECT * FROM {t}").fetchall() for t in TABLES}  # noqa: S608


def begun(person: Person) -> Person:
    person.starts()
    person.types("akkoord")
    return person


# ---------------------------------------------------------------- one transaction


def says(person: Person, text: str) -> Update:
    """A text that reaches the guide without passing the checks of Person."""
    person.now += timedelta(seconds=20)
    return Update(f"x{person.now}", person.chat, person.now, "text", text, message="77")


@pytest.mark.parametrize("write", ["UPDATE ON canvases", "INSERT ON answers", "UPDATE ON chats"])
def test_an_update_that_fails_is_set_aside_and_taken_again(anna: Person, write: str) -> None:
    before = kept(begun(anna))
    update = says(anna, "Jongeren aan zet")
    anna.store.db.execute(f"CREATE TRIGGER bug BEFORE {write} BEGIN SELECT RAISE(ABORT, 'x'); END")
    assert anna.conversation.handle(update)
    assert {**kept(anna), "outbox": [], "updates": []} == {**before, "outbox": [], "updates": []}
    assert [o.message.kind for o in anna.store.outbox.due(anna.chat)] == ["set_aside"]
    assert not anna.conversation.handle(update), "it came, and waits"
    [found] = dead_letters.waiting(anna.store)
    assert found.update == update
    assert "IntegrityError" in found.error
    with pytest.raises(sqlcipher.IntegrityError):
        anna.conversation.retry(found.id, update, anna.now)
    anna.store.db.execute("DROP TRIGGER bug")
    anna.conversation.retry(found.id, update, anna.now)
    assert anna.answer_rows() == [("pilot.name", '"Jongeren aan zet"')]
    assert not dead_letters.waiting(anna.store)


def test_one_that_fails_holds_up_nobody(tmp_path: Path) -> None:
    first, second = begun(Person(tmp_path, "test:1")), begun(Person(tmp_path, "test:2"))
    first.store.db.execute(
        "CREATE TRIGGER bug BEFORE INSERT ON answers WHEN NEW.value LIKE '%gif%' "
        "BEGIN SELECT RAISE(ABORT, 'x'); END"
    )
    first.conversation.handle(says(first, "een gif"), says(second, "een pilot"))
    assert second.values["pilot.name"] == "een pilot"
    assert [found.chat for found in dead_letters.waiting(first.store)] == ["test:1"]


@of_a_file
def test_a_full_disk_keeps_nothing_and_loses_nothing(anna: Person) -> None:
    """Trouble of the disk is no fault of the update: nothing is set aside, it comes again."""
    before = kept(begun(anna))
    update = says(anna, "Jongeren aan zet " + "a" * 3_000)
    full = anna.store.db.execute("PRAGMA page_count").fetchone()[0]
    anna.store.db.execute(f"PRAGMA max_page_count = {full}")
    many = [replace(update, id=f"{number}") for number in range(50)]
    with pytest.raises(StoreTrouble):
        anna.conversation.handle(*many)
    assert kept(anna) == before
    assert not dead_letters.waiting(anna.store)
    anna.store.db.execute("PRAGMA max_page_count = 1000000")
    assert anna.conversation.handle(update)
    assert anna.values["pilot.name"].startswith("Jongeren aan zet")


def test_a_failing_akkoord_opens_no_canvas(anna: Person) -> None:
    anna.starts()
    before = kept(anna)
    update = says(anna, "akkoord")
    anna.store.db.execute(
        "CREATE TRIGGER bug BEFORE UPDATE ON chats BEGIN SELECT RAISE(ABORT, 'x'); END"
    )
    anna.conversation.handle(update)
    assert kept(anna)["canvases"] == before["canvases"] == []
    anna.store.db.execute("DROP TRIGGER bug")
    [found] = dead_letters.waiting(anna.store)
    anna.conversation.retry(found.id, update, anna.now)
    assert len(kept(anna)["canvases"]) == 1


def test_an_update_has_one_effect(anna: Person) -> None:
    begun(anna).types("Jongeren aan zet")
    before = kept(anna)
    for update in (*anna.sent, *reversed(anna.sent)):
        assert not anna.conversation.handle(update)
    assert kept(anna) == before
    anna.restart()
    assert not anna.conversation.handle(anna.sent[-1])
    assert kept(anna) == before


def test_the_same_id_in_another_chat_is_another_update(tmp_path: Path) -> None:
    first, second = Person(tmp_path, "test:1"), Person(tmp_path, "test:2")
    for person in (first, second):
        begun(person).types(f"Pilot van {person.chat}")
    assert [u.id for u in first.sent] == [u.id for u in second.sent]
    assert first.values["pilot.name"] == "Pilot van test:1"
    assert second.values["pilot.name"] == "Pilot van test:2"


def test_a_press_under_a_new_id_does_not_answer_twice(anna: Person) -> None:
    begun(anna)
    for text in ("Jongeren aan zet", "Zutphen"):
        anna.types(text)
    anna.presses("started")
    anna.repeats(anna.sent[-1])
    assert [row[0] for row in anna.answer_rows()].count("pilot.origin") == 1
    assert anna.asked in ("pilot.stage", "answered")


# ---------------------------------------------------------------- what is kept


def test_answers_are_append_only(anna: Person) -> None:
    begun(anna).types("Jongeren aan zet")
    with pytest.raises(sqlcipher.DatabaseError, match="append-only"):
        anna.store.db.execute("UPDATE answers SET value = '\"anders\"'")
    assert anna.values == {"pilot.name": "Jongeren aan zet"}
    anna.types("/wijzig pilot.name")
    anna.types("Meedoen")
    assert [value for _, value in anna.answer_rows()] == ['"Jongeren aan zet"', '"Meedoen"']
    assert anna.values["pilot.name"] == "Meedoen"


def test_answers_carry_time_and_a_pseudonym(anna: Person) -> None:
    begun(anna).types("Jongeren aan zet")
    ((at, by),) = anna.store.db.execute("SELECT at, by FROM answers").fetchall()
    assert at == anna.now.isoformat(timespec="milliseconds")
    assert anna.chat not in by
    assert len(by) == 16


@of_a_file
def test_files_hold_no_typed_word(anna: Person) -> None:
    begun(anna).types(SECRET)
    found = {p.name: p.read_bytes() for p in anna.folder.iterdir() if p.name.startswith("guide")}
    assert "guide.db-wal" in found
    anna.store.close()
    found["closed"] = (anna.folder / "guide.db").read_bytes()
    for content in found.values():
        assert SECRET.encode() not in content
        assert SECRET.encode("utf-16-le") not in content
        assert b"CREATE TABLE" not in content
        assert not content.startswith(b"SQLite format 3")


@of_a_file
def test_key_and_folders_are_their_owners_only(tmp_path: Path) -> None:
    database, key = tmp_path / "data" / "guide.db", tmp_path / "config" / "key"
    db = open_database(database, key)
    db.execute("DELETE FROM updates")
    files = [key, *database.parent.iterdir()]
    assert len(files) >= 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(f.stat().st_mode) for f in (database.parent, key.parent)} == {0o700}
    db.close()
    db = open_database(database, key)
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    db.close()


def test_programs_that_start_at_once_bring_an_older_form_up_to_date_once(tmp_path: Path) -> None:
    database, key = tmp_path / "guide.db", tmp_path / "key"
    older = Database(connect(database, read_keys(database, key)[0]), execute_plugins=False)
    migrate.apply(older, stop_before="zones")
    older.close()
    together = Barrier(4)

    def opens(_: int) -> int:
        together.wait()
        db = open_database(database, key)
        found = db.execute("SELECT COUNT(*) FROM people WHERE zone <> ''").fetchone()[0]
        db.close()
        return int(found)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opens, range(4))) == [0] * 4


@of_a_file
def test_an_older_form_gives_no_number_twice_either(tmp_path: Path) -> None:
    """What was said stays as it was; the next number is beyond every one that is known."""
    database, key = tmp_path / "guide.db", tmp_path / "key"
    older = Database(connect(database, read_keys(database, key)[0]), execute_plugins=False)
    migrate.apply(older, stop_before="numbers")
    say = "INSERT INTO outbox(id, chat, body, created_at, about) VALUES (?, '7', '{}', 'then', 3)"
    older.execute(say, [5])
    older.execute("INSERT INTO askings(chat, ref, key, choices, outbox) VALUES ('7','a','','',9)")
    before = older.execute("SELECT * FROM outbox").fetchall()
    older.close()
    db = open_database(database, key)
    columns = "id, chat, body, created_at, sent_at, ref, canvas, message, failed, secret, about"
    kept = db.execute(f"SELECT {columns} FROM outbox ORDER BY id").fetchall()  # noqa: S608 - its own
    assert [row[:4] for row in kept] == [(-1, "7", "", ""), before[0][:4]], "what was asked too"
    last = 1_700_000_000_000  # milliseconds since 1970, of some time ago
    for _ in range(2):
        db.execute("DELETE FROM outbox")
        said = Remembered(db).next_number()
        db.execute(MESSAGE, message_values(said, "7", {}, START))
        assert db.execute("SELECT id FROM outbox").fetchall() == [(said,)]
        assert said > last
        last = said
    db.close()


@of_a_file
def test_a_key_is_never_made_beside_a_database(anna: Person) -> None:
    anna.store.close()
    key = anna.folder / "key"
    was = key.read_text()
    key.unlink()
    with pytest.raises(StoreError, match="missing"):
        open_database(anna.folder / "guide.db", key)
    assert not key.exists()
    key.write_text(was)
    anna.open()


@of_a_file
def test_another_key_does_not_open_it(anna: Person) -> None:
    anna.store.close()
    with pytest.raises(StoreError, match="does not open"):
        connect(anna.folder / "guide.db", "0" * 64)
    connect(
        anna.folder / "guide.db", read_keys(anna.folder / "guide.db", anna.folder / "key")[0]
    ).close()


# ---------------------------------------------------------------- before akkoord


def test_nothing_typed_before_akkoord_is_kept(anna: Person) -> None:
    anna.starts()
    for text in (SECRET, f"/{SECRET}", f"/wijzig {SECRET}"):
        anna.types(text)
    anna.gives(Update("e1", anna.chat, anna.now, "edit", SECRET, message="u2"))
    anna.gives(Update("p1", anna.chat, anna.now, "press", SECRET, ref="0"))
    anna.types("akkoord")
    assert SECRET not in str(kept(anna))
    assert anna.answer_rows() == []


def test_who_never_agreed_is_gone_after_a_day(tmp_path: Path) -> None:
    stranger, anna = Person(tmp_path, "test:vreemd"), Person(tmp_path, "test:anna")
    stranger.starts()
    stranger.types("misschien later")
    begun(anna).types("Jongeren aan zet")
    stays = Person(tmp_path, "test:net", now=anna.now + timedelta(hours=20))
    stays.starts()
    late = Person(tmp_path, "test:laat", now=anna.now + timedelta(hours=24, minutes=1))
    late.starts()
    late.store.forget_strangers(late.now)
    for table in ("people", "outbox", "updates"):
        assert "test:vreemd" not in str(kept(late)[table])
        assert "test:net" in str(kept(late)[table])
        assert "test:anna" in str(kept(late)[table])
    assert anna.values == {"pilot.name": "Jongeren aan zet"}


def test_who_agreed_is_never_forgotten(tmp_path: Path) -> None:
    anna = begun(Person(tmp_path, "test:anna"))
    Person(tmp_path, "test:later", now=anna.now + timedelta(days=4000)).starts()
    anna.now += timedelta(days=4001)
    anna.types("Jongeren aan zet")
    assert anna.values == {"pilot.name": "Jongeren aan zet"}


# ---------------------------------------------------------------- content and outbox


def test_a_canvas_keeps_the_content_it_began_with(anna: Person) -> None:
    begun(anna).types("Jongeren aan zet")
    was = anna.conversation.newest.version
    files = loader.read()
    files["canvas.toml"] = files["canvas.toml"].replace("at_most = 2", "at_most = 1")
    anna.files = files
    anna.restart()
    first = anna.canvas
    assert anna.conversation.newest.version != was
    assert anna.conversation.content_of(first).version == was
    anna.types("/nieuw")
    assert anna.conversation.content_of(anna.canvas).version == anna.conversation.newest.version
    assert anna.conversation.content_of(first).version == was
    assert len(kept(anna)["contents"]) == 2


def test_new_words_alone_are_no_new_version(anna: Person) -> None:
    begun(anna)
    files = loader.read()
    files["nl/questions.toml"] = files["nl/questions.toml"].replace("Hoe heet", "Wat heet")
    files["canvas.toml"] = "# anders\n" + files["canvas.toml"]
    anna.files = files
    anna.restart()
    said = anna.types("")
    assert "Wat heet" in said[-1].message.html
    assert len(kept(anna)["contents"]) == 1


def test_the_outbox_waits_for_the_channel(anna: Person) -> None:
    """Killed between the commit and the sending, the words are still there, in order."""
    start = Update("u1", anna.chat, anna.now, "start")
    anna.conversation.handle(start)
    anna.conversation.handle(replace(start, id="u2", kind="text", text="akkoord"))
    anna.restart()
    waiting = anna.store.outbox.due(anna.chat)
    assert [o.message.key for o in waiting] == ["welcome", "pilot.name"]
    anna.store.outbox.sent(waiting[0], anna.now)
    assert anna.store.outbox.due(anna.chat) == waiting[1:]
    assert anna.store.outbox.due("test:ander") == []
