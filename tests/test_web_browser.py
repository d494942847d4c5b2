"""The guide in a real browser: a quick round by keyboard, with script and without, and its weight.

Who walks here presses Tab until they are where they want to be, then Enter or Space; nothing is
clicked. What is asked is read off the page, what was kept is read in the database.
"""

from __future__ import annotations

import gzip
import json
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from content.loader import newest
from tests.browser import VIEWS, tab
from tests.hostile import strings
from tests.kinds import ANY_OF
from tests.walkers import until
from tests.web import Housed

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser, Page

    from tests.browser import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

CANVAS = newest().guide.canvas
FAR = 60
"""Presses of Tab after which something counts as out of reach."""

HERE = """() => { const e = document.activeElement; return {
  tag: e.tagName, id: e.id, name: e.name || '', value: e.value || '', type: e.type || '',
  label: (e.textContent || '').trim() } }"""
COVERED = """() => { const e = document.activeElement, b = e.getBoundingClientRect();
  const x = b.x + b.width / 2, y = b.y + Math.min(b.height / 2, 20);
  const top = document.elementFromPoint(x, y);
  return !(top && (e === top || e.contains(top) || top.contains(e))) }"""
ANOTHER = "once => document.querySelector('[name=once]')?.value !== once"


@dataclass
class Typist:
    """Somebody without a mouse. `tabs`: presses of Tab for each thing that was done."""

    one: Tab
    house: Housed
    script: bool = True
    texts: Any = None
    tabs: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.one.page

    async def reaches(self, **wanted: str) -> None:
        """By Tab alone, from wherever the focus is; what has it is not covered."""
        for count in range(1, FAR):
            await self.page.keyboard.press("Tab")
            found = await self.page.evaluate(HERE)
            if all(found[name] == value for name, value in wanted.items()):
                self.tabs.append(count)
                if await self.page.evaluate(COVERED):
                    self.wrong.append(f"{self.page.url}: {wanted} is covered")
                return
        raise AssertionError(f"{wanted} is out of reach on {self.page.url}")

    async def presses(self, key: str = "Enter") -> None:
        """What has the focus; until the next page has come."""
        self.house.now += timedelta(seconds=20)
        once = await self.page.locator("[name=once]").first.get_attribute("value")
        await self.page.keyboard.press(key)
        await self.page.wait_for_function(ANOTHER, arg=once)
        await self.page.wait_for_load_state()
        if self.script and (await self.page.evaluate(HERE))["id"] not in {"question", "errors"}:
            self.wrong.append(f"{self.page.url}: the focus is not on the question")

    async def begins(self) -> None:
        await self.one.goes("/")
        await self.reaches(tag="BUTTON")
        script, self.script = self.script, False  # a page of its own: the focus is at its top
        await self.presses()
        self.script = script
        await self.reaches(name="key", value="agree")
        await self.presses()

    async def walks(self) -> None:
        await self.begins()
        for _ in range(80):
            if self.key == "finished":
                return
            await self.answers()
        raise AssertionError(f"never finished: {self.key}")

    @property
    def key(self) -> str:
        """What is asked, as the database has it."""
        rows = self.house.store.rows(
            "SELECT o.key FROM chats c JOIN outbox o ON o.id = c.shows WHERE c.chat LIKE 'web:%'"
        )
        return str(rows[-1]["key"]) if rows else ""

    async def answers(self) -> None:
        """The first choice, the first box, or words."""
        key = self.key
        if key not in CANVAS:
            keys = await self.page.locator('[name="key"]').evaluate_all("b => b.map(e => e.value)")
            await self.reaches(name="key", value="/next" if "/next" in keys else keys[0])
        elif CANVAS[key].kind in ANY_OF:
            await self.reaches(name="pick")
            await self.page.keyboard.press("Space")
            await self.reaches(name="done")
        elif await self.page.locator("#text").count():
            await self.reaches(id="text")
            await self.page.keyboard.insert_text(next(self.texts) if self.texts else f"Over {key}")
            line = await self.page.locator("input#text").count()
            if not line:
                await self.reaches(tag="BUTTON", name="")
        else:
            await self.reaches(name="key")
        await self.presses()

    def kept(self) -> list[tuple[str, Any]]:
        rows = self.house.store.rows("SELECT question, value FROM answers ORDER BY id")
        return [(row["question"], json.loads(row["value"] or "null")) for row in rows]


