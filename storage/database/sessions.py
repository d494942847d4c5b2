"""A session at a PostgreSQL: how long it waits, how values go to and fro, what its errors are."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import sqlcipher3.dbapi2 as sqlcipher
from psycopg.adapt import Dumper, Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from storage.database.dialect import zeroless
from storage.database.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.database.place import Server

PATIENCE: dict[str, Any] = {
    "connect_timeout": 3, "target_session_attrs": "read-write", "tcp_user_timeout": 4_000,
    "keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 3,
}  # fmt: skip
"""So that a cut network is known in four seconds, by this side: else it would be hours. And of
several servers the one that takes changes is meant."""
PATIENT_THERE = """SELECT set_config('lock_timeout', $1, false),
    set_config('tcp_keepalives_idle', '2', false), set_config('tcp_keepalives_count', '3', false),
    set_config('tcp_keepalives_interval', '1', false), set_config('tcp_user_timeout', '4s', false),
    set_config('statement_timeout', '0', false)"""
"""The same by the other side: it lets go of the locks of a session that it cannot reach. And no
wait is cut short there: a commit that waits for a standby would stand on one server alone."""
OTHERWISE = {
    "InFailedSqlTransaction": "ProgrammingError",  # something was caught that should not be
    "ReadOnlySqlTransaction": "OperationalError",  # another server took over meanwhile
}


def as_text(value: Any) -> bytes | None:
    """A value without a type of its own, as SQLite's are: what it stands beside says that."""
    if value is None or isinstance(value, bool):
        return None if value is None else b"1" if value else b"0"
    return str(zeroless(value)).encode()


class Untyped(Dumper):
    def dump(self, obj: Any) -> bytes | None:
        return as_text(obj)


class Whether(Loader):
    """1 or 0."""

    def load(self, data: Any) -> int:
        return int(bytes(data) == b"t")


class Total(Loader):
    def load(self, data: Any) -> float:
        found = float(bytes(data))
        return int(found) if found.is_integer() else found


def session(server: Server) -> psycopg.Connection[Any]:
    try:
        where = make_conninfo(**{**PATIENCE, **conninfo_to_dict(server.url)})
    except psycopg.ProgrammingError:  # it repeats a part of the address, with the password
        raise StoreError(
            "OPSCHAALGIDS_DATABASE is no address of a server; write postgresql://USER@HOST/NAME."
        ) from None
    found = psycopg.connect(
        where,
        autocommit=True, cursor_factory=psycopg.RawCursor, prepare_threshold=1,
    )  # fmt: skip
    for kind in (int, float, str, bool):
        found.adapters.register_dumper(kind, Untyped)
    found.adapters.register_loader("bool", Whether)
    found.adapters.register_loader("numeric", Total)
    return found


@contextmanager
def as_sqlite() -> Iterator[None]:
    """The same error by the name that SQLite's has: both are those of Python's DB-API.

    But for OTHERWISE, where they would be taken for damage.
    """
    try:
        yield
    except psycopg.Error as error:
        names = [OTHERWISE.get(one.__name__, one.__name__) for one in type(error).__mro__]
        name = next(name for name in names if hasattr(sqlcipher, name))
        said = (error.diag.message_primary or str(error)).strip()
        raise getattr(sqlcipher, name)(said) from error
