"""Every page as it looks and reads: rules of accessibility, of HTML, sizes; in both languages.

Each state comes from one walk (tests/web_states.py); the browser gets it as it was served, with
its own headers, and all that it asks beside it from the real site. EVERY=1 looks at each in
every view; else each is looked at in one, and all views come by.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from itertools import cycle
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from tests import vnu
from tests.browser import VIEWS, axe, small, tab, wide
from tests.towns import town
from tests.web import Housed
from tests.web_states import States
from tests.web_together import together

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from pathlib import Path

    from playwright.async_api import Browser

    from tests.browser import Tab
    from tests.sheet import Sheet

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVERY = bool(os.environ.get("EVERY"))  # noqa: TID251 - how long `make prove` looks
LANGUAGES = ("nl", "en")


@asynccontextmanager
async def gathered(folder: Path, language: str, **how: Any) -> AsyncIterator[States]:
    """The pages, and their site still there."""
    async with Housed(folder, language, web=how) as house:
        states = await States(house, language).gather()
        await together(states)
        yield states


@pytest_asyncio.fixture(
    scope="module", loop_scope="session",
    params=[pytest.param(one, marks=pytest.mark.xdist_group(f"pages {one}")) for one in LANGUAGES],
)  # fmt: skip
async def states(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[States]:
    async with gathered(tmp_path_factory.mktemp("pages"), request.param) as found:
        yield found


async def test_every_page_is_html_that_reads_well(states: States) -> None:
    assert sorted(set(states.wrong)) == []
    files = {f"{number}.html": page.html for number, page in enumerate(states.kept.values())}
    found = await vnu.faults(files)
    assert sorted({each.partition(":")[2] for each in found}) == []
    assert {page.lang for name, page in states.kept.items() if "language" not in name} == {
        states.language
    }


async def test_every_page_is_accessible_in_each_view(states: States, chromium: Browser) -> None:
    wrong: list[str] = []
    async with tab(chromium, states.house.site, locale=states.language) as one:
        for (name, page), view in combined(states):
            await shows(one, page, VIEWS[view])
            found = [*await axe(one.page), *await wide(one.page), *await small(one.page)]
            wrong += [f"{name} ({view}): {each}" for each in found]
    assert [*wrong, *one.wrong] == []


async def test_pages_are_accessible_in_a_towns_own_colours(
    tmp_path: Path, chromium: Browser
) -> None:
    wrong: list[str] = []
    async with gathered(tmp_path, "nl", theme=town()) as states:
        pages = list(states.kept.items())[:: 1 if EVERY else 4]
        pairs = zip(pages, cycle(("light", "phone dark")), strict=False)
        async with tab(chromium, states.house.site) as one:
            for (name, page), view in sorted(pairs, key=itemgetter(1)):
                await shows(one, page, VIEWS[view])
                found = [*await axe(one.page), *await wide(one.page), *await small(one.page)]
                wrong += [f"{name} ({view}): {each}" for each in found]
        wrong += one.wrong
    assert wrong == []


def combined(states: States) -> Iterable[tuple[tuple[str, Sheet], str]]:
    """One language looks at the even ones and the other at the odd, where not all is looked at."""
    pages = list(states.kept.items())
    if EVERY:
        return ((each, view) for view in VIEWS for each in pages)
    pairs = zip(pages[LANGUAGES.index(states.language) :: 2], cycle(VIEWS), strict=False)
    return sorted(pairs, key=itemgetter(1))  # turning a tab costs as much as a page


async def shows(one: Tab, page: Sheet, view: dict[str, Any]) -> None:
    """That page in this browser, at its own address and with its own headers."""
    await one.looks(view)
    await one.opens(page)
