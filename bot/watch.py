"""How the running program is: figures for Prometheus, and /healthz. On a local port, by choice."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from storage import outbox
from storage.trouble import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlite_utils import Database

SILENT = 120.0
"""Seconds without a word from Telegram after which the program is not well."""

TURNS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2)


class Figures:
    """Counted in this process since it started."""

    def __init__(self, db: Database, now: Callable[[], datetime]) -> None:
        self.db, self.now, self.registry = db, now, CollectorRegistry()
        self.heard_at: datetime | None = None
        self.updates = Counter("updates", "Updates taken, by kind", ["kind"], **self._ours)
        self.turn = Histogram(
            "turn_seconds", "Time of one batch of turns", buckets=TURNS, **self._ours
        )
        self.sent = Counter("messages", "Messages that left, or never will", ["how"], **self._ours)
        self.again = Counter("retries", "Sends to be tried again", ["why"], **self._ours)
        self._shows("outbox_messages", "Messages that wait", lambda: outbox.depth(db)[0])
        self._shows("outbox_age_seconds", "How long the oldest waits", self.age)
        self._shows("set_aside", "Updates that could not be taken", lambda: outbox.set_aside(db))

    @property
    def _ours(self) -> Any:
        return {"registry": self.registry, "namespace": "opschaalgids"}

    def _shows(self, name: str, text: str, value: Callable[[], float]) -> None:
        Gauge(name, text, **self._ours).set_function(value)

    def age(self) -> float:
        since = outbox.depth(self.db)[1]
        return (self.now() - datetime.fromisoformat(since)).total_seconds() if since else 0.0

    def silence(self) -> float | None:
        """Seconds since the channel was last heard; None before it ever was."""
        return (self.now() - self.heard_at).total_seconds() if self.heard_at else None


def app(figures: Figures, *, polls: bool) -> web.Application:
    """/healthz: 200 while well, 503 while not. /metrics: the figures."""

    async def healthz(_: web.Request) -> web.Response:
        silence = figures.silence()
        try:
            waiting = outbox.depth(figures.db)[0]
        except StoreError:
            return web.json_response({"ok": False, "database": False}, status=503)
        well = not polls or (silence is not None and silence < SILENT)
        told = {"ok": well, "database": True, "silence": silence, "waiting": waiting}
        return web.json_response(told, status=200 if well else 503)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(figures.registry), content_type="text/plain")

    found = web.Application()
    found.router.add_get("/healthz", healthz)
    found.router.add_get("/metrics", metrics)
    return found
