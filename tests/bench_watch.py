"""Contestants, each in a process of its own, timed round by round."""

from __future__ import annotations

import asyncio
import gc
import logging
from dataclasses import dataclass, field
from itertools import chain
from multiprocessing import get_context
from statistics import mean, median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

Kind = Literal["wall", "cpu"]


class Watch:
    """`with watch:` around each piece of work: its seconds, and the processor's share of them."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []

    def __enter__(self) -> None:
        self._cpu = process_time()
        self._began = perf_counter()

    def __exit__(self, *_: object) -> None:
        self.wall.append(perf_counter() - self._began)
        self.cpu.append(process_time() - self._cpu)


class Contestant(Protocol):
    """`name` as the tables show it.

    A round's work is watched piece by piece, `turns` each; all people do the first of
    its `steps` before anybody does the second.
    """

    name: str
    turns: int
    steps: int

    async def round(self, number: int, watch: Watch) -> None: ...

    async def close(self) -> None: ...


@dataclass
class Timed:
    """Rounds of one contestant, in pieces of so many `turns`, in so many `steps`."""

    turns: int = 1
    steps: int = 1
    rounds: list[Watch] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Turns a second."""
        return median(len(w.wall) * self.turns / sum(w.wall) for w in self.rounds)

    @property
    def cpu(self) -> float:
        """The processor's milliseconds of one turn: what noise on the disk does not touch."""
        return median(sum(w.cpu) / len(w.cpu) for w in self.rounds) * 1000 / self.turns

    def percentile(self, percent: float) -> float:
        """Of one turn, in milliseconds: the median of the rounds."""
        return median(at(w.wall, percent) for w in self.rounds) * 1000 / self.turns

    def times(self, other: Timed, kind: Kind = "wall") -> float:
        """How much faster than the other: each round's typical turn against the other's."""
        pairs = zip(self._typical(kind), other._typical(kind), strict=True)
        return median(theirs / mine for mine, theirs in pairs)

    def at_best(self, other: Timed, kind: Kind = "wall") -> float:
        """The same of the tenth percentile of all rounds: what little else disturbed."""
        return other._best(kind) / self._best(kind)

    def _typical(self, kind: Kind) -> list[float]:
        """Seconds of a turn in each round: the mean over the steps of the median over people."""
        return [mean(map(median, self._by_step(w, kind))) / self.turns for w in self.rounds]

    def _best(self, kind: Kind) -> float:
        rounds = [self._by_step(watch, kind) for watch in self.rounds]
        steps = ([*chain(*same)] for same in zip(*rounds, strict=True))
        return mean(at(step, 10) for step in steps) / self.turns

    def _by_step(self, watch: Watch, kind: Kind) -> list[list[float]]:
        each: list[float] = getattr(watch, kind)
        people = len(each) // self.steps
        return [each[n : n + people] for n in range(0, len(each), people)]


def at(values: Sequence[float], percent: float) -> float:
    """The value that so many percent stay below."""
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


class Apart:
    """A contestant in a process of its own: what others keep in memory costs it nothing."""

    def __init__(self, make: Callable[..., Contestant], *args: Any) -> None:
        spawning = get_context("spawn")
        self.pipe, theirs = spawning.Pipe()
        self.process = spawning.Process(target=_serve, args=(theirs, make, args), daemon=True)
        self.process.start()
        theirs.close()
        self.name, self.turns, self.steps = self.pipe.recv()

    async def round(self, number: int, watch: Watch) -> None:
        """Raises EOFError where the process ended; it said why on stderr."""
        self.pipe.send(number)
        watch.wall, watch.cpu = self.pipe.recv()

    async def close(self) -> None:
        self.pipe.send(None)
        self.process.join()


def _serve(pipe: Connection, make: Callable[..., Contestant], args: tuple[Any, ...]) -> None:
    logging.disable(logging.ERROR)
    contestant = make(*args)
    pipe.send((contestant.name, contestant.turns, contestant.steps))
    asyncio.run(_rounds(pipe, contestant))


async def _rounds(pipe: Connection, contestant: Contestant) -> None:
    while (number := pipe.recv()) is not None:
        watch = Watch()
        gc.collect()
        await contestant.round(number, watch)
        pipe.send((watch.wall, watch.cpu))
    await contestant.close()


async def compare(contestants: Sequence[Contestant], rounds: int) -> dict[str, Timed]:
    """Round by round, one after the other, so that noise hits all alike."""
    found = {c.name: Timed(c.turns, c.steps) for c in contestants}
    for number in range(rounds):
        for contestant in contestants:
            watch = Watch()
            await contestant.round(number, watch)
            found[contestant.name].rounds.append(watch)
    for contestant in contestants:
        await contestant.close()
    return found
