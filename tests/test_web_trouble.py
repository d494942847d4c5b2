"""The database refuses while somebody answers on the web: what they wrote comes back to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.storages import of_a_file
from tests.web import Housed

if TYPE_CHECKING:
    from pathlib import Path


async def test_what_was_written_comes_back_and_is_sent_again(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, house.visitor() as anna:
        await anna.goes("/")
        await anna.presses("Begin")
        await anna.presses("agree")
        house.store.db.execute("PRAGMA query_only = ON")
        page = await anna.types("Buurtteams")
        assert (page.status, page.h1) == (503, "Dit is nog niet bewaard")
        assert "Buurtteams" in page.html
        assert (await anna.presses("Probeer het opnieuw")).status == 503
        house.store.db.execute("PRAGMA query_only = OFF")
        await anna.presses("Probeer het opnieuw")
        assert "gemeente" in anna.page.h1
        rows = house.store.rows("SELECT question, value FROM answers")
        assert rows == [{"question": "pilot.name", "value": '"Buurtteams"'}]


@of_a_file  # a server that is gone ends who leads
async def test_a_page_that_only_asks_to_be_read_says_so_too(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, house.visitor() as anna:
        await anna.goes("/")
        await anna.presses("Begin")
        house.store.db.close()
        page = await anna.goes("/gesprek")
        assert page.status in (500, 503)
        assert "gids" in page.text
        await house.restart()
        assert (await anna.goes("/gesprek")).h1 == "Welkom"


async def test_who_erases_everything_reads_that_it_is_done(tmp_path: Path) -> None:
    """Red before: the session went with it, and the front door was all that was left."""
    async with Housed(tmp_path) as house, house.visitor() as anna:
        await anna.goes("/")
        await anna.presses("Begin")
        await anna.presses("agree")
        await anna.types("Buurtteams")
        await anna.presses("forget")
        await anna.presses("/erase all")
        assert "gewist" in anna.page.text.lower()
        assert not house.store.rows("SELECT hash FROM sessions")
        assert (await anna.goes("/gesprek")).path == "/"


async def test_a_question_of_before_shows_what_was_answered(tmp_path: Path) -> None:
    """Red before: the field was empty, and the explanation of then stood above it."""
    async with Housed(tmp_path) as house, house.visitor() as anna:
        await anna.goes("/")
        await anna.presses("Begin")
        await anna.presses("agree")
        ref = anna.page.ref
        await anna.types("Buurtteams")
        page = await anna.goes(f"/gesprek/{ref}")
        assert "Buurtteams" in page.text
        await anna.types("Wijkteams")
        rows = house.store.rows("SELECT value FROM answers ORDER BY id")
        assert [row["value"] for row in rows] == ['"Buurtteams"', '"Wijkteams"']


async def test_help_for_who_is_not_in_names_nothing_they_cannot_do(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, house.visitor() as anna:
        page = await anna.goes("/hulp")
        assert "uitnodiging" in page.text
        assert not any(form.buttons for form in page.forms)
