"""A backup made the database again: proved, without the erased, under the newest key."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from storage.backups import copies, replacement
from storage.database import files
from storage.database.connection import fitting, open_database, reading, scrubbed
from storage.database.errors import StoreError, WrongKey, opening
from storage.database.keys import read_keys
from storage.database.rows import first_number
from storage.database.tombstones import Erased, Listing, counted, erased_beside
from storage.privacy import erasure
from storage.privacy.watermark import LOST, Known, known_and, known_of, settle
from storage.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from storage.backups.copies import Manifest

OURS = "SELECT 1 FROM sqlite_master WHERE name = 'people'"
SETTLED = (
    "UPDATE outbox SET failed = 'restored' WHERE sent_at IS NULL AND failed IS NULL",
    "UPDATE updates SET answered_at = :at WHERE press IS NOT NULL AND answered_at IS NULL",
    """UPDATE facts SET value = CAST(:first AS TEXT)
        WHERE name = 'last_said' AND CAST(value AS INTEGER) < :first""",
    "DELETE FROM sessions",
    "DELETE FROM doors",
)
"""Nothing old goes out again, no old button means something new, and nobody is let in by
what was ended or used since.

A button names the number of its message. After a restore those numbers would be given
out again that stand under buttons of the time since the backup; milliseconds since
1970 are above every number there was.
"""


@dataclass(frozen=True)
class Restored:
    """`kept`: where what stood there is now. `said`: what the operator must know, in sentences.

    `as_of`: what came later is not in it.
    """

    kept: Path | None
    said: tuple[str, ...]
    as_of: datetime


@dataclass(frozen=True)
class Backup:
    """A file that is put back at a moment; `without`: whatever the list of the erased says."""

    path: Path
    manifest: Manifest | None
    at: datetime
    without: bool

    @property
    def made_at(self) -> datetime:
        """As of when it is. Without a manifest: when the file was last written."""
        if self.manifest:
            return self.manifest.as_of
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
    copies.Places(database, key_file, database.parent / "backups").clean()
    backup = Backup(path, copies.prove(path), at, without)
    keys = read_keys(database, key_file)
    _take_list(path, erased_beside(database, keys))
    with opening(database), replacement.alone_with(database, keys) as old:
        live = known_of(old, keys) if old else None
        with files.beside(database) as part:
            try:
                said = _prepare(backup, part, key_file, erased_beside(database, keys), live)
            except StoreError as error:  # what is said of the copy is meant for the backup
                raise type(error)(str(error).replace(str(part), str(path))) from error
            kept = replacement.set_apart(database, old, at)
    return Restored(kept, said, backup.made_at)


def _refuse_wrong(path: Path, database: Path, key_file: Path) -> None:
    if not path.is_file():
        raise StoreError(f"There is no file {path}; name a backup that opschaalgids made.")
    if database.exists() and path.samefile(database):
        raise StoreError(f"{path} is the database itself; name a backup.")
    if not path.stat().st_size:
        raise StoreError(f"{path} is empty; take another backup.")
    if not key_file.exists():
        raise StoreError(f"The key file {key_file} is missing; put back the key of this backup.")


def _prepare(
    backup: Backup, part: Path, key_file: Path, erased: Erased, live: Known | None
) -> tuple[str, ...]:
    """A copy of the copy, in today's form, that nothing old goes out from or comes back by."""
    _copy(backup, part)
    key = _prove(backup, part, erased.keys, key_file)
    with closing(open_database(part, key_file)) as db:
        reason = _lacks(erased.read(), backup, live, known_of(db.conn, erased.keys))
        if reason and not backup.without:
            raise StoreError(
                f"The list of what was erased, {erased.path}, {reason}; put it back from where you "
                "keep it, or run opschaalgids doctor where the database still stands, or add "
                f"--without-erasures: then what was erased {backup.since} may be back."
            )
        store = Store(db, erased=erased)
        _settle(store, backup)
        _erase_again(store, erased, backup, live, lost=bool(reason))
    replacement.under(part, key, erased.keys[0])
    replacement.prove(part, erased.keys[0])
    proof = "There was no manifest: only its pages were checked."
    back = f"The list {erased.path} {reason}, so what was erased {backup.since} may be back."
    return (*([] if backup.manifest else [proof]), *([back] if reason else []))


