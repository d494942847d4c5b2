"""The pace that Telegram allows, and the faults that a network has."""

from __future__ import annotations

import math
import random
import time
from collections import Counter, deque
from dataclasses import dataclass, field


@dataclass
class Bucket:
    """Tokens that come back at a rate."""

    rate: float
    size: float
    left: float = field(init=False)
    at: float = 0

    def __post_init__(self) -> None:
        self.left = self.size

    def missing(self, now: float) -> float:
        """How long until there is one, in the bucket's own seconds."""
        self.left = min(self.size, self.left + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (1 - self.left) / self.rate)


@dataclass
class Pace:
    """Sends and edits, overall and per chat. `scale` 10: time runs ten times as fast."""

    overall: float
    per_chat: float
    burst: float = 20
    overall_seconds: float = 1
    scale: float = 1
    chats: dict[int, Bucket] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.all = Bucket(self.overall, max(1.0, self.overall * self.overall_seconds))

    def wait(self, chat: int) -> int:
        """Seconds to wait before this chat may be written to; 0 takes a token."""
        now = time.monotonic() * self.scale
        bucket = self.chats.setdefault(chat, Bucket(self.per_chat, self.burst))
        missing = max(bucket.missing(now), self.all.missing(now))
        if missing > 0:
            return max(1, math.ceil(missing / self.scale))
        bucket.left -= 1
        self.all.left -= 1
        return 0


@dataclass
class Faults:
    """How likely each fault is, for which methods; `done` counts what happened.

    `cut_before`: the call never arrives. `cut_after`: it has its effect, the answer is lost.
    `slow`: the answer comes `seconds` late. `script` comes first, one fault for each call.
    """

    too_many: float = 0
    bad_gateway: float = 0
    cut_before: float = 0
    cut_after: float = 0
    slow: float = 0
    seconds: float = 0.5
    retry_after: int = 1
    methods: frozenset[str] | None = None
    seed: int = 0
    script: deque[str] = field(default_factory=deque)
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.pick = random.Random(self.seed)  # noqa: S311 - a test's chance, repeatable

    def then(self, *kinds: str) -> None:
        """The next calls meet these, in order."""
        self.script.extend(kinds)

    def next(self, method: str) -> str:
        """The fault that this call meets, or nothing."""
        if self.methods is not None and method not in self.methods:
            return ""
        kind = self.script.popleft() if self.script else self._drawn()
        if kind:
            self.done[kind] += 1
        return kind

    def _drawn(self) -> str:
        drawn = self.pick.random()
        for kind in ("too_many", "bad_gateway", "cut_before", "cut_after", "slow"):
            drawn -= getattr(self, kind)
            if drawn < 0:
                return kind
        return ""
