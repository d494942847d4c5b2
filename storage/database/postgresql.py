"""PostgreSQL under the statements of SQLite: a session that looks like a connection to a file."""

from __future__ import annotations

import os
import socket
import weakref
import zlib
from contextlib import contextmanager
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, cast

import psycopg
import sqlcipher3.dbapi2 as sqlcipher
from psycopg import sql
from psycopg.pq import TransactionStatus

from storage.database.dialect import (
    BEGINS,
    FUNCTIONS,
    LED_FROM,
    LETS_GO,
    TRIES,
    WAITS,
    WRITERS,
    translated,
)
from storage.database.errors import LeadLost, StoreError, StoreTrouble, told_apart
from storage.database.schema import FORMS
from storage.database.sessions import PATIENT_THERE, as_sqlite, session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from storage.database.place import Led, Server

CHANGES = ("INSERT", "UPDATE", "DELETE")
SET = "opschaalgids"  # the name that sqlite-utils knows the changes of the form by
OWN = f"postgresql {zlib.crc32(repr(FUNCTIONS).encode()):08x}"
"""What stands in for SQLite, as it is now."""

REMEMBERS = """CREATE TABLE IF NOT EXISTS _sqlite_migrations (
    id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)"""
APPLIED = "SELECT migration_set, name FROM _sqlite_migrations"
APPLIES = """INSERT INTO _sqlite_migrations(migration_set, name, applied_at)
    VALUES (?, ?, CAST(now() AS TEXT))"""
COUNTED = "SELECT pg_sequence_last_value(pg_get_serial_sequence($1, 'id')::regclass)"
COUNTS_FROM = "SELECT setval(pg_get_serial_sequence($1, 'id'), $2, false)"
FAILED, IDLE = TransactionStatus.INERROR, TransactionStatus.IDLE


