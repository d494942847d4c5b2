"""One database in place of another, or itself under a new key: with nobody inside, never without.

Before a page is under a new key, that and the old one are safe on the disk.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as sqlcipher

from storage.backups import copies
from storage.database import files
from storage.database.connection import fitting, keyed
from storage.database.errors import StoreError, WrongKey, in_one_sentence
from storage.database.keys import fresh_key, read_keys
from storage.database.tombstones import Erased, erased_beside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PATIENCE = 3  # seconds for a command that is just ending
AGAIN = 0.1


@contextmanager
def alone_with(database: Path, keys: tuple[str, ...]) -> Iterator[Any]:
    """The only connection to it; None where there is nothing that opens. Raises StoreError.

    Every other one holds SQLite's shared lock as long as it lives. Until the block ends
    nobody gets in, and the file is all there is: its log was taken into it.
    """
    connection = _only(database, keys) if database.exists() else None
    try:
        yield connection
    finally:
        if connection:
            connection.close()


def _only(database: Path, keys: tuple[str, ...]) -> Any:
    try:
        connection = keyed(database, fitting(keys, database), PATIENCE)
    except WrongKey:
        return None
    connection.execute("PRAGMA busy_timeout = 0")
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    for _ in range(round(PATIENCE / AGAIN)):
        if _taken(connection):
            return connection
        time.sleep(AGAIN)
    connection.close()
    raise StoreError(
        f"{database} is open in another program: a chat, a backup or another command; end that, "
        "and run this again."
    )


def _taken(connection: Any) -> bool:
    """The lock stays after the transaction, for that is what the locking mode says."""
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except sqlcipher.OperationalError:
        return False
    return True


def under(part: Path, old: str, new: str) -> None:
    """Encrypt a database that nobody else knows with another key, and make it one file."""
    connection = keyed(part, old)
    if old != new:
        connection.execute(f"PRAGMA rekey = \"x'{new}'\"")
    (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    connection.close()
    if mode != "delete":
        raise StoreError(f"{part} cannot be written as one file ({mode}); try again.")


def prove(part: Path, key: str, rows: dict[str, int] | None = None) -> None:
    """Raises StoreError where it is not whole as it stands on the disk, or does not hold these."""
    if wrong := copies.unlike(part, (key,), rows):
        raise StoreError(f"{part} is damaged ({wrong}); take another backup.")


def set_apart(database: Path, connection: Any, at: datetime) -> Path | None:
    """A second name for what stands there, so that a rename can take the first away.

    `connection`: as `alone_with` gave it. A file that did not open keeps its log beside it.
    """
    if not database.exists():
        return None
    apart = database.with_name(f"{database.name}.before-{at:%Y%m%d-%H%M%S}")
    while apart.exists():
        apart = apart.with_name(f"{apart.name}-2")
    for ending in () if connection else ("-wal", "-shm"):
        if (left := database.with_name(database.name + ending)).exists():
            left.rename(apart.with_name(apart.name + ending))
    files.link(database, apart)
    files.sync_folder(database.parent)
    if connection and sys.platform == "win32":  # it renames no open file, and so lets nobody in
        connection.close()
    return apart


# ---------------------------------------------------------------- a new key


def rekey(database: Path, key_file: Path, keep: int, today: date) -> int:
    """Encrypt anew; how many older keys stay, for backups of the last `keep` days.

    Raises StoreError where another program has it open. Killed at any moment, one of the
    keys in the file opens it; run it again then.
    """
    keys = read_keys(database, key_file)
    copies.Places(database, key_file, database.parent / "backups").clean()
    with in_one_sentence(database):
        current = fitting(keys, database)
        with alone_with(database, keys) as old:
            lines = _lines(key_file, current, keep, today)
            files.write(key_file, "".join(f"{line}\n" for line in lines).encode())
            _mark_anew(erased_beside(database, (lines[0], *keys)))
            with files.beside(database) as part:
                _encrypt(old, part, current, lines[0])
    return len(lines) - 1


def _encrypt(old: Any, part: Path, current: str, new: str) -> None:
    """A copy under the new key, proved from the disk before it takes the old one's place."""
    target = keyed(part, current)
    old.backup(target)
    target.close()
    under(part, current, new)
    if wrong := copies.unlike(part, (new,), copies.counts(old)):
        raise StoreError(f"The copy is not like the database ({wrong}); run rekey again.")
    if sys.platform == "win32":  # it renames no open file, and so lets nobody in
        old.close()


def _mark_anew(erased: Erased) -> None:
    """The key that marked the list may be dropped one day."""
    found = erased.read()
    if found.how == "whole":
        erased.renew(found.lines, found.count)


def _lines(key_file: Path, current: str, keep: int, today: date) -> list[str]:
    """The new key, the one that opens it now, and the others that a backup may need."""
    since, day = (today - timedelta(days=keep)).isoformat(), today.isoformat()
    found = key_file.read_text(encoding="ascii").split("\n")
    dated = {key: when or day for key, _, when in (line.partition(" ") for line in found if line)}
    others = [f"{key} {when}" for key, when in dated.items() if key != current and when >= since]
    return [fresh_key(), f"{current} {day}", *others]
