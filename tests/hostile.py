"""Strings that would like to be more than text: as many as are asked for, no two the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.intents.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEDS = (
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(1+1)", "+1", "-1", '=HYPERLINK("http://y";"x")',
    "<script>alert(1)</script>", "<b>vet</b>", "<a href='javascript:alert(1)'>x</a>", "&amp;",
    "&#60;", "</b></i>", "{{ 7 * 7 }}", "{% for x in y %}", "${7*7}", "#{7*7}", "<%= 7 %>",
    "{{ config }}", "[x](http://y)", "![x](http://y/z.png)", "<http://y>", "http://y.nl",
    "www.y.nl", "a@y.nl", "# kop", "> citaat", "- lijst", "1. nummer", "```\nhek\n```", "~~~",
    "| a | b |\n|---|---|",
    "***", "---", "===", "`code`", "**vet**", "_schuin_", "~~weg~~", "\\", "$x$", "[ref]: http://y",
    "'; DROP TABLE answers; --", '" OR 1=1', "\u202eomgekeerd", "nul\0teken",
    "\u200bnietszichtbaar", "\U0001f469\u200d\U0001f469",
    "e\u0301 en \u0065\u0301", "\ufeffbom", "\u2028regel", "regel\r\nregel", "tab\tteken",
    "a" * 60, "<" * 40, "&" * 40, "*" * 40, "../../etc/passwd", "%0d%0aX: y", "\x1b[31mrood",
    '#import "@preview/x:1.0.0"', "#panic()", "<label> @ref", "\\input{x}", "BEGIN:VEVENT",
    "mailto:a@y.nl", "tg://resolve?domain=y", "javascript:alert(1)", "file:///etc/passwd",
    "{=x}", "&lt;b&gt;", "]]>", "<!-- x -->", "<?php x ?>", "%s%n", "\u0130stanbul",
)  # fmt: skip

STRIDE = 7919
"""A prime, so that neighbours differ at both ends."""


def strings() -> Iterator[str]:
    """Each with every other; no two the same once they are cleaned as on entry."""
    seen = set[str]()
    for number in range(len(SEEDS) ** 2):
        first, second = divmod(number * STRIDE % len(SEEDS) ** 2, len(SEEDS))
        text = f"{SEEDS[first]}{SEEDS[second]} {number}"
        if evened(text) not in seen:
            seen.add(evened(text))
            yield text


def evened(text: str) -> str:
    """Without what cleaning takes, blanks evened out: what must be left of it anywhere."""
    return " ".join(clean(text).split())
