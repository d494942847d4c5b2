"""The line on the web: written on the adviser's page, read on that of the municipality."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web_desks import around, presses, zuid

if TYPE_CHECKING:
    from pathlib import Path

WORDS = "De wethouder wil eerst cijfers zien"


async def test_what_an_adviser_writes_is_read_answered_and_taken_back(tmp_path: Path) -> None:
    async with around(tmp_path) as desks:
        karin = await zuid(desks, {"Zutphen": "Anna"})
        anna = desks.people["Anna"]
        await anna.goes("/gesprek")
        asked = anna.page.h1
        await anna.presses("sharing")
        await presses(anna, "remark_to ")
        await anna.types(WORDS)
        assert anna.page.h1 == asked  # on with the question that waits
        assert "Verstuurd naar Karin" in anna.page.text
        seat = desks.rows("SELECT seat FROM remarks")[0]["seat"]
        await karin.goes("/gesprek")
        assert "Anna (Zutphen) schreef je iets" in karin.page.text
        assert WORDS not in karin.page.text
        await presses(karin, "remarks_of ")
        assert WORDS in karin.page.text
        page = await karin.goes(f"/traject/1/gesprek/{seat}")
        assert WORDS in page.text
        page = await karin.follows("Antwoord Anna")
        assert page.h1 == "Tussendoor iets vragen"
        await anna.presses("sharing")
        await presses(anna, "remark_to ")
        assert "gelezen: De wethouder" in anna.page.text
        await presses(anna, "unremark ")
        assert "weg, ook bij je kwartiermaker" in anna.page.text
        for where in (f"/traject/1/gesprek/{seat}", "/gesprek"):
            assert WORDS not in (await karin.goes(where)).text
