"""Behind a balancer that only knows who lives: who waits hands on to who leads."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.program import free_port
from tests.sheet import Sheet
from tests.walkers import until
from tests.web import Serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.postgres import Cluster

SITE = "https://gids.example.nl"
PROXY = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
"""What the balancer says of who asks."""
SESSIONS = """SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 2 AND granted"""
SAME = {"Sec-Fetch-Site": "same-origin", "Origin": SITE}


@dataclass
class Balanced:
    """Two programs under one address; cookies are kept by hand, as they are for https alone."""

    programs: list[Serving]
    client: aiohttp.ClientSession
    cookie: str = ""

    async def asks(self, number: int, path: str, headers: dict[str, str] = {}, **how: Any) -> Sheet:  # noqa: B006 - never changed
        """Of the first that was started, or the second."""
        method, url = "POST" if "data" in how else "GET", f"http://127.0.0.1:{self.port(number)}"
        said = {**PROXY, "Host": "gids.example.nl", "Cookie": self.cookie, **headers}
        async with self.client.request(
            method, url + path, headers=said, allow_redirects=False, **how
        ) as told:
            if token := told.headers.get("Set-Cookie"):
                self.cookie = token.partition(";")[0]
            return Sheet(f"{SITE}{path}", told.status, told.headers, await told.text())

    def port(self, number: int) -> int:
        return self.programs[number].port

    async def begins(self, number: int) -> Sheet:
        (form,) = (one for one in (await self.asks(number, "/")).forms if "begin" in one.action)
        return await self.asks(number, "/begin", SAME, data=form.sends(form.buttons[0]))


@pytest.fixture
async def balanced(postgres: Cluster, tmp_path: Path) -> AsyncIterator[Balanced]:
    """The balancer and both programs are in one network."""
    ours = {
        "OPSCHAALGIDS_DATABASE": postgres.url(f"t{os.urandom(6).hex()}"),
        "OPSCHAALGIDS_WEB_URL": SITE,
        "OPSCHAALGIDS_WEB_PROXY": "127.0.0.0/8",
    }
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(aiohttp.ClientSession())
        programs = []
        for _ in range(2):
            one = Serving(tmp_path, None, **ours, OPSCHAALGIDS_WATCH=f"127.0.0.1:{free_port()}")
            await one.launch()
            stack.push_async_exit(one.__aexit__)
            programs.append(one)
            heard = one
            await until(lambda: heard.ready.is_set() or any("waiting (an" in x for x in heard.said))  # noqa: B023 - awaited here
        yield Balanced(programs, client)


async def test_whoever_is_asked_the_same_conversation_goes_on(balanced: Balanced) -> None:
    """Red before: every other page said that the guide would be back in a moment."""
    assert (await balanced.begins(1)).status == 303
    page = await balanced.asks(1, "/gesprek")
    assert page.status == 200
    for number in (0, 1, 0, 1):
        again = await balanced.asks(number, "/gesprek")
        assert (again.status, again.h1) == (200, page.h1)
        assert again.headers["Content-Security-Policy"] == page.headers["Content-Security-Policy"]
    form = next(one for one in page.forms if one.buttons)
    assert (
        await balanced.asks(1, "/gesprek", SAME, data=form.sends(form.buttons[0]))
    ).status == 303
    assert (await balanced.asks(0, "/gesprek")).h1 != page.h1


async def test_while_nobody_leads_a_page_says_so_and_then_it_goes_on(balanced: Balanced) -> None:
    await balanced.begins(0)
    await balanced.programs[0].stop(signal.SIGKILL)
    seen = 0
    with suppress(aiohttp.ClientConnectorError):  # between its two servers
        seen = (await balanced.asks(1, "/gesprek")).status
    assert seen in {0, 200, 503}
    await balanced.programs[1].ready.wait()
    assert (await balanced.asks(1, "/gesprek")).status == 200


async def test_who_is_cut_off_is_not_waited_for(balanced: Balanced, postgres: Cluster) -> None:
    """Red before: a minute long, unless the take-over ended it without a page."""
    await balanced.begins(0)
    form = next(one for one in (await balanced.asks(0, "/gesprek")).forms if one.buttons)
    first, second = balanced.programs
    os.kill(first.running.pid, signal.SIGSTOP)  # who asks it is heard by its system alone
    said = form.sends(form.buttons[0])
    asking = asyncio.create_task(balanced.asks(1, "/gesprek", SAME, data=said))
    await asyncio.wait({asking}, timeout=0.5)
    assert not asking.done()
    postgres.sql(SESSIONS)
    async with asyncio.timeout(5):
        page = await asking
    assert (page.status, page.h1) == (503, "Dit is nog niet bewaard")
    await second.ready.wait()
    assert (await balanced.asks(1, "/gesprek", SAME, data=said)).status == 303
    os.kill(first.running.pid, signal.SIGCONT)
    assert await first.ends() == 75


async def test_who_waits_believes_nobody_that_who_leads_would_not(balanced: Balanced) -> None:
    """Else one that waits would lend its own trust to anybody; and nothing goes round."""
    await balanced.begins(0)
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elders.example"}
    refused = await balanced.asks(1, "/gesprek", foreign, data={"text": "Buurtteams"})
    assert refused.status == 403
    for strange in ({}, {"X-Forwarded-For": "192.0.2.7, 192.0.2.8"}):
        url = f"http://127.0.0.1:{balanced.port(1)}/"
        async with balanced.client.get(url, headers=strange) as told:
            assert told.status == 400
    before = {"Via": "1.1 opschaalgids"}
    assert [(await balanced.asks(number, "/gesprek", before)).status for number in (0, 1)] == [
        200,
        503,
    ]
