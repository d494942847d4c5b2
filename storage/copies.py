"""Copies of the database that were proved to open, made while it runs."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from storage.database import connect, fitting
from storage.erased import erased_beside
from storage.keys import read_keys
from storage.schema import migrate
from storage.trouble import StoreError, opening

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlite_utils import Database

FORMAT = "opschaalgids-backup"
NAME = re.compile(r"opschaalgids-\d{8}-\d{6}\.db")


@dataclass(frozen=True)
class Manifest:
    """What a copy holds, beside it as JSON: to prove it before it is needed."""

    format: str
    made_at: str
    sha256: str
    rows: dict[str, int]
    forms: list[str]
    erased: str = ""
    """The first line of the list of what was erased, as it was then."""


def make(db: Database, database: Path, key_file: Path, folder: Path, at: datetime) -> Path:
    """A verified copy in `folder`, encrypted with the same key; the key is never in it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / at.strftime("opschaalgids-%Y%m%d-%H%M%S.db")
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with opening(part):
        rows = _copy(db, part, fitting(read_keys(database, key_file), database))
    erased = erased_beside(database, read_keys(database, key_file)).head()
    manifest = Manifest(FORMAT, at.isoformat(), digest(part), rows, _forms(db), erased)
    _sync(part)
    part.replace(path)
    _write(manifest_of(path), json.dumps(asdict(manifest), indent=1))
    return path


def _copy(db: Database, part: Path, key: str) -> dict[str, int]:
    """In one step and one snapshot: stepwise copying starves beside writers."""
    target = connect(part, key)
    db.conn.execute("BEGIN")
    try:
        rows = counts(db.conn)
        db.conn.backup(target)
    finally:
        db.conn.execute("COMMIT")
    wrong = [*problems(target), *(["rows"] if counts(target) != rows else [])]
    target.close()
    if wrong:
        part.unlink()
        raise StoreError(f"The copy is not like the database ({wrong[0]}); make it again.")
    return rows


def counts(connection: Any) -> dict[str, int]:
    """How many rows each table holds."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    return {
        n: int(connection.execute(f"SELECT COUNT(*) FROM [{n}]").fetchone()[0])  # noqa: S608 - our own tables
        for (n,) in names
    }


def problems(connection: Any) -> list[str]:
    """What SQLCipher finds wrong with a page, or SQLite with the whole."""
    found = [row[0] for row in connection.execute("PRAGMA cipher_integrity_check").fetchall()]
    whole = [row[0] for row in connection.execute("PRAGMA integrity_check").fetchall()]
    return [*map(str, found), *(line for line in whole if line != "ok")]


def _forms(db: Database) -> list[str]:
    return sorted(m.name for m in migrate.applied(db))


def prove(path: Path) -> Manifest | None:
    """The manifest beside a copy; None where there is none. Refuses a copy that changed."""
    beside = manifest_of(path)
    if not path.is_file():
        raise StoreError(f"There is no file {path}; name a backup that opschaalgids made.")
    if not beside.exists():
        return None
    try:
        manifest = Manifest(**json.loads(beside.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise StoreError(f"{beside} cannot be read; put the right one back.") from error
    if digest(path) != manifest.sha256:
        raise StoreError(f"{path} is not what was backed up any more; take another backup.")
    return manifest


# ---------------------------------------------------------------- many copies


def made(folder: Path) -> list[Path]:
    """The copies in a folder, oldest first."""
    return sorted(p for p in folder.glob("opschaalgids-*.db") if NAME.fullmatch(p.name))


def rotate(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` copies; those that went."""
    old = made(folder)[:-keep]
    for path in old:
        path.unlink()
        manifest_of(path).unlink(missing_ok=True)
    return old


def expire(folder: Path, days: int, at: datetime) -> list[Path]:
    """Remove the copies that are older than the privacy text promises; those that went."""
    before = (at - timedelta(days=days)).strftime("opschaalgids-%Y%m%d-%H%M%S.db")
    old = [path for path in made(folder) if path.name < before]
    for path in old:
        path.unlink()
        manifest_of(path).unlink(missing_ok=True)
    return old


def manifest_of(path: Path) -> Path:
    return path.with_suffix(".json")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
