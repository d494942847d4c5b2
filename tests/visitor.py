"""Somebody in a browser without script: reads, presses, types, ticks, and goes where it leads.

Every page that comes is looked at (`Sheet.problems`); what is wrong with it stands in `wrong`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from aiohttp import ClientSession, ClientTimeout, CookieJar, TCPConnector

from tests.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from tests.sheet import Button, Form

MOVED = {301, 302, 303, 307, 308}
HOPS = 5
PATIENCE = ClientTimeout(total=60)


@dataclass
class Visitor:
    """`place` is the address that they come from, one of this machine's own.

    `seen` is every page that came; `asked` how often each method and path was; `looks`: whether
    all of them are looked at.
    """

    site: str
    language: str = "nl"
    place: str = "127.0.0.1"
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[Sheet] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    looks: bool = True

    async def __aenter__(self) -> Self:
        self.session = ClientSession(
            connector=TCPConnector(local_addr=(self.place, 0)),
            cookie_jar=CookieJar(unsafe=True), timeout=PATIENCE,
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    @property
    def page(self) -> Sheet:
        return self.seen[-1]

    # ------------------------------------------------------------ going

    async def goes(self, path: str, site: str = "none") -> Sheet:
        """As by typing an address or following a link from a mail."""
        return await self._ends(await self.asks("GET", path, {"Sec-Fetch-Site": site}))

    async def follows(self, label: str) -> Sheet:
        """A link of this page, by its words."""
        target = next((url for url, said in self.page.links.items() if said == label), None)
        assert target, f"no link {label!r} on {self.page.path}: {self.page.links}"
        return await self.goes(target, "same-origin")

    async def sends(self, form: Form, button: Button | None) -> Sheet:
        own = f"{urlsplit(self.site).scheme}://{urlsplit(self.site).netloc}"
        ours = {"Sec-Fetch-Site": "same-origin", "Origin": own}
        if form.method == "get":
            params = dict(form.sends(button))
            return await self._ends(await self.asks("GET", form.action, ours, params=params))
        return await self._ends(await self.asks("POST", form.action, ours, data=form.sends(button)))

    async def asks(
        self, method: str, path: str, headers: dict[str, str] | None = None, **how: Any
    ) -> Sheet:
        """One request and its answer as it came, without going on from there."""
        url = urljoin(self.site, path)
        self.asked[f"{method} {urlsplit(url).path}"] += 1
        said = {
            "Accept-Language": self.language, "Accept": "text/html,*/*;q=0.8",
            "User-Agent": "Mozilla/5.0 (visitor)", "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "document", "Sec-Fetch-User": "?1", "Referer": self.site,
            **self.headers, **(headers or {}),
        }  # fmt: skip
        async with self.session.request(
            method, url, headers=said, allow_redirects=False, **how
        ) as answer:
            read = await answer.read()
            kind = answer.headers.get("Content-Type", "")
            html = read.decode() if kind.startswith(("text/", "application/json")) else ""
            return Sheet(str(answer.url), answer.status, answer.headers, html)

    async def _ends(self, sheet: Sheet) -> Sheet:
        """Where the redirects end: a page, which is looked at."""
        for _ in range(HOPS):
            if sheet.status not in MOVED:
                break
            target = urljoin(sheet.url, sheet.headers["Location"])
            sheet = await self.asks("GET", target, {"Sec-Fetch-Site": "same-origin"})
        assert sheet.status not in MOVED, f"{sheet.url} goes round in circles"
        if sheet.html and sheet.headers["Content-Type"].startswith("text/html"):
            self.wrong += sheet.problems() if self.looks else []
            self.seen.append(sheet)
        return sheet

    # ------------------------------------------------------------ doing

    async def presses(self, wanted: str) -> Sheet:
        """A button, by its value or its words."""
        for suits in (_valued(wanted), _labelled(wanted)):
            for form in self.page.forms:
                for button in form.buttons:
                    if suits(button):
                        return await self.sends(form, button)
        raise AssertionError(f"no button {wanted!r} on {self.page.path}: {self.page.buttons}")

    def has(self, wanted: str) -> bool:
        return any(_valued(wanted)(b) or _labelled(wanted)(b)
                   for form in self.page.forms for b in form.buttons)  # fmt: skip

    def ticks(self, value: str) -> None:
        """On, or off where it was on; it goes with the next press."""
        for form in self.page.forms:
            for box in form.boxes:
                if box[1] == value:
                    (form.ticked.remove if box in form.ticked else form.ticked.append)(box)
                    return
        raise AssertionError(f"nothing to tick as {value!r} on {self.page.path}")

    def offers(self, value: str) -> bool:
        """Whether it can be ticked here."""
        return any(box[1] == value for form in self.page.forms for box in form.boxes)

    def writes(self, name: str, text: str) -> Form:
        """Into the field of that name; it goes with the next press."""
        for form in self.page.forms:
            if name in form.texts:
                form.texts[name] = text
                return form
        raise AssertionError(f"no field {name!r} on {self.page.path}")

    async def types(self, text: str) -> Sheet:
        """An answer in words, and the first button of its form, as Enter does."""
        form = self.writes("text", text)
        return await self.sends(form, form.buttons[0])


def _valued(wanted: str) -> Callable[[Button], bool]:
    return lambda button: button.value == wanted


def _labelled(wanted: str) -> Callable[[Button], bool]:
    return lambda button: button.label == wanted
