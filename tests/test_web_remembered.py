"""What pages remember between two requests: the same as is kept, and no longer than that."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.database.connection import connect_with
from storage.database.keys import read_keys
from storage.database.rows import ref_of
from storage.web import doors, screen
from tests.desks import Room, link_in
from tests.storages import POSTGRESQL, of_a_file
from tests.web import Housed
from tests.web_answerers import WebAnswerer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

TURNS = 24


async def entered(house: Housed, number: int = 0) -> WebAnswerer:
    """Somebody who came in and said yes, at the first question."""
    one = WebAnswerer(house.visitor(), random.Random(number), lambda *_: None)  # noqa: S311 - repeatable
    await one.visitor.__aenter__()
    form = (await one.visitor.goes("/")).forms[0]
    one.chat = doors.chat_of(dict(form.filled)["device"])
    await one.visitor.sends(form, form.buttons[0])
    await one.step("", ())
    return one


async def test_a_page_from_what_is_remembered_is_the_page_from_what_is_kept(
    tmp_path: Path,
) -> None:
    async with Housed(tmp_path) as house:
        one = await entered(house)
        short = 0
        for turn in range(TURNS):
            house.now += timedelta(seconds=5)
            if turn % 6 == 5:
                await one.visitor.goes(f"/gesprek/{one.visitor.page.ref}")
                await one.visitor.presses("/help" if one.visitor.has("/help") else "help")
            await one.step(f"antwoord {turn}", ("unknown", "none"))
            short += alike(house, one.chat)
        assert short > TURNS / 2 or POSTGRESQL  # there it is asked first whether others wrote
        await one.visitor.session.close()


async def test_only_the_guides_own_words_are_made_once_for_everybody(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house:
        site = house.program.branches[0].channel.site  # type: ignore[attr-defined]
        for number, word in enumerate(("Waterlelie", "Zonnebloem")):
            one = await entered(house, number)
            for turn in range(TURNS):
                house.now += timedelta(seconds=5)
                ref = one.visitor.page.ref
                await one.step(f"{word} {turn}", ("unknown", "none"))
                await one.visitor.goes(f"/gesprek/{ref}")
                shown = site.answers["nl"].made
                assert "Waterlelie" not in repr(shown)
                assert "Zonnebloem" not in repr(shown)
                await one.visitor.goes("/gesprek")
            assert any(word in page.html for page in one.visitor.seen)
            await one.visitor.session.close()
        assert len(shown) > TURNS / 2
        assert not one.visitor.wrong


def test_a_link_is_not_remembered(tmp_path: Path) -> None:
    """Of what it opens the database keeps a hash, once it is sent; memory keeps no more."""
    keeper = Room(tmp_path).kwartiermaker("Karin", "Jongeren")
    secret = link_in(keeper.types("/uitnodigen Ede, Gast"))
    assert secret not in repr(keeper.store.find(keeper.chat).get("said"))


def alike(house: Housed, chat: str) -> bool:
    """Whether there was something to compare; it has to be the same."""
    known = house.store.find(chat)
    before = [*refs(known)]
    remembered = screen._just_said(chat, known)  # noqa: SLF001 - the short way
    asked = {ref: screen.asked_there(house.store, chat, ref, known) for ref in before}
    house.store.remembered.forget()
    read = screen.screen_of(house.store, chat)
    assert remembered is None or remembered == read
    assert asked == {ref: screen.asked_there(house.store, chat, ref) for ref in before}
    assert screen.ref_now(house.store, chat, known) == screen.ref_now(house.store, chat)
    return remembered is not None


def refs(known: dict[str, Any]) -> Iterator[str]:
    for number, message, _ in (*(known.get("said") or ()), *(known.get("said_before") or ())):
        if message.choices:
            yield ref_of(number)


@of_a_file
async def test_what_another_program_ends_is_over_at_the_next_request(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house:
        one, other = await entered(house), await entered(house, 1)
        place = house.folder / "guide.db", house.folder / "key"
        beside = connect_with(read_keys(*place), place[0])
        beside.execute("DELETE FROM sessions WHERE chat = ?", [one.chat])
        beside.close()
        assert (await one.visitor.goes("/gesprek")).path == "/"
        assert (await other.visitor.goes("/gesprek")).path != "/"
        await one.visitor.session.close()
        await other.visitor.session.close()
