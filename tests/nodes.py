"""Two PostgreSQL, of which one follows the other; it takes over where that one is killed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from tests.postgres import Cluster
from tests.program import free_port
from tests.wires import Wire

if TYPE_CHECKING:
    from typing import Self

DETECTED = 2.0  # seconds until whoever looks after the servers knows of a death: assumed
FOLLOWS = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = '{}'"
STANDBY = "standby"  # the name that a follower gives
LONGEST = 120.0
MEMORY = Path("/dev/shm")  # noqa: S108 - what is killed here is a process, not a disk


class Node(Cluster):
    """One of them, in a folder of its own; `host`: where programs find it."""

    def __init__(self, host: str) -> None:
        folder = Path(mkdtemp(prefix="postgres", dir=MEMORY if MEMORY.exists() else None))
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        super().__init__(folder)
        self.host, self.port = host, free_port()

    def makes(self) -> None:
        self.run("initdb", "-D", "data", "-A", "trust", "-E", "UTF8", "--no-sync")
        with (self.folder / "data" / "pg_hba.conf").open("a", encoding="ascii") as allowed:
            allowed.write(f"host all all {self.host}/24 trust\n")
            allowed.write(f"host replication all {self.host}/24 trust\n")

    def follows(self, wire: Wire) -> None:
        """A copy of what is at the other end of that wire, from now on."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        where = f"host={wire.host} port={wire.port} user=postgres application_name={STANDBY}"
        words = ("-D", "data", "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", where)
        self.run("pg_basebackup", *words)
        with (self.folder / "data" / "postgresql.auto.conf").open("a", encoding="ascii") as own:
            own.write("synchronous_standby_names = ''\n")

    def starts(self) -> None:
        how = {
            "listen_addresses": self.host, "port": self.port, "max_connections": 60,
            "shared_buffers": "32MB", "wal_keep_size": "256MB",
            "unix_socket_directories": self.folder, "dynamic_shared_memory_type": "mmap",
        }  # fmt: skip
        said = " ".join(f"-c {name}={value}" for name, value in how.items())
        self.run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", said, "start")

    def killed(self) -> None:
        """It and its children at once, as with its machine, whose memory goes too."""
        with suppress(OSError, ValueError, IndexError):
            said = (self.folder / "data" / "postmaster.pid").read_text(encoding="ascii").split("\n")
            postmaster, segment = int(said[0]), said[6].split()[-1]
            for pid in (postmaster, *children(postmaster)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.run("ipcrm", "-m", segment)

    def gone(self) -> None:
        self.killed()
        shutil.rmtree(self.folder, ignore_errors=True)


def children(pid: int) -> list[int]:
    said = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(one) for one in said.split()]


class Servers:
    """`synchronous`: nothing is committed before the other has it, while there is another.

    The wire between them can be held back, and what is on it lost.
    """

    def __init__(self, host: str, *, synchronous: bool) -> None:
        self.synchronous = synchronous
        self.primary, self.standby = self.nodes = Node(host), Node(host)
        self.wire = Wire()

    def url(self, wires: tuple[Wire, ...] = ()) -> str:
        """Both, of which the one that takes changes is meant. `wires`: on the way to each."""
        ends = wires or self.nodes
        hosts, ports = (",".join(str(getattr(e, what)) for e in ends) for what in ("host", "port"))
        return f"postgresql://postgres@/postgres?host={hosts}&port={ports}"

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.primary.makes)
        await asyncio.to_thread(self.primary.starts)
        await self.wire.begin(self.primary.host, self.primary.port)
        await self._follow()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.wire.end()
        for node in self.nodes:
            node.gone()

    async def dies(self) -> None:
        """The primary, and with it whatever is on the wire; the other takes over."""
        self.primary.killed()
        self.wire.cut()
        await asyncio.sleep(DETECTED)
        await asyncio.to_thread(self.standby.run, "pg_ctl", "-D", "data", "-w", "promote")
        self.primary, self.standby = self.standby, self.primary

    async def mends(self) -> None:
        """The one that died follows now."""
        self.wire.leads_to(self.primary.host, self.primary.port)
        await self._follow()

    async def _follow(self) -> None:
        await asyncio.to_thread(self.standby.follows, self.wire)
        await asyncio.to_thread(self.standby.starts)
        await self._until(FOLLOWS.format("async"))
        if self.synchronous:  # not before: whoever writes would wait until it is there
            await self._asks(f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'")
            await self._asks("SELECT pg_reload_conf()")
            await self._until(FOLLOWS.format("sync"))

    async def _asks(self, said: str) -> str:
        return await asyncio.to_thread(self.primary.sql, said)

    async def _until(self, follows: str) -> None:
        async with asyncio.timeout(LONGEST):
            while await self._asks(follows) != "1\n":  # noqa: ASYNC110 - it looks from outside
                await asyncio.sleep(0.1)
