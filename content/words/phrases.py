"""Small changes to a text, the same in a template as in a document."""

from __future__ import annotations

from typing import Any


def short_text(text: Any, limit: int) -> str:
    """On one line, cut at a word where there is one."""
    line = " ".join(str(text).split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    space = head.rfind(" ")
    return (head[:space] if space > limit // 2 else head).rstrip(" ,.;:") + "…"


def lower_first(text: str) -> str:
    """The first letter small, unless it begins a name in capitals."""
    return text[:1].lower() + text[1:] if not text[1:2].isupper() else text


def ended(text: str) -> str:
    """With a full stop, where it has none."""
    return text if text.endswith((".", "?", "…")) else f"{text}."


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def main_clause(text: str) -> str:
    """What must come first, without the why: that is told where a route is looked at."""
    return text.split(",", maxsplit=1)[0].rstrip(".") + "."
