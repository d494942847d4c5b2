"""The guide within another site: for listed ones, as a device of its own, for no kwartiermaker."""

from __future__ import annotations

import html
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.channels.web.cookies import cookie_name, framed, set_cookie, token_of
from storage.web import doors
from tests.desks import Member, Room
from tests.sheet import Sheet
from tests.web import Serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.visitor import Visitor

AROUND = "https://www.example.nl"
IN_FRAME = {"Sec-Fetch-Dest": "iframe"}


def given(**how: Any) -> str:
    response = web.Response()
    set_cookie(response, "t0k-en_", **{"secure": True, "frame": False, "days": 90, **how})
    return response.headers["Set-Cookie"]


def test_over_https_no_other_host_can_set_it() -> None:
    assert given() == (
        "__Host-gids=t0k-en_; Path=/; HttpOnly; Max-Age=7776000; Secure; SameSite=Lax"
    )


def test_on_localhost_it_goes_without_https() -> None:
    assert given(secure=False) == "gids=t0k-en_; Path=/; HttpOnly; Max-Age=7776000; SameSite=Lax"


def test_in_a_frame_it_is_that_frames_alone() -> None:
    said = given(frame=True)
    assert said.startswith("__Host-gids-frame=t0k-en_; Path=/; HttpOnly; ")
    assert said.endswith("; Secure; SameSite=None; Partitioned")
    assert "Domain" not in said


def test_it_can_be_forgotten() -> None:
    response = web.Response()
    set_cookie(response, "", secure=True, frame=False, days=90)
    assert response.headers["Set-Cookie"].startswith("__Host-gids=; Path=/; HttpOnly; Max-Age=0;")


@pytest.mark.parametrize(
    ("headers", "inside"),
    [
        ({}, False),
        ({"Sec-Fetch-Dest": "document"}, False),
        ({"Sec-Fetch-Dest": "empty", "X-Part": "1"}, False),
        ({"Sec-Fetch-Dest": "iframe"}, True),
        ({"Sec-Fetch-Dest": "embed"}, True),
        ({"Sec-Fetch-Dest": "empty", "X-Part": "frame"}, True),
    ],
)
def test_a_frame_has_a_session_of_its_own(headers: dict[str, str], inside: bool) -> None:  # noqa: FBT001
    """Also within a site of the same domain, where a browser sends both cookies."""
    both = "; ".join(f"{cookie_name(secure=True, frame=frame)}={frame}" for frame in (False, True))
    request = make_mocked_request("GET", "/gesprek", headers={**headers, "Cookie": both})
    assert framed(request) is inside
    assert token_of(request, secure=True) == str(inside)


# ---------------------------------------------------------------- over real HTTP


def ancestors(sheet: Sheet) -> str:
    policy = sheet.headers["Content-Security-Policy"]
    return policy.partition("frame-ancestors ")[2].partition(";")[0]


async def begins(visitor: Visitor) -> Sheet:
    await visitor.goes("/")
    return await visitor.presses("Begin")


async def test_only_listed_sites_may_show_it_and_never_what_others_shared(tmp_path: Path) -> None:
    async with (
        Serving(tmp_path, OPSCHAALGIDS_WEB_FRAMES=AROUND) as program,
        program.visitor() as anna,
    ):
        await begins(anna)
        for path in (
            "/",
            "/gesprek",
            "/privacy",
            "/hulp",
            "/toegankelijkheid",
            "/samenvatting",
            "/jaarlijn",
        ):
            assert ancestors(await anna.asks("GET", path)) == AROUND, path
        for path in ("/traject", "/traject/1", "/toestellen", "/u/k0123456789", "/in/x", "/mail/x"):
            assert ancestors(await anna.asks("GET", path)) == "'none'", path


async def test_nobody_may_show_it_where_nobody_is_listed(tmp_path: Path) -> None:
    async with Serving(tmp_path) as program, program.visitor() as anna:
        assert ancestors(await anna.goes("/")) == "'none'"


async def test_a_conversation_in_a_frame_is_another_one(tmp_path: Path) -> None:
    """Anna came in here before; the frame begins anew, and its cookie leaves hers alone."""
    async with (
        Serving(tmp_path, OPSCHAALGIDS_WEB_FRAMES=AROUND) as program,
        program.visitor() as anna,
    ):
        await begins(anna)
        own = {cookie.key: cookie.value for cookie in anna.session.cookie_jar}
        front = await anna.asks("GET", "/", IN_FRAME)
        assert front.status == 200, "who has a session is led to the conversation"
        here = {"Sec-Fetch-Site": "same-origin", **IN_FRAME}
        form = front.forms[0]
        came = await anna.asks("POST", "/begin", here, data=form.sends(form.buttons[0]))
        cookie = SimpleCookie(came.headers["Set-Cookie"].replace("; Partitioned", ""))
        assert [*cookie] == ["gids-frame"]
        assert "SameSite=None; Partitioned" in came.headers["Set-Cookie"]
        both = "; ".join([f"gids={own['gids']}", f"gids-frame={cookie['gids-frame'].value}"])
        within = await anna.asks("GET", "/gesprek", {"Cookie": both, **IN_FRAME})
        assert within.status == 200
        assert "/toestellen" not in within.html


async def test_a_kwartiermaker_is_led_out_of_the_frame(tmp_path: Path) -> None:
    token = "t" * 43
    keeper_with(tmp_path, token)
    async with (
        Serving(tmp_path, OPSCHAALGIDS_WEB_FRAMES=AROUND) as program,
        program.visitor() as visitor,
    ):
        cookie = {"Cookie": f"gids={token}; gids-frame={token}"}
        assert (await visitor.asks("GET", "/gesprek", cookie)).status == 200
        within = await visitor.asks("GET", "/gesprek", {**cookie, **IN_FRAME})
        assert within.status == 403
        assert 'target="_blank"' in within.html
        part = {"X-Part": "frame", "Sec-Fetch-Dest": "empty"}
        assert (await visitor.asks("GET", "/gesprek", {**cookie, **part})).status == 403


async def test_a_kwartiermaker_is_handed_a_card_to_paste(tmp_path: Path) -> None:
    """Expected: what stands in the page, once it is pasted, is one link to the front door."""
    token = "t" * 43
    keeper_with(tmp_path, token)
    async with (
        Serving(tmp_path, OPSCHAALGIDS_WEB_FRAMES=AROUND) as program,
        program.visitor() as visitor,
    ):
        visitor.headers = {"Cookie": f"gids={token}"}
        page = await visitor.goes("/plak")
        assert not visitor.wrong
        card, frame = (node.text for node in page.root.all("textarea"))
        found = Sheet(f"{program.site}/x", 200, page.headers, card)
        assert found.links == {f"{program.site}/": "Open de gids"}
        assert frame.startswith(f'<iframe src="{program.site}/" title="Opschaalgids"')
        assert AROUND in page.html
    async with Serving(tmp_path) as program, program.visitor() as visitor:
        assert (await visitor.goes("/plak")).status == 404
        visitor.headers = {"Cookie": f"gids={token}"}
        assert "<iframe" not in html.unescape((await visitor.goes("/plak")).html)


def keeper_with(folder: Path, token: str) -> None:
    """Karin, a kwartiermaker on the web, signed in with this token."""
    room = Room(folder)
    signs_in(room.kwartiermaker("Karin", "Zuid", "web:0123456789abcdef"), token)
    for member in room.people.values():
        member.store.close()


def signs_in(member: Member, token: str) -> None:
    """A device that is signed in as this person."""
    at = member.now
    with member.store.transaction():
        doors.open_session(member.store, token, member.chat, at, at + timedelta(90))
