"""Files written beside, synced and renamed: whole or not there, whoever is killed when."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from storage.database import files
from storage.database.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

STOPPED = """
import os, signal, sys
from pathlib import Path
from storage.database import files
step, path, over = sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "over"
def stop(*_, **__): os.kill(os.getpid(), signal.SIGSTOP if step == "alive" else signal.SIGKILL)
if step == "opened": files._claims = stop
if step in ("written", "alive"): os.fsync = stop
if step == "synced": files._named = stop
if step == "named": files.sync_folder = stop
if step == "left": files._remove = stop
files.write(path, b"new" * 100_000, over=over)
"""
STEPS = ("opened", "written", "synced", "named", "left")


def begun(step: str, path: Path, over: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", STOPPED, step, str(path), over])


@pytest.mark.parametrize("over", ["over", "new"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_each_step_it_is_whole_or_as_it_was(step: str, over: str, tmp_path: Path) -> None:
    """Expected: the next run removes what the killed one left, and nothing else."""
    path, other = tmp_path / "key", tmp_path / "key.old.part"
    other.write_bytes(b"somebody's own")
    if over == "over":
        path.write_bytes(b"old")
    assert begun(step, path, over).wait() == -signal.SIGKILL
    found = path.read_bytes() if path.exists() else b"old"
    assert found in (b"old", b"new" * 100_000)
    assert (found != b"old") == (step in ("named", "left"))
    left = files.leftovers(tmp_path, "key")
    assert files.clear(tmp_path, "key") == left
    assert sorted(tmp_path.iterdir()) == sorted([other, *([path] if path.exists() else [])])


def test_what_a_living_program_fills_is_no_leftover(tmp_path: Path) -> None:
    path = tmp_path / "key"
    living = begun("alive", path, "over")
    os.waitid(os.P_PID, living.pid, os.WSTOPPED | os.WNOWAIT)
    assert [p.name[-5:] for p in tmp_path.iterdir()] == [".part"]
    assert files.leftovers(tmp_path, "key") == files.clear(tmp_path, "key") == []
    living.kill()
    living.wait()
    assert len(files.clear(tmp_path, "key")) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("left", ["a.db.part", "a.db.part-wal", "a.db.0a1b2c3d.part-shm"])
def test_what_sqlite_put_beside_goes_too(left: str, tmp_path: Path) -> None:
    """Also of earlier versions, and where the file itself is gone already."""
    (tmp_path / left).touch()
    assert files.clear(tmp_path, re.escape("a.db")) == [tmp_path / left]
    assert list(tmp_path.iterdir()) == []


def test_it_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch(0o644)
    files.write(path, b"x")
    assert path.stat().st_mode & 0o777 == 0o600


def test_where_it_fails_what_stood_there_stands(tmp_path: Path) -> None:
    path = tmp_path / "a"
    files.write(path, b"old")
    with pytest.raises(FileExistsError):
        files.write(path, b"new", over=False)
    with pytest.raises(IsADirectoryError), files.beside(path) as part:
        part.with_name("a").parent.write_bytes(b"")
    assert [(p, p.read_bytes()) for p in tmp_path.iterdir()] == [(path, b"old")]


@pytest.mark.parametrize("over", [True, False])
def test_no_link_is_followed(over: bool, tmp_path: Path) -> None:  # noqa: FBT001 - both ways
    path, target = tmp_path / "a", tmp_path / "target"
    target.write_bytes(b"old")
    for path, to in ((tmp_path / "a", target), (tmp_path / "b", tmp_path / "nowhere")):
        path.symlink_to(to)
        with pytest.raises(StoreError, match="is a link"):
            files.write(path, b"new", over=over)
    with pytest.raises(StoreError, match="is no file"):
        files.write(tmp_path, b"new", over=over)
    assert target.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b", "target"]


OWN = [
    "guide.db", "guide.db-wal", "GUIDE.DB-shm", "guide.db.erased", "guide.db.lock", "key",
    "guide.db.before-20260101-000000", "key.0a1b2c3d.part", "guide.db.erased.part", "other name",
    "opschaalgids-20260101-000000.db", "backups/opschaalgids-20260101-000000.json", "way/guide.db",
]  # fmt: skip


@pytest.mark.parametrize("name", OWN)
def test_what_the_guide_lives_on_is_known(name: str, tmp_path: Path) -> None:
    """Whether it is there or not, by any way, by any case, by another name."""
    database = tmp_path / "guide.db"
    database.touch()
    (tmp_path / "other name").hardlink_to(database)
    (tmp_path / "way").symlink_to(tmp_path)
    with pytest.raises(StoreError, match="lives on"):
        files.refuse_own(tmp_path / name, database, tmp_path / "key")


@pytest.mark.parametrize(
    "name", ["out.pdf", "guide.json", "guide.db.xlsx", "keys", "there/guide.db"]
)
def test_what_is_somebody_elses_is_not(name: str, tmp_path: Path) -> None:
    files.refuse_own(tmp_path / name, tmp_path / "guide.db", tmp_path / "key")
