"""The line on the web: written on the adviser's page, read on that of the municipality."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.mailing import Mailed, MailRoom, Sending, mail_host, texts
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
        overview = await karin.goes("/traject/1")
        assert "Anna schreef je iets, in Zuid." in overview.text
        assert WORDS not in overview.text
        page = await karin.follows("Lees wat Anna schreef")
        assert f"/traject/1/gesprek/{seat}" in str(page.url)
        assert WORDS in page.text
        assert "schreef je iets" not in (await karin.goes("/traject/1")).text
        await karin.goes("/gesprek")
        await presses(karin, "remarks_of ")
        assert WORDS in karin.page.text
        await karin.goes(f"/traject/1/gesprek/{seat}")
        page = await karin.follows("Antwoord Anna")
        assert page.h1 == "Tussendoor iets vragen"
        await anna.presses("sharing")
        await presses(anna, "remark_to ")
        assert "gelezen: De wethouder" in anna.page.text
        await presses(anna, "unremark ")
        assert "weg, ook bij je kwartiermaker" in anna.page.text
        for where in (f"/traject/1/gesprek/{seat}", "/gesprek"):
            assert WORDS not in (await karin.goes(where)).text


async def test_a_mail_rings_and_holds_no_word(tmp_path: Path) -> None:
    """One that something was written, one the next morning of all that happened."""
    room = MailRoom(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    assert isinstance(karin, Mailed)
    karin.gets_mail("karin@example.nl")
    async with mail_host() as host, Sending(room, host.settings()) as sending:
        anna.types(f"/bericht {WORDS}")
        anna.types("/delen")
        anna.presses_first("share ")
        room.operator.now = anna.now + timedelta(minutes=20)
        await sending.goes_out(karin)
        await sending.news()
        await sending.passes(days=2)
        room.operator.now += timedelta(days=2)
        await sending.news()
        told = [texts(mail)[0] for mail in host.mails]
    assert ["Een adviseur schreef je iets." in one for one in told] == [True, False]
    assert ["Er is nieuws uit je gemeenten." in one for one in told] == [False, True]
    assert not [one for one in told if WORDS in one or "Anna" in one or "samenvatting" in one]
