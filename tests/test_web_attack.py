"""What an attacker tries on the web: odd requests, old tabs, other people's things, a flood."""

from __future__ import annotations

import asyncio
import gzip
import io
import logging
import re
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from yarl import URL

from bot import serving
from storage.restore import put_back
from tests.browser import tab
from tests.storages import of_a_file
from tests.test_mailed import posted
from tests.test_web_doors import (
    OWN,
    begun,
    cookie_of,
    counted,
    ids,
    invited,
    later,
    paths,
    posts,
)
from tests.web import Housed
from tests.web_desks import Desks, zuid

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser, Request

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


# ---------------------------------------------------------------- files


async def promised(house: Housed, anna: Visitor, verb: str) -> str:
    """The address of a file that the guide made a link to."""
    await says(house, anna, f"wants {verb}".replace(" ", "-"), verb=verb)
    found = [url for url in anna.page.links if "/bestand/" in url]
    if not found:  # whose it is, asked once
        await later(house, anna.types("Anna"))
        found = [url for url in anna.page.links if "/bestand/" in url]
    return found[0]


async def test_a_file_waits_for_the_yes_that_the_chat_waits_for(tmp_path: Path) -> None:
    """Expected: while a changed text waits, nothing is made but what is the person's own to see."""
    async with Housed(tmp_path) as house, begun(house) as anna:
        await later(house, anna.types("Proef"))
        summary, own = [await promised(house, anna, v) for v in ("document summary", "my_data")]
        assert (await anna.asks("GET", summary)).status == 200
        house.store.agreement = "9"
        assert (await anna.asks("GET", summary)).headers["Location"] == "/gesprek"
        assert (await anna.asks("GET", own)).status == 200
        await later(house, anna.goes("/gesprek"))
        await later(house, anna.presses("summary"))
        await later(house, anna.presses("agree"))
        assert (await anna.asks("GET", summary)).status == 200


async def test_who_asks_for_very_many_files_holds_up_nobody_else(tmp_path: Path) -> None:
    """Expected: of one person's requests one is made at a time, and few wait."""
    async with Housed(tmp_path) as house, begun(house) as anna, begun(house) as bob:
        hers, his = [await promised(house, who, "my_data") for who in (anna, bob)]
        order: list[str] = []

        async def asks(who: Visitor, path: str, name: str) -> int:
            status = (await who.asks("GET", path)).status
            order.extend([name] if status == 200 else [])
            return status

        many = [asyncio.create_task(asks(anna, hers, "anna")) for _ in range(40)]
        await asyncio.sleep(0.2)
        before = len(order)
        assert await asks(bob, his, "bob") == 200
        statuses = [await one for one in many]
        assert order.index("bob") <= before + 2
        assert set(statuses) == {200, 503}
        assert statuses.count(503) > 20
        assert (await anna.asks("GET", hers)).status == 200


# ---------------------------------------------------------------- from where


async def test_a_network_of_one_persons_is_one_place(tmp_path: Path) -> None:
    """Somebody with IPv6 has more addresses than there are, and each counted for itself."""
    web = {"proxy": (("127.0.0.1",),)}
    async with Housed(tmp_path, web=web) as house:
        places = [f"2001:db8:1:2::{n:x}" for n in range(1, 70)]
        statuses = [await begins(house, place) for place in places]
        assert statuses == [303] * 60 + [429] * 9
        assert await begins(house, "2001:db8:1:3::1") == 303
        assert await begins(house, "192.0.2.1") == 303


async def test_nobody_has_the_guide_write_to_everybody(tmp_path: Path) -> None:
    """Expected: who did not agree gives no address; one place asks for sixty an hour."""
    async with posted(tmp_path) as here:
        sent = here.host.mails
        async with here.house.visitor() as mallory:
            await mallory.goes("/")
            await mallory.presses("Begin")
            assert (await mallory.goes("/toestellen/adres")).path.startswith("/gesprek")
            assert await enters(mallory, "agreed-not") == "/gesprek"
        for number in range(13):
            async with begun(here.house) as mallory:
                for turn in range(5):
                    await enters(mallory, f"x{number}-{turn}")
        await asyncio.sleep(0.5)
        assert len(sent) == 60


