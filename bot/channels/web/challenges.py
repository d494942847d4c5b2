"""What browsers are asked to sign: kept in memory for five minutes, and used once."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING

from bot.clock import steady

if TYPE_CHECKING:
    from collections.abc import Callable

TIME = 300.0  # seconds that somebody has to unlock their device
AT_ONCE = 10_000  # the oldest gives way


class Challenges:
    """What was asked to be signed, of which session. `clock`: steady seconds."""

    def __init__(self, clock: Callable[[], float] = steady) -> None:
        self.clock = clock
        self.given: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def new(self, session: str) -> bytes:
        challenge = secrets.token_bytes(32)
        self.given[challenge] = (session, self.clock() + TIME)
        if len(self.given) > AT_ONCE:
            self.given.popitem(last=False)
        return challenge

    def take(self, challenge: bytes, session: str) -> bool:
        """Whether it was given to this session and still counts; it never does again."""
        whose, until = self.given.pop(challenge, ("", 0.0))
        return whose == session and self.clock() < until
