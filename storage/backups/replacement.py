"""One database in place of another: with nobody inside, and never without one."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as sqlcipher

from storage.backups import copies
from storage.database import files
from storage.database.connection import fitting, keyed
from storage.database.errors import StoreError, WrongKey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

PATIENCE = 3
"""Seconds for a command that is just ending."""

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
    apart = _free(database.with_name(f"{database.name}.before-{at:%Y%m%d-%H%M%S}"))
    for ending in () if connection else ("-wal", "-shm"):
        if (left := database.with_name(database.name + ending)).exists():
            left.rename(apart.with_name(apart.name + ending))
    try:
        os.link(database, apart)
    except OSError as error:
        if error.errno not in files.NO_LINKS:
            raise
        database.rename(apart)
    files.sync_folder(database.parent)
    if connection and sys.platform == "win32":  # it renames no open file, and so lets nobody in
        connection.close()
    return apart


def _free(path: Path) -> Path:
    while path.exists():
        path = path.with_name(f"{path.name}-2")
    return path
