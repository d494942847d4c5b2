"""Each write, sync, rename and removal fails once, one after the other, or is the last.

After it nothing is half: what stood there stands, or what was made is whole, and the
same command, run again, does its work and leaves nothing lying about.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli import FOR_NOW, TO_MEND
from storage.backups import copies
from storage.database.connection import open_database
from storage.database.keys import read_keys
from tests.people import Person
from tests.storages import of_a_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POINTS = int(os.environ.get("POINTS", "3"))  # noqa: TID251 - how long `make prove` looks
HOWS = {
    "cannot be written": {"FAULTY_HOW": str(errno.EIO)},
    "full": {"FAULTY_HOW": str(errno.ENOSPC)},
    "full from then on": {"FAULTY_HOW": str(errno.ENOSPC), "FAULTY_UNTIL": "100000"},
    "full for ten calls": {"FAULTY_HOW": str(errno.ENOSPC), "FAULTY_UNTIL": "+10"},
    "killed before": {"FAULTY_HOW": "kill"},
    "killed after": {"FAULTY_HOW": "after"},
}
KILLED = 137
HERE = Path(__file__).parent


@dataclass
class Runs:
    """The process that forks one for each run."""

    process: subprocess.Popen[str]
    folder: Path
    counts: dict[str, int] = field(default_factory=dict)

    def run(self, here: Path, arguments: tuple[str, ...], **faults: str) -> tuple[int, str]:
        env = {
            "OPSCHAALGIDS_DATABASE": str(here / "guide.db"),
            "OPSCHAALGIDS_KEY_FILE": str(here / "key"),
            "FAULTY_FOLDER": str(here),
            "FAULTY_LOG": str(self.folder / "log"),
            **faults,
        }
        asked: dict[str, Any] = {"folder": str(here), "arguments": arguments, "env": env}
        asked["said"] = str(self.folder / "said")
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        found = json.loads(self.process.stdout.readline())  # type: ignore[union-attr]
        return found["code"], found["said"]

    def calls(self, here: Path, arguments: tuple[str, ...]) -> int:
        """How many there are where none fails."""
        log = self.folder / "log"
        log.unlink(missing_ok=True)
        assert self.run(here, arguments) == (0, "")
        return len(log.read_text().splitlines())


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    folder = tmp_path_factory.mktemp("faulty")
    compiler = shutil.which("cc")
    if sys.platform != "linux" or not compiler:
        pytest.skip("needs Linux and a C compiler")
    library = folder / "faulty.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", library, HERE / "faulty.c", "-ldl"], check=True
    )
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("OPSCHAAL", "TELEGRAM"))}  # noqa: TID251
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faulty_runs"], env=ours | {"LD_PRELOAD": str(library)},
        cwd=HERE.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield Runs(process, folder)
    process.kill()
    process.communicate()


# ---------------------------------------------------------------- what must be true after it


def opens(here: Path) -> int:
    """How many answers are in the database, which is whole."""
    db = open_database(here / "guide.db", here / "key")
    assert copies.problems(db.conn) == []
    found = int(db["answers"].count)
    db.close()
    return found


def first_start(here: Path, code: int) -> None:
    """A key is whole or not there, and never anew beside a database."""
    if code == 0:
        assert opens(here) == 0
    if (here / "key").exists():
        assert re.fullmatch(r"[0-9a-f]{64}\n", (here / "key").read_text())


def backed_up(here: Path, code: int) -> None:
    """What counts as a backup can be put back."""
    made = copies.made(here / "backups")
    assert len(made) >= (1 if code else 2)
    for path in made:
        assert copies.fault(path, read_keys(here / "guide.db", here / "key")) == ""
    assert opens(here) == 2


def put_back(here: Path, code: int) -> None:
    """The database of before or of the backup."""
    assert opens(here) in ((1,) if code == 0 else (1, 2))


def rekeyed(here: Path, code: int) -> None:
    del code
    assert opens(here) == 2


def exported(here: Path, code: int) -> None:
    found = (here / "out.json").read_text()
    assert found == "of yesterday" if code and found == "of yesterday" else json.loads(found)
    assert opens(here) == 2


ACTS: dict[str, tuple[tuple[str, ...], Callable[[Path, int], None]]] = {
    "first start": (("chat",), first_start),
    "backup": (("backup",), backed_up),
    "restore": (("restore", "backups/opschaalgids-20261123-100000.db"), put_back),
    "rekey": (("rekey",), rekeyed),
    "export": (("export", "--format", "json", "--output", "out.json"), exported),
}


def prepared(tmp_path: Path, act: str) -> Path:
    """A database with two answers, a backup with one, a file of yesterday."""
    here = tmp_path / "template"
    here.mkdir()
    if act == "first start":
        return here
    anna = Person(here)
    anna.starts()
    for text in ("akkoord", "Jongeren aan zet", "Zutphen"):
        anna.types(text)
        if text.startswith("Jongeren"):
            at = anna.now.replace(hour=10, minute=0, second=0)
            copies.Places(here / "guide.db", here / "key", here / "backups").back_up(anna.store, at)
    anna.store.close()
    (here / "out.json").write_text("of yesterday")
    return here


def chosen(calls: int, shift: int) -> range:
    """All of them, or some, spread and not the same for each fault."""
    step = max(1, calls // POINTS)
    return range(1 + shift * step // len(HOWS) if step > 1 else 1, calls + 1, step)


@of_a_file  # the disk that it stands on
@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_half_wherever_the_disk_refuses(act: str, tmp_path: Path, runs: Runs) -> None:
    template = prepared(tmp_path, act)
    arguments, _ = ACTS[act]
    calls = runs.calls(shutil.copytree(template, tmp_path / "well"), arguments)
    for shift, (how, faults) in enumerate(HOWS.items()):
        for at in chosen(calls, shift):
            here = shutil.copytree(template, tmp_path / "here")
            try:
                one(runs, here, act, {**faults, "FAULTY_AT": str(at)})
            except AssertionError as error:
                error.add_note(f"{act}: {how}, at call {at} of {calls}")
                raise
            shutil.rmtree(here)
    print(f"{act}: {calls} calls, {len(HOWS)} faults")  # noqa: T201 - for `make prove`


def one(runs: Runs, here: Path, act: str, faults: dict[str, str]) -> None:
    arguments, holds = ACTS[act]
    if faults.get("FAULTY_UNTIL") == "+10":
        faults["FAULTY_UNTIL"] = str(int(faults["FAULTY_AT"]) + 10)
    code, said = runs.run(here, arguments, **faults)
    assert code in (0, TO_MEND, FOR_NOW, KILLED), said
    assert said.count("\n") == (1 if code in (TO_MEND, FOR_NOW) else 0), said
    holds(here, code)
    assert runs.run(here, arguments) == (0, "")
    holds(here, 0)
    assert runs.run(here, ("backup",)) == (0, "")
    places = copies.Places(here / "guide.db", here / "key", here / "backups")
    assert places.left() == []
    assert [p.name for p in here.rglob("*part*")] == []
