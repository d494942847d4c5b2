"""How many turns a second: the machine's limit, this product, and its peers, in turns."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Protocol

from bot.channels.telegram.incoming import read
from flows.model.messages import Update
from storage.database.connection import open_database
from tests.bench_script import Guide, play

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bench_script import Script

FIRST = 10_000_001
"""The person who goes first; the others follow it."""


class Watch:
    """`with watch:` around each piece of work; its seconds, and the processor's share of them."""

    def __init__(self) -> None:
        self.each: list[float] = []
        self.cpu = 0.0

    def __enter__(self) -> None:
        self._cpu = process_time()
        self._began = perf_counter()

    def __exit__(self, *_: object) -> None:
        self.each.append(perf_counter() - self._began)
        self.cpu += process_time() - self._cpu


@dataclass
class Timed:
    """Rounds of one contestant, in pieces of so many `turns`."""

    turns: int = 1
    rounds: list[Watch] = field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        """Turns a second, of each round."""
        return [len(w.each) * self.turns / sum(w.each) for w in self.rounds]

    @property
    def rate(self) -> float:
        return median(self.rates)

    @property
    def cpu(self) -> float:
        """The processor's milliseconds of one turn: what noise on the disk does not touch."""
        return median(w.cpu / len(w.each) for w in self.rounds) * 1000 / self.turns

    def percentile(self, percent: float) -> float:
        """Of one turn, in milliseconds: the median of the rounds."""
        return median(at(w.each, percent) for w in self.rounds) * 1000 / self.turns

    def times(self, other: Timed) -> float:
        """How much faster than the other, each round against the other's same round."""
        pairs = zip(self.rates, other.rates, strict=True)
        return median(mine / theirs for mine, theirs in pairs)


def at(values: Sequence[float], percent: float) -> float:
    """The value that so many percent stay below."""
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


class Contestant(Protocol):
    """`name` as the tables show it. A round's work is watched piece by piece, `turns` each."""

    name: str
    turns: int

    async def round(self, number: int, watch: Watch) -> None: ...

    async def close(self) -> None: ...


class Bare:
    """One INSERT and COMMIT, synchronous FULL, on the connection that the product uses."""

    name = "bare INSERT + COMMIT"
    turns = 1

    def __init__(self, folder: Path, count: int) -> None:
        self.db, self.count = open_database(folder / "guide.db", folder / "key"), count
        self.db.conn.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")

    async def round(self, number: int, watch: Watch) -> None:
        del number
        run, body = self.db.conn.execute, ["x" * 100]
        for _ in range(self.count):
            with watch:
                run("BEGIN IMMEDIATE")
                run("INSERT INTO bare(body) VALUES (?)", body)
                run("COMMIT")

    async def close(self) -> None:
        self.db.close()


class Ours:
    """Whole walks of many people, `turns` of them at each step in one commit.

    `parsed`: their updates were read from the Bot API's JSON before the clock runs.
    `sent`: and what was said is taken from the outbox, each message with its commit.
    """

    def __init__(self, name: str, folder: Path, people: int, turns: int = 1) -> None:
        self.name, self.people, self.turns = name, people, turns
        self.guide = Guide(folder)
        self.script = play(self.guide, FIRST)
        self.parsed = self.sent = False

    async def round(self, number: int, watch: Watch) -> None:
        first = FIRST + 10_000 * (number + 1)
        people = list(range(first, first + self.people))
        for step in range(len(self.script)):
            for start in range(0, self.people, self.turns):
                self._piece(people[start : start + self.turns], step, watch)
        self.guide.checked(FIRST, people)

    def _piece(self, people: list[int], step: int, watch: Watch) -> None:
        now = self.script.at(step)
        raws = [self.script.raw(person, step, self.guide.shown(person)) for person in people]
        read_before = [u for raw in raws if isinstance(u := read(raw, now), Update)]
        with watch:
            found = (
                read_before
                if self.parsed
                else [u for raw in raws if isinstance(u := read(raw, now), Update)]
            )
            self.guide.conversation.handle(*found)
            for person in people if self.sent else ():
                self.guide.say(str(person), now)

    async def close(self) -> None:
        self.guide.store.close()


async def compare(contestants: Sequence[Contestant], rounds: int) -> dict[str, Timed]:
    """Round by round, one after the other, so that noise hits all alike."""
    found = {c.name: Timed(c.turns) for c in contestants}
    for number in range(rounds):
        for contestant in contestants:
            watch = Watch()
            await contestant.round(number, watch)
            found[contestant.name].rounds.append(watch)
    for contestant in contestants:
        await contestant.close()
    return found


def script(folder: Path) -> Script:
    """The script with its buttons and sentences, for those who only follow it."""
    guide = Guide(folder)
    found = play(guide, FIRST)
    guide.store.close()
    return found
