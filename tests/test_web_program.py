"""The web as the real process serves it: one command to try it, headers and cookies over HTTP."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest

from storage.web import doors
from tests.days import Dated
from tests.desks import Room, link_in, text_of
from tests.program import INSTALLED, Look, Program, free_port
from tests.standin import StandIn
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("cold")
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class Tried(Program):
    """As `make web` starts it."""

    command = (INSTALLED, "serve", "--first", "Karin")


class Served(Program):
    command = (INSTALLED, "serve")


class Visitor:
    """A browser without script; `same` are the headers that one sends with a form."""

    def __init__(self, site: str, session: aiohttp.ClientSession) -> None:
        self.site, self.session = site, session
        self.same = {"Sec-Fetch-Site": "same-origin", "Origin": site}

    async def opens(self, path: str, **headers: str) -> tuple[aiohttp.ClientResponse, str]:
        async with self.session.get(f"{self.site}{path}", headers=headers) as found:
            return found, await found.text()

    async def sends(
        self, path: str, page: str, **fields: str
    ) -> tuple[aiohttp.ClientResponse, str]:
        form = {**dict(HIDDEN.findall(page)), **fields}
        there = f"{self.site}{path}"
        async with self.session.post(there, data=form, headers=self.same) as found:
            return found, await found.text()


@asynccontextmanager
async def visited(
    folder: Path, kind: type[Program] = Served, **settings: str
) -> AsyncIterator[tuple[Program, Visitor]]:
    """The web alone, on a port of its own, at http://localhost where nothing else is said."""
    port = free_port()
    site = f"http://localhost:{port}"
    own = {"OPSCHAALGIDS_WEB_URL": site, "OPSCHAALGIDS_WEB_LISTEN": f"127.0.0.1:{port}"}
    async with StandIn() as standin, AsyncExitStack() as stack:
        program = kind(folder, standin, "", {**own, **settings})
        await stack.enter_async_context(program)
        jar = aiohttp.CookieJar(unsafe=True)
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        yield program, Visitor(site, session)
        assert await program.stop() == 0
        assert standin.calls == [], "nobody asks Telegram anything"
        assert not [line for line in program.said if "Traceback" in line]


async def test_one_command_and_a_click_make_the_first_kwartiermaker(tmp_path: Path) -> None:
    async with visited(tmp_path, Tried, OPSCHAALGIDS_MAIL="stderr:") as (program, karin):
        assert program.said[-1] == "ready"
        link = program.said[0].rpartition(" ")[2]
        assert link.startswith(f"{karin.site}/u/k")
        path = link.removeprefix(karin.site)
        _, page = await karin.opens(path)
        assert "Hoe heet je?" not in page, "she was named where the link was made"
        _, page = await karin.sends(path, page, answer="join")
        assert "Je bent nu kwartiermaker" in page
        assert "De beheerder" not in page


async def test_what_makes_the_first_kwartiermaker_is_for_this_computer(tmp_path: Path) -> None:
    async with StandIn() as standin:
        program = Tried(tmp_path, standin, "", {"OPSCHAALGIDS_WEB_URL": "https://gids.example.nl"})
        await program.launch()
        assert await program.ends() == 2
    [said] = program.said
    assert "traject appoint" in said


async def test_without_the_web_no_link_leads_there_any_more(tmp_path: Path) -> None:
    """Expected: what the program with the web noted is forgotten by the one without."""
    look = Look(tmp_path)
    noted = "SELECT value FROM facts WHERE name = 'link web'"
    async with visited(tmp_path) as (_, anna):
        await until(lambda: bool(look.rows(noted)))
        assert look.rows(noted)[0]["value"] == f"{anna.site}/u/"
    async with StandIn() as standin, Served(tmp_path, standin, standin.token) as program:
        await until(lambda: not look.rows(noted))
        assert await program.stop() == 0
    look.close()


async def test_a_kwartiermaker_on_telegram_is_led_back_there(tmp_path: Path) -> None:
    """A link for a colleague leads to the web; who is one in Telegram alone is unknown there."""
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    karin.store.remember("link", "https://t.me/gids_bot?start=")
    secret = link_of(text_of(karin.types("/traject samen")))
    for member in room.people.values():
        member.store.close()
    async with visited(tmp_path) as (_, otto):
        told, page = await otto.opens(f"/u/{secret}")
        assert told.status == 403
        assert f'href="https://t.me/gids_bot?start={secret}"' in page


def link_of(told: str) -> str:
    """The secret in what a kwartiermaker reads."""
    return told.partition("?start=")[2].split()[0]


async def test_what_comes_by_itself_comes_while_telegram_is_down(tmp_path: Path) -> None:
    """Expected: Anna on the web gets Karin's question, and answers, before Telegram is heard."""
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid", "1001")
    anna = room.person("web:0123456789abcdef")
    anna.types(link_in(karin.types("/uitnodigen Zutphen, Anna")))
    anna.presses("join 0")
    karin.hears()
    karin.presses_first("admit", "wants_in")
    anna.hears()
    karin.types("/vraag Zutphen: Bel me even.")
    karin.presses_first("send", "preview")
    at, token = karin.now, "t" * 43
    with anna.store.transaction():
        doors.open_session(anna.store, token, anna.chat, at, at + timedelta(90))
    for member in room.people.values():
        member.store.close()
    async with StandIn() as standin, AsyncExitStack() as stack:
        port, nowhere = free_port(), free_port()
        site = f"http://localhost:{port}"
        settings = {
            "OPSCHAALGIDS_WEB_URL": site, "OPSCHAALGIDS_WEB_LISTEN": f"127.0.0.1:{port}",
            "TELEGRAM_API_URL": f"http://127.0.0.1:{nowhere}",
        }  # fmt: skip
        program = Dated(tmp_path, standin, standin.token, settings)
        program.puts(at + timedelta(minutes=5))
        await program.launch()
        stack.push_async_exit(program)
        await until(lambda: "ready web" in program.said)
        session = await stack.enter_async_context(
            aiohttp.ClientSession(
                cookies={"gids": token}, cookie_jar=aiohttp.CookieJar(unsafe=True)
            )
        )
        visitor, look = Visitor(site, session), Look(tmp_path)
        came = "SELECT 1 FROM outbox WHERE chat = ? AND body LIKE '%Bel me even%'"
        await until(lambda: bool(look.rows(came, anna.chat)))
        _, page = await visitor.opens("/gesprek")
        assert "Bel me even." in page
        assert "ready telegram" not in program.said
        look.close()
        assert await program.stop() == 0
