"""What an attacker tries on the web: odd requests, old tabs, other people's things, a flood."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.test_web_doors import OWN, begun, cookie_of, counted, later, posts
from tests.web import Housed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sheet import Sheet
    from tests.visitor import Visitor

FORM = "application/x-www-form-urlencoded"


async def says(house: Housed, anna: Visitor, once: str, **fields: str) -> Sheet:
    """A form of ours, whatever the page shows now; then the page that there is."""
    house.now += timedelta(seconds=20)
    await posts(anna, "POST", "/gesprek", OWN, [("once", once.ljust(24, "-")), *fields.items()])
    return await anna.goes("/gesprek")


# ---------------------------------------------------------------- odd requests


async def raw(house: Housed, head: str, body: bytes = b"") -> tuple[int, str]:
    """(status, head) of what is answered to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    said = f"{head}\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n"
    writer.write(said.encode("latin-1") + length.encode() + b"\r\n" + body)
    answer = (await asyncio.wait_for(reader.read(), 10)).partition(b"\r\n\r\n")[0].decode("latin-1")
    writer.close()
    return int(answer.split()[1]), answer


ODD = (
    "OPTIONS * HTTP/1.1", "GET http://elders.example HTTP/1.1", "CONNECT elders:443 HTTP/1.1",
    "GET //elders.example/gesprek HTTP/1.1", "GET /hulp/../gesprek HTTP/1.1",
    "GET /static/x/..%2f..%2fapp.py HTTP/1.1", "POST /u/%0d%0aSet-Cookie:%20x HTTP/1.1",
    "POST /u/%2f%2felders.example HTTP/1.1", "GET /in/%ed%a0%80 HTTP/1.1",
    "GET /gesprek HTTP/1.1\r\nCookie: gids=\xff\xfe", "GET / HTTP/1.1\r\nUser-Agent: \xff",
    f"GET / HTTP/1.1\r\nCookie: {'; '.join(f'a{n}=b' for n in range(900))}",
)  # fmt: skip


@pytest.mark.parametrize("head", ODD)
async def test_no_request_is_odd_enough_for_a_failure(head: str, tmp_path: Path) -> None:
    """Expected: a page or a way to one of ours, with all of its headers; nothing in a log."""
    async with Housed(tmp_path) as house:
        status, answer = await raw(house, head)
        assert status < 500
        assert "Content-Security-Policy" in answer
        assert "\r\nSet-Cookie" not in answer
        assert "Location: //" not in answer
        assert "Location: http" not in answer


ODD_PART = (
    b'--x\r\nContent-Disposition: form-data; name="once"\r\n'
    b"Content-Encoding: odd\r\n\r\na\r\n--x--\r\n"
)
BODIES = (
    (f"{FORM}; charset=nope", b"once=a"), (f"{FORM}; charset=utf-16", b"once=aa"),
    (FORM, b"once=\xff"), ("multipart/form-data", b"once=a"),
    ("multipart/form-data; boundary=x", b"once=a"), ("application/json; charset=nope", b"[]"),
    ("multipart/form-data; boundary=x", ODD_PART),
)  # fmt: skip


@pytest.mark.parametrize("path", ["/gesprek", "/begin", "/terug", "/sleutel", "/toestellen"])
async def test_a_body_that_does_not_read_is_no_form(path: str, tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, begun(house) as anna:
        before = counted(house)
        for kind, body in BODIES:
            head = f"POST {path} HTTP/1.1\r\nCookie: gids={cookie_of(anna)}\r\nContent-Type: {kind}"
            assert (await raw(house, head, body))[0] < 500, (kind, body)
        assert counted(house) == before


@pytest.mark.parametrize("number", ["9" * 20, "9" * 5000, "²", "-1", "0x1", "1e3"])
async def test_no_number_is_too_odd_for_a_file(number: str, tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, begun(house) as anna:
        for path in (f"/bestand/{number}", f"/gesprek/{number}", f"/gesprek/eerder?voor={number}"):
            assert (await anna.asks("GET", path)).status in {200, 404}


# ---------------------------------------------------------------- answers where they belong


async def test_an_old_tab_of_another_pilot_changes_neither(tmp_path: Path) -> None:
    """Every pilot has the same questions: what is filled in under one is about that one."""
    async with Housed(tmp_path) as house, begun(house) as anna:
        old = anna.page.path.rpartition("/")[2]
        await later(house, anna.types("Eerste proef"))
        await says(house, anna, "new", verb="new")
        await later(house, anna.types("Tweede proef"))
        before = counted(house)["answers"]
        page = await says(house, anna, "text", ref=old, text="Uit een oude tab")
        assert "andere pilot" in page.text
        page = await says(house, anna, "key", ref=old, key="unknown")
        assert "andere pilot" in page.text
        assert counted(house)["answers"] == before
