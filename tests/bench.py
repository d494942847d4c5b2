"""How fast, beside the machine's limit and its peers: `python -m tests.bench [--short]`.

The full run takes some minutes and writes docs/speed.md; `--short` a minute, and writes
nothing. aiogram and aiosqlite are needed by this program only, and installed by `make
bench`; without them those peers are left out.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING

from tests import bench_move, bench_start, bench_storages, bench_web
from tests.bench_aiogram import Aiogram, Direct, Equal, Threaded, installed
from tests.bench_crowd import UNTIL, Among, crowd
from tests.bench_pickle import Pickled
from tests.bench_report import Required, Table, machine, settings, write
from tests.bench_running import MOST_IDLE, crowded, memories, restarts, starting, waves
from tests.bench_turns import Bare, Ours, script
from tests.bench_watch import Apart, compare
from tests.postgres import LACKS, tool
from tests.test_turn_cost import costs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench_script import Script
    from tests.bench_watch import Contestant, Timed

BARE, ONE, HUNDRED = "bare INSERT + COMMIT", "this product", "this product, 100 per commit"
NEEDED_GB = 8
SKIPPED = "aiogram was left out: `make bench` installs it, where the network allows"
PICKLED = "ConversationHandler + pickle, {:,} people"
BESIDE = {
    "aiogram + FSM on sqlite3": 0.9,
    "aiogram + FSM on aiosqlite": 1.5,
    "aiogram, the same work, on sqlite3": 1.5,
    "aiogram, the same work, on aiosqlite": 1.5,
    PICKLED.format(10_000): 100,
}
"""How many times as fast as each of them this product has to be."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int = 8
    bare: int = 1000
    walkers: int = 8
    pickled: tuple[int, int] = (6, 2)
    crowds: tuple[int, ...] = (1_000, 100_000, 1_000_000)
    among: int = 6
    among_rounds: int = 7
    at_once: int = 1000
    active: int = 10_000
    restarts: int = 3
    lasts: float = bench_web.LASTS
    moved: int = 100_000


PARTS = ("turns", "storages", "moving", "among", "running", "web", "start")
"""Methods of Bench."""

SHORT = Size(3, 300, 3, (3, 1), (1_000, 10_000), 2, 2, 60, 120, 1, 6.0, 1_000)


