"""A pilot filled in together on the web, by hand: over real HTTP, without script."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.web.pages import page_of
from bot.channels.web.rendering import environment
from content.loader import newest
from flows.model.messages import Choice, Message, Passage
from storage.conversations.outbox import Outgoing
from storage.web.screen import Screen
from tests.web import Housed
from tests.web_desks import ADDRESS, around, presses
from tests.web_states import secret_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.visitor import Visitor

pytestmark = pytest.mark.asyncio


async def begins(anna: Visitor) -> None:
    await anna.goes("/")
    await anna.presses("Begin")
    await anna.presses("agree")
    await anna.types("Wijkteams Zuid")


async def test_a_colleague_comes_in_by_a_link_that_was_made_by_tapping(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, house.visitor() as anna, house.visitor() as karin:
        await begins(anna)
        page = await anna.presses("together")
        assert page.h1 == "Samen invullen"
        page = await anna.types("Karin, Anna")
        assert "Hallo Karin" in page.text
        assert page.h1 == "Voor welke gemeente of organisatie vul je dit in?"
        page = await karin.goes(f"/u/{secret_in(page.text)}")
        assert "de pilot Wijkteams Zuid samen met Anna" in page.text
        page = await karin.presses("join")
        assert page.h1 == "Voor welke gemeente of organisatie vul je dit in?"
        assert not [*anna.wrong, *karin.wrong]


async def test_a_reader_sees_nothing_to_answer(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, house.visitor() as anna, house.visitor() as karin:
        await begins(anna)
        await anna.presses("together")
        page = await anna.types("Karin, Anna")
        await karin.goes(f"/u/{secret_in(page.text)}")
        page = await karin.presses("join")
        assert page.h1 == "Voor welke gemeente of organisatie vul je dit in?"
        assert karin.has("Weet ik nog niet")
        await anna.presses("together")
        await presses(anna, "member")
        await anna.presses("Laat alleen meelezen")
        page = await karin.goes("/gesprek")
        assert "Je leest vanaf nu alleen mee" in page.text
        assert "Voor welke gemeente" not in page.text
        assert not karin.has("Weet ik nog niet")
        assert not karin.has("Een eerder antwoord veranderen")
        house.now += timedelta(minutes=1)
        page = await karin.presses("summary")
        assert page.h1 == "Samenvatting: Wijkteams Zuid"
        assert not karin.has("Wijzig een antwoord")
        assert not [*anna.wrong, *karin.wrong]


async def test_who_is_invited_on_the_web_is_asked_whether_it_is_the_same_pilot(
    tmp_path: Path,
) -> None:
    async with around(tmp_path) as desks:
        lotte = await desks.kwartiermaker("Lotte", "Oost")
        lotte.writes("lines", "Zutphen, Anna\nZutphen, Karin")
        page = await lotte.presses("Maak uitnodigingen")
        links = list(dict.fromkeys(ADDRESS.findall(page.text)))
        anna = await desks.joins("Anna", links[0])
        await anna.types("Samen eten Oost")
        await lotte.goes("/traject/1")
        await presses(lotte, "admit")
        karin = await desks.joins("Karin", links[1])
        assert "Is dit dezelfde pilot?" in karin.page.text
        assert "Ja, Samen eten Oost" in karin.page.text
        await presses(karin, "same_pilot")
        await anna.goes("/gesprek")
        await presses(anna, "let_in")
        await karin.goes("/gesprek")
        assert "je vult de pilot nu samen in" in karin.page.text


@pytest.mark.parametrize(("single", "kind"), [("", "checkbox"), ("yes", "radio")])
async def test_where_more_answers_fit_more_can_be_ticked(single: str, kind: str) -> None:
    words = newest().to("web:0123456789abcdef").words["nl"]["web"]
    parts: Any = environment({"words": words, "language": "nl"}).globals["parts"]
    plan = {"key": "plan", "label": "Beleidsplan", "ticked": False}
    html = parts.ticks([plan], single=bool(single), caller=lambda: "Waar staat het al in?")
    assert f'type="{kind}" name="pick" value="plan"' in html


def said(number: int, key: str, html: str, *choices: str) -> Outgoing:
    made = tuple(Choice(choice, choice) for choice in choices)
    message = Message(key, key, (Passage(key, html),), made)
    return Outgoing(number, "web:a", str(number), 1, message, (), None)


@pytest.mark.parametrize(
    ("screen", "title"),
    [
        (Screen(None, ()), "Alles staat klaar"),
        (Screen(None, (said(1, "", "Bram leest mee vanaf nu."),)), "Bericht van de gids"),
        (Screen(said(1, "", "Bram leest mee vanaf nu.", "again"), ()), "Bericht van de gids"),
        (Screen(said(2, "", "<b>Samen</b>\nJij beheert", "a 1", "a 2"),
                (said(1, "", "Bram leest mee vanaf nu."),)), "Samen"),
        (Screen(said(1, "", "Wie bedoel je?", "a 1", "a 2"), ()), "Maak een keuze"),
    ],
)  # fmt: skip
async def test_a_page_is_headed_by_what_it_shows(screen: Screen, title: str) -> None:
    words = newest().to("web:0123456789abcdef").words["nl"]["web"]
    assert page_of(screen, words).title == title


async def test_whether_to_share_is_asked_below_the_end_of_the_walk() -> None:
    """The summary leads, and what closes the walk; not the menu above it."""
    words = newest().to("web:0123456789abcdef").words["nl"]["web"]
    summary = said(1, "", "<b>Samenvatting: Zuid</b>\nDoorgaan")
    finished = said(2, "finished", "Dit was het.", "/summary")
    share = said(3, "steer.offer_sharing", "Wil je delen?", "share_summary 1")
    page = page_of(Screen(share, (summary, finished)), words)
    assert page.title == "Samenvatting: Zuid"
    assert [one.key for one in page.options] == ["/summary"]
    assert not page.beside
    assert [one.ref for one in page.below] == ["3"]