async def test_a_quick_round_by_keyboard_with_script_and_without(
    tmp_path: Path, chromium: Browser
) -> None:
    """The same answers and the same advice; with script the focus is on each new question."""
    kept, advice = [], []
    for script in (True, False):
        folder = tmp_path / str(script)
        folder.mkdir()
        how = {**VIEWS["phone"], "java_script_enabled": script}
        async with Housed(folder) as house, tab(chromium, house.site, **how) as one:
            anna = Typist(one, house, script)
            await anna.walks()
            assert anna.wrong == []
            assert one.wrong == []
            assert max(anna.tabs) < 20, anna.tabs
            kept.append(anna.kept())
            advice.append(await one.page.locator("main").inner_text())
            posts = [asked for asked in one.asked if asked.startswith("POST")]
            pages = [
                asked for asked in one.asked if asked.startswith("GET") and "/static/" not in asked
            ]
            assert len(pages) < 6 if script else len(pages) > len(posts)
    assert kept[0] == kept[1]
    assert advice[0] == advice[1]
    assert len(kept[0]) > 10


async def test_hostile_words_do_nothing_on_any_page(tmp_path: Path, chromium: Browser) -> None:
    """As answers, read back on every page that shows them; an effect would be told by the tab."""
    async with Housed(tmp_path) as house, tab(chromium, house.site) as one:
        mallory = Typist(one, house, texts=strings())
        await mallory.walks()
        texts = [value for _, value in mallory.kept() if isinstance(value, str)]
        assert sum("alert(1)" in text or "<" in text for text in texts) > 1, texts
        for path in ("/samenvatting", "/jaarlijn", "/gesprek/eerder", "/gesprek"):
            await one.goes(path)
            assert await one.page.locator("script:not([src])").count() == 0
            assert await one.page.locator("main img, main iframe, main object").count() == 0
        assert [each for each in one.wrong if "covered" not in each] == []
        assert mallory.wrong == []


# ---------------------------------------------------------------- Back, twice, an old tab


async def test_back_shows_the_question_and_a_new_choice_changes_it(
    tmp_path: Path, chromium: Browser
) -> None:
    async with Housed(tmp_path) as house, tab(chromium, house.site) as one:
        anna = Typist(one, house)
        await anna.begins()
        while anna.key != "pilot.origin":
            await anna.answers()
        first = await one.question.inner_text()
        await anna.answers()
        assert await one.question.inner_text() != first
        await one.page.go_back(wait_until="load")
        await one.page.wait_for_function(
            "t => document.querySelector('h1').innerText === t", arg=first
        )
        await anna.reaches(name="key", value="helping")
        await anna.presses()
        assert [v for k, v in anna.kept() if k == "pilot.origin"] == ["started", "helping"]
        assert anna.key == "pilot.stage"
        assert one.wrong == []


@pytest.mark.parametrize("script", [True, False])
async def test_a_double_click_counts_once(script: bool, tmp_path: Path, chromium: Browser) -> None:  # noqa: FBT001
    async with (
        Housed(tmp_path) as house,
        tab(chromium, house.site, java_script_enabled=script) as one,
    ):
        anna = Typist(one, house, script=False)
        await anna.begins()
        while anna.key != "pilot.origin":
            await anna.answers()
        await one.page.locator('[value="started"]').dblclick()
        # A page that has not begun to go is idle as well.
        await until(lambda: anna.key != "pilot.origin")
        await one.page.wait_for_load_state("networkidle")
        assert [v for k, v in anna.kept() if k == "pilot.origin"] == ["started"]
        assert anna.key == "pilot.stage"


