"""My devices: where somebody is in, what ends that, and passkeys in a real browser."""

from __future__ import annotations

import base64
import json
import re
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.web.agents import device_in
from bot.channels.web.challenges import TIME, Challenges
from storage.web import doors
from tests.browser import axe, tab
from tests.people import transcript
from tests.web import Housed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser, CDPSession

    from tests.browser import Tab
    from tests.visitor import Visitor

PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


def sessions(house: Housed) -> list[dict[str, Any]]:
    return house.store.rows("SELECT * FROM sessions ORDER BY made_at, hash")


async def begins(visitor: Visitor) -> Visitor:
    await visitor.goes("/")
    await visitor.presses("Begin")
    await visitor.presses("agree")
    return visitor


@asynccontextmanager
async def home(folder: Path, **how: Any) -> AsyncIterator[tuple[Housed, Visitor, AsyncExitStack]]:
    async with Housed(folder, web=how) as house, AsyncExitStack() as stack:
        anna = await stack.enter_async_context(house.visitor())
        yield house, await begins(anna), stack


async def second(house: Housed, stack: AsyncExitStack) -> Visitor:
    """Another device of the same person."""
    visitor = await stack.enter_async_context(house.visitor())
    visitor.headers["User-Agent"] = PHONE
    token, chat = doors.new_token(), sessions(house)[0]["chat"]
    with house.store.transaction():
        doors.open_session(
            house.store, token, chat, house.now, house.now.replace(year=2027), device_in(PHONE)
        )
    visitor.session.cookie_jar.update_cookies({"gids": token})
    return visitor


# ---------------------------------------------------------------- without a passkey


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (PHONE, "Firefox, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
         "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/150.0 Safari/537.36 Edg/150.0",
         "Edge, Windows"),
        ("<script>alert(1)</script>", ""),
    ],
)  # fmt: skip
def test_a_browser_by_a_name_that_people_know(agent: str, name: str) -> None:
    assert device_in(agent) == name


async def test_who_is_in_is_listed_and_ended(tmp_path: Path) -> None:
    async with home(tmp_path) as (house, anna, stack):
        phone = await second(house, stack)
        assert (await phone.goes("/gesprek")).status == 200
        page = await anna.goes("/toestellen")
        assert "Firefox, Android" in page.text
        assert page.text.index("Dit apparaat") < page.text.index("Andere apparaten")
        await anna.presses("Beëindig")
        assert len(sessions(house)) == 1
        assert (await phone.goes("/gesprek")).path == "/", "that device is out at once"
        assert (await anna.goes("/gesprek")).path.startswith("/gesprek")
        assert anna.wrong == phone.wrong == []


async def test_all_others_at_once_and_then_this_one(tmp_path: Path) -> None:
    async with home(tmp_path) as (house, anna, stack):
        phones = [await second(house, stack) for _ in range(3)]
        await anna.goes("/toestellen")
        await anna.presses("others")
        assert len(sessions(house)) == 1
        assert {(await phone.goes("/toestellen")).path for phone in phones} == {"/"}
        await anna.goes("/toestellen")
        await anna.presses("leave")
        assert sessions(house) == []
        assert (await anna.goes("/gesprek")).path == "/"


async def test_nobody_ends_anothers_device(tmp_path: Path) -> None:
    async with home(tmp_path) as (house, anna, stack):
        [annas] = sessions(house)
        bram = await begins(await stack.enter_async_context(house.visitor()))
        ours = {"Sec-Fetch-Site": "same-origin"}
        for act in (f"end {annas['hash']}", "remove x", "others", "nonsense", ""):
            data = {"once": "x" * 24, "act": act}
            assert (await bram.asks("POST", "/toestellen", ours, data=data)).status == 303
        assert len(sessions(house)) == 2
        assert (await anna.goes("/toestellen")).path == "/toestellen"


async def test_telegram_is_offered_where_the_guide_is_there(tmp_path: Path) -> None:
    async with home(tmp_path) as (house, anna, _):
        assert "Ook in Telegram" not in (await anna.goes("/toestellen")).text
        house.store.remember("link", "https://t.me/gids_bot?start=")
        assert "Ook in Telegram" in (await anna.goes("/toestellen")).text
        page = await anna.presses("connect")
        assert any("https://t.me/gids_bot?start=c" in url for url in page.links), page.links