def _copy(backup: Backup, part: Path) -> None:
    """With its log where it has one, as a database that was put aside by an earlier version."""
    with opening(backup.path):
        shutil.copyfile(backup.path, part)
        log = backup.path.with_name(f"{backup.path.name}-wal")
        if not backup.manifest and log.exists():
            shutil.copyfile(log, part.with_name(f"{part.name}-wal"))


def _prove(backup: Backup, part: Path, keys: tuple[str, ...], key_file: Path) -> str:
    """The key of what is on the disk now: what was backed up, and a database of this guide."""
    try:
        key = fitting(keys, part)
    except WrongKey:
        raise StoreError(
            f"{part} does not open: the key is not the one it was made with, or it is no backup, "
            f"or damaged; put its key into {key_file}, or take another backup."
        ) from None
    with closing(reading(part, key)) as found:
        if not found.execute(OURS).fetchone():
            raise StoreError(f"{part} is no database of opschaalgids; take another backup.")
    replacement.prove(part, key, backup.manifest.rows if backup.manifest else None)
    return key


def _settle(store: Store, backup: Backup) -> None:
    with store.transaction():
        for statement in SETTLED:
            store.db.execute(
                statement, {"at": backup.at.isoformat(), "first": first_number(backup.at)}
            )
        store.remember("lost_since", backup.made_at.isoformat())


# ---------------------------------------------------------------- what was erased since


def _take_list(path: Path, erased: Erased) -> None:
    """The list that went with a copy, where the one beside the database is not whole, or less.

    A disk that is lost takes its own list with it.
    """
    there = path.with_name(erased.name)
    found, own = Erased(there, erased.keys).read(), erased.read()
    less = own.how == "missing" or (own.how == "broken" and own.count <= found.count)
    if found.how == "whole" and (less or (own.how == "whole" and own.count < found.count)):
        erased.renew(found.lines, found.count)


def _lacks(found: Listing, backup: Backup, live: Known | None, copy: Known) -> str | None:
    """Why the list may not say all that was erased since the backup; None where it does."""
    manifest = counted(backup.manifest.erased) if backup.manifest else 0
    counts = [k.listing.count for k in (live, copy) if k and not k.unmarked]
    least = max([manifest, *counts])
    if live and live.lost and live.lost >= f"{backup.made_at:%Y-%m-%d}":
        return f"was not whole on {live.lost}"
    if found.how == "broken":
        return "is cut or damaged, or is another database's"
    if found.how == "whole":
        return "is older than what it goes with" if found.count < least else None
    if counts or manifest:
        # The database that stands there may know that nothing was ever erased.
        fits = bool(found.how == "missing" and live and not live.unmarked and not least)
    else:
        # A list of a version before marks, held against what such a version remembered.
        told = bool(live or found.lines)
        fits = told and all(known.plausible(found) for known in (live, copy) if known)
    gone = "is missing" if found.how == "missing" else "is empty or cut"
    return None if fits else gone


def _erase_again(
    store: Store, erased: Erased, backup: Backup, live: Known | None, *, lost: bool
) -> None:
    """The list comes to hold what the database knew that stands there; nothing it said goes."""
    found = erased.read()
    lines, count = known_and(found, live)
    if found.how != "whole" or (lines, count) != (list(found.lines), found.count):
        erased.renew(lines, count)
    with store.transaction():
        erasure.again(store, backup.at)
        settle(store)
        before = live.lost if live else None
        store.remember(LOST, backup.at.date().isoformat() if lost else before)
    scrubbed(store.db)
