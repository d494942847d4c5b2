"""A backup made the database again: proved, without the erased, under the newest key."""

from __future__ import annotations

import shutil
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from storage.backups import copies, replacement
from storage.backups.catalogue import Places
from storage.database import files
from storage.database.connection import fitting, open_database, reading, scrubbed, transaction
from storage.database.errors import StoreError, WrongKey, opening
from storage.database.keys import read_keys
from storage.database.rows import first_number
from storage.database.tombstones import Listing, counted, erased_beside
from storage.privacy import unfinished
from storage.privacy.watermark import LOST, Known, known_and, known_of, settle
from storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlite_utils import Database

    from storage.backups.copies import Manifest
    from storage.database.tombstones import Erased


OURS = "SELECT 1 FROM sqlite_master WHERE name = 'people'"


@dataclass(frozen=True)
class Restored:
    """`kept`: where what stood there is now. `said`: what the operator must know, in sentences."""

    kept: Path | None
    said: tuple[str, ...]


@dataclass(frozen=True)
class Backup:
    """A file that is put back at a moment; `without`: whatever the list of the erased says."""

    path: Path
    manifest: Manifest | None
    at: datetime
    without: bool

    @property
    def made_at(self) -> datetime:
        """Without a manifest: when the file was last written."""
        if self.manifest:
            return datetime.fromisoformat(self.manifest.made_at)
        return datetime.fromtimestamp(self.path.stat().st_mtime, self.at.tzinfo)

    @property
    def since(self) -> str:
        """For how many days erasures may be missing."""
        days = (self.at.date() - self.made_at.date()).days
        return f"since {self.made_at:%Y-%m-%d} ({days} days)"


def put_back(
    path: Path, database: Path, key_file: Path, at: datetime, *, without: bool = False
) -> Restored:
    """Make `path` the database; the file that stood there is kept beside it.

    `without`: also where the list of what was erased is not whole. Raises StoreError, and
    then all is as it was; killed at any moment, the old database stands there or the new.
    """
    _refuse_wrong(path, database, key_file)
    Places(database, key_file, database.parent / "backups").clean()
    backup = Backup(path, copies.prove(path), at, without)
    keys = read_keys(database, key_file)
    with opening(database), replacement.alone_with(database, keys) as old:
        live = known_of(old, keys) if old else None
        with files.beside(database) as part, _named(part, path):
            said = _prepare(backup, part, key_file, erased_beside(database, keys), live)
            kept = replacement.set_apart(database, old, at)
    return Restored(kept, said)


def _refuse_wrong(path: Path, database: Path, key_file: Path) -> None:
    if not path.is_file():
        raise StoreError(f"There is no file {path}; name a backup that opschaalgids made.")
    if database.exists() and path.samefile(database):
        raise StoreError(f"{path} is the database itself; name a backup.")
    if not path.stat().st_size:
        raise StoreError(f"{path} is empty; take another backup.")
    if not key_file.exists():
        raise StoreError(f"The key file {key_file} is missing; put back the key of this backup.")


@contextmanager
def _named(part: Path, path: Path) -> Iterator[None]:
    """What is said of the copy is meant for the backup."""
    try:
        yield
    except StoreError as error:
        raise type(error)(str(error).replace(str(part), str(path))) from error


def _prepare(
    backup: Backup, part: Path, key_file: Path, erased: Erased, live: Known | None
) -> tuple[str, ...]:
    """A copy of the copy, in today's form, that nothing old goes out from or comes back by."""
    _copy(backup, part)
    key = _fits(part, erased.keys, key_file)
    _prove(backup, part, key)
    db = open_database(part, key_file)
    reason = _lacks(erased.read(), backup, live, known_of(db.conn, erased.keys))
    if reason and not backup.without:
        db.close()
        raise StoreError(_refusal(erased.path, reason, backup))
    _settle(db, backup)
    _erase_again(db, erased, backup, live, lost=bool(reason))
    db.close()
    replacement.under(part, key, erased.keys[0])
    replacement.prove(part, erased.keys[0])
    return _told(erased.path, reason, backup)


def _copy(backup: Backup, part: Path) -> None:
    """With its log where it has one, as a database that was put aside by an earlier version."""
    with opening(backup.path):
        shutil.copyfile(backup.path, part)
        log = backup.path.with_name(f"{backup.path.name}-wal")
        if not backup.manifest and log.exists():
            shutil.copyfile(log, part.with_name(f"{part.name}-wal"))