async def test_a_phone_on_telegram_goes_on_in_a_browser(tmp_path: Path) -> None:
    """The whole way over HTTP: a link from a chat, a page, a yes there, and the same question."""
    async with Housed(tmp_path, web={"open": "invited"}) as house:
        karin = house.operator()
        house.store.remember("link", "https://t.me/gids_bot?start=")
        karin.types("Jongeren aan zet")
        said = karin.types("/verbinden")[1].message.html
        async with house.visitor() as web:
            page = await web.goes(said.replace(house.site, ""))
            assert "gemaakt op" in page.text
            assert sessions(house) == [], "to read it burns nothing"
            page = await web.presses("join")
            assert "in je andere gesprek" in page.text
            page = await web.presses("connect_look")
            assert "in je andere gesprek" in page.text, "it still waits"
            house.now += timedelta(minutes=1)
            karin.flush()
            karin.presses_first("connect_yes")
            page = await web.goes("/gesprek")
            assert "we gaan hier verder" in page.text
            page = await web.presses("connect_look")
            assert "Jongeren aan zet" in page.text
            assert web.wrong == []


# ---------------------------------------------------------------- challenges


def test_a_challenge_counts_once_for_its_session_and_five_minutes() -> None:
    at = [0.0]
    asked = Challenges(lambda: at[0])
    first, second_, late = (asked.new("anna") for _ in range(3))
    assert asked.take(first, "anna")
    assert not asked.take(first, "anna"), "once"
    assert not asked.take(second_, "bram"), "of another session"
    assert not asked.take(second_, "anna"), "and it is gone then"
    at[0] = TIME
    assert not asked.take(late, "anna")
    assert not asked.take(b"never given", "anna")


# ---------------------------------------------------------------- in a real browser


async def authenticator(tab_: Tab, **how: Any) -> tuple[CDPSession, str]:
    """A device with a lock that opens."""
    cdp = await tab_.page.context.new_cdp_session(tab_.page)
    await cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
        **how,
    }  # fmt: skip
    made = await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return cdp, made["authenticatorId"]


async def comes_in(tab_: Tab) -> None:
    await tab_.goes("/")
    await tab_.page.get_by_role("button", name="Begin").click()
    await tab_.page.locator('button[value="agree"]').click()
    await tab_.page.wait_for_selector("textarea, input[name=text]")


async def makes_one(tab_: Tab) -> None:
    await tab_.goes("/toestellen")
    await tab_.page.get_by_role("button", name="Maak een toegangssleutel").click()
    await tab_.page.get_by_text("Gemaakt op").wait_for()


@pytest.mark.asyncio(loop_scope="session")
async def test_a_passkey_is_made_and_opens_without_a_name(
    chromium: Browser,
    tmp_path: Path,
) -> None:
    async with Housed(tmp_path) as house, tab(chromium, house.site) as one:
        await authenticator(one)
        await comes_in(one)
        await one.page.locator("[name=text]").fill("Jongeren aan zet")
        await one.page.locator("[name=text]").press("Enter")
        await one.page.get_by_text("gemeente").first.wait_for()
        await makes_one(one)
        assert await axe(one.page) == []
        made = house.store.rows("SELECT * FROM passkeys")
        assert len(made) == 1
        assert [row["passkey"] for row in sessions(house)] == [made[0]["id"]]
        await one.page.context.clear_cookies()
        await one.goes("/toestellen")
        assert one.page.url == f"{house.site}/"
        await one.goes("/terug")
        await one.page.get_by_role("button", name="Ga verder met je toegangssleutel").click()
        await one.page.wait_for_url("**/gesprek**")
        used = house.store.rows("SELECT * FROM passkeys")[0]
        assert used["count"] > made[0]["count"]
        assert used["used_at"]
        await one.goes("/toestellen")
        assert await one.page.get_by_text("met een toegangssleutel").count()
        assert one.wrong == []


