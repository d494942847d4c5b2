"""How pages look: what can be shown without knowing who asks, and without a database."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

from bot.channels.web.cookies import framed
from bot.channels.web.rendering import environment
from bot.channels.web.theme import read_theme
from flows.model.messages import LANGUAGES, Language
from storage.web import doors

if TYPE_CHECKING:
    from jinja2 import Environment

    from bot.channel_settings import WebSettings
    from bot.config import Settings
    from bot.documents.house import House
    from content.loader import Content

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Static:
    """A file beside the pages: what is in it is in its address, so that it may be kept for ever."""

    name: str
    content: bytes
    address: str


def statics(theme: str, logo: bytes) -> dict[str, Static]:
    """`theme`: takes the place of the shipped one, which it was made from; `logo`: the house's."""
    found = {path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.is_file()}
    found["theme.css"] = theme.encode()
    if logo:
        found[logo_name(logo)] = logo
    marks = {name: hashlib.sha256(content).hexdigest()[:12] for name, content in found.items()}
    return {n: Static(n, content, f"/static/{marks[n]}/{n}") for n, content in found.items()}


def logo_name(logo: bytes) -> str:
    """The house's own by what it is; without one, the guide's."""
    named = {b"\x89P": "logo.png", b"\xff\xd8": "logo.jpg", b"": "icon.svg"}
    return named.get(logo[:2], "logo.svg")


class Appearance:
    """`newest`: the content whose words the pages say."""

    def __init__(self, newest: Content, settings: Settings, house: House) -> None:
        self.newest, self.settings, self.house = newest, settings, house
        self.web = cast("WebSettings", settings.web)  # there, or nobody makes a site
        theme = read_theme(self.web.theme, house.accent)
        self.address, self.static = self.web.url, statics(theme, house.logo)
        self.pages: dict[Language, Environment] = {}

    def templates(self, language: Language) -> Environment:
        """Of one language: its words are known to the parts too, which so are made once."""
        if language not in self.pages:
            self.pages[language] = environment({
                "asset": lambda name: self.static[name].address,
                "logo": logo_name(self.house.logo), "sender": self.house.sender,
                "words": self.words(language), "language": language,
            })  # fmt: skip
        return self.pages[language]

    @property
    def content(self) -> Content:
        """The newest, in the words of the web."""
        return self.newest.to(doors.WEB)

    def words(self, language: Language) -> Any:
        return self.content.words[language]["web"]

    def preferred(self, request: web.Request) -> Language:
        """The first language that the browser asks for."""
        asked = request.headers.get("Accept-Language", "").lower().split(",")
        codes = [one.strip()[:2] for one in asked]
        return next((code for code in LANGUAGES if code in codes[:1]), self.settings.language)

    def page(
        self, request: web.Request, template: str, *, status: int = 200, **facts: Any
    ) -> web.Response:
        """A whole page; for the script only what is in its <main>."""
        reader = facts.get("reader")
        language = facts.pop("language", None) or (
            reader.language if reader else self.preferred(request)
        )
        known = {"reader": reader, "part": "X-Part" in request.headers, "framed": framed(request),
                 "once": doors.new_token(), "error": ""}  # fmt: skip
        html = self.templates(language).get_template(template).render({**known, **facts})
        response = web.Response(text=html, content_type="text/html", status=status)
        response.headers["Content-Language"] = language
        return response


async def static(shown: Appearance, request: web.Request) -> web.Response:
    found = shown.static.get(request.match_info["name"])
    if found is None or found.address != request.path:
        raise web.HTTPNotFound
    kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    text = kind.startswith("text/") or kind.endswith("javascript")
    response = web.Response(
        body=found.content, content_type=kind, charset="utf-8" if text else None, headers=kept
    )
    response.enable_compression()
    return response