class Bench:
    """One run, in a folder that is gone afterwards."""

    def __init__(self, size: Size, folder: Path, parts: Sequence[str] = PARTS) -> None:
        self.size, self.folder, self.parts = size, folder, parts
        self.required, self.tables = Required(), list[Table]()

    def fresh(self, name: str) -> Path:
        found = self.folder / name
        found.mkdir()
        return found

    async def run(self) -> None:
        for name in self.parts:
            part = getattr(self, name)
            tell(f"… {part.__doc__}")
            await part()

    # ------------------------------------------------------------ beside others

    async def turns(self) -> None:
        """Turns a second, beside the machine's limit and the peers."""
        steps = script(self.fresh("script"))
        found = await compare([*self._ours(steps), *self._peers(steps)], self.size.rounds)
        self._requires(found)
        table = Table(
            "Whole turns: parsed, decided, rendered and kept",
            ("", "Times bare", "Turns a second", "p50 ms", "p99 ms", "CPU ms"),
        )
        for name, timed in found.items():
            ratio = timed.times(found[BARE])
            table.row(
                name, f"{ratio:.4f}" if ratio < 0.01 else f"{ratio:.2f}", f"{timed.rate:,.1f}",
                f"{timed.percentile(50):.2f}", f"{timed.percentile(99):.2f}", f"{timed.cpu:.2f}",
            )  # fmt: skip
        table.notes = [
            f"Medians of {self.size.rounds} rounds, everyone once in each, in a process of its",
            "own; ratios within a round, of medians over people. The script is",
            "tests/transcripts/quick.txt, from the Bot API's JSON on, by people who answer",
            "differently; replies end before the network. p50 and p99 of 100 per commit are a",
            "hundredth of a commit. CPU is the processor's time, which a slow disk does not touch.",
            "The pickle peer is flushed after every turn, without waiting for the disk; aiogram's",
            "SQLite is not encrypted, and commits each change, synchronous FULL. The bare INSERT",
            "changes one page and a turn seven: once both write over an old log, a turn's own",
            "statements, with nothing read, decided or said between them, are 0.38 to 0.44 of it",
            "(2026-11-29; the log grows in a program's first minutes, and that waits for the",
            "disk).",
            *([] if installed() else [SKIPPED]),
        ]
        self.tables += [table, beside(found)]

    def _ours(self, steps: Script) -> list[Contestant]:
        size, walkers = self.size, self.size.walkers
        parsed, sent = "this product, without parsing", "this product, with the outbox emptied"
        return [
            Apart(Bare, self.fresh("bare"), size.bare),
            Apart(Ours, ONE, self.fresh("one"), steps, walkers),
            Apart(Ours, HUNDRED, self.fresh("hundred"), steps, 100, 100),
            Apart(partial(Ours, parsed=True), parsed, self.fresh("parsed"), steps, walkers),
            Apart(partial(Ours, sent=True), sent, self.fresh("sent"), steps, walkers),
        ]

    def _peers(self, steps: Script) -> list[Contestant]:
        folder, walkers = self.fresh("peers"), self.size.walkers
        pickled = zip((1_000, 10_000), self.size.pickled, strict=True)
        found: list[Contestant] = [Apart(Pickled, folder, steps, *each) for each in pickled]
        if not installed():
            tell(SKIPPED)
            return found
        bots = product((Aiogram, Equal), (Direct, Threaded))
        return [*(Apart(bot, folder, steps, walkers, kept) for bot, kept in bots), *found]

    def _requires(self, found: dict[str, Timed]) -> None:
        one, least, most = found[ONE], self.required.least, self.required.most
        counted = list(costs(self.fresh("counted")))
        most("statements of a turn", 9, mean(statements for statements, _ in counted))
        most("pages that a turn writes to the log", 8, mean(frames for _, frames in counted))
        least("one by one, times bare", 0.3, one.times(found[BARE]))
        least("a hundred per commit, times bare", 0.5, found[HUNDRED].times(found[BARE]))
        for name, bound in BESIDE.items():
            if name in found:
                least(f"one by one, times {name}", bound, one.times(found[name]))

    async def storages(self) -> None:
        """Turns a second on PostgreSQL, beside SQLCipher."""
        if tool("initdb") is None:
            tell(f"PostgreSQL was left out: {LACKS}")
            return
        steps, size = script(self.fresh("steps")), self.size
        self.tables.append(
            await bench_storages.beside(
                self.fresh, self.required, steps, 3 * size.rounds, size.walkers
            )
        )

    async def moving(self) -> None:
        """A whole database from a file to a server and back."""
        if tool("initdb") is None:
            tell(f"a move was left out: {LACKS}")
            return
        self.tables.append(bench_move.measured(self.fresh("moved"), self.size.moved))

    # ------------------------------------------------------------ among many

    async def among(self) -> None:
        """Restarts, and turns, in databases with very many canvases."""
        sizes = [n for n in self.size.crowds if n < 500_000 or self._room()]
        for people in sizes:
            crowd(self._crowd(people), people)
        await self._restarts(sizes[-1])  # first: the walkers leave messages that nobody sends
        steps = script(self.fresh("later"), UNTIL)
        crowds = [Among(self._crowd(people), people, self.size.among, steps) for people in sizes]
        found = await compare(crowds, self.size.among_rounds)
        table = Table(
            "Turns among many canvases",
            ("Canvases", "p50 against the first", "p50 ms", "p95 ms", "A newcomer's start ms",
             "An edit ms", "Database MB"),
        )  # fmt: skip
        first = found[crowds[0].name].percentile(50)
        for each in crowds:
            timed = found[each.name]
            table.row(
                each.name, f"{timed.percentile(50) / first:.2f}", f"{timed.percentile(50):.2f}",
                f"{timed.percentile(95):.2f}", f"{middle(each.newcomers.wall):.2f}",
                f"{middle(each.edits.wall):.2f}", f"{each.size / 1e6:,.0f}",
            )  # fmt: skip
        table.notes = [
            f"Everyone has {UNTIL} steps behind them, and the last two messages kept. People drawn",
            "by lot walk on to the end, one by one, in all databases by turns.",
        ]
        self.tables.append(table)
        name = f"p50 at {crowds[-1].name} canvases, times that at {crowds[0].name}"
        self.required.most(name, 1.1, found[crowds[-1].name].percentile(50) / first)

    async def _restarts(self, people: int) -> None:
        starts = await restarts(self._crowd(people), self.size.restarts)
        self.required.most(f"first answer at {people:,} canvases, s", 1, starts.start)
        self.required.most(f"restart to first answer at {people:,} canvases, s", 3, starts.restart)
        self.tables.append(starting(starts, people, self.size.restarts))

    def _room(self) -> bool:
        """Whether a million canvases fit."""
        room = shutil.disk_usage(self.folder).free / 1e9 > NEEDED_GB
        if not room:
            tell(f"a million canvases were left out: {NEEDED_GB} GB must be free")
        return room

    def _crowd(self, people: int) -> Path:
        return self.folder / f"crowd-{people}"

    # ------------------------------------------------------------ running

    async def running(self) -> None:
        """The real program: many people at once, memory."""
        found = await crowded(self.fresh("crowded"), self.size.at_once, self.size.active)
        self.tables += [waves(found, self.size.at_once)]
        self.tables += [memories(found, self.size.at_once, self.size.active)]
        if found.idle is not None:
            self.required.most("ready, nobody there, MB", MOST_IDLE, found.idle)

    async def web(self) -> None:
        """The web: its pages beside a turn, fifty people, a phone on a slow line."""
        self.tables += await bench_web.measured(self.fresh("web"), self.required, self.size.lasts)

    async def start(self) -> None:
        """What each command costs before it does anything."""
        folder = self.fresh("start")
        self.tables += [bench_start.table(folder, (bench_start.ROOT,)), bench_start.imports(folder)]
        self.tables += [bench_start.rebuilt()]


