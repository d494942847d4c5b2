"""A kwartiermaker's home on the web, without script: the same by tapping, and a page of a town."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.web_desks import answers, around, shares, zuid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.visitor import Visitor

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def at_home(folder: Path) -> AsyncIterator[Visitor]:
    """Karin; of her municipalities Anna of Zutphen shares all that she answered."""
    async with around(folder) as desks:
        karin = await zuid(desks, {"Zutphen": "Anna", "Ede": "Bo"})
        await answers(desks.people["Anna"], 24)
        await shares(desks.people["Anna"], "all")
        await karin.goes("/gesprek")
        await karin.presses("Alle gemeenten")
        yield karin


async def test_all_of_a_municipality_by_tapping_and_back(tmp_path: Path) -> None:
    async with at_home(tmp_path) as karin:
        page = karin.page
        assert page.h1 == "Zuid"
        assert "2 gemeenten. Kies een gemeente" in page.text
        page = await karin.presses("Zutphen")
        assert "Gedeeld: alle antwoorden" in page.text
        page = await karin.presses("Gespreksblad")
        assert "Om op tafel te leggen" in page.text
        await karin.presses("Alles van Zutphen")
        page = await karin.presses("Wat gedeeld is, als PDF")
        assert (page.h1, "Neem het bestand mee" in page.text) == ("Wat gedeeld is", True)
        await karin.presses("Alles van Zutphen")
        await karin.presses("Vraag aan Anna")
        page = await karin.types("Sprak je de gemeenteraad al?")
        assert "naar 1 persoon" in page.text
        await karin.presses("Verstuur")
        page = await karin.presses("Alle gemeenten")
        assert page.h1 == "Zuid"
        assert "Terug naar de vraag" not in page.text, "there is no question of her own"


async def test_what_was_agreed_and_another_day_are_written_there(tmp_path: Path) -> None:
    async with at_home(tmp_path) as karin:
        await karin.presses("Zutphen")
        page = await karin.presses("Verslag van een gesprek")
        assert page.h1 == "Verslag van een gesprek"
        page = await karin.types("DPIA aanvragen, Anna, 15 januari")
        assert (page.h1, "15 januari" in page.text) == ("Genoteerd", True)
        await karin.presses("Alles van Zutphen")
        assert (await karin.presses("Plan een gesprek")).h1 == "Plan een gesprek"
        page = await karin.types("3 maart 10:00, stadhuis")
        assert page.h1 == "Het gesprek staat klaar"


async def test_patterns_are_sentences_and_lead_back(tmp_path: Path) -> None:
    async with at_home(tmp_path) as karin:
        page = await karin.presses("Wat terugkomt")
        assert "de enige gemeente die dit deelt" in page.text
        assert (await karin.presses("Alle gemeenten")).h1 == "Zuid"


async def test_the_page_of_a_municipality_gives_what_is_shared(tmp_path: Path) -> None:
    async with at_home(tmp_path) as karin:
        page = await karin.goes("/traject/1")
        path = next(url for url, said in page.links.items() if said == "Zutphen")
        page = await karin.goes(path)
        form = next(f for f in page.forms if f.action.endswith("/gedeeld"))
        made = await karin.sends(form, form.buttons[0])
        assert made.headers["Content-Type"] == "application/pdf"
        ede = next(url for url, said in (await karin.goes("/traject/1")).links.items()
                   if said == "Ede")  # fmt: skip
        page = await karin.goes(ede)
        assert not [f for f in page.forms if f.action.endswith("/gedeeld")]
