"""What is said, as parts of a page: from the marks that every channel gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator

ITEM = re.compile(r"(• |\d+\. )")
VERB = re.compile(r"<v ([a-z_]+)>(.*?)</v>")
BUTTON = r'<button class="guide-link" form="verbs" name="verb" value="\1">\2</button>'
"""A verb named in a sentence is a button of the page's one form for them."""

TITLE = re.compile(r"<b>([^<\n]+)</b>\n*(.*)", re.DOTALL)


def blocks(html: str) -> Markup:
    """Paragraphs and lists. `html`: escaped already, with Telegram's few tags, in lines."""
    return Markup("\n".join(_block(part) for part in _paragraphs(html)))  # noqa: S704 - escaped there


def titled(html: str) -> tuple[str, str]:
    """(a first line that is bold all over, the rest); no title where there is none."""
    found = TITLE.match(html)
    return (found[1], found[2]) if found else ("", html)


def _paragraphs(html: str) -> Iterator[list[str]]:
    """Lines that belong together: to a paragraph, or to a list."""
    for part in html.split("\n\n"):
        lines: list[str] = []
        for line in filter(None, part.split("\n")):
            if lines and bool(ITEM.match(line)) != bool(ITEM.match(lines[0])):
                yield lines
                lines = []
            lines.append(line)
        if lines:
            yield lines


def _block(lines: list[str]) -> str:
    said = [VERB.sub(BUTTON, line) for line in lines]
    marked = ITEM.match(said[0])
    if not marked:
        return '<p class="utrecht-paragraph">' + "<br>\n".join(said) + "</p>"
    name, kind = ("ul", "unordered") if marked[1] == "• " else ("ol", "ordered")
    items = "\n".join(
        f'<li class="utrecht-{kind}-list__item">{ITEM.sub("", line, count=1)}</li>'
        for line in said
    )  # fmt: skip
    first = marked[1].partition(".")[0]
    start = f' start="{first}"' if name == "ol" and first != "1" else ""
    return f'<{name} class="utrecht-{kind}-list"{start}>\n{items}\n</{name}>'
