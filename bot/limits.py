"""How much one chat may send: answered once, then silence until it has come to rest.

Counted by the time of each update, not of its arrival: what a person sent in the
hours that the guide was away comes all at once, and is no flood.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flows.turn import Update

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

BURST = 240
"""Updates at once: two whole walks, as fast as a thumb or a program can."""

RESTED = BURST / 4
"""What must have come back before a chat that was silenced is heard again."""

MANY = 10_000
"""Chats that are remembered before those at rest are forgotten."""


@dataclass(frozen=True)
class Bucket:
    """`left` of the burst at `at`; `silent`: it was told to wait."""

    left: float
    at: datetime
    silent: bool = False

    def filled(self, at: datetime, rate: float) -> Bucket:
        """What has come back since; time never goes backwards."""
        seconds = max(0.0, (at - self.at).total_seconds())
        left = min(float(BURST), self.left + seconds * rate)
        return Bucket(left, max(at, self.at), self.silent and left < RESTED)

    def taken(self) -> Bucket:
        """One update less, heard or not: who goes on sending does not come to rest."""
        return replace(self, left=max(0.0, self.left - 1), silent=self.silent or self.left < 1)


class Limits:
    """`rate`: updates a second that a chat may send for ever."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.buckets: dict[str, Bucket] = {}

    def admit(self, updates: Iterable[Update]) -> tuple[list[Update], list[Update]]:
        """(those to take, the first of each chat that must wait); the rest is not heard."""
        taken, told = list[Update](), list[Update]()
        for update in updates:
            before = self._bucket(update)
            after = before.taken()
            self.buckets[update.chat] = after
            if not after.silent:
                taken.append(update)
            elif not before.silent:
                told.append(update)
        return taken, told

    def _bucket(self, update: Update) -> Bucket:
        if len(self.buckets) > MANY:
            self._forget(update.at)
        found = self.buckets.get(update.chat) or Bucket(float(BURST), update.at)
        return found.filled(update.at, self.rate)

    def _forget(self, at: datetime) -> None:
        now = {chat: bucket.filled(at, self.rate) for chat, bucket in self.buckets.items()}
        self.buckets = {chat: bucket for chat, bucket in now.items() if bucket.left < BURST}
