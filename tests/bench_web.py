"""The web: what a turn costs beside the engine's, fifty people at once, and a phone on slow 4G.

`python -m tests.bench_web` measures it alone. The peers of the first page come by npm, in
`make bench`; without them they are left out.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
import tarfile
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import monotonic
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests import bench_pages
from tests.bench_pages import answerer
from tests.bench_report import Required, Table
from tests.browser import found as browser_at
from tests.talkers import p95
from tests.web import Serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

ROOT = Path(__file__).parent.parent
PACKED = ROOT / ".venv/bench/web"
PEOPLE, EVERY, LASTS = 50, 2.0, 40.0
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
"""Slow 4G as browsers play it: 1.6 Mbit down, 0.75 up, 150 ms; CDP counts in bytes a second."""

SLOWER = 4  # times: the processor of a cheap phone beside this machine's
RUNS = 3
PHONE = {"viewport": {"width": 390, "height": 800}}
USABLE = """() => new Promise(done => setTimeout(() => {
  const n = performance.getEntriesByType('navigation')[0];
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const all = performance.getEntriesByType('resource');
  done([Math.max(n.loadEventEnd, paint ? paint.startTime : 0),
    all.reduce((sum, one) => sum + one.transferSize, n.transferSize)]) }, 50))"""


@dataclass(frozen=True)
class Peer:
    """What a page of theirs needs at least, of its package, without any call of its own."""

    name: str
    package: str
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    kind: str = "module"


PEERS = (
    Peer("GOV.UK Frontend 6.6.0", "govuk-frontend-6.6.0",
         ("dist/govuk/govuk-frontend.min.css",), ("dist/govuk/govuk-frontend.min.js",)),
    Peer("Typebot 0.10.7", "typebot.io-js-0.10.7", (), ("dist/web.js",)),
    Peer("Open Formulieren SDK 3.3.0", "open-formulieren-sdk-3.3.0",
         ("dist/open-forms-sdk.css",), ("dist/open-forms-sdk.js",), "classic"),
)  # fmt: skip


# ---------------------------------------------------------------- fifty people


async def people(folder: Path, lasts: float) -> list[float]:
    """Seconds from a form sent to its answer, each person at a pace of one in two seconds."""
    async with Serving(folder) as program:
        until = monotonic() + lasts
        took = await asyncio.gather(*(_at_pace(program, n, until) for n in range(PEOPLE)))
    return [each for some in took for each in some]


async def _at_pace(program: Serving, number: int, until: float) -> list[float]:
    one = answerer(program, number)
    took: list[float] = []
    really = one.visitor.asks

    async def timed(method: str, *said: Any, **how: Any) -> Any:
        began = monotonic()
        page = await really(method, *said, **how)
        if method == "POST":
            took.append(monotonic() - began)
        return page

    one.visitor.asks = timed  # type: ignore[method-assign]
    await asyncio.sleep(number * EVERY / PEOPLE)
    async with one.visitor:
        front = (await one.visitor.goes("/")).forms[0]
        await one.visitor.sends(front, front.buttons[0])
        while monotonic() < until:
            await asyncio.sleep(EVERY)
            await one.step(f"antwoord {len(took)}", ("unknown", "none"))
    return took


# ---------------------------------------------------------------- a phone


async def phones(folder: Path) -> Table | None:
    """Until the first page can be used, nothing cached: ours, and the least that peers need."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 - it starts a program

    async with async_playwright() as play:
        where = browser_at(play.chromium.executable_path)
        if where is None:
            return None
        browser = await play.chromium.launch(executable_path=where)
        table = Table(
            "The first page on slow 4G, processor four times as slow",
            ("", "kB transferred", "Usable after s"),
        )
        async with Serving(folder) as program:
            _row(table, "this product", await _usable(browser, f"{program.site}/"))
        async with _peers() as addresses:
            for name, address in addresses.items():
                _row(table, name, await _usable(browser, address))
        await browser.close()
    table.notes = [
        f"Medians of {RUNS} runs: until all is there and its scripts have run. Of the peers their",
        "own bundles alone, gzipped, without their calls, so the least that they can need.",
        *([] if len(table.rows) > len(PEERS) else ["Peers were left out: `make bench` gets them"]),
    ]
    return table


