"""Templates of one language: what is the same on every page is written into them once."""

from __future__ import annotations

import re
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATES = Path(__file__).parent / "templates"
PARTS = "parts.html"


class Written(Extension):
    """Puts the words of its language into a template before it is read.

    A page has some forty of them, and each would be looked up and escaped for every reader.
    """

    named = re.compile(r"\{\{ words((?:\.\w+)+) \}\}")

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - what jinja2 hands on
        return self.named.sub(self._said, source)

    def _said(self, found: re.Match[str]) -> str:
        """As it was, where it is more than a plain sentence."""
        said: Any = reduce(lambda words, key: words[key], found[1][1:].split("."), self._words)
        plain = isinstance(said, str) and "{" not in said and said == said.strip()
        return str(escape(said)) if plain else found[0]

    @property
    def _words(self) -> Any:
        return self.environment.globals["words"]


def environment(known: Mapping[str, Any]) -> Environment:
    """`known`: what every page may name; its `words` are those of its one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False, extensions=[Written],
    )  # fmt: skip
    made.globals |= known
    made.globals["parts"] = made.get_template(PARTS).module  # once, and not for each page
    return made
