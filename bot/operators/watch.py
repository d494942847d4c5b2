"""How the running program is, on a local port by choice: figures for Prometheus, and /healthz."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from storage.database.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.delivery.metrics import Copied, Figures, Health

OURS = "opschaalgids_"


def app(figures: Figures) -> web.Application:
    """/livez: 200 while it goes on at all. /healthz: 200 while well, 503 while not. /metrics.

    /readyz: 200 where people on the web can be sent, 503 where not.
    """
    registry = CollectorRegistry()
    registry.register(Scraped(figures))

    async def healthz(_: web.Request) -> web.Response:
        try:
            waiting = figures.outbox.depth()[0]
        except StoreError:
            return web.json_response({"ok": False, "database": False}, status=503)
        told: dict[str, Any] = {"silence": figures.silence, "waiting": waiting}
        told |= {one.name: one.reach and asdict(one.reach) for one in figures.channels}
        told |= {"ok": figures.well, "database": True}
        return web.json_response(told, status=200 if figures.well else 503)

    async def readyz(_: web.Request) -> web.Response:
        return _leads(figures.ready)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), content_type="text/plain")

    found = web.Application()
    found.router.add_get("/livez", livez)
    found.router.add_get("/readyz", readyz)
    found.router.add_get("/healthz", healthz)
    found.router.add_get("/metrics", metrics)
    return found


async def livez(_: web.Request) -> web.Response:
    """The loop goes round: not to be started anew, whatever else is the matter."""
    return web.json_response({"alive": True})


def _leads(yes: bool) -> web.Response:  # noqa: FBT001 - it is what is said
    return web.json_response({"leads": yes}, status=200 if yes else 503)


async def waits(_: Callable[[], str]) -> web.Application:
    """Of a program that waits for its turn: alive, and as well as it can be."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "leads": False})

    async def readyz(_: web.Request) -> web.Response:
        return _leads(False)  # noqa: FBT003 - likewise

    found = web.Application()
    found.router.add_get("/livez", livez)
    found.router.add_get("/readyz", readyz)
    found.router.add_get("/healthz", healthz)
    return found


class Scraped:
    """The figures as they are when Prometheus asks."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures

    def collect(self) -> Iterator[Metric]:
        figures = self.figures
        for name, text, by, counts in (
            ("updates", "Updates taken, by kind", "kind", figures.updates),
            ("messages", "Messages that left, or never will", "how", figures.sent),
            ("retries", "Sends to be tried again", "why", figures.again),
        ):
            counted = CounterMetricFamily(f"{OURS}{name}", text, labels=[by])
            for label, count in counts.items():
                counted.add_metric([label], count)
            yield counted
        buckets = [(bound, float(count)) for bound, count in figures.turns.so_far()]
        yield HistogramMetricFamily(
            f"{OURS}turn_seconds", "Time of one batch of turns", buckets, figures.turns.total
        )
        waiting, since = figures.outbox.depth()
        age = (figures.now() - datetime.fromisoformat(since)).total_seconds() if since else 0
        aside = figures.outbox.set_aside()
        yield GaugeMetricFamily(f"{OURS}outbox_messages", "Messages that wait", waiting)
        yield GaugeMetricFamily(f"{OURS}outbox_age_seconds", "How long the oldest waits", age)
        yield GaugeMetricFamily(f"{OURS}set_aside", "Updates that could not be taken", aside)
        if figures.copied:
            yield from _copies(figures.copied)
        for channel in figures.channels:
            yield from _of(channel)


def _copies(copied: Copied) -> Iterator[Metric]:
    age, apart = "How old the newest proved copy is", "Whether it is on another disk: 1 or 0"
    well = "Whether the last try gave a copy: 1 or 0"
    yield GaugeMetricFamily(f"{OURS}copy_age_seconds", age, copied.age)
    yield GaugeMetricFamily(f"{OURS}copies_well", well, copied.well)
    yield GaugeMetricFamily(f"{OURS}copies_apart", apart, copied.apart)


def _of(channel: Health) -> Iterator[Metric]:
    name, title = f"{OURS}{channel.name}", channel.name.title()
    at = channel.reach and channel.reach.failed_at
    waiting = channel.reach.waiting if channel.reach else 0
    failed = datetime.fromisoformat(at).timestamp() if at else 0
    yield GaugeMetricFamily(f"{name}_waiting", f"Updates that wait at {title}", waiting)
    yield GaugeMetricFamily(f"{name}_error_seconds", f"When {title} last failed to deliver", failed)
    yield GaugeMetricFamily(f"{name}_reaches", f"Whether {title} reaches us: 1 or 0", channel.well)
