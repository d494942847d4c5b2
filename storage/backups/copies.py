"""Copies of the database: made while it runs, proved to open, found in their folder, removed."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as sqlcipher

from storage.database import files
from storage.database.connection import connect, fitting, reading
from storage.database.errors import StoreError, WrongKey, opening
from storage.database.keys import read_keys
from storage.database.schema import migrate
from storage.database.tombstones import erased_beside

if TYPE_CHECKING:
    from pathlib import Path

    from sqlite_utils import Database

    from storage.database.rows import Rows
    from storage.database.tombstones import Erased

FORMAT = "opschaalgids-backup"
FORM = "opschaalgids-%Y%m%d-%H%M%S.db"
NAME = re.compile(rf"{files.BACKUP}\.db")
# Copies and manifests, and copies as earlier versions began them.
LEFT = rf"{files.BACKUP}(?:\.db|\.json)?"


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
    number: int = 0
    """Which of its folder, from 1 on: a clock may step back, this does not. 0: of before."""
    until: str = ""
    """When nothing had changed in the database since yet, where that was seen."""

    @property
    def as_of(self) -> datetime:
        """What came later is not in it."""
        return datetime.fromisoformat(self.until or self.made_at)

    @property
    def text(self) -> bytes:
        return f"{json.dumps(asdict(self), indent=1)}\n".encode()


def _newest_number(folder: Path) -> int:
    return max((manifest.number for _, manifest in in_order(folder)), default=0)


def _free(folder: Path, at: datetime) -> Path:
    """Named by its second; by the next that is free where two are made in one."""
    path = folder / at.strftime(FORM)
    taken = path.exists() or manifest_of(path).exists()
    return _free(folder, at + timedelta(seconds=1)) if taken else path


def _copy(db: Database, part: Path, key: str) -> dict[str, int]:
    """In one step and one snapshot: stepwise copying starves beside writers."""
    target = connect(part, key)
    # A log would hold the pages once more, and closing says nothing where it finds no room.
    target.execute("PRAGMA journal_mode = OFF")
    db.conn.execute("BEGIN")
    try:
        rows = counts(db.conn)
        db.conn.backup(target)
    finally:
        db.conn.execute("COMMIT")
        target.close()
    files.settle(part)
    return rows


def unlike(path: Path, keys: tuple[str, ...], rows: dict[str, int] | None) -> str:
    """What is wrong with a copy as it stands on the disk; the empty text where it is whole.

    `rows`: what each table must hold; None where nobody knows.
    """
    for key in keys:
        try:
            with closing(reading(path, key)) as found:
                wrong = [*problems(found), *(["rows"] if rows not in (None, counts(found)) else [])]
            return "".join(wrong[:1])
        except WrongKey:
            continue
        except sqlcipher.DatabaseError as error:
            return str(error)
    return "no key opens it"


def counts(connection: Any) -> dict[str, int]:
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


def fault(path: Path, keys: tuple[str, ...]) -> str:
    """Why a copy could not be put back, in one sentence; the empty text where it could."""
    try:
        manifest = prove(path)
    except StoreError as error:
        return str(error)
    wrong = unlike(path, keys, manifest.rows) if manifest else "it has no manifest"
    return f"{path} is not whole ({wrong}); make a new one." if wrong else ""


def prove(path: Path) -> Manifest | None:
    """The manifest beside a copy; None where there is none. Refuses a copy that changed."""
    if not path.is_file():
        raise StoreError(f"There is no file {path}; name a backup that opschaalgids made.")
    manifest = described(path)
    if manifest and digest(path) != manifest.sha256:
        raise StoreError(f"{path} is not what was backed up any more; take another backup.")
    return manifest


def described(path: Path) -> Manifest | None:
    """What the manifest beside a copy says; None where there is none."""
    beside = manifest_of(path)
    if not beside.exists():
        return None
    try:
        return Manifest(**json.loads(beside.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise StoreError(f"{beside} cannot be read; put the right one back.") from error


def manifest_of(path: Path) -> Path:
    return path.with_suffix(".json")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ---------------------------------------------------------------- the folder


def named(folder: Path) -> list[Path]:
    """All that have the name of a copy, whole or not, oldest first."""
    return sorted(p for p in folder.glob("opschaalgids-*.db") if NAME.fullmatch(p.name))


def in_order(folder: Path) -> list[tuple[Path, Manifest]]:
    """The copies in a folder as they were made, oldest first: by their numbers, then names."""
    found = []
    for path in named(folder):
        with suppress(OSError, StoreError):
            manifest = described(path)
            found += [(path, manifest)] if manifest else []
    return sorted(found, key=lambda each: each[1].number)


def made(folder: Path) -> list[Path]:
    """The copies in a folder, oldest first: without a whole manifest none is one."""
    return [path for path, _ in in_order(folder)]


@dataclass(frozen=True)
class Places:
    """Where the program writes files of its own.

    `along`: the list of what was erased stands in the folder of copies too, for a disk that
    is lost takes its own with it.
    """

    database: Path
    key_file: Path
    folder: Path
    along: bool = False

    def takes_along(self, erased: Erased) -> str:
        """The first line of the list that goes with a copy; nothing where it is not whole."""
        whole, there = erased.whole(), self.folder / f"{self.database.name}.erased"
        if self.along and whole and not (there.exists() and there.read_bytes() == whole):
            files.write(there, whole)
        return whole.partition(b"\n")[0].decode()

    def left(self) -> list[Path]:
        """What killed programs left: parts, and manifests without a copy."""
        found = [path for place in self._each() for path in files.leftovers(*place)]
        return [*found, *_orphans(self.folder)]

    def clean(self) -> None:
        for place in self._each():
            files.clear(*place)
        for path in _orphans(self.folder):
            path.unlink(missing_ok=True)

    def back_up(self, store: Rows, at: datetime) -> Path:
        """A copy in the folder, encrypted with the same key; the key is never in it.

        It has its name, and its manifest, once it was read back from the disk and found whole.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path, number = _free(self.folder, at), 1 + _newest_number(self.folder)
        keys = read_keys(self.database, self.key_file)
        key = fitting(keys, self.database)
        try:
            with opening(path), files.beside(path, over=False) as part:
                listed = self.takes_along(erased_beside(self.database, keys))
                rows = _copy(store.db, part, key)
                if wrong := unlike(part, (key,), rows):
                    raise StoreError(f"The copy is not like the database ({wrong}); make it again.")
                forms = sorted(m.name for m in migrate.applied(store.db))
                sealed = Manifest(FORMAT, at.isoformat(), digest(part), rows, forms, listed, number)
                files.write(manifest_of(path), sealed.text, over=False)
        except FileExistsError:
            raise StoreError(f"{path} is being made already; wait for that one.") from None
        return path

    def rotate(self, keep: int, days: int, at: datetime) -> None:
        """Remove all but the newest `keep` copies, and what is older than the privacy text says."""
        before = (at - timedelta(days=days)).strftime(FORM)
        old = {path for path in named(self.folder) if path.name < before}
        for path in sorted(old | {*made(self.folder)[:-keep]}):
            remove(path)

    def _each(self) -> tuple[tuple[Path, str], ...]:
        """(folder, the names of the files there)."""
        beside = rf"{re.escape(self.database.name)}(?:\.erased)?"
        key = self.key_file.parent, re.escape(self.key_file.name)
        copied = rf"{LEFT}|{beside}" if self.along else LEFT
        return (self.database.parent, beside), key, (self.folder, copied)


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    manifest_of(path).unlink(missing_ok=True)


def _orphans(folder: Path) -> list[Path]:
    """Empty manifests, and those whose copy is neither there nor on its way."""
    found = [p for p in folder.glob("opschaalgids-*.json") if NAME.fullmatch(f"{p.stem}.db")]
    parts = {*folder.glob("opschaalgids-*.part")} - {*files.leftovers(folder, LEFT)}
    coming = {p.name.partition(".")[0] for p in parts}
    return sorted(
        p
        for p in found
        if p.stem not in coming and not (p.with_suffix(".db").exists() and p.stat().st_size)
    )
