"""Opens the encrypted database, and keeps all of a turn or nothing."""

from __future__ import annotations

import errno
import os
import time
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import sqlcipher3.dbapi2 as sqlcipher

from storage.database import leader
from storage.database.errors import StoreError, WrongKey, opening, told, told_apart
from storage.database.keys import read_keys
from storage.database.library import Database
from storage.database.place import Server
from storage.database.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.database.place import Led, Place

BUSY_SECONDS = 10
AGAIN = 0.05  # seconds until a file that another program has alone is tried again
LOCKED = "database is locked"
CACHE_KIB = 64 * 1024  # a page that is not in memory costs its decryption
SEALS = ("HMAC_SHA256", "HMAC_SHA512")
"""What holds each page true: of files made now, and of those made before, found by trying.

Copying pages seals them anew, so a copy of a file of before is as one made now. That both
leave the same room at the end of a page makes it safe: tests/test_seals.py.
"""
STATEMENTS = 1_000
"""Prepared ones that a connection keeps: more than there are.

Of a hundred, its own measure, the driver gives up the one that was used least. Once a start
has filled it, each statement of a turn pushes out the one before, and all are prepared anew.
"""
CHECKPOINT_PAGES = 4_000  # 16 MB: a checkpoint writes every changed page once, so rarer is cheaper


def connect(database: Path, key: str, busy: float = BUSY_SECONDS) -> Any:
    """A connection that has proved that the key fits. Commits are explicit."""
    connection = keyed(database, key, busy)
    tune(connection)
    return connection


def keyed(database: Path, key: str, busy: float = BUSY_SECONDS) -> Any:
    """The same, before it changed anything about the file, or how it is locked.

    While another program has it alone, each try opens the file anew: it may be replaced
    meanwhile, and what waits for the old one would read the new one's log with it.
    """
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _create(database)
    for _ in range(max(1, round(busy / AGAIN))):
        connection = _tried(database, key)
        if connection:
            connection.execute(f"PRAGMA busy_timeout = {round(busy * 1000)}")
            return connection
        time.sleep(AGAIN)
    raise sqlcipher.OperationalError(LOCKED)


def _create(database: Path) -> None:
    """Only where there is none: closing a file takes SQLite's locks of this process off it.

    SQLite gives its -wal and -shm files the mode of the database.
    """
    if not database.exists():
        with suppress(FileExistsError):
            os.close(os.open(database, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if not os.access(database, os.R_OK | os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(database))


def reading(database: Path, key: str) -> Any:
    """A connection to the file alone, as it stands on the disk: no log, no lock, no change."""
    place = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
    connecting = partial(sqlcipher.connect, place, uri=True, isolation_level=None)
    return _unlocked(connecting, database, key)


def _tried(database: Path, key: str) -> Any:
    """A connection to the file that stands there, or None while it cannot be had."""
    opened = leader.identity(database)
    connecting = partial(
        sqlcipher.connect, str(database), timeout=0, isolation_level=None,
        factory=leader.Connection, cached_statements=STATEMENTS,
    )  # fmt: skip
    try:
        connection = _unlocked(connecting, database, key)
    except sqlcipher.OperationalError as error:
        if LOCKED in str(error):
            return None
        raise
    connection.of(database, opened)
    if leader.identity(database) == opened:
        return connection
    connection.close()
    return None


def _unlocked(connecting: Callable[[], Any], database: Path, key: str) -> Any:
    """A connection by the seal that its pages have; each try is a new one, or sees the last."""
    for seal in SEALS:
        connection = connecting()
        try:
            if _opens(connection, key, seal):
                return connection
        except BaseException:
            connection.close()
            raise
        connection.close()
    raise WrongKey(
        f"{database} does not open: the key is not the one it was made with, or the file "
        "is damaged; check OPSCHAALGIDS_KEY_FILE, or restore a backup."
    )


def _opens(connection: Any, key: str, seal: str) -> bool:
    """Raises OperationalError where the disk or a lock refuses: that says nothing of the key."""
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key}'\"")
    connection.execute(f"PRAGMA cipher_hmac_algorithm = {seal}")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlcipher.OperationalError:
        raise
    except sqlcipher.DatabaseError:
        return False
    return True


def connect_with(keys: tuple[str, ...], database: Path, busy: float = BUSY_SECONDS) -> Any:
    """A connection by the first of the keys that fits."""
    return connect(database, fitting(keys, database) if len(keys) > 1 else keys[0], busy)


def fitting(keys: tuple[str, ...], database: Path) -> str:
    """The first of the keys that fits. Raises WrongKey where none does."""
    *others, last = keys
    for key in others:
        with suppress(WrongKey):
            connect(database, key).close()
            return key
    connect(database, last).close()
    return last


def tune(connection: Any) -> None:
    """What every connection needs; deleted rows are overwritten with zeros."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")


def open_database(
    database: Place, key_file: Path, busy: float = BUSY_SECONDS, led: Led | None = None
) -> Database:
    """The database in its newest form. Raises StoreError with one sentence for the operator.

    `key_file`: of a file alone. `busy`: seconds to wait for another program's lock before it
    is trouble. `led`: of a server alone, given what tries whether this program leads, returns
    when it does: nothing is read or changed before.
    """
    if isinstance(database, Server):
        from storage.database.server_form import opened  # noqa: PLC0415 - a file needs no driver

        with opening(database):
            # All that is asked of it is what sqlite-utils and sqlcipher3 have in common with it.
            return cast("Database", opened(database, busy, led))
    with opening(database):
        connection = connect_with(read_keys(database, key_file), database, busy)
        db = Database(connection, execute_plugins=False)
        _refuse_newer(db, database)
        if migrate.pending(db):
            with immediate(db):  # another program may begin with it at the same moment
                migrate.apply(db)
        return db


def _refuse_newer(db: Database, database: Path) -> None:
    empty = Database(memory=True, execute_plugins=False)
    mine = {m.name for m in migrate.pending(empty)}
    empty.close()
    if {m.name for m in migrate.applied(db)} - mine:
        db.close()
        raise StoreError(
            f"{database} was written by a newer version of opschaalgids; install that version, "
            "or restore a backup from before."
        )


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """All or nothing; never into a file that was put aside, or beside another that leads."""
    with immediate(db):
        leader.certain(db)
        yield


@contextmanager
def joined(db: Database) -> Iterator[None]:
    """In the caller's transaction; where there is none, in one of its own."""
    if db.conn.in_transaction:
        yield
    else:
        with transaction(db):
            yield


@contextmanager
def immediate(db: Database) -> Iterator[None]:
    """All or nothing. A deferred transaction fails when it turns from reader to writer."""
    try:
        db.conn.execute("BEGIN IMMEDIATE")
        yield
        db.conn.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001 - it is raised on
        roll_back(db, "ROLLBACK")
        found = told(error)
        raise found from found.__cause__


def roll_back(db: Database, *statements: str) -> None:
    """Nothing of it stays; a full disk may have ended the transaction already."""
    with told_apart():
        for statement in statements if db.conn.in_transaction else ():
            db.conn.execute(statement)


def scrubbed(db: Database) -> bool:
    """Whether what was erased is out of the log too, where it is this program's own to empty."""
    own: Any = db.conn
    return bool(own.scrub())
