"""Databases sealed by HMAC-SHA512, as every version before made them, and by HMAC-SHA256."""

from __future__ import annotations

import gzip
import random
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from storage import restore
from storage.backups import copies
from storage.backups.replacement import alone_with
from storage.database import connection
from storage.database.connection import SEALS, connect, keyed, open_database
from storage.database.errors import WrongKey
from storage.database.keys import fresh_key, read_keys
from tests.people import START, Person
from tests.program import ROOT
from tests.test_before import BEFORE
from tests.test_cli import Terminal

NOW, EARLIER = SEALS
KEY = "5" * 64
SAID = {"pilot.name": "Eerste proef"}
WRITES = (
    "import sys, os, signal; from pathlib import Path\n"
    "from storage.database.connection import open_database\n"
    "db = open_database(Path(sys.argv[1]), Path(sys.argv[2]))\n"
    "for n in range(500): db.execute('INSERT INTO facts VALUES (?, ?)', [f'killed {n}', 'x' * n])\n"
    "os.kill(os.getpid(), signal.SIGKILL)"
)


def plainly(database: Path, key: str) -> sqlcipher.Connection:
    """As every version before opened it: with the settings that SQLCipher has by itself."""
    found = sqlcipher.connect(str(database), isolation_level=None)
    found.execute("PRAGMA cipher_log_level = NONE")
    found.execute(f"PRAGMA key = \"x'{key}'\"")
    return found


def seal_of(database: Path, key: str) -> str:
    with closing(plainly(database, key)) as found:
        try:
            found.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlcipher.DatabaseError:
            connect(database, key).close()
            return NOW
        return EARLIER


def made_before(database: Path, key: str) -> None:
    """What stands there, page by page, in a file as it was made before."""
    earlier = database.with_name("earlier.db")
    with closing(connect(database, key)) as now, closing(plainly(earlier, key)) as before:
        now.backup(before)
    earlier.replace(database)
    assert seal_of(database, key) == EARLIER


@pytest.fixture(params=SEALS)
def anna(request: pytest.FixtureRequest, tmp_path: Path) -> Person:
    """Her database, closed, under either seal."""
    person = Person(tmp_path)
    person.starts()
    person.types("akkoord")
    person.types("Eerste proef")
    person.store.close()
    key = read_keys(*where(person))[0]
    if request.param == EARLIER:
        made_before(where(person)[0], key)
    assert seal_of(where(person)[0], key) == request.param
    return person


@pytest.fixture(params=SEALS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path)
    terminal.chat("akkoord", "Eerste proef")
    if request.param == EARLIER:
        made_before(terminal.database, key_of(terminal))
    return terminal


def where(person: Person) -> tuple[Path, Path]:
    return person.folder / "guide.db", person.folder / "key"


def key_of(desk: Terminal) -> str:
    return read_keys(desk.database, desk.key)[0]


def does(desk: Terminal, *arguments: str) -> str:
    found = desk.run(*arguments)
    assert (found.returncode, found.stderr) == (0, b""), found
    return found.stdout.decode().strip()


# ---------------------------------------------------------------- opening


def test_a_database_of_an_old_form_and_seal_opens_and_migrates(tmp_path: Path) -> None:
    (tmp_path / "plain.db").write_bytes(gzip.decompress(BEFORE.read_bytes()))
    (tmp_path / "key").write_text(f"{KEY}\n", encoding="utf-8")
    sealed = plainly(tmp_path / "guide.db", KEY)
    sealed.execute(f"ATTACH '{tmp_path / 'plain.db'}' AS plain KEY ''")
    sealed.execute("SELECT sqlcipher_export('main', 'plain')")
    sealed.close()
    (tmp_path / "guide.db").chmod(0o600)
    old = Person(tmp_path, "before:full")
    assert len(old.values) > 20
    assert copies.problems(old.store.db.conn) == []
    old.store.close()
    assert seal_of(tmp_path / "guide.db", KEY) == EARLIER


def test_who_comes_back_goes_on(anna: Person) -> None:
    anna.open()
    anna.types("Zutphen")
    anna.restart()
    assert anna.values == {**SAID, "pilot.organisation": "Zutphen"}
    assert copies.problems(anna.store.db.conn) == []


def test_another_key_is_told_in_the_same_sentence(anna: Person) -> None:
    database, key_file = where(anna)
    with pytest.raises(WrongKey) as refused:
        connect(database, "0" * 64)
    assert str(refused.value) == (
        f"{database} does not open: the key is not the one it was made with, or the file "
        "is damaged; check OPSCHAALGIDS_KEY_FILE, or restore a backup."
    )
    key_file.write_text(f"{fresh_key()}\n{key_file.read_text().strip()} 2026-11-23\n")
    anna.open()
    assert anna.values == SAID, "an older key is tried under each seal"


