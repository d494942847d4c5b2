"""A pooler that lends one session to several programs: nobody can lead there, and that is said."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storage.database.connection import open_database
from storage.database.errors import StoreError
from storage.database.place import Server
from tests.program import free_port
from tests.storages import cluster, needs_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POOLER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
LOCKS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 2"
SETTINGS = """[databases]
* = host={folder} port={of} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
"""

pytestmark = [
    needs_server,
    pytest.mark.skipif(not POOLER, reason="no PgBouncer here (Debian's package pgbouncer has it)"),
]


@contextmanager
def pooler(mode: str) -> Iterator[Server]:
    """A real one, before a database of its own."""
    one, port = cluster(), free_port()
    one.sql(f"CREATE DATABASE {mode}")
    settings = Path(one.folder) / f"{mode}.ini"
    said = SETTINGS.format(folder=one.folder, of=5432, port=port, mode=mode)
    settings.write_text(said, encoding="ascii")
    running: subprocess.Popen[bytes] = subprocess.Popen(
        [str(POOLER), str(settings)], stderr=subprocess.PIPE, **one.as_whom  # type: ignore[call-overload]
    )  # fmt: skip
    try:
        for line in running.stderr or ():
            if b"process up" in line:
                break
        yield Server(f"postgresql://postgres@127.0.0.1:{port}/{mode}")
    finally:
        running.kill()
        running.communicate()
        one.sql(f"DROP DATABASE {mode} WITH (FORCE)")


def leads(tries: Callable[[], bool], *_: Any) -> None:
    assert tries()


def test_nobody_leads_where_a_session_is_lent_to_others(tmp_path: Path) -> None:
    """Red before: the lock stayed with the pooler, and two could lead, or nobody any more."""
    with pooler("transaction") as server:
        with pytest.raises(StoreError, match="A pooler before postgresql:"):
            open_database(server, tmp_path, led=leads)
        assert cluster().sql(LOCKS) == "0\n", "and it leaves no lock there"


def test_a_pooler_of_whole_sessions_is_no_trouble(tmp_path: Path) -> None:
    with pooler("session") as server:
        db: Any = open_database(server, tmp_path, led=leads)
        assert db.conn.leads
        (wrong,) = db.conn.doubts()[1]
        assert wrong.endswith("may be broken by a power cut (fsync is off); set it to on.")
        db.close()


def test_doctor_says_what_an_answer_is_kept_on(tmp_path: Path) -> None:
    url = cluster().url("doubted")
    db: Any = open_database(Server(url), tmp_path)
    told, _ = db.conn.doubts()
    assert told == ["an answer is kept once it is on it alone, as far as it says"]
    db.close()
