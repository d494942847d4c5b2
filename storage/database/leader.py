"""Whether a connection may still write: to the file that stands there, for the program that leads.

The lock is the database itself. A connection holds SQLite's own shared lock on its
file for as long as it is open, so that `alone_with` gets the exclusive one only when
everybody is gone; and of two running programs only the one that the database names
as its leader keeps or says anything. No lock file has to be there for either. These
are SQLite's locks on every system; Windows, besides, renames no file that is open.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as sqlcipher

from storage.database.errors import NotOurs, StoreTrouble, told_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlite_utils import Database

COMMANDS_WAIT = 1000  # milliseconds: so long only a command waits for a lock, never who answers
LEADER = "leader"  # the fact that names the one running program
LEADS = (
    "INSERT INTO facts(name, value) VALUES (?, ?) "
    "ON CONFLICT(name) DO UPDATE SET value = excluded.value"
)
LED = "SELECT (SELECT value FROM facts WHERE name = ?)"


def identity(path: Path | str) -> tuple[int, int] | None:
    """Which file stands there, whatever its name; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - each turn asks it, and of a text it is quicker
    except OSError:
        return None
    return found.st_dev, found.st_ino


class Connection(sqlcipher.Connection):  # type: ignore[misc]  # sqlcipher3 has no types
    """One that knows its file, and follows whoever leads."""

    def of(self, path: Path, opened: tuple[int, int] | None) -> None:
        """`opened`: which file stood there just before it was opened."""
        self.place, self.opened = str(path), opened
        self.leads: Callable[[str | None], bool | None] = lambda _: True

    def lead(self, token: str) -> None:
        self.leads = lambda _: None
        refuse_replaced(self)
        self.execute(LEADS, [LEADER, token])
        self.leads = lambda found: found == token

    def found_at(self, host: str, port: int) -> None:
        """Nobody waits for a file."""

    def certain(self) -> None:
        ((leader,),) = self.execute(LED, [LEADER]).fetchall()
        led = self.leads(leader)
        if led is None:
            raise StoreTrouble("it does not know yet that this program leads")
        if not led:
            raise NotOurs(
                "Another opschaalgids has begun on this database, so this one ends; "
                "let one of them run."
            )

    def version(self) -> int:
        """Another one after each commit by another connection."""
        return int(self.execute("PRAGMA data_version").fetchone()[0])

    guesses = unproved = False
    """It is never told that nobody else wrote before that is known."""

    def settle(self) -> None:
        """What it was asked is done already."""

    def scrub(self) -> bool:
        """Empty the write-ahead log, which holds pages as they were; not where one still reads.

        Who copies reads for seconds: a program that answers does not wait for that, and tries
        again with its next turn.
        """
        (patience,) = self.execute("PRAGMA busy_timeout").fetchone()
        self.execute(f"PRAGMA busy_timeout = {patience if patience >= COMMANDS_WAIT else 0}")
        try:
            busy, _, _ = self.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            self.execute(f"PRAGMA busy_timeout = {patience}")
        return not busy

    def fills(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Whole rows of another database: names are of our own form."""
        marks = ", ".join("?" * len(columns))
        self.executemany(
            f"INSERT INTO {table}({', '.join(columns)}) VALUES ({marks})",  # noqa: S608 - our own names
            rows,
        )

    def counted(self, table: str) -> int:
        """The highest number that a table gave, of which none is given twice."""
        found = self.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table]).fetchone()
        return int(found[0]) if found else 0

    def counts_from(self, table: str, number: int) -> None:
        self.execute("DELETE FROM sqlite_sequence WHERE name = ?", [table])
        self.execute("INSERT INTO sqlite_sequence(name, seq) VALUES (?, ?)", [table, number])


def refuse_replaced(connection: Any) -> None:
    """Raises NotOurs where the file of this connection does not stand there any more."""
    if identity(connection.place) != connection.opened:
        raise NotOurs(
            "The database was replaced while this program had it open; what came since was not "
            "kept. Start it again."
        )


def lead(db: Database, token: str) -> None:
    """From now on this program alone answers; one that led before ends at its next step.

    Raises StoreTrouble where the database refuses: then nothing is kept or said until it
    was asked again and did not refuse.
    """
    own: Any = db.conn
    with told_apart():
        own.lead(token)


def found_at(db: Database, host: str, port: int) -> None:
    """Tell programs that wait where the web of this one is. Raises StoreTrouble."""
    own: Any = db.conn
    with told_apart():
        own.found_at(host, port)


@told_apart()
def certain(db: Database) -> None:
    """Raises NotOurs where another file stands there now, or another program leads."""
    own: Any = db.conn
    refuse_replaced(own)
    own.certain()
