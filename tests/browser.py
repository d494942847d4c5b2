"""A real browser, one for each worker: Chromium without a window, by whatever name it is found."""

from __future__ import annotations

import os
import re
import shutil
from base64 import b64encode
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, CDPSession, ConsoleMessage, Dialog, Page, Request

    from tests.sheet import Sheet

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
         "google-chrome-stable")  # fmt: skip
TO_GET = (
    "no Chromium is found here: apt-get install --no-install-recommends chromium-headless-shell, "
    "or .venv/bin/playwright install --only-shell chromium"
)
NEEDED = "BROWSER"
"""Set where a browser has to be there, as in .ci/run: who skips then, fails."""

VIEWS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 320, "height": 640}, "color_scheme": "light"},
    "phone dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
    "forced": {"viewport": {"width": 390, "height": 800}, "forced_colors": "active"},
    "twice": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
}
"""How somebody looks at a page; "twice" is a laptop at 200 %."""

EAR = """addEventListener('securitypolicyviolation', e => console.error(
    `CSP ${e.violatedDirective} ${e.blockedURI} ${e.sample}`))"""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Tests that ask for it run in the loop of the session, as the browser does."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 - most workers need none

    async with async_playwright() as play:
        where = found(play.chromium.executable_path)
        if not where:
            refuse(TO_GET)
        browser = await play.chromium.launch(executable_path=where)
        yield browser
        await browser.close()


def found(own: str) -> str | None:
    """Where a browser stands: the system's, or playwright's `own` copy."""
    by_name = next(filter(None, map(shutil.which, NAMES)), None)
    return by_name or (own if Path(own).exists() else None)


def refuse(why: str) -> None:
    if os.environ.get(NEEDED):  # noqa: TID251 - how these tests are run
        pytest.fail(why)
    pytest.skip(why)


# ---------------------------------------------------------------- a tab that is watched


SIZED = ("content-encoding", "content-length", "transfer-encoding")
"""Headers about how a page came; here it comes another way."""


