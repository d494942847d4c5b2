"""How many turns a second on PostgreSQL, beside SQLCipher on the same disk in the same rounds."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import psycopg

from storage.database.place import Server
from tests.bench_report import Table
from tests.bench_turns import Ours
from tests.bench_watch import Apart, compare
from tests.delay import network
from tests.postgres import server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.bench_report import Required
    from tests.bench_script import Script
    from tests.bench_watch import Contestant, Timed
    from tests.postgres import Cluster

AWAY = 0.0005
"""Seconds there and back."""

FILE, NEAR, FAR = "SQLCipher", "PostgreSQL, over a socket", "PostgreSQL, half a ms away"
TIMES, RATE = 0.7, 120
"""What is required: over a socket times SQLCipher, and at that distance turns a second."""


async def beside(
    fresh: Callable[[str], Path], required: Required, steps: Script, rounds: int, people: int
) -> Table:
    with server(durable=True) as postgres, away(postgres) as far:
        places = {FILE: None, NEAR: Server(postgres.url("near")), FAR: far}
        journeys = {name: f"{journey(place):.2f}" for name, place in places.items() if place}
        contestants: list[Contestant] = [
            Apart(partial(Ours, place=place), name, fresh(f"on{n}"), steps, people)
            for n, (name, place) in enumerate(places.items())
        ]
        found = await compare(contestants, rounds)
    required.least(f"{NEAR}, times {FILE}", TIMES, found[NEAR].times(found[FILE]))
    required.least(f"{FAR}, turns a second", RATE, found[FAR].rate)
    return _table(found, journeys, rounds)


@contextmanager
def away(postgres: Cluster) -> Iterator[Server]:
    """The same server at that distance, of which what carries the bytes takes its own part."""
    url, socket = postgres.url("far"), postgres.folder / ".s.PGSQL.5432"
    with network(socket, 0) as port:
        own = journey(by(url, port)) - journey(Server(url))
    with network(socket, max(0.0, AWAY - own / 1000)) as port:
        yield by(url, port)


def by(url: str, port: int) -> Server:
    """The same database through a port of this computer."""
    user, _, options = url.partition("@/postgres?")[0], *url.partition("&")[1:]
    return Server(f"{user}@127.0.0.1:{port}/postgres?{options}")


def journey(place: Server, times: int = 500) -> float:
    """Milliseconds there and back, of the shortest question."""
    found = []
    with psycopg.connect(place.url, autocommit=True) as line:
        for _ in range(times):
            began = perf_counter()
            line.execute("SELECT 1").fetchall()
            found.append(perf_counter() - began)
    return median(found) * 1000


def _table(found: dict[str, Timed], journeys: dict[str, str], rounds: int) -> Table:
    header = ("", f"Times {FILE}", "p10", "Turns a second", "p50 ms", "p99 ms", "CPU ms")
    table = Table("Turns on PostgreSQL, beside SQLCipher", (*header, "A journey ms"))
    for name, timed in found.items():
        ratios = (timed.times(found[FILE]), timed.at_best(found[FILE]))
        spent = (timed.percentile(50), timed.percentile(99), timed.cpu)
        figures = [
            *(f"{r:.2f}" for r in ratios),
            f"{timed.rate:,.1f}",
            *(f"{s:.2f}" for s in spent),
        ]
        table.row(name, *figures, journeys.get(name, ""))
    table.notes = [
        f"{rounds} rounds of the same script, everyone once in each, one by one. All wait for the",
        "same disk: SQLCipher synchronous FULL, PostgreSQL with fsync as it comes. CPU is this",
        "program's own, without the server's. A journey is the median of the shortest question and",
        "its answer: half a millisecond is put on the way by a program that holds up each piece",
        "(tests/delay.py), and measured. A turn is two journeys, to keep all of it and to commit",
        "(tests/test_pipeline.py): on a quiet computer they are at that distance more than a whole",
        "turn of SQLCipher, so that 0.7 of it is reached there only where the disk is slow.",
    ]
    return table