def middle(values: Sequence[float]) -> float:
    return median(values) * 1000


def beside(found: dict[str, Timed]) -> Table:
    """The product and each of the others, in the same rounds."""
    one = found[ONE]
    table = Table(
        "How many times as fast this product is, one by one",
        ("", "Median", "Of it the processor", "p10", "Of it the processor"),
    )
    for name in (BARE, *BESIDE):
        if timed := found.get(name):
            ratios = (
                one.times(timed), one.times(timed, "cpu"),
                one.at_best(timed), one.at_best(timed, "cpu"),
            )  # fmt: skip
            table.row(name, *(f"{ratio:.2f}" for ratio in ratios))
    table.notes = [
        "Of each step the median over the people of a round and the mean of the steps, against",
        "the same round of the other; the tenth percentile is of the people of all rounds. The",
        "same work: an aiogram bot with this product's dialogue and texts, over its FSM's data.",
    ]
    return table


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a minute; docs/speed.md stays")
    parser.add_argument("--only", choices=PARTS, help="one part, put in its place on the page")
    how = parser.parse_args()
    logging.disable(logging.ERROR)
    began = machine("python -m tests.bench")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(
            SHORT if how.short else Size(), Path(folder), [how.only] if how.only else PARTS
        )
        try:
            asyncio.run(bench.run())
        finally:  # what was measured before something broke is worth its minutes
            tables = [bench.required.table, *bench.tables, *([] if how.only else [settings()])]
            tell("\n".join(line for table in tables if table.rows for line in table.lines()))
    if not how.short:
        write(tables, [] if how.only else began)
    tell(f"\n{bench.required.missed} of the required figures missed")


if __name__ == "__main__":
    main()