def _row(table: Table, name: str, found: tuple[float, float]) -> None:
    table.row(name, f"{found[1] / 1000:.1f}", f"{found[0] / 1000:.2f}")


async def _usable(browser: Browser, address: str) -> tuple[float, float]:
    """(milliseconds, bytes), the median of each."""
    found = [await _once(browser, address) for _ in range(RUNS)]
    return median(ms for ms, _ in found), median(size for _, size in found)


async def _once(browser: Browser, address: str) -> tuple[float, float]:
    context = await browser.new_context(**PHONE)  # type: ignore[arg-type]
    page = await context.new_page()
    line = await context.new_cdp_session(page)
    await line.send("Network.enable")
    await line.send("Network.emulateNetworkConditions", SLOW)
    await line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.goto(address, wait_until="load", timeout=120_000)
    ms, size = await page.evaluate(USABLE)
    await context.close()
    return float(ms), float(size)


@asynccontextmanager
async def _peers() -> AsyncIterator[dict[str, str]]:
    """Their least pages, served from what `make bench` unpacked."""
    app, there = web.Application(), [p for p in PEERS if (PACKED / f"{p.package}.tgz").exists()]
    for number, peer in enumerate(there):
        _serves(app, f"/{number}", peer)
    async with TestServer(app) as server:
        yield {p.name: str(server.make_url(f"/{n}/")) for n, p in enumerate(there)}


def _serves(app: web.Application, base: str, peer: Peer) -> None:
    links = "".join(f'<link rel="stylesheet" href="{base}/{s}">' for s in peer.styles)
    how = ' type="module"' if peer.kind == "module" else " defer"
    scripts = "".join(f'<script{how} src="{base}/{s}"></script>' for s in peer.scripts)
    page = (
        f'<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>x</title>{links}'
        f'{scripts}<link rel="icon" href="data:,"></head><body><h1>Vraag</h1>'
        "<form><button>Verder</button></form></body></html>"
    )
    app.router.add_get(f"{base}/", _gives(page.encode(), "text/html"))
    with tarfile.open(PACKED / f"{peer.package}.tgz") as archive:
        for name in (*peer.styles, *peer.scripts):
            inside = archive.extractfile(f"package/{name}")
            assert inside, f"{peer.name} has no {name}"
            kind = "text/css" if name.endswith(".css") else "text/javascript"
            app.router.add_get(f"{base}/{name}", _gives(inside.read(), kind))


def _gives(content: bytes, kind: str) -> Any:
    packed = gzip.compress(content)

    async def give(_: web.Request) -> web.Response:
        return web.Response(body=packed, content_type=kind, headers={"Content-Encoding": "gzip"})

    return give


# ---------------------------------------------------------------- all of it


async def measured(folder: Path, required: Required, lasts: float = LASTS) -> list[Table]:
    """The web's tables; what is required of them is said in `required`."""
    for name in ("people", "phones", "pages"):
        (folder / name).mkdir()
    ours, alone = await bench_pages.costs(folder / "pages")
    for name, cost in ours.items():
        required.most(f"pages beside the engine's turn, {name}", 0.4, cost.share)
    turn = bench_pages.turns(ours, alone)
    took = await people(folder / "people", lasts)
    required.most(f"{PEOPLE} people on the web, p95 of a turn, ms", 50, 1000 * p95(took))
    turn.notes.append(
        f"{PEOPLE} people, one act in {EVERY:.0f} s each, client beside it on the same cores: "
        f"{len(took)} forms, p50 {1000 * median(took):.0f} ms, p95 {1000 * p95(took):.0f} ms."
    )
    phone = await phones(folder / "phones")
    if phone:
        required.most("first page usable on slow 4G, s", 1.5, float(phone.rows[0][2]))
        required.most("first page, kB in all", 25, float(phone.rows[0][1]))
    return [turn, *([phone] if phone else [])]


def main() -> None:
    required = Required()
    with tempfile.TemporaryDirectory() as folder:
        tables = asyncio.run(measured(Path(folder), required))
    for table in (required.table, *tables):
        sys.stdout.write("\n".join(table.lines()) + "\n")


if __name__ == "__main__":
    main()