def _fits(part: Path, keys: tuple[str, ...], key_file: Path) -> str:
    try:
        return fitting(keys, part)
    except WrongKey:
        raise StoreError(
            f"{part} does not open: the key is not the one it was made with, or it is no backup, "
            f"or damaged; put its key into {key_file}, or take another backup."
        ) from None


def _prove(backup: Backup, part: Path, key: str) -> None:
    """What is on the disk now is what was backed up, and it is a database of this guide."""
    with closing(reading(part, key)) as found:
        if not found.execute(OURS).fetchone():
            raise StoreError(f"{part} is no database of opschaalgids; take another backup.")
    replacement.prove(part, key, backup.manifest.rows if backup.manifest else None)


def _settle(db: Database, backup: Backup) -> None:
    """Nothing old goes out again, and no old button means something new.

    A button names the number of its message. After a restore those numbers would be given
    out again that stand under buttons of the time since the backup; milliseconds since
    1970 are above every number there was.
    """
    with transaction(db):
        db.execute("UPDATE outbox SET failed = 'restored' WHERE sent_at IS NULL AND failed IS NULL")
        db.execute(
            "UPDATE updates SET answered_at = ? WHERE press IS NOT NULL AND answered_at IS NULL",
            [backup.at.isoformat()],
        )
        db.execute(
            "UPDATE facts SET value = CAST(:first AS TEXT) "
            "WHERE name = 'last_said' AND CAST(value AS INTEGER) < :first",
            {"first": first_number(backup.at)},
        )
        db.execute(
            "INSERT INTO facts(name, value) VALUES ('lost_since', ?) "
            "ON CONFLICT(name) DO UPDATE SET value = excluded.value",
            [backup.made_at.isoformat()],
        )


# ---------------------------------------------------------------- what was erased since


def _lacks(found: Listing, backup: Backup, live: Known | None, copy: Known) -> str | None:
    """Why the list may not say all that was erased since the backup; None where it does."""
    manifest = counted(backup.manifest.erased) if backup.manifest else 0
    counts = [k.listing.count for k in (live, copy) if k and k.listing]
    least = max([manifest, *counts])
    if live and live.lost and live.lost >= f"{backup.made_at:%Y-%m-%d}":
        return f"was not whole on {live.lost}"
    if found.how == "broken":
        return "is cut or damaged, or is another database's"
    if found.how == "whole":
        return "is older than what it goes with" if found.count < least else None
    if counts or manifest:
        return None if found.how == "missing" and _never(live, least) else f"is {_so(found)}"
    return None if _as_before(found, live, copy) else f"is {_so(found)}"


def _so(found: Listing) -> str:
    return "missing" if found.how == "missing" else "empty or cut"


def _never(live: Known | None, least: int) -> bool:
    """The database that stands there knows that nothing was ever erased."""
    return live is not None and live.listing is not None and least == 0


def _as_before(found: Listing, live: Known | None, copy: Known) -> bool:
    """A list of a version before marks, held against what such a version remembered."""
    if live is None and not found.lines:
        return False
    return all(known.plausible(found) for known in (live, copy) if known)


def _refusal(path: Path, reason: str, backup: Backup) -> str:
    return (
        f"The list of what was erased, {path}, {reason}; put it back from where you keep it, or "
        "run opschaalgids doctor where the database still stands, or add --without-erasures: then "
        f"what was erased {backup.since} may be back."
    )


def _told(path: Path, reason: str | None, backup: Backup) -> tuple[str, ...]:
    proof = "" if backup.manifest else "There was no manifest: only its pages were checked."
    back = f"The list {path} {reason}, so what was erased {backup.since} may be back."
    return tuple(filter(None, (proof, back if reason else "")))


def _erase_again(
    db: Database, erased: Erased, backup: Backup, live: Known | None, *, lost: bool
) -> None:
    """The list comes to hold what the database knew that stands there; nothing it said goes."""
    found, store = erased.read(), Store(db, erased=erased)
    lines, count = known_and(found, live)
    if found.how != "whole" or (lines, count) != (list(found.lines), found.count):
        erased.renew(lines, count)
    with store.transaction():
        unfinished.apply(store, backup.at)
        settle(store)
        store.remember(LOST, _lost(live, backup, lost=lost))
    scrubbed(db)


def _lost(live: Known | None, backup: Backup, *, lost: bool) -> str | None:
    return backup.at.date().isoformat() if lost else live.lost if live else None
