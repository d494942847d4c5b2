"""A new key: the old one opens nothing any more, and no moment loses the database."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage import restore
from storage.backups import copies
from storage.backups.replacement import rekey
from storage.database.connection import connect, open_database
from storage.database.errors import StoreError
from storage.database.keys import read_keys
from storage.database.tombstones import erased_beside
from tests.people import START, Person
from tests.program import ROOT
from tests.test_cli import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLS = int(os.environ.get("KILLS", "4"))  # noqa: TID251 - how long `make prove` looks
TODAY = START.date()
HEAVY = (
    "CREATE TABLE heavy AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
    "WHERE i < 4000) SELECT randomblob(4000) b FROM n"
)
ONE = (
    "import sys; from pathlib import Path; from datetime import date\n"
    "from storage.backups.replacement import rekey\n"
    "print('go', flush=True); rekey(Path(sys.argv[1]), Path(sys.argv[2]), 35, date(2026, 11, 23))"
)


@pytest.fixture
def anna(tmp_path: Path) -> Iterator[Person]:
    person = Person(tmp_path)
    person.starts()
    person.types("akkoord")
    person.types("Eerste proef")
    yield person
    person.store.close()


def changed(person: Person, today: date = TODAY) -> int:
    person.store.close()
    left = rekey(person.folder / "guide.db", person.folder / "key", 35, today)
    person.open()
    return left


def test_the_old_key_opens_nothing_any_more(anna: Person) -> None:
    database, key = anna.folder / "guide.db", anna.folder / "key"
    (old,) = read_keys(database, key)
    assert changed(anna) == 1
    assert anna.values == {"pilot.name": "Eerste proef"}
    assert key.stat().st_mode & 0o077 == 0
    anna.store.close()
    with pytest.raises(StoreError, match="does not open"):
        connect(database, old)
    key.write_text(read_keys(database, key)[0] + "\n", encoding="ascii")
    anna.open()
    assert anna.values == {"pilot.name": "Eerste proef"}


def test_older_backups_open_and_what_was_erased_stays_away(anna: Person) -> None:
    database, key = anna.folder / "guide.db", anna.folder / "key"
    copy = copies.Places(database, key, anna.folder / "backups").back_up(anna.store, START)
    anna.types("/vergeet")
    anna.presses("/erase all")
    changed(anna)
    anna.store.close()
    restore.put_back(copy, database, key, anna.now)
    anna.open()
    assert anna.store.rows("SELECT * FROM answers") == []
    assert changed(anna) == 2, "an older key that still opens it is never dropped"


def test_keys_go_when_their_backups_are_gone(anna: Person) -> None:
    counts = [changed(anna, date(2026, month, 1)) for month in (1, 1, 2, 3, 6)]
    assert counts == [1, 2, 3, 2, 1]


@pytest.mark.parametrize("kill", range(KILLS))
def test_killed_half_way_one_of_the_keys_opens_it(anna: Person, kill: int) -> None:
    database, key = anna.folder / "guide.db", anna.folder / "key"
    anna.store.db.execute(HEAVY)
    anna.store.close()
    process = subprocess.Popen(
        [sys.executable, "-c", ONE, str(database), str(key)], stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == b"go\n"
    time.sleep(random.Random(kill).uniform(0, 0.5))  # noqa: S311 - a moment
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    db = open_database(database, key)
    assert copies.problems(db.conn) == []
    db.close()
    anna.open()
    assert anna.values == {"pilot.name": "Eerste proef"}
    changed(anna)
    assert anna.values == {"pilot.name": "Eerste proef"}


STEPS = (
    "after storage.backups.replacement._taken", "after storage.backups.replacement._lines",
    "after storage.database.files.write", "after storage.backups.replacement._mark_anew",
    "after storage.backups.replacement._encrypt",
    "before storage.database.files._named", "after storage.database.files._named",
)  # fmt: skip


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_each_step_it_opens_and_the_next_run_tidies(
    step: str, times: int, tmp_path: Path
) -> None:
    """`times`: the key file and the list are written in the same way before the database is."""
    desk = Terminal(tmp_path)
    desk.chat("akkoord", "Eerste proef", "/nieuw", "Tweede proef")
    assert desk.run("forget", "--canvas", "2").returncode == 0
    found = subprocess.run(
        [sys.executable, "-m", "tests.crossing", "rekey"], cwd=tmp_path, check=False, timeout=120,
        env=desk.settings(CROSSING=f"{step}#{times}", PYTHONPATH=str(ROOT)), capture_output=True,
    )  # fmt: skip
    assert found.returncode == -signal.SIGKILL or times > 1
    assert desk.exported()["canvases"][0]["pilot"] == "Eerste proef"
    assert desk.run("rekey").returncode == 0
    assert not [*desk.database.parent.glob("*.part*"), *desk.key.parent.glob("*.part*")]
    newest = read_keys(desk.database, desk.key)[0]
    connect(desk.database, newest).close()
    assert desk.run("doctor").returncode == 0
    marked = erased_beside(desk.database, (newest,)).read()
    assert (marked.how, marked.count) == ("whole", 1), "under the newest key alone"


def test_rekey_on_the_command_line(tmp_path: Path) -> None:
    desk = Terminal(tmp_path)
    assert "no database" in desk.refuses("rekey")
    desk.chat("akkoord", "Eerste proef")
    found = desk.run("rekey")
    assert (found.returncode, found.stderr) == (0, b"")
    assert "1 older" in found.stdout.decode()
    assert not any(line in found.stdout.decode() for line in desk.key.read_text().split())
    assert desk.exported()["canvases"][0]["pilot"] == "Eerste proef"
