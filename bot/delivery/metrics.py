"""What the running program counts, and how each of its channels is; see watch.py."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING

from bot.clock import steady

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from bot.delivery.reach import Reach
    from storage.conversations.outbox import Outbox

BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0, inf)


@dataclass
class Health:
    """How one channel is. `silent`: seconds without a word after which it is not well.

    `last`: when it was heard, by the loop's clock; `posts`: how often it delivered something
    itself; `reach`: whether it can, where that is for the channel to do; `revoked`: why it
    does not know us any more.
    """

    name: str
    silent: float = inf
    last: float | None = None
    posts: int = 0
    reach: Reach | None = None
    revoked: str = ""

    def heard(self, *, post: bool = False) -> None:
        """Just now; `post`: it delivered something itself."""
        self.last, self.posts = asyncio.get_running_loop().time(), self.posts + post

    def silence(self) -> float | None:
        """Seconds since it was last heard; None before it ever was."""
        return None if self.last is None else asyncio.get_running_loop().time() - self.last

    @property
    def well(self) -> bool:
        """Heard a while ago at most, and reached where that is for the channel to do."""
        silence, reached = self.silence(), not self.reach or self.reach.well
        return silence is not None and silence < self.silent and reached and not self.revoked


class Spread:
    """How long something took: how often it was within each of BOUNDS, and `total` seconds."""

    def __init__(self) -> None:
        self.counts, self.total = [0] * len(BOUNDS), 0.0

    @contextmanager
    def time(self) -> Iterator[None]:
        began = steady()
        try:
            yield
        finally:
            took = steady() - began
            self.counts[bisect_left(BOUNDS, took)] += 1
            self.total += took

    def so_far(self) -> Iterable[tuple[str, int]]:
        """Each bound as Prometheus writes it, and how many were within it."""
        names = ["+Inf" if bound == inf else str(bound) for bound in BOUNDS]
        return zip(names, accumulate(self.counts), strict=True)


class Copied:
    """How the copies are: when the newest began that was proved, by the steady clock.

    Before the first of this process: when the process began.
    """

    def __init__(self) -> None:
        self.began, self.well, self.apart = steady(), True, True

    def made(self, began: float, *, well: bool, apart: bool) -> None:
        self.began, self.well = began if well else self.began, well
        self.apart = apart if well else self.apart

    @property
    def age(self) -> float:
        """Seconds; whoever sets the clock changes nothing about it."""
        return steady() - self.began


class Figures:
    """Counted in this process since it started.

    `ready`: people on the web can be sent here; `copied`: None where no copies are made.
    """

    channels: Sequence[Health] = ()
    ready = False
    copied: Copied | None = None

    def __init__(self, outbox: Outbox, now: Callable[[], datetime]) -> None:
        self.outbox, self.now = outbox, now
        self.updates, self.sent, self.again = Counter[str](), Counter[str](), Counter[str]()
        self.turns = Spread()

    @property
    def well(self) -> bool:
        return all(channel.well for channel in self.channels)

    @property
    def silence(self) -> float | None:
        """Of the channel that was heard longest ago; None where one never was."""
        found = [channel.silence() for channel in self.channels]
        return None if None in found else max(filter(None, found), default=0.0)
