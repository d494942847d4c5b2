"""A database on a server as it is opened: once this program leads, and in its newest form."""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.database.dialect import FUNCTIONS, LED_FROM, LETS_GO, WAITS, translated
from storage.database.errors import StoreError, told_apart
from storage.database.postgresql import Postgres
from storage.database.schema import FORMS
from storage.database.sessions import as_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.database.place import Led, Server

SET = "opschaalgids"  # the name that sqlite-utils knows the changes of the form by
OWN = f"postgresql {zlib.crc32(repr(FUNCTIONS).encode()):08x}"
"""What stands in for SQLite, as it is now."""

REMEMBERS = """CREATE TABLE IF NOT EXISTS _sqlite_migrations (
    id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)"""
APPLIED = "SELECT migration_set, name FROM _sqlite_migrations"
APPLIES = """INSERT INTO _sqlite_migrations(migration_set, name, applied_at)
    VALUES (?, ?, CAST(now() AS TEXT))"""


class Contender:
    """One session that tries to lead, and knows meanwhile where the web of whoever leads is."""

    def __init__(self, session: Postgres) -> None:
        self.session, self.leader = session, ""

    def where(self) -> str:
        return self.leader

    def tries(self) -> bool:
        found = ""
        try:
            led = self.session.tries()
            if not led:
                with told_apart():
                    for (said,) in self.session.says(LED_FROM).fetchall():
                        found = str(said)
        finally:
            self.leader = found  # at once: who is asked meanwhile goes by it
        return led


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
            found.says(translated(APPLIES)[0], [name if name == OWN else SET, name])
