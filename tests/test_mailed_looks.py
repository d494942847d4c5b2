"""The pages behind a mail, and the mail itself, as a browser and a checker of HTML see them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import vnu
from tests.browser import VIEWS, axe, small, tab, wide
from tests.mailing import texts
from tests.sheet import Sheet
from tests.test_mailed import ADDRESS, posted
from tests.walkers import until

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser import Tab
    from tests.test_mailed import Post

pytestmark = pytest.mark.asyncio(loop_scope="session")
EVERY = bool(os.environ.get("EVERY"))  # noqa: TID251 - how long `make prove` looks
"""Each page in each view; else each in one of them."""

LOOKED_AT = ("phone", "dark", "forced", "twice")
PICTURES = os.environ.get("PICTURES", "")  # noqa: TID251 - where whoever wants to look gets them


async def states(here: Post) -> dict[str, Sheet]:
    """Every page of these doors, by name."""
    anna = here.visitor
    kept: dict[str, Sheet] = {}
    kept["words"] = await anna.goes(here.link("/mail/", 0))
    kept["words, empty"] = await anna.sends(anna.page.forms[0], anna.page.forms[0].buttons[0])
    kept["later"] = await anna.goes(f"{here.link('/mail/', 0).partition('?')[0]}?k=later")
    await anna.goes(here.link("/mail/", 0))
    kept["kept"] = await anna.types("Jongeren zonder werk")
    kept["over"] = await anna.goes(here.link("/mail/", 0))
    kept["gone"] = await anna.goes("/mail/nothing")
    kept["stop"] = await anna.goes(here.link("/geen-mail/", 0))
    kept["stopped"] = await anna.presses("Stuur mij geen mail meer")
    kept["back"] = await anna.goes("/terug")
    for name, said in (("back, wrong", "anna"), ("sent", ADDRESS)):
        await anna.goes("/terug")
        form = anna.writes("address", said)
        kept[name] = await anna.sends(form, form.buttons[0])
    await until(lambda: len(here.host.mails) == 2)
    kept["in"] = await anna.goes(here.link("/in/"))
    await anna.presses("Ga verder")
    kept["address, off"] = await anna.goes("/toestellen/adres")
    kept["address, on"] = await anna.presses("resume")
    form = anna.writes("address", "x")
    kept["address, wrong"] = await anna.sends(form, form.buttons[0])
    form = anna.writes("address", "nieuw@example.nl")
    kept["address, waits"] = await anna.sends(form, form.buttons[0])
    await until(lambda: len(here.host.mails) == 4)
    number = next(n for n, m in enumerate(here.host.mails) if m["To"] == "nieuw@example.nl")
    kept["mine"] = await anna.goes(here.link("/adres/", number))
    kept["is mine"] = await anna.presses("Ja, dit is mijn adres")
    await anna.goes("/toestellen/adres")
    kept["address, none"] = await anna.presses("remove")
    return kept


async def test_every_page_is_fit_for_everybody(tmp_path: Path, chromium: Browser) -> None:
    async with posted(tmp_path, "open", about="impact.issue") as here:
        kept = await states(here)
        wrong = []
        for number, name in enumerate(LOOKED_AT):
            view = VIEWS[name]
            seen = list(kept.items()) if EVERY else list(kept.items())[number :: len(LOOKED_AT)]
            async with tab(chromium, here.house.site, **view) as one:
                for state, sheet in seen:
                    await shows(one, sheet)
                    found = [*await axe(one.page), *await small(one.page), *await wide(one.page)]
                    wrong += [f"{state}, {name}: {fault}" for fault in found]
                    await pictures(one, f"{state} {name}")
                wrong += one.wrong
                for of, mail in enumerate(here.host.mails):
                    if of % len(LOOKED_AT) != number and not EVERY:
                        continue
                    await one.page.set_content(texts(mail)[1])
                    found = [*await axe(one.page), *await small(one.page), *await wide(one.page)]
                    wrong += [f"mail {of}, {name}: {fault}" for fault in found]
                    await pictures(one, f"mail {of} {name}")
        assert not wrong


async def test_every_page_and_mail_is_valid(tmp_path: Path) -> None:
    async with posted(tmp_path, "open", about="impact.issue") as here:
        pages = {f"{name}.html": sheet.html for name, sheet in (await states(here)).items()}
        mails = {f"mail{n}.html": texts(mail)[1] for n, mail in enumerate(here.host.mails)}
        assert not await vnu.faults({**pages, **mails})


async def shows(one: Tab, sheet: Sheet) -> None:
    """A page as it came, at an address of its own; what it needs else comes from the guide."""
    await one.opens(Sheet(f"{one.site}/state", 200, {"content-type": "text/html"}, sheet.html))


async def pictures(one: Tab, name: str) -> None:
    if PICTURES:
        await one.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
