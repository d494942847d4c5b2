"""On the web while one program follows another: a page that waits, and every word comes back."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from storage.database.place import Server
from tests.program import Look, free_port
from tests.walkers import until
from tests.web import Serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.postgres import Cluster
    from tests.sheet import Form, Sheet
    from tests.visitor import Visitor

SESSIONS = """SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 2 AND granted"""
FOREIGN = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elders.example"}
ANSWERS = "SELECT question, value FROM answers ORDER BY id"
KEPT = [{"question": "pilot.name", "value": '"Buurtteams"'}]


@dataclass
class Pair:
    """One that leads, one that waits, and somebody at a question."""

    first: Serving
    second: Serving
    anna: Visitor
    look: Look

    async def says(self, one: Serving, form: Form, **headers: str) -> Sheet:
        """The form of a page that came from either, sent to this one."""
        said: Any = {"Sec-Fetch-Site": "same-origin", **headers}
        return await self.anna.asks("POST", f"{one.site}/gesprek", said, data=form.sends(None))

    async def answers(self) -> list[dict[str, Any]]:
        return self.look.rows(ANSWERS)


def program(folder: Path, site: str, url: str) -> Serving:
    """Where people find it is the same of both, as behind a balancer."""
    watch = {"OPSCHAALGIDS_WATCH": f"127.0.0.1:{free_port()}"}
    settings = {"OPSCHAALGIDS_DATABASE": url, **({"OPSCHAALGIDS_WEB_URL": site} if site else {})}
    return Serving(folder, None, **settings, **watch)


@pytest.fixture
async def pair(postgres: Cluster, tmp_path: Path) -> AsyncIterator[Pair]:
    url = postgres.url(f"t{os.urandom(6).hex()}")
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(program(tmp_path, "", url))
        second = program(tmp_path, first.site, url)
        await second.launch()
        stack.push_async_exit(second.__aexit__)
        await until(lambda: any("waiting (another" in line for line in second.said))
        anna = await stack.enter_async_context(first.visitor())
        await anna.goes("/")
        await anna.presses("Begin")
        await anna.presses("agree")
        look = Look(tmp_path, place=Server(url))
        stack.callback(look.close)
        yield Pair(first, second, anna, look)


async def asked(one: Serving, path: str) -> int:
    url = f"http://{one.settings['OPSCHAALGIDS_WATCH']}{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status


def filled(pair: Pair) -> Form:
    form = pair.anna.page.asking
    assert form
    form.texts["text"] = "Buurtteams"
    return form


async def test_who_reaches_a_program_that_waits_gets_a_page_that_tries_again(pair: Pair) -> None:
    """Red before: nothing listened there."""
    first, second, form = pair.first, pair.second, filled(pair)
    assert [await asked(second, path) for path in ("/livez", "/readyz")] == [200, 503]
    assert await asked(first, "/readyz") == 200
    page = await pair.anna.goes(f"{second.site}/gesprek?x=1")
    assert (page.status, page.headers["Retry-After"]) == (503, "3")
    assert page.h1 == "De gids is er zo weer"
    assert '<meta http-equiv="refresh" content="3">' in page.html
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for source in page.sources:
        assert (await pair.anna.asks("GET", source)).status == 200, source
    page = await pair.anna.asks("GET", f"{second.site}/", {"Accept-Language": "en"})
    assert page.h1 == "The guide will be back in a moment"
    assert (await pair.says(second, form, **FOREIGN)).status == 403, "what others send is no form"
    page = await pair.says(second, form)
    assert (page.status, page.h1) == (503, "Dit is nog niet bewaard")
    assert "Buurtteams" in page.html
    assert "http-equiv" not in page.html, "words that are not sent yet do not go by themselves"
    assert not await pair.answers()
    await first.stop(signal.SIGKILL)
    await second.ready.wait()
    assert await asked(second, "/readyz") == 200
    (again,) = (one for one in page.forms if "text" in one.texts)
    for _ in range(2):
        assert (await pair.says(second, again)).status == 303
    assert await pair.answers() == KEPT


@pytest.mark.parametrize("what", ["writes", "reads"])
async def test_who_meets_a_lost_lead_gets_their_words_back(
    pair: Pair, postgres: Cluster, what: str
) -> None:
    """Red before: an error without the words, and a program that went on after a page."""
    form = filled(pair)
    postgres.sql(SESSIONS)
    if what == "reads":
        page = await pair.anna.goes("/gesprek")
        assert (page.status, page.h1) == (503, "De gids is er zo weer")
    else:
        page = await pair.says(pair.first, form)
        assert (page.status, "Buurtteams" in page.html) == (503, True)
    assert await pair.first.ends(3) == 75
    async with asyncio.timeout(10):
        await pair.second.ready.wait()
    assert (await pair.says(pair.second, form)).status == 303
    assert await pair.answers() == KEPT
