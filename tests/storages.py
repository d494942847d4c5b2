"""STORAGE=postgresql: whatever file of a database a test opens is one on a PostgreSQL instead."""

from __future__ import annotations

import fcntl
import os
from hashlib import sha256
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from storage.database import connection
from storage.database.place import Server
from storage.database.postgresql import Postgres
from storage.database.rows import Rows
from tests.postgres import LACKS, Cluster, ends, home, started, tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.database.place import Place

POSTGRESQL = os.environ.get("STORAGE") == "postgresql"  # noqa: TID251 - how tests run
NEEDED = os.environ.get("POSTGRESQL") == "needed"  # noqa: TID251 - likewise
"""Where a PostgreSQL has to be there, as in .ci/run: who skips for want of it then, fails."""

FILES = connection.open_database
RUN = "POSTGRESQL_OF_THE_RUN"
"""Where the cluster of all tests of one run lives, of whichever worker needs it first."""

RUNNING: list[Cluster] = []
EMPTY, KEPT = "guide", 100
"""The database that all others are copies of; and how many of them a worker has at once."""

USED = "SELECT 1 FROM pg_stat_activity WHERE datname = %s"
COPIES: dict[str, Server] = {}
ONE_BY_ONE = Lock()


def begin() -> None:
    """By the process that starts the workers: nothing runs until it is needed."""
    os.environ[RUN] = str(home())  # noqa: TID251


def end() -> None:
    ends(Path(os.environ[RUN]))  # noqa: TID251


def cluster() -> Cluster:
    """One for all tests of a run."""
    if not RUNNING:
        folder = Path(os.environ[RUN])  # noqa: TID251
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            there = (folder / "data").is_dir()
            RUNNING.append(Cluster(folder) if there else started(folder))
            if not there:
                RUNNING[0].sql(f"CREATE DATABASE {EMPTY}")
                FILES(by_name(EMPTY), folder).close()
    return RUNNING[0]


def by_name(name: str) -> Server:
    return Server(f"postgresql://postgres@/{name}?host={cluster().folder}")


def place(file: Path) -> Place:
    """What stands for a file, which is that itself on SQLite."""
    return on_cluster(file) if POSTGRESQL else file


def on_cluster(file: Path) -> Server:
    """A database of its own: a copy of an empty one costs a tenth of making its form."""
    name = f"t{sha256(str(file).encode()).hexdigest()[:20]}"
    with ONE_BY_ONE:
        if name not in COPIES:
            _copy(name)
    return COPIES[name]


def _copy(name: str) -> None:
    COPIES[name] = by_name(name)
    with psycopg.connect(by_name("postgres").url, autocommit=True) as admin:
        for old in [*COPIES][:-KEPT][:2]:
            where = COPIES.pop(old)
            if admin.execute(USED, [old]).fetchone():
                COPIES[old] = where  # of a fixture of many tests: it is asked of again later
            else:
                admin.execute(f"DROP DATABASE IF EXISTS {old}")
        how = " STRATEGY file_copy" if admin.info.server_version >= 15_00_00 else ""
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {EMPTY}{how}")


def setting(file: Path) -> str:
    """How a program of its own is told the same."""
    found = place(file)
    return found.url if isinstance(found, Server) else str(found)


def open_database(database: Place, *how: Any, **more: Any) -> Any:
    found = place(database) if isinstance(database, Path) else database
    return FILES(found, *how, **more)


def on_server(database: Path, *how: Any, **more: Any) -> Any:
    """The same, whatever STORAGE says."""
    return FILES(on_cluster(database), *how, **more)


class OfTests:
    """What tests alone ask of sqlite-utils, and of its connection."""

    def table_names(self: Any) -> list[str]:
        return [name for (name,) in self.says("SELECT name FROM sqlite_master").fetchall()]

    def executemany(self: Any, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        for values in rows:
            self.execute(statement, values)

    def __getitem__(self: Any, table: str) -> Any:
        rows = Rows(self).rows(f"SELECT * FROM {table}")  # noqa: S608 - a test's own
        return SimpleNamespace(rows=rows, count=len(rows))


TAKES = Postgres.execute
INSTEAD = {
    "PRAGMA query_only = ON": "SET default_transaction_read_only = on",
    "PRAGMA query_only = OFF": "SET default_transaction_read_only = off",
    "PRAGMA foreign_keys = OFF": "SET session_replication_role = replica",
    "PRAGMA foreign_keys = ON": "SET session_replication_role = origin",
    "PRAGMA foreign_key_check": "SELECT 1 WHERE false",
}
"""What a test asks of a file, as a server has it."""


def executed(self: Postgres, statement: str, values: Any = ()) -> Any:
    said = INSTEAD.get(statement)
    return self.says(said) if said else TAKES(self, statement, values)


def dumped(file: Path) -> bytes:
    """All that stands in the tables, as a dump has it."""
    return cluster().run("pg_dump", on_cluster(file).url).encode()


OF_A_FILE = {
    "test_before": "a file as an earlier version left it",
    "test_burns": "copies of a file, and the disk that it stood on",
    "test_copies": "backups, which are files",
    "test_copies_disk": "backups, which are files",
    "test_copying": "copies of a file",
    "test_faults_damage": "bytes of a file that changed",
    "test_faults_disk": "the disk that a file stands on",
    "test_lock": "locks of a file; test_replicas has those of a server",
    "test_rekey": "the key of a file",
    "test_restoring": "backups, which are files",
    "test_restoring_odd": "backups, which are files",
    "test_seals": "how the pages of a file are held true",
    "test_waiting": "who locks a file, and keeps its log from being emptied",
}
"""Whole files of tests that are about what a server has none of, and what that is."""

of_a_file = pytest.mark.skipif(POSTGRESQL, reason="about a file, which a server has none of")
needs_server = pytest.mark.skipif(tool("initdb") is None and not NEEDED, reason=LACKS)

if POSTGRESQL:
    for name in ("table_names", "executemany", "__getitem__"):
        setattr(Postgres, name, getattr(OfTests, name))
    Postgres.execute = executed  # type: ignore[method-assign]
    connection.open_database = open_database
