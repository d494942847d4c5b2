"""Doors of the web: who burns a link, whose form counts, how long a session lives, whose it is."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from yarl import URL

from bot.channels.web.app import ROUTES
from tests.browser import tab
from tests.people import transcript
from tests.web import Housed, Serving
from tests.web_states import secret_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser

    from tests.sheet import Sheet
    from tests.visitor import Visitor

OWN = {"Sec-Fetch-Site": "same-origin"}
ELSEWHERE = "https://elders.example"
ABSENT: dict[str, str] = {}


def invited(house: Housed, count: int = 1) -> list[str]:
    """Secrets of links that a stranger may follow."""
    operator = house.operator()
    return [secret_in(transcript(operator.types(f"/kwartiermaker Karin{n}"))) for n in range(count)]


def counted(house: Housed) -> dict[str, int]:
    """What a request could have changed."""
    tables = ("updates", "answers", "people", "chats", "sessions", "outbox", "audit")
    known = {r["name"] for r in house.store.rows("SELECT name FROM sqlite_master")}
    return {
        name: int(house.store.rows(f"SELECT COUNT(*) AS n FROM {name}")[0]["n"])  # noqa: S608 - of ours
        for name in tables if name in known
    }  # fmt: skip


@asynccontextmanager
async def begun(house: Housed, language: str = "nl") -> AsyncIterator[Visitor]:
    """Somebody who agreed, at the first question."""
    async with house.visitor(language) as anna:
        await anna.goes("/")
        await anna.sends(anna.page.forms[0], anna.page.forms[0].buttons[0])
        await later(house, anna.presses("agree"))
        yield anna


async def later(house: Housed, act: Any) -> Sheet:
    house.now += timedelta(seconds=20)
    page: Sheet = await act
    return page


# ---------------------------------------------------------------- scanners


@pytest.mark.parametrize("open_for", ["invited", "anyone"])
async def test_no_scanner_burns_an_invitation(open_for: str, tmp_path: Path) -> None:
    async with Housed(tmp_path, web={"open": open_for}) as house:
        secrets = invited(house, 12)
        before = counted(house)
        for secret in secrets:
            await scanned(house, f"/u/{secret}")
        assert counted(house) == before
        for secret in secrets[:3]:
            async with house.visitor() as karin:
                await karin.goes(f"/u/{secret}")
                assert (await karin.presses("join")).path.startswith("/gesprek")


async def scanned(house: Housed, path: str) -> None:
    """By all that fetches links in mail, and by a program that posts to whatever it finds."""
    async with house.visitor() as scanner:
        for method in ("HEAD", "GET", "OPTIONS", "PROPFIND"):
            await scanner.asks(method, path, {"User-Agent": "Scanner/1.0"})
        page = await scanner.asks("GET", path)
        for headers in (ABSENT, {"Sec-Fetch-Site": "none"}, {"Origin": ELSEWHERE}):
            bare = {"Sec-Fetch-Mode": "cors", **headers}
            assert (await scanner.asks("POST", path, bare)).status == 403
            sent = [pair for form in page.forms for pair in form.filled]
            data = dict([*sent, ("answer", "join")])
            assert (await scanner.asks("POST", path, bare, data=data)).status == 403


@pytest.mark.asyncio(loop_scope="session")
async def test_a_browser_that_runs_scripts_burns_nothing(tmp_path: Path, chromium: Browser) -> None:
    async with Housed(tmp_path) as house:
        secrets = invited(house, 3)
        before = counted(house)
        async with tab(chromium, house.site) as one:
            for secret in secrets:
                await one.page.goto(f"{house.site}/u/{secret}", wait_until="networkidle")
                await one.page.mouse.move(200, 200)
            assert one.wrong == []
        assert counted(house) == before
        async with house.visitor() as karin:
            await karin.goes(f"/u/{secrets[0]}")
            assert (await karin.presses("join")).path.startswith("/gesprek")


async def test_a_used_link_lets_nobody_in(tmp_path: Path) -> None:
    """Not even with the form of its page, kept from when it still worked."""
    async with Housed(tmp_path, web={"open": "invited"}) as house:
        (secret,) = invited(house)
        async with house.visitor() as karin, house.visitor() as mallory:
            await karin.goes(f"/u/{secret}")
            await mallory.goes(f"/u/{secret}")
            await karin.presses("join")
            before = counted(house)["sessions"]
            page = await mallory.presses("join")
            assert counted(house)["sessions"] == before
            assert (page.status, page.path) != (200, "/gesprek")
            assert (await mallory.goes("/gesprek")).path == "/"


# ---------------------------------------------------------------- whose form counts


METHODS = ("POST", "PUT", "PATCH", "DELETE")
SITES = (
    ABSENT,
    *({"Sec-Fetch-Site": s} for s in ("same-origin", "same-site", "cross-site", "none")),
)
"""What a browser says of where a request came from."""


async def test_only_a_form_of_ours_counts(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, begun(house) as anna:
        origins = (
            ABSENT, {"Origin": house.site}, {"Origin": "null"}, {"Origin": ELSEWHERE},
            {"Origin": house.site.replace("localhost", "127.0.0.1")},
        )  # fmt: skip
        for method, site, origin in product(METHODS, SITES, origins):
            before, form = counted(house), anna.page.forms[0]
            form.texts["text"] = "Van elders"
            page = await posts(anna, method, "/gesprek", {**site, **origin}, form.sends(None))
            ours = site == OWN or (not site and origin == {"Origin": house.site})
            assert (counted(house) != before) == (ours and method == "POST"), (method, site, origin)
            assert page.status == (303 if ours and method == "POST" else 405 if ours else 403)
            await anna.goes("/gesprek")


async def posts(
    anna: Visitor, method: str, path: str, headers: dict[str, str], data: list[tuple[str, str]]
) -> Sheet:
    """With only those of its headers that say where it came from."""
    said = {"Sec-Fetch-Mode": "navigate", "Accept-Language": "nl", **headers}
    async with anna.session.request(
        method, f"{anna.site}{path}", headers=said, data=data, allow_redirects=False
    ) as answer:
        html = await answer.text()
        return type(anna.page)(str(answer.url), answer.status, answer.headers, html)


async def test_every_answer_bears_the_same_headers(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, begun(house) as anna:
        paths = ("/", "/gesprek", "/niets", "/u/kxxxxxxxxxxxxxxxxxxxxxxx", "/hulp", "/samenvatting")
        for path in (*paths, next(iter(anna.page.sources))):
            page = await anna.asks("GET", path)
            policy = page.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert page.headers["X-Content-Type-Options"] == "nosniff"
            assert page.headers["Referrer-Policy"] == "strict-origin"
            assert "Set-Cookie" not in page.headers or path == "/"
            assert page.headers["Cache-Control"] == (
                "public, max-age=31536000, immutable" if "/static/" in path else "no-store"
            )


# ---------------------------------------------------------------- a form twice


async def test_the_same_form_sent_by_many_at_once_counts_once(tmp_path: Path) -> None:
    """A press that a slow line repeats, and the page that follows is the same for all."""
    async with Serving(tmp_path) as program, program.visitor() as anna:
        await anna.goes("/")
        front = anna.page.forms[0]
        began = await asyncio.gather(
            *(
                anna.asks("POST", "/begin", OWN, data=front.sends(front.buttons[0]))
                for _ in range(5)
            )
        )
        assert {page.status for page in began} == {303}
        await anna.goes("/gesprek")
        await anna.presses("agree")
        form = anna.writes("text", "Samen eten")
        data = form.sends(form.buttons[0])
        pages = await asyncio.gather(
            *(anna.asks("POST", "/gesprek", OWN, data=data) for _ in range(8))
        )
        assert {(page.status, page.headers.get("Location")) for page in pages} == {
            (303, pages[0].headers["Location"])
        }
        (canvas,) = await program.canvases()
        history = canvas["answers"]["pilot.name"]["history"]
        assert [each["value"] for each in history] == ["Samen eten"]
        assert len(canvas["answers"]) == 1


# ---------------------------------------------------------------- sessions


def cookie_of(anna: Visitor) -> str:
    return next(c.value for c in anna.session.cookie_jar)


async def test_a_session_is_not_of_the_visitors_choosing(tmp_path: Path) -> None:
    """A cookie that somebody planted opens nothing, and is not what comes of coming in."""
    async with Housed(tmp_path) as house, house.visitor() as anna:
        planted = "A" * 43
        anna.session.cookie_jar.update_cookies({"gids": planted}, URL(house.site))
        await anna.goes("/")
        await anna.presses("Begin")
        given = cookie_of(anna)
        assert given != planted
        assert len(given) >= 43
        async with house.visitor() as mallory:
            mallory.session.cookie_jar.update_cookies({"gids": planted}, URL(house.site))
            assert (await mallory.goes("/gesprek")).path == "/"
        kept = [
            str(value)
            for row in house.store.rows("SELECT * FROM sessions")
            for value in row.values()
        ]
        assert not [value for value in kept if given in value]


async def test_a_cookie_is_for_this_site_and_no_script(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, house.visitor() as anna:
        await anna.goes("/")
        form = anna.page.forms[0]
        page = await posts(anna, "POST", "/begin", OWN, form.sends(None))
        said = page.headers["Set-Cookie"]
        assert "HttpOnly" in said
        assert "SameSite=Lax" in said
        assert "Path=/" in said
        assert "Domain" not in said


@pytest.mark.parametrize("ended", ["expired", "revoked"])
async def test_what_has_ended_does_not_come_back(ended: str, tmp_path: Path) -> None:
    """Neither by its cookie nor by sending again the form that began it."""
    async with Housed(tmp_path) as house, house.visitor() as anna:
        await anna.goes("/")
        first = anna.page.forms[0]
        await anna.presses("Begin")
        await later(house, anna.presses("agree"))
        await later(house, anna.types("Geheime pilot"))
        if ended == "expired":
            house.now += timedelta(days=91)
        else:
            house.store.db.execute("DELETE FROM sessions")
        assert (await anna.goes("/gesprek")).path == "/"
        replayed = await anna.sends(first, first.buttons[0])
        assert "Geheime pilot" not in replayed.html
        assert "Geheime pilot" not in (await anna.goes("/samenvatting")).html
        assert "Geheime pilot" not in (await anna.goes("/gesprek/eerder")).html


async def test_who_stays_away_for_less_stays_in(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, begun(house) as anna:
        for _ in range(4):
            house.now += timedelta(days=60)
            await anna.goes("/gesprek")
            assert anna.page.path == "/gesprek"
            await answers(house, anna, "Nog een antwoord")


# ---------------------------------------------------------------- somebody else's


CANARY = "Kanarie{}zingt"


async def test_nobody_is_served_what_is_somebody_elses(tmp_path: Path) -> None:
    """Every address of the site with the numbers of another person, as a person and a stranger."""
    async with Housed(tmp_path) as house, begun(house) as anna, begun(house) as bob:
        for number in range(3):
            await answers(house, anna, CANARY.format(number))
        await verb(house, anna, "my_data")
        theirs = ids(house, anna)
        async with house.visitor() as stranger:
            for path in paths(theirs):
                for other in (bob, stranger):
                    page = await other.asks("GET", path)
                    assert "Kanarie" not in page.html, path
                    assert page.status != 200 or page.headers["Content-Type"].startswith(
                        "text/html"
                    )
        before = counted(house)["answers"]
        for ref in theirs["ref"]:
            for field in (("key", "unknown"), ("text", "Van Bob"), ("done", "1")):
                data = [("once", "b" * 20 + ref + field[0]), ("ref", ref), field]
                await posts(bob, "POST", "/gesprek", OWN, data)
                assert "Kanarie" not in (await bob.goes("/gesprek")).html
        assert counted(house)["answers"] == before


async def answers(house: Housed, anna: Visitor, text: str) -> None:
    if "text" in anna.page.forms[0].texts:
        await later(house, anna.types(text))
    else:
        await later(house, anna.presses(anna.page.forms[0].buttons[0].value))


async def verb(house: Housed, anna: Visitor, name: str) -> None:
    await later(house, anna.presses(name))


def ids(house: Housed, anna: Visitor) -> dict[str, list[str]]:
    """All that could stand in an address and is this person's."""
    refs = re.findall(r'name="ref" value="(\w+)"', "".join(page.html for page in anna.seen))
    told = [str(row["id"]) for row in house.store.rows("SELECT id FROM outbox")]
    return {
        "ref": sorted(set(refs)), "number": told, "id": ["1", "2"], "seat": ["1", "2"],
        "token": ["x" * 43], "secret": [f"k{'x' * 30}"],
    }  # fmt: skip


def paths(theirs: dict[str, list[str]]) -> list[str]:
    """Every address that can be asked for, with each of those."""
    found = []
    for route in addresses():
        names = re.findall(r"\{(\w+)\}", route)
        unknown = [name for name in names if name not in theirs]
        assert not unknown, f"{route}: what is that?"
        for values in product(*(theirs[name] for name in names)):
            path = route
            for name, value in zip(names, values, strict=True):
                path = path.replace(f"{{{name}}}", value)
            found.append(path)
    return found


def addresses() -> list[str]:
    """Of all routes that answer a GET."""
    return sorted({path for method, path, _ in ROUTES if method == "GET"})
