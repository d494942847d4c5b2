"""Where newcomers stumbled on the web, by hand: over real HTTP, without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.test_together_web import begins
from tests.web import Housed
from tests.web_desks import ADDRESS, around, presses

if TYPE_CHECKING:
    from pathlib import Path

    from tests.visitor import Visitor
    from tests.web_desks import Desks

pytestmark = pytest.mark.asyncio


async def test_what_changed_since_the_last_time_is_a_tap_away(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, house.visitor() as anna:
        await begins(anna)
        page = await anna.presses("since")
        assert "nog niets van een week geleden" in page.text
        assert not anna.wrong


async def test_what_was_written_is_said_back_as_it_was(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, house.visitor() as anna:
        await begins(anna)
        assert ": Wijkteams Zuid" in anna.page.text


async def test_a_name_goes_along_with_the_question_which_pilot(tmp_path: Path) -> None:
    async with around(tmp_path) as desks:
        lotte, links = await oost(desks)
        anna = await desks.joins("Anna", links[0])
        await anna.types("Samen eten Oost")
        await admits(lotte)
        karin = await desks.visitor("Karin")
        await karin.goes(links[1])
        karin.writes("name", "Karin de Wit")
        page = await karin.presses("join")
        assert "Is dit dezelfde pilot?" in page.text
        await presses(karin, "same_pilot")
        assert karin.page.path.startswith("/gesprek")
        page = await lotte.goes("/traject/1")
        assert "Karin de Wit" in page.text


async def test_who_is_in_says_once_that_they_take_part(tmp_path: Path) -> None:
    async with around(tmp_path) as desks:
        _, links = await oost(desks)
        anna = await desks.visitor("Anna")
        await anna.goes("/")
        await anna.presses("Begin")
        await anna.presses("agree")
        await anna.goes(links[0])
        page = await anna.presses("Ja, ik doe mee")
        assert "Je doet mee met Oost" in page.text
        assert not anna.has("join 0")


async def test_a_town_much_like_one_that_is_there_is_asked_after(tmp_path: Path) -> None:
    async with around(tmp_path) as desks:
        lotte, _ = await oost(desks)
        await lotte.goes("/traject/1/uitnodigen")
        lotte.writes("lines", "Zutpen, Piet")
        page = await lotte.presses("Maak uitnodigingen")
        assert "Bedoel je Zutphen?" in page.text
        assert not ADDRESS.search(page.text)
        page = await lotte.presses("invite_as known")
        assert "Hallo Piet" in page.text
        (newest,) = desks.rows("SELECT municipality FROM links ORDER BY id DESC LIMIT 1")
        assert newest["municipality"] == "Zutphen"
        assert ADDRESS.search(page.text)


async def oost(desks: Desks) -> tuple[Visitor, list[str]]:
    """Lotte keeps Oost; links for Anna and Karin of Zutphen."""
    lotte = await desks.kwartiermaker("Lotte", "Oost")
    lotte.writes("lines", "Zutphen, Anna\nZutphen, Karin")
    page = await lotte.presses("Maak uitnodigingen")
    return lotte, list(dict.fromkeys(ADDRESS.findall(page.text)))


async def admits(lotte: Visitor) -> None:
    await lotte.goes("/traject/1")
    await presses(lotte, "admit")
