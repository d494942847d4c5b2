"""Machines of their own for programs: each a network namespace, whose link can go down.

That takes root. Elsewhere a program stays here, behind wires to the servers that go dead
without a word.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Machine:
    """`host`: where others find what listens there; `within`: what starts a program there."""

    host: str
    within: tuple[str, ...] = ()
    link: str = ""

    def cut(self) -> None:
        ip(f"link set {self.link} down")

    def joined(self) -> None:
        ip(f"link set {self.link} up")


@dataclass(frozen=True)
class Network:
    """`host`: this machine, as the others see it."""

    host: str
    machines: tuple[Machine, ...]


@contextmanager
def network(count: int) -> Iterator[Network]:
    """So many machines, which see this one. Without root they are this one."""
    if os.geteuid() != 0 or not allowed():
        yield Network("127.0.0.1", (Machine("127.0.0.1"),) * count)
        return
    mark, net = f"gids{os.getpid() % 10_000}", f"10.77.{os.getpid() % 250}"
    names = [f"{mark}{n}" for n in range(count)]
    try:
        ip(f"link add {mark} type bridge", f"addr add {net}.1/24 dev {mark}", f"link set {mark} up")
        yield Network(f"{net}.1", tuple(_machine(mark, n, net) for n in range(count)))
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", mark], check=False, capture_output=True)


def _machine(mark: str, number: int, net: str) -> Machine:
    name, host = f"{mark}{number}", f"{net}.{number + 2}"
    ip(
        f"netns add {name}", f"link add {name} type veth peer name eth0 netns {name}",
        f"link set {name} master {mark}", f"link set {name} up", f"-n {name} link set lo up",
        f"-n {name} addr add {host}/24 dev eth0", f"-n {name} link set eth0 up",
    )  # fmt: skip
    return Machine(host, ("ip", "netns", "exec", name), name)


def allowed() -> bool:
    """Whether namespaces can be made here."""
    name = f"try{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], check=False, capture_output=True)
    subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
    return made.returncode == 0


def ip(*said: str) -> None:
    for one in said:
        subprocess.run(["ip", *one.split()], check=True, capture_output=True)
