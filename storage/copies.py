"""Copies of the database that were proved to open: made while it runs, put back when it must."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as sqlcipher

from storage import erasing, files
from storage.database import connect, fitting, open_database, reading, transaction
from storage.erased import Erased, erased_beside
from storage.keys import read_keys
from storage.rows import first_turn
from storage.schema import migrate
from storage.store import Store
from storage.trouble import StoreError, WrongKey, opening

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlite_utils import Database

FORMAT = "opschaalgids-backup"


@dataclass(frozen=True)
class Manifest:
    """What a copy holds, beside it as JSON: to prove it before it is needed."""

    format: str
    made_at: str
    sha256: str
    rows: dict[str, int]
    forms: list[str]


def make(db: Database, database: Path, key_file: Path, folder: Path, at: datetime) -> Path:
    """A copy in `folder`, encrypted with the same key; the key is never in it.

    It has its name, and its manifest, once it was read back from the disk and found whole.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = _free(folder, at)
    key = fitting(read_keys(database, key_file), database)
    try:
        with opening(path), files.beside(path, over=False) as part:
            rows = _copy(db, part, key)
            if wrong := _unlike(part, (key,), rows):
                raise StoreError(f"The copy is not like the database ({wrong}); make it again.")
            manifest = Manifest(FORMAT, at.isoformat(), digest(part), rows, _forms(db))
            _describe(path, manifest)
    except FileExistsError:
        raise StoreError(f"{path} is being made already; wait for that one.") from None
    return path


def _free(folder: Path, at: datetime) -> Path:
    """Named by its second; by the next that is free where two are made in one."""
    path = folder / at.strftime("opschaalgids-%Y%m%d-%H%M%S.db")
    taken = path.exists() or manifest_of(path).exists()
    return _free(folder, at + timedelta(seconds=1)) if taken else path


def _describe(path: Path, manifest: Manifest) -> None:
    text = json.dumps(asdict(manifest), indent=1) + "\n"
    files.write(manifest_of(path), text.encode(), over=False)


def _copy(db: Database, part: Path, key: str) -> dict[str, int]:
    """In one step and one snapshot: stepwise copying starves beside writers."""
    target = connect(part, key)
    # A log would hold the pages once more, and closing says nothing where it finds no room.
    target.execute("PRAGMA journal_mode = OFF")
    db.conn.execute("BEGIN")
    try:
        rows = _counts(db.conn)
        db.conn.backup(target)
    finally:
        db.conn.execute("COMMIT")
        target.close()
    files.settle(part)
    return rows


def _unlike(path: Path, keys: tuple[str, ...], rows: dict[str, int]) -> str:
    """What is wrong with a copy as it stands on the disk; the empty text where it is whole."""
    for key in keys:
        try:
            with closing(reading(path, key)) as found:
                wrong = [*problems(found), *(["rows"] if _counts(found) != rows else [])]
            return "".join(wrong[:1])
        except WrongKey:
            continue
        except sqlcipher.DatabaseError as error:
            return str(error)
    return "no key opens it"


def _counts(connection: Any) -> dict[str, int]:
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


def fault(path: Path, keys: tuple[str, ...]) -> str:
    """Why a copy could not be put back, in one sentence; the empty text where it could."""
    try:
        manifest = prove(path)
    except StoreError as error:
        return str(error)
    wrong = _unlike(path, keys, manifest.rows) if manifest else "it has no manifest"
    return f"{path} is not whole ({wrong}); make a new one." if wrong else ""


# ---------------------------------------------------------------- putting back


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


def put_back(path: Path, database: Path, key_file: Path, at: datetime) -> Path | None:
    """Make `path` the database; the file that stood there is kept beside it and returned."""
    manifest = prove(path)
    if not key_file.exists():
        raise StoreError(f"The key file {key_file} is missing; put back the key of this backup.")
    part = database.with_name(f"{database.name}.part")
    try:
        gone = erased_beside(database, read_keys(database, key_file))
        since = manifest.made_at if manifest else at.isoformat()
        _prepare(path, part, key_file, Since(since, at, gone))
        kept = _set_apart(database, at)
        part.replace(database)
    finally:
        for left in (part, *_beside(part)):
            left.unlink(missing_ok=True)
    return kept


@dataclass(frozen=True)
class Since:
    """When a copy was made, when it is put back, and what was erased between the two."""

    made_at: str
    at: datetime
    erased: Erased


def _prepare(path: Path, part: Path, key_file: Path, since: Since) -> None:
    """A copy of the copy, in today's form, that nothing old goes out from or comes back by."""
    with opening(part):
        part.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.touch(mode=0o600)
        part.write_bytes(path.read_bytes())
    db = open_database(part, key_file)
    wrong = problems(db.conn)
    if not wrong:
        _settle(db, since.made_at, since.at)
        _erase_again(db, since)
    db.close()
    if wrong:
        raise StoreError(f"{path} is damaged ({wrong[0]}); take another backup.")
    files.settle(part)


def _settle(db: Database, since: str, at: datetime) -> None:
    """Nothing old goes out again, and no old button means something new.

    A button's reference comes from its person's count of turns. After a restore
    that count would give out references that stand under buttons of the time
    since the backup; seconds since 1970 are above every count there was.
    """
    now = at.isoformat()
    db.conn.execute("BEGIN IMMEDIATE")
    db.conn.execute(
        "UPDATE outbox SET failed = 'restored' WHERE sent_at IS NULL AND failed IS NULL"
    )
    db.conn.execute("UPDATE presses SET answered_at = ? WHERE answered_at IS NULL", [now])
    db.conn.execute("UPDATE people SET turn = MAX(turn + 1, ?)", [first_turn(at)])
    db.conn.execute("INSERT OR REPLACE INTO facts(name, value) VALUES ('lost_since', ?)", [since])
    db.conn.execute("COMMIT")


def _erase_again(db: Database, since: Since) -> None:
    with transaction(db):
        erasing.apply(Store(db, erased=since.erased), since.at)
    erasing.scrubbed(db)


def _set_apart(database: Path, at: datetime) -> Path | None:
    if not database.exists():
        return None
    apart = database.with_name(f"{database.name}.before-{at:%Y%m%d-%H%M%S}")
    for old in _beside(database):
        if old.exists():
            old.rename(apart.with_name(apart.name + old.name.removeprefix(database.name)))
    return database.rename(apart)


def _beside(database: Path) -> list[Path]:
    return [database.with_name(database.name + ending) for ending in ("-wal", "-shm")]


def manifest_of(path: Path) -> Path:
    return path.with_suffix(".json")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