def test_what_a_killed_program_left_in_the_log_is_there(anna: Person) -> None:
    found = subprocess.run(
        [sys.executable, "-c", WRITES, *map(str, where(anna))], cwd=ROOT, check=False, timeout=60
    )
    assert found.returncode == -signal.SIGKILL
    assert where(anna)[0].with_name("guide.db-wal").stat().st_size > 100_000
    with pytest.raises(WrongKey):  # nor does a try by another key take anything from it
        connect(where(anna)[0], "0" * 64)
    db = open_database(*where(anna))
    assert db.execute("SELECT COUNT(*) FROM facts WHERE name GLOB 'killed *'").fetchone() == (500,)
    assert copies.problems(db.conn) == []
    db.close()


def test_who_finds_it_locked_waits_and_takes_no_key_for_wrong(anna: Person) -> None:
    database, key_file = where(anna)
    keys = read_keys(database, key_file)
    with alone_with(database, keys), pytest.raises(sqlcipher.OperationalError, match="locked"):
        keyed(database, keys[0], busy=0.2)
    keyed(database, keys[0], busy=0.2).close()


def test_a_changed_bit_is_found(anna: Person) -> None:
    database, key_file = where(anna)
    content = bytearray(database.read_bytes())
    pages = len(content) // 4096
    for page in random.Random(1).sample(range(1, pages), 10):  # noqa: S311 - repeatable
        at = page * 4096 + page * 31 % 4000
        content[at] ^= 1
        database.write_bytes(content)
        assert copies.unlike(database, read_keys(database, key_file), None)
        content[at] ^= 1
    database.write_bytes(content)
    assert copies.unlike(database, read_keys(database, key_file), None) == ""


# ---------------------------------------------------------------- copies


def test_copying_full_pages_loses_nothing(tmp_path: Path) -> None:
    """Of a file of before, to one of now: all that a page can hold."""
    before = plainly(tmp_path / "guide.db", KEY)
    before.execute("CREATE TABLE full(size INTEGER PRIMARY KEY, held BLOB)")
    before.execute("CREATE INDEX held_in ON full(held)")
    pick = random.Random(1)  # noqa: S311 - repeatable
    sizes = [*range(1, 400), *range(3_900, 4_100), *range(8_000, 8_100)]
    before.executemany("INSERT INTO full VALUES (?, ?)", [(s, pick.randbytes(s)) for s in sizes])
    rows = before.execute("SELECT * FROM full").fetchall()
    with closing(connect(tmp_path / "copy.db", KEY)) as copy:
        before.backup(copy)
    before.close()
    assert seal_of(tmp_path / "copy.db", KEY) == NOW
    with closing(connect(tmp_path / "copy.db", KEY)) as copy:
        assert copy.execute("SELECT * FROM full").fetchall() == rows
        copy.execute("UPDATE full SET held = zeroblob(size) WHERE size % 2")
        assert copies.problems(copy) == []


def test_a_backup_and_a_new_key_have_the_seal_of_now(desk: Terminal) -> None:
    backup = Path(does(desk, "backup"))
    assert seal_of(backup, key_of(desk)) == NOW
    assert does(desk, "doctor")
    desk.chat("Zutphen")
    does(desk, "rekey")
    assert seal_of(desk.database, key_of(desk)) == NOW
    assert does(desk, "doctor")
    assert desk.exported()["canvases"][0]["answers"]["pilot.organisation"]["value"] == "Zutphen"
    does(desk, "restore", str(backup))
    assert "pilot.organisation" not in desk.exported()["canvases"][0]["answers"]
    assert does(desk, "doctor")


@pytest.mark.parametrize("under", ["the same key", "a newer key"])
def test_a_backup_of_a_version_before_is_put_back(
    under: str, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, key_file = where(anna)
    anna.open()
    with monkeypatch.context() as then:
        then.setattr(connection, "SEALS", (EARLIER, NOW))
        places = copies.Places(database, key_file, anna.folder / "backups")
        backup = places.back_up(anna.store, START)
    assert seal_of(backup, read_keys(database, key_file)[0]) == EARLIER
    anna.types("Zutphen")
    anna.store.close()
    if under == "a newer key":
        key_file.write_text(f"{fresh_key()}\n{key_file.read_text().strip()} 2026-11-23\n")
    restore.put_back(backup, database, key_file, anna.now)
    anna.open()
    assert anna.values == SAID
    assert copies.problems(anna.store.db.conn) == []
    connect(database, read_keys(database, key_file)[0]).close()
