"""The page of a colleague who answers one question: over real HTTP, by nobody who came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import vnu
from tests.browser import VIEWS, axe, small, tab, wide
from tests.desks import Room, text_of
from tests.test_forwarding import asks, link
from tests.test_mailed_looks import pictures, shows
from tests.web import Beside, Housed

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser

    from flows.model.messages import Update
    from tests.sheet import Sheet
    from tests.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


def asked(folder: Path) -> tuple[str, list[Update]]:
    """The path of a link that Anna made, and what she did before."""
    room = Room(folder)
    anna = asks(room)
    secret = link(anna).removeprefix("/start ")
    for member in room.people.values():
        member.store.close()
    return f"/u/{secret}", anna.sent


def kept(house: Housed) -> list[dict[str, object]]:
    return house.store.rows("SELECT * FROM proposals WHERE sent_at IS NOT NULL")


def chooses(fatima: Visitor, nth: int = 0) -> None:
    fatima.ticks(fatima.page.forms[0].boxes[nth][1])


async def test_a_colleague_answers_without_coming_in(tmp_path: Path) -> None:
    path, before = asked(tmp_path)
    async with Housed(tmp_path) as house, house.visitor() as fatima:
        page = await fatima.goes(path)
        assert "vraagt je één ding" in page.text
        assert not kept(house)  # a GET changes nothing
        page = await fatima.presses("Verstuur")
        assert page.status == 422
        assert "Vul je naam in" in page.text
        chooses(fatima)
        fatima.writes("name", "Fatima")
        fatima.writes("role", "applicatiebeheer")
        fatima.writes("note", "alleen de projectleider")
        page = await fatima.presses("Verstuur")
        assert page.h1 == "Je antwoord is verstuurd"
        (row,) = kept(house)
        assert (row["name"], row["person"]) == ("Fatima", None)
        anna = Beside(tmp_path, "test:anna", now=house.now, sent=before, house=house)
        told = text_of(anna.hears())
        assert "Fatima (applicatiebeheer) antwoordt" in told
        assert "alleen de projectleider" in told
        anna.presses_first("take_answer")
        assert (await fatima.goes(page.path)).h1 == "Je antwoord is overgenomen"
        assert not fatima.has("Neem mijn antwoord terug")
        assert not fatima.wrong
        written = [*house.store.rows("SELECT text FROM updates WHERE text LIKE '%Fatima%'")]
        assert not written


async def test_its_pages_are_fit_for_everybody(tmp_path: Path, chromium: Browser) -> None:
    path, _ = asked(tmp_path)
    kept: dict[str, Sheet] = {}
    async with Housed(tmp_path) as house, house.visitor() as fatima:
        kept["over"] = await fatima.goes(f"{path}x")
        kept["asked"] = await fatima.goes(path)
        kept["wrong"] = await fatima.presses("Verstuur")
        chooses(fatima)
        fatima.writes("name", "Fatima")
        kept["sent"] = await fatima.presses("Verstuur")
        wrong = []
        for view in ("phone", "forced"):
            async with tab(chromium, house.site, **VIEWS[view]) as one:
                for name, sheet in kept.items():
                    await shows(one, sheet)
                    found = [*await axe(one.page), *await small(one.page), *await wide(one.page)]
                    wrong += [f"{name}, {view}: {fault}" for fault in found]
                    await pictures(one, f"{name} {view}")
        assert not wrong
    assert not await vnu.faults({f"{name}.html": sheet.html for name, sheet in kept.items()})


async def test_an_answer_is_taken_back_by_its_own_address(tmp_path: Path) -> None:
    path, _ = asked(tmp_path)
    async with Housed(tmp_path) as house, house.visitor("en") as fatima, house.visitor() as bo:
        await fatima.goes(path)
        chooses(fatima)
        fatima.writes("name", "Fatima")
        page = await fatima.presses("Send")
        own = page.path
        assert (await bo.goes(f"{path}/{'x' * 43}")).status == 410  # another's address is none
        assert (await fatima.presses("Take my answer back")).h1 == "Your answer is gone"
        assert not kept(house)
        assert (await fatima.goes(own)).status == 410
        assert not fatima.wrong + bo.wrong


async def test_the_address_of_an_answer_lets_nobody_in_where_it_was_given(tmp_path: Path) -> None:
    """An address stands in a history and in a line that was copied: it opens that page alone."""
    path, _ = asked(tmp_path)
    async with Housed(tmp_path) as house, house.visitor() as fatima, house.visitor() as mallory:
        await fatima.goes(path)
        chooses(fatima)
        fatima.writes("name", "Fatima")
        token = (await fatima.presses("Verstuur")).path.rpartition("/")[2]
        form = (await mallory.goes("/")).forms[0]
        form.filled = [(name, token if name == "device" else said) for name, said in form.filled]
        await mallory.sends(form, form.buttons[0])
        assert "Je antwoord is verstuurd" not in (await mallory.goes("/gesprek/eerder")).text


async def test_a_form_that_is_sent_twice_is_one_answer(tmp_path: Path) -> None:
    path, _ = asked(tmp_path)
    async with Housed(tmp_path) as house, house.visitor() as fatima:
        await fatima.goes(path)
        chooses(fatima)
        form = fatima.writes("name", "Fatima")
        for _ in range(2):
            await fatima.sends(form, form.buttons[-1])
        assert len(kept(house)) == 1


async def test_no_other_page_sends_it_and_no_forged_link_opens(tmp_path: Path) -> None:
    path, _ = asked(tmp_path)
    async with Housed(tmp_path) as house, house.visitor() as mallory:
        form = (await mallory.goes(path)).forms[0]
        foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elders.example"}
        sent = [*form.filled, form.boxes[0], ("name", "Mallory")]
        assert (await mallory.asks("POST", path, foreign, data=sent)).status == 403
        own = {"Sec-Fetch-Site": "same-origin"}
        wrong = [(name, said) for name, said in sent if name != "keys"]
        odd = [*wrong, ("keys", "no such choice")]
        for data in (wrong, odd, [*odd, ("keys", "x")], [("name", "Mallory")]):
            assert (await mallory.asks("POST", path, own, data=data)).status in {400, 422}
        for last in "abcdefgh":
            assert (await mallory.asks("GET", f"{path[:-2]}{last}{last}")).status in {410, 404}
        assert not kept(house)
