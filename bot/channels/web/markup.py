"""What is said, as parts of a page: from the marks that every channel gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup

from content.words.phrases import upper_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ITEM = re.compile(r"(• |\d+\. )")
VERB = re.compile(r"(<b>)?<v ([a-z_]+)>(.*?)</v>(?(1)</b>)")
BUTTON = '<button class="guide-link" form="verbs" name="verb" value="{}">{}</button>'
"""A verb named in a sentence is a button of the page's one form for them."""

BOLD = re.compile(r"<b>([^<]+)</b>")
LINK = '<a class="utrecht-link" href="{}">{}</a>'
PAGES: Mapping[str, str] = {
    "trajectory": "/traject",
    "invite": "/traject/nu/uitnodigen",
    "home": "/traject/nu",
    "overview": "/traject/nu",
    "patterns": "/traject/nu",
    "ask": "/traject/nu/vraag",
    "meeting": "/traject/nu/gesprek",
    "report": "/traject/nu/gesprek",
    "portfolio": "/traject/nu/meenemen",
}
"""Verbs that have a page of their own: what they need is filled in there."""

TITLE = re.compile(
    r"<b>([^<\n]+)(?:</b> · |</b>[,:] |(?<=[.?!])</b> |</b>(?=\n|$))\n*(.*)", re.DOTALL
)
"""Bold all over, or set apart from what follows on its line; never the subject of a sentence."""


ALONE = re.compile(r'^<button class="guide-link"(?=[^>]*>[^<]*</button>$)')
LARGE = '<button class="guide-link guide-go"'
"""A verb that is a whole line of a list is as high as a thumb; one in a sentence is as a word."""


def blocks(html: str, *, headings: bool = False) -> Markup:
    """Paragraphs and lists. `html`: escaped already, with Telegram's few tags, in lines.

    `headings`: a first line that is bold all over heads what is below it.
    """
    return Markup("\n".join(_block(part, headings=headings) for part in _paragraphs(html)))  # noqa: S704 - escaped there


def titled(html: str) -> tuple[str, str]:
    """(a first line that is bold all over, the rest); no title where there is none."""
    found = TITLE.match(html)
    return (found[1], upper_first(found[2])) if found else ("", html)


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


def _named(found: re.Match[str]) -> str:
    page = PAGES.get(found[2])
    return LINK.format(page, found[3]) if page else BUTTON.format(found[2], found[3])


def _block(lines: list[str], *, headings: bool = False) -> str:
    if headings and (found := BOLD.fullmatch(lines[0])):
        head = f'<h2 class="utrecht-heading-2">{found[1]}</h2>'
        return "\n".join([head, _block(lines[1:])]) if lines[1:] else head
    said = [VERB.sub(_named, line) for line in lines]
    marked = ITEM.match(said[0])
    if not marked:
        return '<p class="utrecht-paragraph">' + "<br>\n".join(said) + "</p>"
    name, kind = ("ul", "unordered") if marked[1] == "• " else ("ol", "ordered")
    lines = [ALONE.sub(LARGE, ITEM.sub("", line, count=1)) for line in said]
    items = "\n".join(f'<li class="utrecht-{kind}-list__item">{line}</li>' for line in lines)
    first = marked[1].partition(".")[0]
    start = f' start="{first}"' if name == "ol" and first != "1" else ""
    return f'<{name} class="utrecht-{kind}-list"{start}>\n{items}\n</{name}>'
