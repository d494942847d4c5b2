"""What a turn on the web costs the processor: the engine, its pages, and the server around them.

`python -m tests.bench_pages` measures it alone. With `serve` as its argument it is the program;
with `empty` it is the same server, headers and forms, with a page that says nothing. Either
tells at its end what it cost.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import random
import signal
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any, ClassVar

from aiohttp import web

from tests.bench_report import Table
from tests.web import Serving
from tests.web_answerers import WebAnswerer

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

TURNS, WARM = 14, 420
PEOPLE_WALK = 60
"""One after another; the first half warms the program up, and does not count."""

WAYS = {"with script": True, "without script": False}
EMPTY = (
    '<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>x</title></head><body>'
    '<main id="main"><h1 id="question">x</h1><form method="post" action="/gesprek">'
    '<input type="hidden" name="once" value="{0}"><input type="hidden" name="device" value="{0}">'
    '<input type="hidden" name="ref" value="a"><button name="key" value="yes">x</button></form>'
    "</main></body></html>"
).format("x" * 43)


class Counted(Serving):
    """The program, which says at its end what its pages and its turns cost."""

    command: ClassVar[tuple[str, ...]] = (sys.executable, "-m", "tests.bench_pages", "serve")

    @property
    def costs(self) -> dict[str, float]:
        line = next(said for said in self.said if said.startswith("costs "))
        found: dict[str, float] = json.loads(line.removeprefix("costs "))
        return found


class Empty(Counted):
    """The server alone."""

    command: ClassVar[tuple[str, ...]] = (sys.executable, "-m", "tests.bench_pages", "empty")


@dataclass(frozen=True)
class Costs:
    """Milliseconds of the processor a turn: what the engine does, what the pages do, all of it."""

    turns: int
    engine: float
    pages: float
    whole: float

    @property
    def share(self) -> float:
        return self.pages / self.engine


async def costs_of(folder: Path, *, script: bool, what: type[Counted] = Counted) -> Costs:
    async with what(folder) as program:
        for number in range(PEOPLE_WALK):
            one = answerer(program, number)
            one.visitor.headers = {"X-Part": "1"} if script else {}
            await one.talks(TURNS, ("unknown", "none"))
        await program.stop()
    told = program.costs
    each = {name: 1000 * told[name] / told["turns"] for name in ("engine", "pages", "whole")}
    return Costs(int(told["turns"]), **each)


def answerer(program: Serving, number: int) -> WebAnswerer:
    visitor = program.visitor()
    visitor.place = f"127.0.2.{number + 1}"
    return WebAnswerer(visitor, random.Random(number), lambda *_: None)  # noqa: S311 - repeatable


async def costs(folder: Path) -> tuple[dict[str, Costs], dict[str, Costs]]:
    """(the program's, the server's alone) by way; each by turns, so that one load is on both."""
    ours: dict[str, Costs] = {}
    alone: dict[str, Costs] = {}
    for number, (name, script) in enumerate(WAYS.items()):
        for found, what in ((ours, Counted), (alone, Empty)):
            place = folder / f"{number}{what.__name__}"
            place.mkdir()
            found[name] = await costs_of(place, script=script, what=what)
    return ours, alone


def turns(ours: dict[str, Costs], alone: dict[str, Costs]) -> Table:
    table = Table(
        "A turn on the web: the processor's time",
        ("", "The engine, ms", "Its pages, ms", "Share of the engine's", "All of the program, ms"),
    )
    for name, cost in ours.items():
        cells = (cost.engine, cost.pages, cost.share, cost.whole)
        table.row(name, *(f"{cell:.2f}" for cell in cells))
    for name, cost in alone.items():
        share = cost.whole / ours[name].engine
        table.row(f"the server alone, {name}", "", "", f"{share:.2f}", f"{cost.whole:.2f}")
    table.notes = [
        f"{min(each.turns for each in ours.values())} turns of people one after another. The",
        "engine takes a form, decides and keeps; the pages are all the rest of the web's handlers:",
        "who asks, what may be, and what is shown. Without script a turn is two requests. The",
        "server alone is aiohttp with the same headers and forms and a page that says nothing.",
    ]
    return table


# ---------------------------------------------------------------- counting, in the program


def counting() -> None:
    """Hung onto the program, before it runs."""
    from bot.channels.web import headers  # noqa: PLC0415
    from bot.channels.web.site import Site  # noqa: PLC0415

    spent = {"turns": 0.0, "engine": 0.0, "pages": 0.0, "from": 0.0, "whole": 0.0}
    act, answered = Site.act, headers.answered

    async def acts(self: Site, chat: str, *raws: Any) -> None:
        began = process_time()
        if spent["turns"] == WARM:
            spent.update({"engine": 0.0, "pages": 0.0, "from": began})
        await act(self, chat, *raws)
        took = process_time() - began
        spent["whole"] = began - spent["from"]
        spent["turns"] += 1
        spent["engine"] += took
        spent["pages"] -= took

    async def answers(*said: Any) -> Any:
        began = process_time()
        try:
            return await answered(*said)
        finally:
            spent["pages"] += process_time() - began

    setattr(Site, "act", acts)  # noqa: B010 - a method of ours, timed
    setattr(headers, "answered", answers)  # noqa: B010 - likewise
    atexit.register(_tell, spent)


def _tell(spent: dict[str, float]) -> None:
    told = {**spent, "turns": spent["turns"] - WARM}
    sys.stdout.write(f"costs {json.dumps(told)}\n")


async def empty() -> None:
    """Answers as the program does, with nothing in it, until SIGTERM."""
    from bot.channels.web.headers import POLICY, SAFE  # noqa: PLC0415
    from bot.serving import serve  # noqa: PLC0415

    spent = {"turns": 0.0, "engine": 0.0, "pages": 0.0, "from": 0.0, "whole": 0.0}
    atexit.register(_tell, spent)
    carried = {**SAFE, "Content-Security-Policy": POLICY, "Cache-Control": "no-store"}

    @web.middleware
    async def carries(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        response.headers.update(carried)
        return response

    async def answer(request: web.Request) -> web.Response:
        if request.method == "POST":
            await request.post()
            spent["turns"] += 1
            spent["from"] = process_time() if spent["turns"] == WARM else spent["from"]
            spent["whole"] = process_time() - spent["from"]
            if "X-Part" not in request.headers:
                return web.Response(status=303, headers={"Location": "/gesprek"})
        response = web.Response(text=EMPTY, content_type="text/html")
        if request.path == "/":
            response.headers["Set-Cookie"] = f"gids={'x' * 43}; Path=/; HttpOnly; SameSite=Lax"
        return response

    app, stop = web.Application(middlewares=[carries]), asyncio.Event()
    app.router.add_route("*", "/{path:.*}", answer)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    host, port = os.environ["OPSCHAALGIDS_WEB_LISTEN"].split(":")  # noqa: TID251 - as the program's own config does
    async with AsyncExitStack() as stack:
        await serve(stack, app, (host, int(port)), 1.0)
        sys.stderr.write("ready\n")
        sys.stderr.flush()
        await stop.wait()


def main() -> None:
    if sys.argv[1:] == ["empty"]:
        asyncio.run(empty())
    elif sys.argv[1:] == ["serve"]:
        counting()
        from bot.cli import main as run  # noqa: PLC0415 - with its costs counted

        sys.argv = ["opschaalgids", "serve"]
        run()
    else:
        with tempfile.TemporaryDirectory() as folder:
            table = turns(*asyncio.run(costs(Path(folder))))
        sys.stdout.write("\n".join(table.lines()) + "\n")


if __name__ == "__main__":
    main()
