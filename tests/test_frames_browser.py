"""The guide in a frame of another site, in a real browser that keeps no others' cookies."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from playwright.async_api import async_playwright

from tests.browser import TO_GET, found, refuse
from tests.program import free_port
from tests.test_deploy import certificate, needs
from tests.test_program import relays
from tests.web import Serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import BrowserContext, Page

pytestmark = [needs("openssl"), pytest.mark.usefixtures("cold")]
NO_OTHERS = "--test-third-party-cookie-phaseout"
"""As browsers that keep no cookies of a site within another."""


@asynccontextmanager
async def browsing() -> AsyncIterator[BrowserContext]:
    async with async_playwright() as play:
        where = found(play.chromium.executable_path)
        if not where:
            refuse(TO_GET)
        browser = await play.chromium.launch(executable_path=where, args=[NO_OTHERS])
        yield await browser.new_context(ignore_https_errors=True, locale="nl-NL")
        await browser.close()


async def around(stack: AsyncExitStack, within: str, tls: ssl.SSLContext) -> str:
    """A site with the guide in a frame. localhost and 127.0.0.1 are no site of each other."""

    async def page(_: web.Request) -> web.Response:
        frame = f'<!DOCTYPE html><iframe src="{within}/" width="800" height="800"></iframe>'
        return web.Response(text=frame, content_type="text/html")

    app, port = web.Application(), free_port()
    app.router.add_get("/", page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
    return f"https://127.0.0.1:{port}"


async def framed(page: Page, site: str) -> str:
    """What the frame shows first."""
    await page.goto(site)
    frame = page.frame_locator("iframe")
    try:
        await frame.locator("h1").wait_for(timeout=5_000)
    except Exception:  # noqa: BLE001 - whatever it is, nothing is there
        return ""
    return str(await frame.locator("h1").inner_text())


async def test_a_frame_keeps_its_conversation_where_others_cookies_are_blocked(
    tmp_path: Path,
) -> None:
    certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    outside = free_port()
    guide = f"https://localhost:{outside}"
    async with AsyncExitStack() as stack:
        listed, other = [await around(stack, guide, tls) for _ in range(2)]
        program = Serving(
            tmp_path, OPSCHAALGIDS_WEB_URL=guide, OPSCHAALGIDS_WEB_FRAMES=listed,
            OPSCHAALGIDS_WEB_PROXY="none",
        )  # fmt: skip
        await stack.enter_async_context(program)
        door = await asyncio.start_server(
            partial(relays, program.port), "127.0.0.1", outside, ssl=tls
        )
        stack.callback(door.close)
        context = await stack.enter_async_context(browsing())
        page = await context.new_page()
        assert await framed(page, listed) == "De opschaalgids"
        within = page.frame_locator("iframe")
        await within.get_by_role("button", name="Begin").click()
        await within.locator('button[value="agree"]').click()
        await within.locator("textarea, input[type=text]").first.fill("Proef in een kader")
        await within.get_by_role("button", name="Verder").click()
        await within.get_by_text("vraag 2").wait_for()
        await page.reload()
        await within.get_by_text("vraag 2").wait_for()
        (cookie,) = await context.cookies()
        assert (cookie["name"], cookie["sameSite"]) == ("__Host-gids-frame", "None")
        assert str(cookie["partitionKey"]).startswith("https://127.0.0.1")
        await page.goto(f"{guide}/gesprek")
        assert page.url == f"{guide}/", "a tab is another device"
        assert await framed(page, other) == "", "who is not listed shows nothing"