async def enters(who: Visitor, name: str) -> str:
    data = [("once", name.ljust(24, "-")), ("address", f"{name}@example.nl")]
    page = await posts(who, "POST", "/toestellen/adres", OWN, data)
    return page.headers.get("Location", "")


async def begins(house: Housed, place: str) -> int:
    once = f"{place.replace(':', '-').replace('.', '-'):-<40}"
    body = f"once={once}&device={once}".encode()
    head = (
        f"POST /begin HTTP/1.1\r\nContent-Type: {FORM}\r\nX-Forwarded-For: {place}\r\n"
        "X-Forwarded-Proto: http\r\nX-Forwarded-Host: localhost"
    )
    return (await raw(house, head, body))[0]


# ---------------------------------------------------------------- large things


async def test_no_body_is_too_large_for_a_no(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, begun(house) as anna:
        much = b"once=" + b"a" * 50_000_000
        for body, packed in ((gzip.compress(much), {"Content-Encoding": "gzip"}), (much, {})):
            headers = {**OWN, **packed, "Content-Type": FORM}
            page = await anna.asks("POST", "/gesprek", headers, data=io.BytesIO(body))
            assert page.status == 413
        assert (await anna.goes("/gesprek")).status == 200


async def test_a_body_that_never_comes_holds_no_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Expected: of a later request on a connection as well, and whoever sends it."""
    monkeypatch.setattr(serving, "ASKED_WITHIN", 0.5)
    async with Housed(tmp_path) as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        own = "Host: localhost\r\nSec-Fetch-Site: same-origin\r\n"
        writer.write(f"GET /hulp HTTP/1.1\r\n{own}\r\n".encode())
        await reader.readuntil(b"</html>")
        head = f"POST /begin HTTP/1.1\r\n{own}Content-Type: {FORM}\r\nContent-Length: 99\r\n\r\n"
        writer.write(f"{head}once=".encode())
        await asyncio.wait_for(reader.read(), 5)
        writer.close()


# ---------------------------------------------------------------- whose it is


async def test_one_link_by_many_at_once_lets_one_in(tmp_path: Path) -> None:
    async with Housed(tmp_path, web={"open": "invited"}) as house:
        (secret,) = invited(house)
        form = {"answer": "join"}
        bodies = [
            "&".join(f"{k}={v}" for k, v in {**form, "once": o, "device": o}.items()).encode()
            for o in (str(n) * 24 for n in range(8))
        ]
        head = f"POST /u/{secret} HTTP/1.1\r\nContent-Type: {FORM}"
        answers = await asyncio.gather(*(raw(house, head, body) for body in bodies))
        assert [answer for _, answer in answers if "Set-Cookie" in answer].__len__() == 1
        assert counted(house)["sessions"] == 1
        assert house.store.value("SELECT COUNT(*) FROM kwartiermakers") == 1


async def test_one_number_of_two_people_is_two_forms(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, begun(house) as anna, begun(house) as bob:
        for who in (anna, bob):
            await says(house, who, "same", ref=who.page.path.rpartition("/")[2], text="Proef")
        assert counted(house)["answers"] == 2


async def test_who_erased_all_is_out_at_once(tmp_path: Path) -> None:
    """Expected: neither the cookie nor the form that began it leads to anything that was there."""
    async with Housed(tmp_path) as house, house.visitor() as anna:
        await anna.goes("/")
        first = anna.page.forms[0]
        await anna.presses("Begin")
        await later(house, anna.presses("agree"))
        await later(house, anna.types("Kanarie"))
        token = cookie_of(anna)
        for key in ("forget", "/erase all"):
            await later(house, anna.presses(key))
        anna.session.cookie_jar.update_cookies({"gids": token}, URL(house.site))
        for path in ("/gesprek", "/gesprek/eerder", "/samenvatting", "/toestellen"):
            assert (await anna.goes(path)).path == "/"
        page = await posts(anna, "POST", "/gesprek", OWN, [("once", "e" * 24), ("text", "Weer")])
        assert page.headers["Location"] == "/"
        anna.session.cookie_jar.clear()
        await anna.sends(first, first.buttons[0])
        assert "Kanarie" not in "".join(
            [(await anna.goes(path)).html for path in ("/gesprek", "/gesprek/eerder")]
        )


@of_a_file  # with a backup of it
async def test_an_older_backup_lets_nobody_in(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house:
        async with begun(house) as anna:
            token = cookie_of(anna)
        await house.stop()
        shutil.copy(tmp_path / "guide.db", tmp_path / "older.db")
        put_back(tmp_path / "older.db", tmp_path / "guide.db", tmp_path / "key", house.now)
        await house.start()
        async with house.visitor() as anna:
            anna.session.cookie_jar.update_cookies({"gids": token}, URL(house.site))
            assert (await anna.goes("/gesprek")).path == "/"


async def test_the_words_under_a_mail_are_no_command(tmp_path: Path) -> None:
    """Whoever reads a mailbox may answer its question: nothing else of who it is sent to."""
    async with posted(tmp_path, "open", about="impact.issue") as here:
        await here.visitor.goes(here.link("/mail/"))
        links = here.house.store.value("SELECT COUNT(*) FROM links")
        await here.visitor.types("/verhuizen")
        value = here.house.store.value("SELECT value FROM answers WHERE question = 'impact.issue'")
        assert value == '"/verhuizen"'
        assert here.house.store.value("SELECT COUNT(*) FROM links") == links


# ---------------------------------------------------------------- looking


async def test_who_only_looks_changes_nothing(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, begun(house) as anna:
        await later(house, anna.types("Proef"))
        own = ids(house, anna)
        before = counted(house)
        for path in paths(own):
            await anna.asks("GET", path, {"Sec-Fetch-Site": "cross-site"})
        assert counted(house) == before


async def test_no_token_and_no_word_stands_in_a_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Housed(tmp_path) as house, begun(house) as anna:
        await later(house, anna.types("Kanarie"))
        (secret,) = invited(house)
        for path in (f"/u/{secret}", f"/in/{'x' * 43}", "/bestand/Kanarie", "/gesprek?q=Kanarie"):
            await anna.asks("GET", path)
        for kind, body in BODIES:
            head = (
                f"POST /gesprek HTTP/1.1\r\nCookie: gids={cookie_of(anna)}\r\nContent-Type: {kind}"
            )
            await raw(house, head, body.replace(b"once", b"Kanarie"))
        token = cookie_of(anna)
    for word in (token, secret, "x" * 43, "Kanarie"):
        assert word not in caplog.text


@pytest.mark.asyncio(loop_scope="session")
async def test_a_form_says_where_it_came_from_and_no_address(
    tmp_path: Path, chromium: Browser
) -> None:
    """Expected: an Origin, for browsers that say nothing else; a Referer without a token."""
    async with Housed(tmp_path) as house, tab(chromium, house.site) as one:
        (secret,) = invited(house)
        asked: list[Request] = []
        one.page.on("request", lambda request: asked.extend([request]))
        await one.page.goto(f"{house.site}/u/{secret}")
        await one.page.click("button[value=join]")
        await one.page.wait_for_url("**/gesprek**")
        (form,) = [await each.all_headers() for each in asked if each.method == "POST"]
        assert form["origin"] == house.site
        for each in asked:
            assert secret not in (await each.all_headers()).get("referer", "")


# ---------------------------------------------------------------- the desk


FILLED = (
    ("instellingen", {"name": "Anders"}), ("uitnodigen", {"lines": "Epe, Cas"}),
    ("meenemen", {"form": "pdf"}), ("vraag", {"kind": "open", "target": "all"}),
    ("samen", {"which": "together"}), ("wacht", {"answer": "admit 1"}),
)  # fmt: skip


async def test_no_open_page_outlives_a_desk(desks: Desks) -> None:
    """Expected: who was let go while a page was open is told that there is none."""
    karin = await zuid(desks, {"Zutphen": "Anna"})
    with desks.home.store.transaction():
        desks.home.store.db.execute("UPDATE keepers SET until_at = '2026-11-24'")
    before = [desks.rows(f"SELECT * FROM {t}") for t in ("links", "trajectories", "drafts")]  # noqa: S608 - ours
    for path, fields in FILLED:
        data = [("once", path.ljust(24, "-")), *fields.items()]
        page = await posts(karin, "POST", f"/traject/1/{path}", OWN, data)
        assert page.status == 404
    after = [desks.rows(f"SELECT * FROM {t}") for t in ("links", "trajectories", "drafts")]  # noqa: S608 - ours
    assert after == before


async def test_no_form_and_no_verb_makes_an_operator(desks: Desks) -> None:
    karin = await zuid(desks, {"Zutphen": "Anna"})
    tables = ("kwartiermakers", "links")
    before = [desks.rows(f"SELECT * FROM {t}") for t in tables]  # noqa: S608 - ours
    for number, who in enumerate((karin, desks.people["Anna"])):
        for path, field in (
            ("/traject/kwartiermaker", ("person", "Mallory")), ("/gesprek", ("verb", "appoint M")),
            ("/traject/wacht", ("answer", "appoint_yes 1")), ("/gesprek", ("key", "appoint_yes 1")),
        ):  # fmt: skip
            data = [("once", f"{number}{field[0]}".ljust(24, "-")), field]
            assert (await posts(who, "POST", path, OWN, data)).status < 500
    assert [desks.rows(f"SELECT * FROM {t}") for t in tables] == before  # noqa: S608 - ours


EVIL = (
    '"><img src=x onerror=alert(1)></v><v forget>x</v><script>alert(1)</script>\r\nSet-Cookie: a=b'
)
ALIVE = re.compile(r"<img[^>]+onerror|<script(?! src=)|<v |<img src=x")


async def test_what_a_desk_fills_in_is_text_everywhere(desks: Desks) -> None:
    karin = await zuid(desks, {"Zutphen": "Anna"})
    seat = desks.rows("SELECT id FROM seats")[0]["id"]
    town = f"/traject/1/gesprek/{seat}"
    for path, fields in (
        ("/traject/1/instellingen", {"name": f"A{EVIL}", "subject": EVIL, "welcome": EVIL}),
        (f"{town}/plan", {"day": "2027-02-02", "hour": "10:00", "place": EVIL}),
        ("/traject/1/vraag", {"kind": "text", "target": "all", "text": EVIL}),
    ):
        data = [("once", path.replace("/", "-").ljust(24, "-")), *fields.items()]
        assert (await posts(karin, "POST", path, OWN, data)).status == 303
    await karin.goes("/traject/1/uitnodigen")
    karin.writes("lines", "Epe, <script>alert(1)</script>")
    address = re.findall(r"/u/\w[\w-]+", (await karin.presses("Maak uitnodigingen")).html)[0]
    seen = [await karin.goes(path) for path in (
        "/traject", "/traject/1", "/traject/1/uitnodigen", "/traject/1/vraag", town,
        "/traject/1/gesprek", "/traject/1/meenemen", "/traject/1/instellingen", "/gesprek",
        "/gesprek/eerder",
    )]  # fmt: skip
    fresh = await desks.visitor("fresh")
    seen += [karin.page, await fresh.goes(address), await desks.people["Anna"].goes("/gesprek")]
    for page in seen:
        assert page.status == 200
        assert not ALIVE.search(page.html), page.path
        assert "Set-Cookie" not in page.headers
