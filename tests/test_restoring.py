"""A restore keeps its promises: nobody comes back unsaid, the newest key, always a database.

`make prove` tries the whole matrix; here it is tried without kills, and with kills where
the list is whole. What was erased is Anna, after the backup; Bram stays.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import pytest

from bot.clock import now
from storage.backups import copies
from storage.database import files
from storage.database.connection import connect, open_database
from storage.database.errors import StoreError
from storage.database.keys import fresh_key, read_keys
from storage.database.tombstones import Erased
from storage.restore import put_back
from tests.program import ROOT
from tests.test_cli import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG = bool(os.environ.get("MATRIX"))  # noqa: TID251 - how long `make prove` looks
LISTS = ("whole", "missing", "empty", "cut", "foreign")
KEYS = ("newest", "older")
MANIFESTS = ("whole", "cut", "missing")
STOOD = ("the database stands", "it is gone")
STEPS = (
    "after storage.backups.replacement._taken", "after storage.restore._copy",
    "after storage.restore._prove", "after storage.restore._settle",
    "before storage.privacy.erasure.again", "after storage.restore._erase_again",
    "before storage.backups.replacement.under", "after storage.backups.replacement.under",
    "after storage.backups.replacement.set_apart", "before storage.database.files._named",
    "after storage.database.files._named",
)  # fmt: skip
BACK = "may be back"
NOW = now("Europe/Amsterdam")


@dataclass(frozen=True)
class Case:
    """How the list, the manifest and the database are found."""

    listed: str
    manifest: str
    stood: str


CASES = [Case(*said) for said in product(LISTS, MANIFESTS, STOOD)]
KILLED = CASES if LONG else CASES[:1]


@dataclass
class Place:
    """A database, its key, its list and a backup, each as the matrix wants it."""

    desk: Terminal

    @property
    def database(self) -> Path:
        return self.desk.database

    @property
    def listed(self) -> Path:
        return self.database.with_name("guide.db.erased")

    @property
    def backup(self) -> Path:
        return next((self.database.parent / "backups").glob("*.db"))

    def has(self, case: Case) -> Place:
        content, beside = self.listed.read_bytes(), self.backup.with_suffix(".json")
        kept = {"whole": len(content), "cut": len(content) // 2}.get(case.listed, 0)
        self.listed.write_bytes(content[:kept])
        if case.listed in ("missing", "foreign"):
            self.listed.unlink()
        if case.listed == "foreign":
            Erased(self.listed, (fresh_key(),)).add(["person x", "person y"], NOW.date())
        if case.manifest == "missing":
            beside.unlink()
        elif case.manifest == "cut":
            beside.write_bytes(beside.read_bytes()[:100])
        if case.stood == STOOD[1]:
            self.database.unlink()
        return self

    def restores(self, *, without: bool = False) -> str:
        """What was said; the empty text after a refusal."""
        try:
            restored = put_back(self.backup, *self.where, NOW, without=without)
        except StoreError as error:
            return self.refused(str(error))
        return "\n".join(restored.said) or "ok"

    def refused(self, said: str) -> str:
        """It names what the operator named, and ends with what to do."""
        assert ".part" not in said
        assert said.endswith((".", "may be back"))
        return ""

    @property
    def where(self) -> tuple[Path, Path]:
        return self.database, self.desk.key

    def killed(self, step: str) -> int:
        """The code of the real command, killed there if it comes there."""
        return subprocess.run(
            [sys.executable, "-m", "tests.crossing", "restore", str(self.backup)],
            env=self.desk.settings(CROSSING=f"{step}#1", PYTHONPATH=str(ROOT)),
            cwd=self.desk.folder, check=False, capture_output=True, timeout=60,
        ).returncode  # fmt: skip

    def people(self) -> set[str]:
        """Who is in the database, which is whole, under a key of the file."""
        db = open_database(*self.where)
        assert copies.problems(db.conn) == []
        found = {row[0] for row in db.execute("SELECT chat FROM people").fetchall()}
        db.close()
        return found

    def under_newest(self) -> bool:
        try:
            connect(self.database, read_keys(*self.where)[0]).close()
        except StoreError:
            return False
        return True


@pytest.fixture(scope="module", params=KEYS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to begin from: a backup with Anna in it, who was erased since."""
    folder = tmp_path_factory.mktemp(request.param)
    desk = Terminal(folder)
    for person in ("cara", "anna", "bram"):
        desk.typed(b"akkoord\nEerste proef\n", person=person)
    assert desk.run("forget", "--chat", "terminal:cara").returncode == 0
    assert desk.run("backup").returncode == 0
    assert desk.run("forget", "--chat", "terminal:anna").returncode == 0
    if request.param == "older":
        assert desk.run("rekey").returncode == 0
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Place:
    shutil.copytree(made, tmp_path / "here")
    return Place(Terminal(tmp_path / "here"))


def right(place: Place, said: str, case: Case) -> None:
    """0 come back unsaid, 0 under an old key, and a database that opens."""
    assert bool(said) == (case.listed == "whole" and case.manifest != "cut")
    if place.database.exists() or said:
        assert "terminal:anna" not in place.people()
    if said:
        assert place.people() == {"terminal:bram"}
        assert place.under_newest()
        assert ("no manifest" in said) == (case.manifest == "missing")
    assert files.leftovers(place.database.parent, r"guide\.db(?:\.erased)?") == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nobody_comes_back_unsaid(place: Place, case: Case) -> None:
    place.has(case)
    said = place.restores()
    right(place, said, case)
    if said:
        return
    assert place.database.exists() == (case.stood == STOOD[0])
    assert not place.database.exists() or place.people() == {"terminal:bram"}
    if case.manifest != "cut":
        said = place.restores(without=True)
        assert BACK in said
        assert "(0 days)" in said
        assert place.under_newest()
        assert "terminal:bram" in place.people()
        assert place.restores() == "", "the list of that day is not believed later either"


@pytest.fixture(scope="module")
def counted() -> Iterator[Counter[str]]:
    """What the long form prints as a line of a table."""
    found: Counter[str] = Counter()
    yield found
    line = " | ".join(f"{name}: {found[name]}" for name in ("killed", "back unsaid", "no database"))
    sys.stdout.write(f"\n| restore matrix | runs: {found['runs']} | {line} |\n")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("case", KILLED, ids=str)
def test_killed_at_each_step_there_is_a_database(
    place: Place, counted: Counter[str], step: str, case: Case
) -> None:
    """Expected: it is the old one or the new one, and the next restore does all of it."""
    place.has(case)
    code = place.killed(step)
    counted["runs"] += 1
    counted["killed"] += code == -signal.SIGKILL
    if case == CASES[0]:
        assert code == -signal.SIGKILL
    if place.database.exists():
        back = "terminal:anna" in place.people()
        counted["back unsaid"] += back
        assert not back
    else:
        counted["no database"] += case.stood == STOOD[0]
        assert case.stood == STOOD[1]
    right(place, place.restores(), case)
