"""What Telegram accepts as HTML, strictly: known tags, closed in order, entities escaped."""

from __future__ import annotations

import re

TAGS = {"b", "i"}
TOKEN = re.compile(r"<(/?)([a-z]+)>|&(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+);|([<>&])", re.IGNORECASE)


def problem(html: str) -> str | None:
    """What Telegram would refuse, or None."""
    opened: list[str] = []
    for token in TOKEN.finditer(html):
        closing, tag, bare = token.groups()
        if bare and bare != ">":
            return f"unescaped {bare} at {token.start()}"
        if tag and tag not in TAGS:
            return f"tag {tag} is unknown"
        if tag and closing and (not opened or opened.pop() != tag):
            return f"</{tag}> closes nothing"
        if tag and not closing:
            opened.append(tag)
    return f"<{opened[-1]}> is left open" if opened else None
