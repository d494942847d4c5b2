"""How fast, beside the machine's limit and two peers: `python -m tests.bench [--short]`.

The full run takes about ten minutes and writes docs/speed.md; `--short` a minute, and
writes nothing. aiogram and aiosqlite are needed by this program only; without them
that peer is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.bench_aiogram import INSTALL, Aiogram, Direct, Threaded
from tests.bench_crowd import UNTIL, Among, crowd
from tests.bench_pickle import Pickled
from tests.bench_report import PAGE, Required, Table, machine
from tests.bench_running import crowded, memories, restarts, starting, waves
from tests.bench_turns import Bare, Ours, Timed, compare, script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench_turns import Contestant

BARE, ONE, HUNDRED = "bare INSERT + COMMIT", "this product", "this product, 100 per commit"
NEEDED_GB = 8
PICKLED = "ConversationHandler + pickle, {:,} people"


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int = 7
    bare: int = 2000
    walkers: int = 12
    pickled: tuple[int, int] = (10, 3)
    crowds: tuple[int, ...] = (1_000, 100_000, 1_000_000)
    among: int = 6
    at_once: int = 1000
    active: int = 10_000
    restarts: int = 3


SHORT = Size(2, 500, 4, (3, 1), (1_000, 10_000), 2, 60, 120, 1)


class Bench:
    """One run, in a folder that is gone afterwards."""

    def __init__(self, size: Size, folder: Path) -> None:
        self.size, self.folder = size, folder
        self.required, self.tables = Required(), list[Table]()

    def fresh(self, name: str) -> Path:
        found = self.folder / name
        found.mkdir()
        return found

    async def run(self) -> None:
        for part in (self.turns, self.among, self.running):
            tell(f"… {part.__doc__}")
            await part()

    # ------------------------------------------------------------ beside others

    async def turns(self) -> None:
        """Turns a second, beside the machine's limit and the peers."""
        contestants = [*self._ours(), *self._peers()]
        found = await compare(contestants, self.size.rounds)
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
            f"Medians of {self.size.rounds} rounds, everyone once in each; ratios within a round.",
            "The script is tests/transcripts/quick.txt, from the Bot API's JSON on; replies end",
            "before the network. p50 and p99 of 100 per commit are a hundredth of a commit. CPU is",
            "the processor's time, which a slow disk does not touch. The pickle peer is flushed",
            "after every turn, without waiting for the disk; aiogram's SQLite is not encrypted,",
            "and commits each change, synchronous FULL.",
            *([] if find_spec("aiogram") and find_spec("aiosqlite") else [skipped()]),
        ]
        self.tables.append(table)

    def _ours(self) -> list[Contestant]:
        walkers = self.size.walkers
        parsed = Ours("this product, without parsing", self.fresh("parsed"), walkers)
        sent = Ours("this product, with the outbox emptied", self.fresh("sent"), walkers)
        parsed.parsed = sent.sent = True
        one = Ours(ONE, self.fresh("one"), walkers)
        return [
            Bare(self.fresh("bare"), self.size.bare), one,
            Ours(HUNDRED, self.fresh("hundred"), 100, 100), parsed, sent,
        ]  # fmt: skip

    def _peers(self) -> list[Contestant]:
        steps, folder = script(self.fresh("script")), self.fresh("peers")
        few, fewer = self.size.pickled
        pickled: list[Contestant] = [
            Pickled(folder, steps, 1_000, few), Pickled(folder, steps, 10_000, fewer)
        ]  # fmt: skip
        if not (find_spec("aiogram") and find_spec("aiosqlite")):
            tell(skipped())
            return pickled
        aiograms = [Aiogram(folder, steps, self.size.walkers, s) for s in (Direct, Threaded)]
        return [*aiograms, *pickled]

    def _requires(self, found: dict[str, Timed]) -> None:
        one, least = found[ONE], self.required.least
        least("one by one, times bare", 0.3, one.times(found[BARE]))
        least("a hundred per commit, times bare", 1.2, found[HUNDRED].times(found[BARE]))
        for name, timed in found.items():
            if name.startswith("aiogram"):
                least(f"one by one, times {name}", 1.5, one.times(timed))
        name = PICKLED.format(10_000)
        least(f"one by one, times {name}", 100, one.times(found[name]))

    # ------------------------------------------------------------ among many

    async def among(self) -> None:
        """Restarts, and turns, in databases with very many canvases."""
        sizes = [n for n in self.size.crowds if n < 500_000 or self._room()]
        for people in sizes:
            crowd(self._crowd(people), people)
        await self._restarts(sizes[-1])  # first: the walkers leave messages that nobody sends
        crowds = [Among(self._crowd(people), people, self.size.among) for people in sizes]
        found = await compare(crowds, self.size.rounds)
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
                f"{timed.percentile(95):.2f}", f"{middle(each.newcomers.each):.2f}",
                f"{middle(each.edits.each):.2f}", f"{each.size / 1e6:,.0f}",
            )  # fmt: skip
        table.notes = [
            f"Everyone has {UNTIL} steps behind them, and the last two messages kept. People drawn",
            "by lot walk on to the end, one by one, in all databases by turns.",
        ]
        self.tables.append(table)
        name = f"p50 at {crowds[-1].name} canvases, times that at {crowds[0].name}"
        self.required.most(name, 1.2, found[crowds[-1].name].percentile(50) / first)

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


def middle(values: Sequence[float]) -> float:
    return median(values) * 1000


def skipped() -> str:
    return f"aiogram was left out; to have it: {INSTALL}"


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a minute; docs/speed.md stays")
    short: bool = parser.parse_args().short
    logging.disable(logging.ERROR)
    lines = machine("python -m tests.bench" + (" --short" if short else ""))
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(SHORT if short else Size(), Path(folder))
        try:
            asyncio.run(bench.run())
        finally:  # what was measured before something broke is worth its minutes
            for table in (bench.required.table, *bench.tables):
                lines += table.lines()
            tell("\n".join(lines))
    if not short:
        PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    tell(f"\n{bench.required.missed} of the required figures missed")


if __name__ == "__main__":
    main()