@dataclass
class Tab:
    """A page of the browser, and all that should not happen there.

    `wrong`: errors, dialogs, reports of the content policy, requests to others and requests
    that failed.
    """

    page: Page
    site: str
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    view: dict[str, Any] = field(default_factory=dict)
    line: CDPSession | None = None
    given: Sheet | None = None

    def watch(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._asks)

    def _said(self, message: ConsoleMessage) -> None:
        here = message.location.get("url") == self.page.url  # a page that says no is a page
        if message.type == "error" and not here:
            self.wrong.append(f"{urlsplit(self.page.url).path}: {message.text}")

    async def _dialog(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def _asks(self, request: Request) -> None:
        self.asked.append(f"{request.method} {request.url}")
        if not request.url.startswith((self.site, "data:", "blob:", "about:")):
            self.wrong.append(f"asks another: {request.url}")

    async def goes(self, path: str) -> None:
        await self.page.goto(f"{self.site}{path}")

    async def opens(self, sheet: Sheet) -> None:
        """That page as it was served, at its own address; what it asks beside it is real.

        Below playwright's routes, which would take the browser's cache from it.
        """
        line = self.line = self.line or await self._listens()
        address = re.sub(r"([*?\\])", r"\\\1", sheet.url.partition("#")[0])
        pattern = {"urlPattern": address, "resourceType": "Document"}
        self.given = sheet
        await line.send("Fetch.enable", {"patterns": [pattern]})
        await self.page.goto(sheet.url)
        await line.send("Fetch.disable")
        assert self.given is None, f"{sheet.url} was another page"

    async def _listens(self) -> CDPSession:
        line = await self.page.context.new_cdp_session(self.page)
        line.on("Fetch.requestPaused", self._gives)
        return line

    async def _gives(self, asked: dict[str, Any]) -> None:
        sheet, self.given = self.given, None
        assert self.line
        assert sheet
        headers = [
            {"name": name, "value": value} for name, value in sheet.headers.items()
            if name.lower() not in SIZED
        ]  # fmt: skip
        body = b64encode(sheet.html.encode()).decode()
        said = {"responseCode": sheet.status, "responseHeaders": headers, "body": body}
        await self.line.send("Fetch.fulfillRequest", {"requestId": asked["requestId"], **said})

    async def looks(self, view: dict[str, Any]) -> None:
        """As VIEWS says; what it does not say is as usual."""
        if view == self.view:
            return
        self.view = view
        await self.page.set_viewport_size(view["viewport"])
        await self.page.emulate_media(
            color_scheme=view.get("color_scheme", "light"),
            forced_colors=view.get("forced_colors", "none"),
        )

    async def cookies(self, jar: Any) -> None:
        """Those of a visitor: their session goes on here."""
        pairs = [{"name": c.key, "value": c.value, "url": self.site} for c in jar]
        await self.page.context.add_cookies(pairs)  # type: ignore[arg-type]

    async def presses(self, value: str) -> None:
        """The button of this value, and what it leads to has come."""
        await self.page.locator(f'button[value="{value}"]').first.click()

    @property
    def question(self) -> Any:
        return self.page.locator("h1")


@asynccontextmanager
async def tab(chromium: Browser, site: str, **how: Any) -> AsyncIterator[Tab]:
    """`how` is what playwright takes for a context: viewport, java_script_enabled, one of VIEWS."""
    context = await chromium.new_context(**{"locale": "nl-NL", **how})
    await context.add_init_script(EAR)
    one = Tab(await context.new_page(), site)
    one.watch()
    try:
        yield one
    finally:
        await context.close()


# ---------------------------------------------------------------- what is looked for


async def axe(page: Page) -> list[str]:
    """Every violation of axe's rules, best practices too, and where."""
    from axe_playwright_python.async_playwright import Axe  # noqa: PLC0415 - it reads a long file

    if await page.evaluate("typeof axe") == "undefined":
        script = Axe().axe_script  # half a megabyte: each later page here has it from the start
        await page.context.add_init_script(script)
        await page.evaluate(script)
    seen = await page.evaluate(SEES)
    assert seen["passes"] > 5, f"axe saw nothing at {page.url}"
    return [
        f"{urlsplit(page.url).path}: {one['id']}: {node['target']} {node['failureSummary']}"
        for one in seen["violations"] for node in one["nodes"]
    ]  # fmt: skip


SEES = """axe.run({resultTypes: ['violations']})
  .then(found => ({violations: found.violations, passes: found.passes.length}))"""


SMALL = """least => {
  const inSentence = e => getComputedStyle(e).display.startsWith('inline') &&
    (e.tagName === 'A' || e.tagName === 'BUTTON' && e.className.includes('link')) &&
    e.parentElement.textContent.trim().length > e.textContent.trim().length;
  const found = [];
  const all = 'a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex="0"]';
  for (const e of document.querySelectorAll(all)) {
    if (inSentence(e)) continue;
    let box = e.getBoundingClientRect(), width = box.width, height = box.height;
    if (!e.checkVisibility({opacityProperty: false}) || !width || box.bottom < 0) continue;
    for (const label of e.labels || []) {
      const other = label.getBoundingClientRect();
      width = Math.max(width, other.width); height = Math.max(height, other.height);
    }
    if (width < least - .5 || height < least - .5)
      found.push(`${e.tagName} ${(e.textContent || e.name).trim().slice(0, 30)} is ` +
        `${Math.round(width)} x ${Math.round(height)}`);
  }
  return found;
}"""
TARGET = 44


async def small(page: Page, least: int = TARGET) -> list[str]:
    """Whatever can be touched and is smaller than that many pixels either way.

    A link inside a sentence is as high as its line, and a box as large as its label.
    """
    return [f"{urlsplit(page.url).path}: {each}" for each in await page.evaluate(SMALL, least)]


WIDE = """() => {
  const most = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= most) return [];
  return [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > most + 1)
    .slice(0, 5).map(e => `${e.tagName}.${e.className} reaches ` +
      `${Math.round(e.getBoundingClientRect().right)} of ${most}`).concat('it scrolls sideways');
}"""


async def wide(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    return [f"{urlsplit(page.url).path}: {each}" for each in await page.evaluate(WIDE)]
