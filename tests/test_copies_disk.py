"""A backup on a disk that fills up is whole, or it is none and says so."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.cli import FOR_NOW, TO_MEND
from tests.installed import Installed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "opschaalgids-20260101-000000"


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return Installed(tmp_path).filled()


@contextmanager
def disk(folder: Path, size: int) -> Iterator[Path]:
    """A real file system of that size."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small file system can be mounted by root only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("room", [0.4, 0.9, 1.02, 1.1, 1.4, 1.7, 1.9, 2.2])
def test_a_backup_on_a_small_disk_is_whole_or_none(room: float, installed: Installed) -> None:
    """Expected: code 0 and it can be put back, or code 2, one sentence, and nothing tinstalled."""
    size = installed.database.stat().st_size
    with disk(installed.folder / "backups", int(size * room)) as folder:
        code, out, err = installed.runs("backup")
        found = sorted(path.name for path in folder.iterdir())
        if code == 0:
            copy = folder / out.strip().rpartition("/")[2]
            assert found == [copy.name, copy.with_suffix(".json").name]
            assert installed.is_put_back(copy)
        else:
            assert code in (TO_MEND, FOR_NOW)
            assert (err.count("\n"), found) == (1, [])
            assert "No space" in err or "full" in err
        assert (code == 0) == (room > 1), err
        assert not [line for line in installed.runs("doctor")[2].splitlines() if "backups/" in line]


def test_what_killed_backups_left_is_named_and_goes(installed: Installed) -> None:
    """Expected: doctor names each, the next backup removes each, and rotation counts none."""
    folder = installed.folder / "backups"
    assert installed.runs("backup")[0] == 0
    (whole,) = folder.glob("*.db")
    left = [
        *(folder / f"{NAME}.part{e}" for e in ("", "-wal", "-shm")),
        *(folder / f"{NAME}.db.0a1b2c3d.part{e}" for e in ("", "-journal")),
        folder / f"{NAME}.json", folder / "opschaalgids-20260102-000000.json",
        *(installed.folder / f"{name}.part" for name in ("guide.db", "key", "guide.db.erased")),
    ]  # fmt: skip
    for path in left:
        path.touch()
    left[6].write_text("{}")
    assert {*named(installed.runs("doctor"))} == {*map(str, left)}
    assert installed.runs("backup", "--keep", "2")[0] == 0
    assert installed.runs("doctor")[0] == 0
    assert [path for path in left if path.exists()] == []
    assert whole.exists()


def named(said: tuple[int, str, str]) -> list[str]:
    return [line.partition(" was left")[0] for line in said[2].splitlines()]


def test_a_copy_without_its_whole_manifest_is_no_backup(installed: Installed) -> None:
    """Expected: it never takes the place of a whole one, and doctor does not count it."""
    folder = installed.folder / "backups"
    assert installed.runs("backup")[0] == 0
    (whole,) = folder.glob("*.db")
    text = whole.with_suffix(".json").read_text()
    for day, manifest in ((1, None), (2, ""), (3, text[:90])):
        copy = folder / f"opschaalgids-2999010{day}-000000.db"
        shutil.copy(whole, copy)
        if manifest is not None:
            copy.with_suffix(".json").write_text(manifest)
    said = installed.runs("doctor")[2]
    assert len(re.findall(r"2999010\d-000000\.db has no whole manifest", said)) == 3
    assert installed.runs("backup", "--keep", "1")[0] == 0
    (newest,) = [p for p in folder.glob("*.db") if "-2999" not in p.name]
    assert installed.is_put_back(newest)


@pytest.mark.parametrize("how", ["cut", "bent", "cut and described", "of another key"])
def test_doctor_proves_the_newest_backup(how: str, installed: Installed) -> None:
    """It looks at no name: what a restore would refuse is a finding."""
    folder = installed.folder / "backups"
    assert installed.runs("backup")[0] == 0
    assert installed.runs("doctor")[2] == ""
    (copy,) = folder.glob("*.db")
    spoil(copy, how)
    code, _, err = installed.runs("doctor")
    assert code == 1
    assert [str(copy) in line for line in err.splitlines()] == [True]
    assert not installed.is_put_back(copy)


def spoil(copy: Path, how: str) -> None:
    content = bytearray(copy.read_bytes())
    if how.startswith("cut"):
        del content[len(content) * 2 // 3 // 4096 * 4096 :]
    elif how == "bent":
        content[len(content) // 2] ^= 1
    else:
        content = bytearray(os.urandom(len(content)))
    copy.write_bytes(content)
    if how in ("cut and described", "of another key"):
        describe(copy)


def describe(copy: Path) -> None:
    """With the digest that it has now, as a manifest that was written after the damage."""
    beside = copy.with_suffix(".json")
    said = json.loads(beside.read_text())
    beside.write_text(json.dumps(said | {"sha256": hashlib.sha256(copy.read_bytes()).hexdigest()}))
