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

from storage.database.errors import NotOurs, StoreTrouble, told_apart

if TYPE_CHECKING:
    from pathlib import Path

    from sqlite_utils import Database

LEADER = "leader"
"""The fact that names the one running program."""

LEADS = """INSERT INTO facts(name, value) VALUES (?, ?)
    ON CONFLICT(name) DO UPDATE SET value = excluded.value"""
OURS = f"same_file(), led((SELECT value FROM facts WHERE name = '{LEADER}'))"  # noqa: S608 - ours
"""Two columns of any query: whether this file stands there, and whether this program leads."""

CERTAIN = f"SELECT {OURS}"


def identity(path: Path | str) -> tuple[int, int] | None:
    """Which file stands there, whatever its name; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - each turn asks it, and of a text it is quicker
    except OSError:
        return None
    return found.st_dev, found.st_ino


def mark(connection: Any, path: Path, opened: tuple[int, int] | None) -> None:
    """Let a connection know its file; it follows whoever leads."""
    place = str(path)
    connection.create_function("same_file", 0, lambda: identity(place) == opened)
    connection.create_function("led", 1, lambda _: True)


def lead(db: Database, token: str) -> None:
    """From now on this program alone answers; one that led before ends at its next step.

    Raises StoreTrouble where the database refuses: then nothing is kept or said until it
    was asked again and did not refuse.
    """
    db.conn.create_function("led", 1, lambda _: None)
    with told_apart():
        refuse(db.conn.execute("SELECT same_file()").fetchone()[0], led=1)
        db.conn.execute(LEADS, [LEADER, token])
    db.conn.create_function("led", 1, lambda found: found == token)


@told_apart()
def certain(db: Database) -> None:
    """Raises NotOurs where another file stands there now, or another program leads."""
    refuse(*db.conn.execute(CERTAIN).fetchone())


def refuse(same: int, led: int | None) -> None:
    """The same, of a query that read OURS."""
    if not same:
        raise NotOurs(
            "The database was replaced while this program had it open; what came since was not "
            "kept. Start it again."
        )
    if led is None:
        raise StoreTrouble("it does not know yet that this program leads")
    if not led:
        raise NotOurs(
            "Another opschaalgids telegram has begun on this database, so this one ends; "
            "let one of them run."
        )