class Postgres:
    """One session, as a Database of sqlite-utils and as the connection below that.

    It connects anew where the line was cut, but never inside a transaction; nor where it leads,
    as only this session holds the lock by which it does.
    """

    place, opened = "", None
    """No file that another could be put in the place of: see leader.refuse_replaced."""

    def __init__(self, server: Server, busy: float) -> None:
        self.server, self.busy, self.leads = server, round(busy * 1000), False
        self.total_changes = self.writes = self.unlike = self.number = 0
        self.begun = False
        """Inside a transaction, as far as this side knows."""
        self.held: psycopg.Connection[Any] | None = None

    @property
    def own(self) -> psycopg.Connection[Any]:
        if self.held is None or (self.held.closed and not (self.leads or self.begun)):
            self.held = self._session()
        return self.held

    def _session(self) -> psycopg.Connection[Any]:
        found = session(self.server)
        weakref.finalize(self, found.close)
        found.execute(PATIENT_THERE, [self.busy])
        return found

    @property
    def conn(self) -> Postgres:
        return self

    @property
    def cut(self) -> bool:
        """Whether there is no session."""
        return self.held is None or self.held.closed

    @property
    def in_transaction(self) -> bool:
        if self.cut:
            return self.begun
        return self.own.info.transaction_status != IDLE

    def execute(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        """A cursor. What a cut line left undone is rolled back without one."""
        if statement == "BEGIN IMMEDIATE":
            return self._begins()
        if statement in ("COMMIT", "ROLLBACK"):
            self.begun, begun = False, self.begun
            if begun and self.cut and statement == "ROLLBACK":
                return None
        if not self.in_transaction and statement.lstrip().startswith(CHANGES):
            return self._alone(statement, values)
        said, names = translated(statement)
        given = [cast("Mapping[str, Any]", values)[name] for name in names] or list(values)
        return self.says(said, given if "$1" in said else None)

    def _alone(self, statement: str, values: Sequence[Any] | Mapping[str, Any]) -> Any:
        """A change without a transaction is one, so that it waits for its turn, and is known of."""
        self._begins()
        try:
            found = self.execute(statement, values)
            self.execute("COMMIT")
        except BaseException:
            if self.in_transaction:
                self.execute("ROLLBACK")
            raise
        return found

    def says(self, said: str, values: Sequence[Any] | None = None) -> psycopg.Cursor[Any]:
        """A statement in the server's own words."""
        try:
            with as_sqlite():
                failed = self.own.info.transaction_status == FAILED
                found = self.own.execute(said, values, prepare=None if values else False)
        except sqlcipher.OperationalError as error:
            if self.leads and self.cut:
                raise self._lost() from error
            raise
        if failed and said == "COMMIT":  # the server rolls back then, and calls it no error
            raise sqlcipher.ProgrammingError("nothing was kept of a transaction that had failed")
        if (found.statusmessage or "").startswith(CHANGES):
            self.total_changes += found.rowcount
        return found

    def _lost(self) -> LeadLost:
        return LeadLost(
            f"The connection to {self.server} was lost, and with it the lock of the program that "
            "leads, so this one ends; start it again."
        )

    def _begins(self) -> psycopg.Cursor[Any]:
        """Alone until the end, and with a number among all that ever wrote."""
        found = self.says(BEGINS)
        while found.nextset():
            pass
        ((number,),) = found.fetchall()
        self.begun, self.writes = True, self.writes + 1
        self.number = int(number) - self.writes
        return found

    def close(self) -> None:
        if self.held:
            self.held.close()

    # ------------------------------------------------- what each engine does in its own way

    def version(self) -> int:
        """Another one after somebody else wrote; while they do, one that never comes again."""
        if self.in_transaction:
            return self.number
        ((number, writes),) = self.says(WRITERS).fetchall()
        self.unlike -= writes
        return self.unlike if writes else int(number) - self.writes

    def scrub(self) -> bool:
        """The server's log is not ours to empty."""
        return True

    def tries(self) -> bool:
        """Whether this one leads, from here on until its session ends. Raises StoreTrouble."""
        if not self.leads:
            with told_apart():
                ((found,),) = self.says(TRIES).fetchall()
            self.leads = bool(found)
        return self.leads

    def found_at(self, host: str, port: int) -> None:
        """Who listens for all is found by the address that it comes to the server from."""
        if host in ("::", str(IPv4Address(0))):
            with socket.socket(fileno=os.dup(self.own.fileno())) as line:
                found = line.getsockname()
            host = found[0] if isinstance(found, tuple) else "127.0.0.1"
        where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.says("SELECT set_config('application_name', $1, false)", [where])

    def lead(self, _: str) -> None:
        if not self.tries():
            raise StoreTrouble("another opschaalgids leads there")

    def certain(self) -> None:
        """Whoever lost the lock lost the session that writes."""

    def fills(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Whole rows of another database: names are of our own form."""
        with (
            as_sqlite(),
            self.own.cursor().copy(
                sql.SQL("COPY {}({}) FROM STDIN").format(
                    sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
                )
            ) as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def counted(self, table: str) -> int:
        """The highest number that a table gave, of which none is given twice."""
        found = self.says(COUNTED, [table]).fetchone()
        return int(found[0] or 0) if found else 0

    def counts_from(self, table: str, number: int) -> None:
        self.says(COUNTS_FROM, [table, number + 1])


class Contender:
    """One session that tries to lead, and knows meanwhile where the web of whoever leads is."""

    def __init__(self, session: Postgres) -> None:
        self.session, self.leader = session, ""

    def where(self) -> str:
        return self.leader

    def tries(self) -> bool:
        if self.session.tries():
            return True
        self.leader = ""
        with told_apart():
            for (found,) in self.session.says(LED_FROM).fetchall():
                self.leader = str(found)
        return False


def opened(server: Server, busy: float, led: Led | None = None) -> Postgres:
    """In its newest form, which only who leads may make. Raises sqlcipher's errors, StoreError.

    `led`: as open_database has it.
    """
    found = Postgres(server, busy)
    if led:
        contender = Contender(found)
        led(contender.tries, contender.where)
    if _pending(found):
        with _while_none_leads(found):
            _renew(found)
    return found


def _pending(found: Postgres) -> dict[str, Sequence[str]]:
    """The changes that this database has not. Raises StoreError where it has others."""
    ((there,),) = found.says("SELECT to_regclass('_sqlite_migrations')").fetchall()
    rows = found.says(APPLIED).fetchall() if there else []
    if {name for of, name in rows if of == SET} - {*FORMS}:
        raise StoreError(
            f"{found.server} was written by a newer version of opschaalgids; install that version."
        )
    applied = {name for _, name in rows}
    forms = {name: statements.split(";\n") for name, statements in FORMS.items()}
    wanted = {OWN: (*FUNCTIONS, translated(REMEMBERS)[0]), **forms}
    return {name: how for name, how in wanted.items() if name not in applied}


@contextmanager
def _while_none_leads(found: Postgres) -> Iterator[None]:
    """While nobody leads, or this one."""
    if found.leads:
        yield
        return
    found.says(WAITS)
    try:
        yield
    finally:
        if not found.cut:
            found.says(LETS_GO)


def _renew(found: Postgres) -> None:
    """All of it, or nothing."""
    with as_sqlite(), found.own.transaction():
        for name, statements in _pending(found).items():
            for statement in statements:
                found.says(statement if name == OWN else translated(statement)[0])
            found.execute(APPLIES, [name if name == OWN else SET, name])