@pytest.mark.asyncio(loop_scope="session")
async def test_what_was_signed_counts_once_and_here_alone(
    chromium: Browser,
    tmp_path: Path,
) -> None:
    """Replayed, of another origin, cut, or counted back: no session comes of it."""
    async with Housed(tmp_path) as house, tab(chromium, house.site) as one:
        await authenticator(one)
        await comes_in(one)
        await makes_one(one)
        async with one.page.expect_request(f"{house.site}/sleutel") as asked:
            await one.goes("/terug")
            await one.page.get_by_role("button", name="Ga verder met je").click()
        await one.page.wait_for_url("**/gesprek**")
        signed = json.loads((await asked.value).post_data or "")
        before = len(sessions(house))
        async with house.visitor() as thief:
            assert await posts(thief, signed) == 400, "replayed"
            elsewhere = changed(signed, origin="https://gids.example.com")
            fresh = await challenge(thief)
            assert await posts(thief, elsewhere) == 400
            assert await posts(thief, changed(signed, challenge=fresh)) == 400, "not signed"
            bad: Any
            for bad in ({}, [], {"response": 3}, {"response": {"clientDataJSON": "!"}}, "x"):
                assert await posts(thief, bad) == 400
        assert len(sessions(house)) == before
        house.store.db.execute("UPDATE passkeys SET count = 4000000")
        await one.goes("/terug")
        await one.page.get_by_role("button", name="Ga verder met je").click()
        await one.page.get_by_text("Dat lukte niet").wait_for()
        assert len(sessions(house)) == before, "a copy of it counted less"


@pytest.mark.asyncio(loop_scope="session")
async def test_a_lock_that_was_not_opened_is_refused(
    chromium: Browser,
    tmp_path: Path,
) -> None:
    async with Housed(tmp_path) as house, tab(chromium, house.site) as one:
        await authenticator(one, isUserVerified=False)
        await comes_in(one)
        await one.goes("/toestellen")
        await one.page.get_by_role("button", name="Maak een toegangssleutel").click()
        await one.page.get_by_text("is niet gemaakt").wait_for()
        assert house.store.rows("SELECT * FROM passkeys") == []


@pytest.mark.asyncio(loop_scope="session")
async def test_a_kwartiermaker_needs_one_where_the_operator_wants_it(
    chromium: Browser,
    tmp_path: Path,
) -> None:
    how = {"keepers": "passkey"}
    async with Housed(tmp_path, web=how) as house, tab(chromium, house.site) as one:
        await authenticator(one)
        operator = house.operator()
        made = re.search(r"/u/k[\w-]+", transcript(operator.types("/kwartiermaker Karin")))
        assert made
        await one.goes(made[0])
        await one.presses("join")
        await one.page.wait_for_url("**/gesprek**")
        operator.flush()
        operator.presses_first("appoint_yes")
        for path in ("/gesprek", "/traject", "/gesprek/eerder", "/samenvatting"):
            await one.goes(path)
            assert one.page.url == f"{house.site}/toestellen", path
        assert await one.page.get_by_text("Je hebt een toegangssleutel nodig").count() == 1
        await makes_one(one)
        await one.goes("/traject")
        assert one.page.url == f"{house.site}/traject"
        row = sessions(house)[-1]
        with house.store.transaction():
            house.store.db.execute("UPDATE sessions SET passkey = NULL")
        await one.goes("/toestellen")
        assert await one.page.get_by_role("button", name="Haal weg").count() == 0
        assert await one.page.get_by_role("button", name="Maak een").count() == 0
        async with house.visitor() as link:
            await link.goes("/")
            link.session.cookie_jar.update_cookies(
                {c["name"]: c["value"] for c in await one.page.context.cookies()}
            )
            for path in ("/sleutel/nieuw/vraag", "/sleutel/nieuw"):
                answer = await link.asks("POST", path, {"Sec-Fetch-Site": "same-origin"}, json={})
                assert answer.status == 403, "who has only a link adds none"
        await one.page.get_by_role("button", name="Ga verder met je toegangssleutel").click()
        await one.page.wait_for_url("**/gesprek**")
        assert sessions(house)[-1]["hash"] != row["hash"]


async def challenge(visitor: Visitor) -> str:
    answer = await visitor.asks(
        "POST", "/sleutel/vraag", {"Sec-Fetch-Site": "same-origin"}, json={}
    )
    return str(json.loads(answer.html)["challenge"])


async def posts(visitor: Visitor, credential: Any) -> int:
    ours = {"Sec-Fetch-Site": "same-origin"}
    return (await visitor.asks("POST", "/sleutel", ours, json=credential)).status


def changed(signed: dict[str, Any], **fields: str) -> dict[str, Any]:
    """The same with another origin or challenge in what it says it signed."""
    said = signed["response"]["clientDataJSON"]
    data = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    written = json.dumps({**data, **fields}).encode()
    client = base64.urlsafe_b64encode(written).decode().rstrip("=")
    return {**signed, "response": {**signed["response"], "clientDataJSON": client}}
