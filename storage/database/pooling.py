"""What stands between this program and its server, and what that server makes sure of."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from storage.database.sessions import as_sqlite, session

if TYPE_CHECKING:
    import psycopg

    from storage.database.place import Server

WHO = "SELECT pg_backend_pid()"
KEEPS = """SELECT current_setting('fsync'), current_setting('full_page_writes'),
    current_setting('synchronous_standby_names')"""
TIMES = 5
"""A busy pooler may lend somebody else's session; not each time."""


def lent(own: psycopg.Connection[Any], server: Server) -> bool:
    """Whether a pooler gives this session to others too, between two transactions.

    Then a lock of the session holds nobody off, and is let go of by nobody.
    """
    with as_sqlite():
        mine = _who(own)
        if mine == own.info.backend_pid:  # as the server itself said when it began
            return False
        with closing(session(server)) as other:
            return any(_shares(own, mine, other) for _ in range(TIMES))


def _shares(own: psycopg.Connection[Any], mine: int, other: psycopg.Connection[Any]) -> bool:
    with other.transaction():
        return _who(other) == mine or _who(own) != mine


def _who(one: psycopg.Connection[Any]) -> int:
    ((found,),) = one.execute(WHO, prepare=False).fetchall()
    return int(found)


def behind_pooler(server: Server) -> str:
    return (
        f"A pooler before {server} lends one session to several programs, so no program can "
        "lead; name the server itself in OPSCHAALGIDS_DATABASE, or let it pool whole sessions."
    )


def doubts(own: psycopg.Connection[Any], server: Server) -> tuple[list[str], list[str]]:
    """(report, findings) of how safe what it keeps is: each finding says what to do."""
    ((fsync, pages, standbys),) = own.execute(KEEPS, prepare=False).fetchall()
    wrong = [behind_pooler(server)] if lent(own, server) else []
    for name, said in (("fsync", fsync), ("full_page_writes", pages)):
        if said == "off":
            wrong.append(f"{server} may be broken by a power cut ({name} is off); set it to on.")
    kept = f"on it and on {standbys}" if standbys else "on it alone, as far as it says"
    return [f"an answer is kept once it is {kept}"], wrong
