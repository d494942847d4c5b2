"""How much one chat may send: answered once, then silence until it has come to rest.

Time passes by the steady clock, or by the dates that Telegram gives where those show
more of it: what a person sent in the hours that the guide was away comes all at once,
and is no flood. The clock on the wall has no say: it may be set.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from bot.clock import steady

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flows.model.messages import Update

BURST = 240  # updates at once: two whole walks, as fast as a thumb or a program can
RESTED = BURST / 4  # what must have come back before a chat that was silenced is heard again
MANY = 10_000  # chats that are remembered before those at rest are forgotten; updates that are
Verdict = Literal["taken", "told", "silent"]


@dataclass(frozen=True)
class Bucket:
    """`left` of the burst; `silent`: it was told to wait.

    `dated`: Telegram's time as far as it is known, in seconds; `arrived`: by our own
    steady clock, at the same moment.
    """

    left: float
    dated: float
    arrived: float
    silent: bool = False

    def filled(self, dated: float, arrived: float, rate: float) -> Bucket:
        """What has come back since; time never goes backwards.

        More time here than fills a bucket tells nothing: in a long outage it would run
        ahead of the dates of what was sent meanwhile.
        """
        passed = min(max(0.0, arrived - self.arrived), BURST / rate)
        now = max(self.dated + passed, dated)
        left = min(float(BURST), self.left + (now - self.dated) * rate)
        return Bucket(left, now, max(arrived, self.arrived), self.silent and left < RESTED)


class Limits:
    """`rate`: updates a second that a chat may send for ever. `clock`: steady seconds.

    An update that comes again, because it could not be kept or was not acknowledged,
    counts once, and what was decided about it stands.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = steady) -> None:
        self.rate, self.clock = rate, clock
        self.buckets: dict[str, Bucket] = {}
        self.decided: OrderedDict[tuple[str, str], Verdict] = OrderedDict()

    def admit(self, updates: Iterable[Update]) -> tuple[list[Update], list[Update]]:
        """(those to take, the first of each chat that must wait); the rest is not heard."""
        found: dict[Verdict, list[Update]] = {"taken": [], "told": [], "silent": []}
        for update in updates:
            key = (update.chat, update.id)
            if key not in self.decided:
                if len(self.decided) >= MANY:
                    self.decided.popitem(last=False)
                self.decided[key] = self._decide(update)
            found[self.decided[key]].append(update)
        return found["taken"], found["told"]

    def _decide(self, update: Update) -> Verdict:
        found = self._bucket(update)
        silent = found.silent or found.left < 1
        # One less, heard or not: who goes on sending does not come to rest.
        left = max(0.0, found.left - 1)
        self.buckets[update.chat] = replace(found, left=left, silent=silent)
        if not silent:
            return "taken"
        return "silent" if found.silent else "told"

    def _bucket(self, update: Update) -> Bucket:
        # A press bears no date of its own: its time is only when it came in here.
        dated, arrived = 0.0 if update.kind == "press" else update.at.timestamp(), self.clock()
        if len(self.buckets) > MANY:
            now = {c: one.filled(dated, arrived, self.rate) for c, one in self.buckets.items()}
            self.buckets = {chat: one for chat, one in now.items() if one.left < BURST}
        found = self.buckets.get(update.chat) or Bucket(float(BURST), dated, arrived)
        return found.filled(dated, arrived, self.rate)
