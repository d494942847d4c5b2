"""An erasure that was cut off: what lives is not on the list, or goes at the next start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage import restore
from storage.backups import copies
from storage.conversations import dead_letters
from storage.database.connection import open_database
from storage.database.tombstones import Erased
from storage.privacy import erasure
from storage.privacy.holds import Holds
from storage.store import Store
from tests.faults import first, running
from tests.people import START, begun
from tests.program import ROOT
from tests.storages import of_a_file
from tests.test_cli import Terminal
from tests.test_erasing import rows
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.people import Person

REFUSES = (
    "CREATE TRIGGER stays BEFORE DELETE ON canvases "
    "BEGIN SELECT RAISE(ABORT, 'it will not go'); END"
)


def listed(person: Person) -> list[str]:
    """The lines of what was erased, below the one that says how many there were."""
    path = person.folder / "guide.db.erased"
    return path.read_text(encoding="ascii").splitlines()[1:] if path.exists() else []


def restored(person: Person) -> str:
    """All rows after a copy of just now was put back."""
    database, key = person.folder / "guide.db", person.folder / "key"
    copy = copies.Places(database, key, person.folder / "backups").back_up(person.store, person.now)
    person.store.close()
    restore.put_back(copy, database, key, person.now + timedelta(seconds=1))
    return str(rows(Store(open_database(database, key))))


def test_nobody_is_asked_where_all_of_the_list_was_done(
    anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(anna, "Eerste proef", "/nieuw", "Tweede proef", "/vergeet 1")
    anna.presses("/erase 1")
    anna.restart()
    asked: list[object] = []

    def among(_: Erased, things: Iterable[str]) -> set[str]:
        asked.append(things)
        return set()

    monkeypatch.setattr(Erased, "among", among)
    anna.conversation.complete(anna.now)
    assert asked == []
    assert anna.store.erased is not None
    anna.store.erased.add(["a line of a turn that was killed"], anna.now.date())
    anna.conversation.complete(anna.now)
    assert len(asked) == 1
    anna.conversation.complete(anna.now)
    assert len(asked) == 1, "and that was settled too"


@pytest.mark.parametrize("which", ["all", "1"])
@of_a_file
def test_an_erasure_that_failed_leaves_nothing_on_the_list(anna: Person, which: str) -> None:
    begun(anna, "Eerste proef", "/nieuw", "Tweede proef", f"/vergeet {which}")
    anna.store.db.execute(REFUSES)
    with pytest.raises(AssertionError, match="it will not go"):
        anna.presses(f"/erase {which}")
    assert dead_letters.waiting(anna.store), "the operator finds it"
    assert listed(anna) == []
    assert "Eerste proef" in restored(anna)


@of_a_file
def test_only_the_update_that_failed_comes_off_the_list(anna: Person) -> None:
    begun(anna, "Eerste proef", "/nieuw", "Tweede proef", "/nieuw", "Derde proef")
    with anna.store.transaction():
        erasure.erase_canvas(anna.store, 1, "person", anna.now)
        anna.store.db.execute(REFUSES)
        with pytest.raises(Exception, match="it will not go"):
            anna.store.attempt(lambda: erasure.erase_canvas(anna.store, 2, "person", anna.now))
    assert len(listed(anna)) == 1
    said = restored(anna)
    assert "Eerste proef" not in said
    assert "Tweede proef" in said


def killed(terminal: Terminal, *arguments: str) -> None:
    """The real program, killed between the list and the commit."""
    settings = terminal.settings(CROSSING="inside erasing#1", PYTHONPATH=str(ROOT))
    found = subprocess.run(
        [sys.executable, "-m", "tests.crossing", *arguments],
        env=settings, cwd=terminal.folder, check=False, timeout=120,
    )  # fmt: skip
    assert found.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("asked", "told"),
    [(("--chat", "terminal:ik"), "Alles is gewist"), (("--canvas", "1"), "Deze pilot is gewist")],
)
def test_killed_before_the_commit_it_is_done_at_the_next_start(
    tmp_path: Path, asked: tuple[str, str], told: str
) -> None:
    terminal = Terminal(tmp_path)
    terminal.chat("akkoord", "Eerste proef", "/nieuw", "Tweede proef")
    killed(terminal, "forget", *asked)
    left = str(terminal.exported())
    assert "Eerste proef" not in left, "whatever starts next"
    assert ("Tweede proef" in left) == (asked[0] == "--canvas")
    assert told in terminal.chat()
    assert "Alles is gewist" not in terminal.chat(), "once"


@of_a_file
async def test_on_telegram_the_farewell_comes_after_the_restart(tmp_path: Path) -> None:
    async with running(tmp_path, CROSSING="inside erasing#1") as here:
        phone = await here.begun(2)
        await phone.types("/vergeet")
        await here.hears(phone)
        await phone.presses(label="Ja, wis het")
        assert await here.program.ends() == -signal.SIGKILL
        assert here.kept() == first(1), "nothing went yet"
        here.look.close()
        here.program.settings = {}
        await here.program.start()
        await until(lambda: any("Alles is gewist" in b.text for b in phone.view), 20)
        await phone.asked(timeout=20)
        said = [bubble.text[:16] for bubble in phone.view]
        assert said[:2] == ["/start", "Alles is gewist."]
        assert "welcome" in str(here.look.rows("SELECT key FROM outbox")), "the press came again"
        assert here.look.rows("SELECT * FROM canvases") == []


def test_what_is_held_meanwhile_stays_and_comes_off_the_list(anna: Person) -> None:
    begun(anna, "Eerste proef")
    owner = anna.store.rows(erasure.OWNED, canvas=None)[0]
    erased = anna.store.erased
    assert erased
    erased.add([f"person {owner['pseudonym']}"], anna.now.date())
    Holds(anna.store).hold(1, "Griffie", "Woo-verzoek 12", anna.now)
    assert anna.conversation.complete(anna.now) == []
    assert listed(anna) == []
    assert anna.values == {"pilot.name": "Eerste proef"}


def test_half_a_line_swallows_no_other(tmp_path: Path) -> None:
    path = tmp_path / "list"
    erased = Erased(path, (os.urandom(32).hex(),))
    erased.add(["person a"], START.date())
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:30])
    erased.add(["person b"], START.date())
    assert erased.among(["person a", "person b", "person c"]) == {"person a", "person b"}
