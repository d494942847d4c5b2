"""Pages' templates and the shipped theme, each worked out once in a process of the tests.

A site reads both when it begins: a tenth of a second of processor time, as a program does once.
Tests begin hundreds of them in a worker. What is written on a page, and which theme a town
brings, is worked out anew: only the same text of the same file gives the same code.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from jinja2 import Environment

from bot.channels.web import appearance
from bot.channels.web.site import FIRST_SEEN
from bot.channels.web.theme import read_theme
from bot.documents.house import read_house
from content.loader import newest

if TYPE_CHECKING:
    from pathlib import Path

    from flows.model.messages import Language

REALLY, SHIPPED = Environment.compile, cache(read_theme)
LANGUAGE: Language = "nl"
CODE: dict[tuple[Any, ...], Any] = {}


def compiled(self: Environment, source: Any, name: Any = None, filename: Any = None) -> Any:
    """The code of a template; the words of its language stand in it already."""
    if filename is None:
        return REALLY(self, source, name, filename)
    how = tuple(self.extensions), self.autoescape, self.trim_blocks, self.undefined
    known = self.preprocess(str(source), name, filename), filename, *how
    if known not in CODE:
        CODE[known] = REALLY(self, source, name, filename)
    return CODE[known]


def themed(path: Path | None, accent: str) -> str:
    return read_theme(path, accent) if path else SHIPPED(None, accent)


def keep() -> None:
    """From here on, in this process and its forks."""
    Environment.compile = compiled  # type: ignore[assignment,method-assign]
    setattr(appearance, "read_theme", themed)  # noqa: B010 - it exports nothing


def read() -> None:
    """What any site reads when it begins, beforehand."""
    keep()
    settings: Any = SimpleNamespace(web=SimpleNamespace(theme=None, url=""), language=LANGUAGE)
    site = appearance.Appearance(newest(), settings, read_house(None))
    for name in FIRST_SEEN:
        site.templates(LANGUAGE).get_template(name)
