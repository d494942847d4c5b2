"""How the running program is: figures for Prometheus, and /healthz. On a local port, by choice."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING, Any

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from storage.conversations import outbox
from storage.database.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlite_utils import Database

    from bot.operators.reach import Reach

TURNS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2)


@dataclass
class Health:
    """How one channel is. `silent`: seconds without a word after which it is not well.

    `last`: when it was heard, by the loop's clock; `posts`: how often it delivered something
    itself; `reach`: whether it can, where that is for the channel to do.
    """

    name: str
    silent: float = inf
    last: float | None = None
    posts: int = 0
    reach: Reach | None = None

    def heard(self, *, post: bool = False) -> None:
        """Just now; `post`: it delivered something itself."""
        self.last, self.posts = asyncio.get_running_loop().time(), self.posts + post

    def silence(self) -> float | None:
        """Seconds since it was last heard; None before it ever was."""
        return None if self.last is None else asyncio.get_running_loop().time() - self.last

    @property
    def well(self) -> bool:
        """Heard a while ago at most, and reached where that is for the channel to do."""
        silence = self.silence()
        return silence is not None and silence < self.silent and (not self.reach or self.reach.well)

    @property
    def waiting(self) -> float:
        return self.reach.waiting if self.reach else 0

    @property
    def failed(self) -> float:
        at = self.reach and self.reach.failed_at
        return datetime.fromisoformat(at).timestamp() if at else 0


class Figures:
    """Counted in this process since it started."""

    def __init__(
        self, db: Database, now: Callable[[], datetime], channels: Sequence[Health] = ()
    ) -> None:
        self.db, self.now, self.channels, self.registry = db, now, channels, CollectorRegistry()
        self.updates = Counter("updates", "Updates taken, by kind", ["kind"], **self._ours)
        self.turn = Histogram(
            "turn_seconds", "Time of one batch of turns", buckets=TURNS, **self._ours
        )
        self.sent = Counter("messages", "Messages that left, or never will", ["how"], **self._ours)
        self.again = Counter("retries", "Sends to be tried again", ["why"], **self._ours)
        self._shows("outbox_messages", "Messages that wait", lambda: outbox.depth(db)[0])
        self._shows("outbox_age_seconds", "How long the oldest waits", self.age)
        self._shows("set_aside", "Updates that could not be taken", lambda: outbox.set_aside(db))
        for channel in channels:
            self._of(channel)

    def _of(self, channel: Health) -> None:
        name, title = channel.name, channel.name.title()
        self._shows(f"{name}_waiting", f"Updates that wait at {title}", lambda: channel.waiting)
        self._shows(f"{name}_error_seconds", f"When {title} last failed to deliver",
                    lambda: channel.failed)  # fmt: skip
        self._shows(f"{name}_reaches", f"Whether {title} reaches us: 1 or 0",
                    lambda: float(channel.well))  # fmt: skip

    @property
    def _ours(self) -> Any:
        return {"registry": self.registry, "namespace": "opschaalgids"}

    def _shows(self, name: str, text: str, value: Callable[[], float]) -> None:
        Gauge(name, text, **self._ours).set_function(value)

    def age(self) -> float:
        since = outbox.depth(self.db)[1]
        return (self.now() - datetime.fromisoformat(since)).total_seconds() if since else 0.0

    @property
    def well(self) -> bool:
        return all(channel.well for channel in self.channels)

    @property
    def silence(self) -> float | None:
        """Of the channel that was heard longest ago; None where one never was."""
        found = [channel.silence() for channel in self.channels]
        return None if None in found else max(filter(None, found), default=0.0)


def app(figures: Figures) -> web.Application:
    """/healthz: 200 while well, 503 while not. /metrics: the figures."""

    async def healthz(_: web.Request) -> web.Response:
        try:
            waiting = outbox.depth(figures.db)[0]
        except StoreError:
            return web.json_response({"ok": False, "database": False}, status=503)
        told: dict[str, Any] = {"silence": figures.silence, "waiting": waiting}
        told |= {one.name: one.reach and asdict(one.reach) for one in figures.channels}
        told |= {"ok": figures.well, "database": True}
        return web.json_response(told, status=200 if figures.well else 503)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(figures.registry), content_type="text/plain")

    found = web.Application()
    found.router.add_get("/healthz", healthz)
    found.router.add_get("/metrics", metrics)
    return found
