"""STORAGE=postgresql: whatever file of a database a test opens is a schema of a PostgreSQL."""

from __future__ import annotations

import os
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from storage.database import connection
from storage.database.place import Server
from storage.database.postgresql import Postgres
from storage.database.rows import Rows
from tests.postgres import LACKS, server, tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.database.place import Place
    from tests.postgres import Cluster

POSTGRESQL = os.environ.get("STORAGE") == "postgresql"  # noqa: TID251 - how tests run
FILES = connection.open_database
STACK = ExitStack()
RUNNING: list[Cluster] = []


def cluster() -> Cluster:
    """One for all tests of this process; conftest.py closes the stack."""
    if not RUNNING:
        assert tool("initdb"), LACKS
        RUNNING.append(STACK.enter_context(server()))
    return RUNNING[0]


def place(file: Path) -> Place:
    """What stands for a file, which is that itself on SQLite."""
    return on_cluster(file) if POSTGRESQL else file


def on_cluster(file: Path) -> Server:
    return Server(cluster().url(f"t{sha256(str(file).encode()).hexdigest()[:20]}"))


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
READ_ONLY = "PRAGMA query_only = "


def executed(self: Postgres, statement: str, values: Any = ()) -> Any:
    """The same, and how a test makes a storage refuse."""
    if statement.startswith(READ_ONLY):
        return self.says(f"SET default_transaction_read_only = {statement.removeprefix(READ_ONLY)}")
    return TAKES(self, statement, values)


def dumped(file: Path) -> bytes:
    """All that stands in the tables, as a dump has it."""
    schema, where = on_cluster(file).url.rpartition("%3D")[2], str(cluster().folder)
    return cluster().run("pg_dump", "-h", where, "-d", "postgres", "-n", schema).encode()


of_a_file = pytest.mark.skipif(POSTGRESQL, reason="about a file, which a server has none of")

if POSTGRESQL:
    for name in ("table_names", "executemany", "__getitem__"):
        setattr(Postgres, name, getattr(OfTests, name))
    Postgres.execute = executed  # type: ignore[method-assign]
    connection.open_database = open_database
