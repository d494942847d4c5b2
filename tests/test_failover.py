"""What the failover campaign counts and refuses; itself it takes minutes, in `make prove`."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from tests.failing import ASSUMED, BEHIND, CUT, KINDS, LEADER, PRIMARY
from tests.nodes import DETECTED
from tests.prove_failover import Failover, Tally, deck, judged, table
from tests.prove_kills import Death
from tests.walkers import until
from tests.wires import Wire

NOWHERE: Any = None


def campaign(*kinds: str, synchronous: bool = True) -> Failover:
    """One that was not run, with a death every hundred seconds."""
    found = Failover([*kinds], NOWHERE, synchronous=synchronous)
    found.deaths = [Death(kind, 100.0 * n) for n, kind in enumerate(kinds, 1)]
    return found


def waiting(*waits: tuple[float, float]) -> Any:
    return SimpleNamespace(waits=waits)


def test_every_kind_dies_as_often_as_the_others() -> None:
    found = deck(66, 1)
    assert {found.count(kind) for kind in KINDS} == {11}
    assert found != deck(66, 2)
    assert ASSUMED[PRIMARY] == DETECTED
    assert ASSUMED[CUT] == 0


def test_silence_is_the_longest_that_anybody_waited_after_a_death() -> None:
    found = campaign(LEADER, PRIMARY)
    found.people = [waiting((95, 103), (104, 104.1), (99, 99.5)), waiting((101, 108), (180, 230))]
    found._silence()  # noqa: SLF001 - what is counted in it
    assert found.tallies[LEADER].silence == [20], "and what another death made is not its own"
    assert found.tallies[PRIMARY].silence == [30]


def test_too_long_a_silence_and_a_control_that_loses_nothing_are_refused() -> None:
    found, control = campaign(PRIMARY, LEADER), campaign(BEHIND, synchronous=False)
    found.tallies = {PRIMARY: Tally(silence=[11.9]), LEADER: Tally(silence=[10.1])}
    control.tallies = {BEHIND: Tally(lost=0)}
    slow, blind = judged(found, control)
    assert slow == "leading program: silence of 10.1 s"
    assert "the control lost nothing" in blind
    control.tallies[BEHIND].lost = 1
    assert judged(found, control) == [slow]


def test_the_table_has_a_row_for_each_kind() -> None:
    found = campaign(PRIMARY, CUT)
    found.tallies = {PRIMARY: Tally(lost=2, silence=[3, 5]), CUT: Tally(silence=[7.5])}
    assert "| primary server | 2 | 2 | 0 | 0 | 0 | 5.0 | 5.0 | 5.0 | 2 |" in table(found)
    assert "| network of the leader | 1 | 0 | 0 | 0 | 0 | 7.5 | 7.5 | 7.5 | 0 |" in table(found)


async def test_what_a_wire_holds_is_lost_when_it_is_cut() -> None:
    heard, ended = list[bytes](), asyncio.Event()

    async def hears(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while said := await reader.read(100):
                heard.append(said)
        writer.close()
        ended.set()

    server = await asyncio.start_server(hears, "127.0.0.1", 0)
    wire = Wire()
    await wire.begin("127.0.0.1", server.sockets[0].getsockname()[1])
    reader, writer = await asyncio.open_connection(wire.host, wire.port)
    writer.write(b"kept")
    await until(lambda: bool(heard))
    wire.holds()
    writer.write(b"lost")
    await asyncio.sleep(random.random() * 0.1)  # noqa: S311 - whenever
    wire.cut()
    with suppress(ConnectionError):
        assert await reader.read() == b""
    await ended.wait()
    assert heard == [b"kept"]
    writer.close()
    await wire.end()
    server.close()
    await asyncio.sleep(0.05)  # its transports close in the loop
