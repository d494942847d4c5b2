"""Two programs over two servers, started anew whenever they end; and each way for one to die."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack, suppress
from ipaddress import ip_network
from typing import TYPE_CHECKING

from tests.balancer import Back, Balancer
from tests.nodes import DETECTED, Servers
from tests.program import INSTALLED, Program, free_port
from tests.prove_kills import Death
from tests.standin import StandIn
from tests.wires import Wire

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from tests.networks import Machine, Network

PRIMARY, BEHIND = "primary server", "primary server, the other behind"
LEADER, UPGRADE = "leading program", "upgrade"
MIGRATES, CUT = "upgrade with a migration", "network of the leader"
KINDS = (PRIMARY, BEHIND, LEADER, UPGRADE, MIGRATES, CUT)
ASSUMED = {PRIMARY: DETECTED, BEHIND: DETECTED, LEADER: 0, UPGRADE: 0, MIGRATES: 0, CUT: 0}
"""Seconds of its silence that whoever looks after the servers takes: assumed, not measured."""

LAG = 1.5  # seconds that the other server is behind, where it is
AGAIN = 0.2  # seconds until what ended is started anew
PATIENCE = 90.0
GOOD_ENDS = {0, 75, -signal.SIGKILL}


class Replica(Program):
    """One of the programs, on a machine of its own; `release`: how many later forms it has."""

    machine: Machine
    codes: list[int]
    wires: tuple[Wire, ...] = ()
    release, over, command = 0, False, ()

    @classmethod
    def on(
        cls, machine: Machine, folder: Path, standin: StandIn, settings: dict[str, str]
    ) -> Replica:
        web, watch = (f"{machine.host}:{free_port()}" for _ in range(2))
        places = {"OPSCHAALGIDS_WEB_LISTEN": web, "OPSCHAALGIDS_WATCH": watch}
        found = cls(folder, standin, standin.token, {**settings, **places})
        found.machine, found.codes = machine, []
        return found

    @property
    def back(self) -> Back:
        return Back(self.settings["OPSCHAALGIDS_WEB_LISTEN"], self.settings["OPSCHAALGIDS_WATCH"])

    async def lives(self) -> None:
        """Started anew whenever it ends, as by systemd or Kubernetes."""
        while not self.over:
            command = [INSTALLED, "serve"]
            if self.release:
                self.settings["LATER"] = str(self.release)
                command = [sys.executable, "-m", "tests.later", "serve"]
            self.within, self.began = (*self.machine.within, *command), len(self.said)
            await self.launch()
            self.codes.append(await self.running.wait())
            await asyncio.sleep(AGAIN)

    def _says(self, what: str) -> bool:
        alive = self.process is not None and self.process.returncode is None
        return alive and any(what in line for line in self.said[self.began :])

    @property
    def leads(self) -> bool:
        return self._says("ready")

    @property
    def waits(self) -> bool:
        return not self.leads and self._says("waiting (another opschaalgids leads)")

    @property
    def stands(self) -> str:
        return "leads" if self.leads else "waits" if self.waits else ""

    def signalled(self, number: int) -> None:
        if self.running.returncode is None:
            os.kill(self.running.pid, number)


class House:
    """The whole of it. `site`: where the web is, whoever leads."""

    def __init__(self, folder: Path, net: Network, *, synchronous: bool) -> None:
        self.folder, self.net, self.synchronous = folder, net, synchronous
        self.deaths, self.release = list[Death](), 0

    async def __aenter__(self) -> Self:
        self.stack = AsyncExitStack()
        enter = self.stack.enter_async_context
        self.servers = await enter(Servers(self.net.host, synchronous=self.synchronous))
        self.standin = await enter(StandIn(host=self.net.host))
        self.replicas = [await self._replica(machine) for machine in self.net.machines]
        balancer = await enter(Balancer([one.back for one in self.replicas]))
        self.site = balancer.site
        for one in self.replicas:
            one.settings["OPSCHAALGIDS_WEB_URL"] = self.site
        self.living = [asyncio.create_task(one.lives()) for one in self.replicas]
        await self._well()
        return self

    async def _replica(self, machine: Machine) -> Replica:
        wires = () if machine.link else (Wire(), Wire())
        for wire, node in zip(wires, self.servers.nodes, strict=False):
            await wire.begin(node.host, node.port)
            self.stack.push_async_callback(wire.end)
        settings = {
            "OPSCHAALGIDS_DATABASE": self.servers.url(wires), "OPSCHAALGIDS_WEB_OPEN": "anyone",
            "OPSCHAALGIDS_WEB_PROXY": str(ip_network(f"{self.net.host}/24", strict=False)),
        }  # fmt: skip
        one = Replica.on(machine, self.folder, self.standin, settings)
        one.wires = wires
        return one

    async def __aexit__(self, *_: object) -> None:
        for one in self.replicas:
            one.over = True
            with suppress(ProcessLookupError, AssertionError):
                one.signalled(signal.SIGKILL)
        await asyncio.gather(*self.living, return_exceptions=True)
        await self.stack.aclose()

    async def ends(self) -> list[str]:
        """By SIGTERM at last; what either said or ended with that it should not."""
        for one in self.replicas:
            one.over = True
            one.signalled(signal.SIGTERM)
        await asyncio.gather(*self.living)
        codes = {code for one in self.replicas for code in one.codes} - GOOD_ENDS
        said = [line for one in self.replicas for line in one.said if "Traceback" in line]
        return [*(f"a program ended with {code}" for code in codes), *said]

    # ------------------------------------------------------------ dying

    @property
    def leader(self) -> Replica:
        return next(one for one in self.replicas if one.leads)

    @property
    def other(self) -> Replica:
        return next(one for one in self.replicas if one is not self.leader)

    async def dies(self, kind: str) -> None:
        """Until all is well again."""
        await DEATHS[kind](self, kind)
        await self._well()

    def _died(self, kind: str) -> None:
        self.deaths.append(Death(kind, asyncio.get_running_loop().time()))

    async def _well(self) -> None:
        """One leads, and the other waits."""
        async with asyncio.timeout(PATIENCE):
            while {one.stands for one in self.replicas} != {"leads", "waits"}:  # noqa: ASYNC110 - it looks from outside
                await asyncio.sleep(0.1)

    async def primary(self, kind: str) -> None:
        if kind == BEHIND:
            self.servers.wire.holds()
            await asyncio.sleep(LAG)
        self._died(kind)
        await self.servers.dies()
        await self.servers.mends()

    async def program(self, kind: str) -> None:
        leader = self.leader
        self._died(kind)
        leader.signalled(signal.SIGKILL if kind == LEADER else signal.SIGTERM)
        await leader.running.wait()

    async def migrates(self, kind: str) -> None:
        """The one that waits is renewed, then the one that leads."""
        self.release += 1
        leader, other = self.leader, self.other
        other.release = leader.release = self.release
        other.signalled(signal.SIGTERM)
        await other.running.wait()
        await self._well()
        await self.program(kind)

    async def network(self, kind: str) -> None:
        """Until another leads; then it comes back, and waits."""
        leader = self.leader
        other = self.other
        self._died(kind)
        self._cuts(leader, cut=True)
        try:
            async with asyncio.timeout(PATIENCE):
                while not other.leads:  # noqa: ASYNC110 - it looks from outside
                    await asyncio.sleep(0.1)
        finally:
            self._cuts(leader, cut=False)

    def _cuts(self, one: Replica, *, cut: bool) -> None:
        if one.machine.link:
            (one.machine.cut if cut else one.machine.joined)()
        for wire in one.wires:
            (wire.holds if cut else wire.cut)()


DEATHS = {
    PRIMARY: House.primary, BEHIND: House.primary, LEADER: House.program, UPGRADE: House.program,
    MIGRATES: House.migrates, CUT: House.network,
}  # fmt: skip
