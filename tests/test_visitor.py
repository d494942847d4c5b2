"""The eyes that look at our pages see what is wrong with one, and nothing wrong with a good one."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests import vnu
from tests.browser import VIEWS, axe, small, tab, wide
from tests.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

pytestmark = pytest.mark.asyncio(loop_scope="session")

GOOD = """<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Vraag</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/look.css"></head><body><header><a href="/">Gids</a></header><main>
<h1 tabindex="-1">Wat werkt?</h1><form method="post" action="/"><input type="hidden" name="ref"
value="1"><fieldset><legend>Kies</legend><label><input type="checkbox" name="pick" value="a"> A
</label><label><input type="checkbox" name="pick" value="b" checked> B</label></fieldset>
<label for="t">Anders</label><input id="t" name="text"><button type="submit" name="done"
value="1">Verder</button><button type="submit" name="key" value="/skip">Overslaan</button>
</form></main></body></html>"""
LOOK = """a, label { display: inline-block; } a, button, label, input { min-width: 44px;
min-height: 44px; }"""
BAD = """<!doctype html><html><head><title></title><style>p { width: 2000px; }</style></head><body>
<main><h1></h1><h3 id="x">Kop</h3><p id="x" onclick="alert(1)">Tekst</div><a href="#weg">Weg</a>
<a href="javascript:alert(1)">x</a><form><input name="q"><button>Ja</button></form>
<img src="https://elders.example/a.png"><script>alert('dag')</script></main></body></html>"""
FAULTS = (
    "</div> where <p>", "an empty h1", "no title", "lang is ''", "h3 under h1", "id 'x' 2 times",
    "#weg", "has no label", "a style of its own", "a script in the page", "<p onclick>",
    "javascript:",
)  # fmt: skip


@asynccontextmanager
async def served() -> AsyncIterator[tuple[str, list[list[tuple[str, str]]]]]:
    """Both pages, and the forms that came in."""
    came: list[list[tuple[str, str]]] = []

    async def keeps(request: web.Request) -> web.Response:
        came.append([(name, str(value)) for name, value in (await request.post()).items()])
        raise web.HTTPSeeOther("/")

    def page(text: str, kind: str = "text/html") -> web.RouteDef:
        async def shows(_: web.Request) -> web.Response:
            return web.Response(text=text, content_type=kind)

        return web.get({GOOD: "/", BAD: "/bad", LOOK: "/look.css"}[text], shows)

    app = web.Application()
    app.add_routes([page(GOOD), page(BAD), page(LOOK, "text/css"), web.post("/", keeps)])
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/"), came


async def test_a_visitor_does_what_a_browser_does() -> None:
    async with served() as (site, came), Visitor(site) as anna:
        await anna.goes("/")
        anna.ticks("a")
        anna.ticks("b")
        await anna.types("Praten & doen")
        assert came == [[("ref", "1"), ("text", "Praten & doen"), ("pick", "a"), ("done", "1")]]
        await anna.presses("Overslaan")
        assert came[-1] == [("ref", "1"), ("text", ""), ("pick", "b"), ("key", "/skip")]
        assert anna.page.path == "/"
        assert anna.wrong == []


async def test_a_visitor_sees_what_is_wrong() -> None:
    async with served() as (site, _), Visitor(site) as anna:
        await anna.goes("/bad")
        assert [fault for fault in FAULTS if fault not in "\n".join(anna.wrong)] == []


async def test_a_browser_sees_nothing_wrong_with_a_good_page(chromium: Browser) -> None:
    async with served() as (site, _):
        for view in VIEWS.values():
            async with tab(chromium, site, **view) as one:
                await one.goes("/")
                assert [*await axe(one.page), *await wide(one.page), *await small(one.page)] == []
                assert one.wrong == []


async def test_a_browser_sees_what_is_wrong(chromium: Browser) -> None:
    async with served() as (site, _), tab(chromium, site, **VIEWS["phone"]) as one:
        await one.goes("/bad")
        assert {"dialog: dag", "asks another: https://elders.example/a.png"} <= set(one.wrong)
        rules = "\n".join(await axe(one.page))
        assert [r for r in ("html-has-lang", "document-title", "image-alt") if r not in rules] == []
        assert await wide(one.page)
        assert any(each.startswith("/bad: BUTTON Ja is") for each in await small(one.page))


async def test_the_checker_of_html_sees_both() -> None:
    found = await vnu.faults({"good.html": GOOD, "bad.html": BAD, "look.css": LOOK})
    assert [each for each in found if not each.startswith("bad.html")] == []
    assert "Unclosed element" in "\n".join(found) or "Stray end tag" in "\n".join(found)