async def test_an_old_tab_changes_nothing_by_itself(tmp_path: Path, chromium: Browser) -> None:
    """Its question was answered elsewhere: a choice there changes that one, never what is asked."""
    async with Housed(tmp_path) as house, tab(chromium, house.site) as one:
        anna = Typist(one, house)
        await anna.begins()
        while anna.key != "pilot.origin":
            await anna.answers()
        other = await one.page.context.new_page()
        await other.goto(f"{house.site}/gesprek")
        await anna.answers()
        house.now += timedelta(seconds=20)
        await other.locator('[value="adopting"]').click()
        await other.wait_for_load_state("networkidle")
        kept = anna.kept()
        assert [k for k, _ in kept if k == "pilot.stage"] == []
        assert [v for k, v in kept if k == "pilot.origin"] == ["started", "adopting"]


async def test_a_verb_works_twice_in_a_row_with_script(tmp_path: Path, chromium: Browser) -> None:
    async with Housed(tmp_path) as house, tab(chromium, house.site) as one:
        anna = Typist(one, house)
        await anna.begins()
        for _ in range(2):
            await one.page.locator(".guide-more summary").click()
            before = await one.page.locator("[name=once]").first.get_attribute("value")
            house.now += timedelta(seconds=20)
            await one.page.locator('[name=verb][value="where"]').click()
            await one.page.wait_for_function(ANOTHER, arg=before)
        acts = house.store.rows("SELECT COUNT(*) AS n FROM updates")[0]["n"]
        assert acts == 4  # start, agree, twice where
        assert one.wrong == []


async def test_another_language_is_the_whole_pages(tmp_path: Path, chromium: Browser) -> None:
    async with Housed(tmp_path) as house, tab(chromium, house.site) as one:
        anna = Typist(one, house, script=False)
        await anna.begins()
        await one.page.locator(".guide-more summary").click()
        house.now += timedelta(seconds=20)
        await one.page.locator('[name=verb][value="language"]').click()
        await one.page.wait_for_function("() => document.documentElement.lang === 'en'")
        assert await one.page.locator(".utrecht-skip-link").inner_text() == "To the question"
        assert "What" in await one.question.inner_text()


async def test_what_can_be_changed_leads_to_its_question(tmp_path: Path, chromium: Browser) -> None:
    async with Housed(tmp_path) as house, tab(chromium, house.site) as one:
        anna = Typist(one, house)
        await anna.begins()
        assert await one.page.locator(".guide-chosen-before a").count() == 0
        while anna.key != "pilot.origin":
            await anna.answers()
        asked = await one.question.inner_text()
        await anna.answers()
        await one.page.locator(".guide-chosen-before a").click()
        await one.page.wait_for_load_state()
        assert await one.question.inner_text() == asked


# ---------------------------------------------------------------- weights


async def test_the_first_page_is_light_and_all_our_own(tmp_path: Path) -> None:
    """In bytes as they are sent: at most 25 kB in all, 2 of script, 12 of style, 3 for a page."""
    async with Housed(tmp_path) as house, house.visitor() as anna:
        await anna.goes("/")
        await anna.sends(anna.page.forms[0], anna.page.forms[0].buttons[0])
        sizes = {"page": await sent(anna, f"{house.site}/gesprek")}
        for source in anna.page.sources:
            assert source.startswith(house.site)
            sizes[source.rpartition("/")[2]] = await sent(anna, source)
        assert len(gzip.compress(anna.page.html.encode())) <= 3_000
        assert sizes["guide.js"] <= 2_000, sizes
        assert sizes["guide.css"] + sizes["theme.css"] <= 12_000, sizes
        assert sum(sizes.values()) <= 25_000, sizes
        sys.stdout.write(f"{sizes}, together {sum(sizes.values())} bytes\n")


async def sent(anna: Any, url: str) -> int:
    """What goes over the line for it, to a browser that unpacks what browsers unpack."""
    coding = {"Accept-Encoding": "gzip, deflate, br"}
    async with anna.session.get(url, headers=coding, auto_decompress=False) as answer:
        packed = answer.headers.get("Content-Encoding") in {"br", "gzip", "deflate"}
        assert packed or answer.content_type == "text/html", url
        return len(await answer.read())
