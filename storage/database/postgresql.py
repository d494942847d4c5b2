"""PostgreSQL under the statements of SQLite: a session that looks like a connection to a file."""

from __future__ import annotations

import os
import socket
import weakref
from contextlib import contextmanager
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, cast

import psycopg
import sqlcipher3.dbapi2 as sqlcipher
from psycopg import sql
from psycopg.pq import TransactionStatus

from storage.database import sessions
from storage.database.dialect import BEGINS, TRIES, WRITERS, translated
from storage.database.errors import LeadLost, Outdated, StoreError, StoreTrouble, told_apart
from storage.database.pipeline import Deferred, Pipeline
from storage.database.pooling import behind_pooler, doubts, lent
from storage.database.sessions import FENCES, PATIENT_THERE, as_sqlite, session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from storage.database.place import Server

CHANGES = ("INSERT", "UPDATE", "DELETE")
POINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK TO")
FORGETS = ("DROP", "ROLLBACK")
"""After these psycopg has the server forget what was prepared."""
COUNTED = "SELECT pg_sequence_last_value(pg_get_serial_sequence($1, 'id')::regclass)"
COUNTS_FROM = "SELECT setval(pg_get_serial_sequence($1, 'id'), $2, false)"
IDLE = TransactionStatus.IDLE


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
        self.turn: Deferred | None = None
        """What will give the number of this transaction among all."""
        self.held: psycopg.Connection[Any] | None = None
        self.straight: psycopg.Connection[Any] | None = None
        """The session of which is known that it is lent to nobody else."""
        self.guesses = False
        """Whether it may be taken that nobody else wrote, until the server is told anything."""
        self.guess: int | None = None

    @property
    def unproved(self) -> bool:
        """Whether something was taken so that is not known yet."""
        return self.guess is not None

    @property
    def own(self) -> psycopg.Connection[Any]:
        if self.held is None or (self.held.closed and not (self.leads or self.begun)):
            self.held = self._session()
        return self.held

    def _session(self) -> psycopg.Connection[Any]:
        with as_sqlite():
            found = session(self.server)
            weakref.finalize(self, found.close)
            found.execute(PATIENT_THERE, [self.busy])
        self.pipeline = Pipeline(found)
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
        if self.cut or self.begun:
            return self.begun
        return self.own.info.transaction_status != IDLE

    def execute(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        """A cursor. What a cut line left undone is rolled back without one."""
        if statement == "BEGIN IMMEDIATE":
            return self._begins()
        if statement in ("COMMIT", "ROLLBACK"):
            return self._ends(statement)
        if statement.startswith(POINTS):
            return self._marks(statement)
        changes = statement.lstrip().startswith(CHANGES)
        if changes and not self.in_transaction:
            return self._alone(statement, values)
        said, names = translated(statement)
        given = [cast("Mapping[str, Any]", values)[name] for name in names] or list(values)
        given = given if "$1" in said else []
        if changes and "RETURNING" not in said:
            self.total_changes += 1  # or none, which nobody minds
            return self._put(said, given)
        return self.says(said, given or None)

    def _put(self, said: str, values: Sequence[Any] = ()) -> Deferred:
        later = Deferred(said, values, self.settle)
        self.pipeline.waiting.append(later)
        return later

    def _begins(self) -> Deferred:
        """Alone until the end, and with a number among all that ever wrote."""
        if self.own.closed:
            raise self._lost()
        self.begun = True
        for said in BEGINS:
            self.turn = self._put(said)
        return cast("Deferred", self.turn)

    def _marks(self, statement: str) -> Deferred:
        """A point to go back to, or back to it."""
        if statement.startswith("ROLLBACK TO"):
            self.pipeline.drop(f"SAVEPOINT {statement.rpartition(' ')[2]}")
        return self._put(statement)

    def _ends(self, statement: str) -> Deferred | None:
        begun, self.begun, self.guess = self.begun, False, None
        if statement == "ROLLBACK" and begun and (self.pipeline.drop(BEGINS[0]) or self.cut):
            self.pipeline.waiting.clear()
            return None
        found = self._put(statement)
        self.settle()
        if statement == "COMMIT" and found.status != b"COMMIT":
            # the server rolls back then, and calls it no error
            raise sqlcipher.ProgrammingError("nothing was kept of a transaction that had failed")
        return found

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

    def settle(self) -> None:
        """Whatever waits is told to the server. Raises what that refuses of it."""
        if self.held is None or not self.pipeline.waiting:
            return
        try:
            with self._as_sqlite():
                self.pipeline.settle()
        finally:
            self._counts()

    def _counts(self) -> None:
        """The number of this transaction, once it is known, is of one more that this one wrote."""
        if self.turn and self.turn.result:
            ((number,),) = self.turn.fetchall()
            self.turn, self.writes = None, self.writes + 1
            self.number = number - self.writes
            guess, self.guess = self.guess, None
            if guess not in {None, self.number}:
                raise Outdated

    @contextmanager
    def _as_sqlite(self) -> Iterator[None]:
        """Its errors by the name that SQLite's have."""
        try:
            with as_sqlite():
                yield
        except sqlcipher.OperationalError as error:
            if self.leads and self.cut:
                raise self._lost() from error
            raise

    def says(self, said: str, values: Sequence[Any] | None = None) -> psycopg.Cursor[Any]:
        """A statement in the server's own words, after what waits."""
        self.settle()
        with self._as_sqlite():
            found = self.own.execute(said, values, prepare=None if values else False)
        if (found.statusmessage or "").startswith(FORGETS):
            self.pipeline.names.clear()
        if (found.statusmessage or "").startswith(CHANGES):
            self.total_changes += found.rowcount
        return found

    def _lost(self) -> LeadLost:
        return LeadLost(
            f"The connection to {self.server} was lost, and with it the lock of the program that "
            "leads, so this one ends; start it again."
        )

    def close(self) -> None:
        if self.held:
            self.held.close()

    # ------------------------------------------------- what each engine does in its own way

    def version(self) -> int:
        """Another one after somebody else wrote; while they do, one that never comes again."""
        if self.in_transaction and self.turn and self.guesses:
            self.guess = self.number
        elif self.in_transaction:
            self.settle()
        if self.in_transaction:
            return self.number
        ((number, writes),) = self.says(WRITERS).fetchall()
        self.unlike -= writes
        return self.unlike if writes else int(number) - self.writes

    def scrub(self) -> bool:
        """The server's log is not ours to empty."""
        return True

    def tries(self) -> bool:
        """Whether this one leads, from here on until its session ends.

        Raises StoreTrouble; StoreError behind a pooler where no lock holds.
        """
        if not self.leads:
            with told_apart():
                if self.straight is not self.own and lent(self.own, self.server):
                    raise StoreError(behind_pooler(self.server))
                self.straight = self.own
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
        self.says(FENCES, [sessions.SILENT])

    def doubts(self) -> tuple[list[str], list[str]]:
        """As pooling.py has it."""
        return doubts(self.own, self.server)

    def certain(self) -> None:
        """Whoever lost the lock lost the session that writes."""

    def fills(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Whole rows of another database: names are of our own form."""
        self.settle()
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
