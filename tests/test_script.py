"""What the small script does in a real browser, and what remains where it cannot."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import tab
from tests.web import Housed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser, Route

    from tests.browser import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

FOCUS = "document.activeElement.id"
FIRST, SECOND = "Hoe heet de pilot of aanpak?", "Voor welke gemeente of organisatie vul je dit in?"


@asynccontextmanager
async def asked(folder: Path, chromium: Browser, **how: Any) -> AsyncIterator[tuple[Tab, Housed]]:
    """Somebody at the first question."""
    async with Housed(folder) as house, tab(chromium, house.site, **how) as one:
        await one.goes("/")
        await one.page.get_by_role("button", name="Begin").click()
        await one.page.locator(".guide-choices [value=agree]").click()
        await shows(one, FIRST)
        yield one, house
        assert one.wrong == []


async def shows(one: Tab, question: str) -> None:
    await one.page.get_by_role("heading", name=question).wait_for()


async def answers(one: Tab, text: str, clicks: int = 1) -> None:
    await one.page.locator("#text").fill(text)
    await one.page.locator(".guide-acts .utrecht-button").first.click(click_count=clicks)


def turns(one: Tab) -> list[str]:
    return [each.rpartition("/")[2] for each in one.asked if each.startswith("POST")]


async def test_a_turn_is_one_trip_and_ends_at_the_question(
    tmp_path: Path, chromium: Browser
) -> None:
    async with asked(tmp_path, chromium) as (one, _):
        one.asked.clear()
        before = one.page.url
        await answers(one, "Wijkwijzer")
        await shows(one, SECOND)
        assert len(one.asked) == 1, one.asked
        assert await one.page.evaluate(FOCUS) == "question"
        assert await one.page.title() == f"{SECOND} – Opschaalgids"
        assert one.page.url != before


async def test_what_comes_in_is_news_to_a_screen_reader(tmp_path: Path, chromium: Browser) -> None:
    """The region stays the same element, so that what is new in it is read out."""
    async with asked(tmp_path, chromium) as (one, _):
        await one.page.evaluate("window.region = document.getElementById('news')")
        await one.page.get_by_role("button", name="Waar let ik op?").click()
        await one.page.locator("#news > *").first.wait_for()
        assert await one.page.evaluate("window.region === document.getElementById('news')")
        assert await one.page.evaluate("window.region.getAttribute('role')") == "status"


async def test_two_quick_clicks_are_one_turn(tmp_path: Path, chromium: Browser) -> None:
    async with asked(tmp_path, chromium) as (one, house):
        one.asked.clear()
        await answers(one, "Wijkwijzer", clicks=2)
        await shows(one, SECOND)
        assert turns(one) == ["gesprek"]
        assert house.store.value("SELECT count(*) FROM answers") == 1


async def test_back_shows_the_question_before(tmp_path: Path, chromium: Browser) -> None:
    async with asked(tmp_path, chromium) as (one, _):
        await one.goes("/gesprek")  # the first has no address of its own before this
        await answers(one, "Wijkwijzer")
        await shows(one, SECOND)
        await answers(one, "Almere")
        await shows(one, "Waar komt de aanpak vandaan?")
        await one.page.go_back()
        await shows(one, SECOND)


async def test_a_mistake_is_where_the_focus_is(tmp_path: Path, chromium: Browser) -> None:
    async with asked(tmp_path, chromium) as (one, _):
        await one.page.locator(".guide-acts .utrecht-button").first.click()
        await one.page.locator("#errors").wait_for()
        assert await one.page.evaluate(FOCUS) == "errors"
        assert (await one.page.title()).startswith("Fout: ")
        await one.page.locator("#errors a").click()
        assert await one.page.evaluate(FOCUS) == "text"
        one.wrong = [each for each in one.wrong if "422" not in each]


async def test_where_a_trip_fails_the_form_goes_as_forms_go(
    tmp_path: Path, chromium: Browser
) -> None:
    """It was sent twice then, perhaps: what it says counts once."""
    async with asked(tmp_path, chromium) as (one, house):

        async def fails(route: Route) -> None:
            if "x-part" in route.request.headers:
                await route.abort()
            else:
                await route.continue_()

        await one.page.route("**/gesprek", fails)
        await answers(one, "Wijkwijzer")
        await shows(one, SECOND)
        assert turns(one)[-2:] == ["gesprek", "gesprek"]
        assert house.store.value("SELECT count(*) FROM answers") == 1
        one.wrong = [each for each in one.wrong if "ERR_FAILED" not in each]


async def test_another_language_is_a_whole_page(tmp_path: Path, chromium: Browser) -> None:
    async with asked(tmp_path, chromium) as (one, _):
        await one.page.locator(".guide-more summary").click()
        await one.page.locator("[value=language]").click()
        await one.page.locator("html[lang=en]").wait_for()
        await one.page.get_by_role("link", name="Accessibility").wait_for()


async def test_without_script_the_same_is_said(tmp_path: Path, chromium: Browser) -> None:
    async with asked(tmp_path, chromium, java_script_enabled=False) as (one, house):
        await answers(one, "Wijkwijzer")
        await shows(one, SECOND)
        await asyncio.sleep(0)
        assert house.store.value("SELECT count(*) FROM answers") == 1
