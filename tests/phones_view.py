"""What a person sees: messages as bubbles, a chat as a narrow screen."""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.botapi_words import Json
    from tests.standin_world import Stored

KINDS = ("photo", "document", "sticker", "voice", "location", "contact", "poll")


@dataclass(frozen=True)
class Bubble:
    """A message as it now is. A button is its label and what it carries: data or an address."""

    message_id: int
    mine: bool
    text: str
    html: str = ""
    buttons: list[tuple[str, str]] = field(default_factory=list)
    kind: str = "text"
    document: str = ""
    content: bytes = field(default=b"", repr=False)
    edited: bool = False


def bubble(message: Stored) -> Bubble:
    shown = message.json
    text = str(shown.get("text") or shown.get("caption") or "")
    return Bubble(
        message_id=shown["message_id"],
        mine=message.mine,
        text=text,
        html=message.html or html.escape(text, quote=False),
        buttons=[(b["text"], b.get("callback_data") or b.get("url", "")) for b in message.buttons],
        kind=_kind(shown),
        document=message.file.name if message.file else "",
        content=message.file.content if message.file else b"",
        edited="edit_date" in shown,
    )


def _kind(shown: Json) -> str:
    if "new_chat_members" in shown:
        return "service"
    return next((kind for kind in KINDS if kind in shown), "text")


def screen(bubbles: list[Bubble], width: int = 38) -> str:
    """The chat on a narrow phone: the bot on the left, the person on the right."""
    return "\n\n".join("\n".join(_drawn(bubble, width)) for bubble in bubbles)


def _drawn(bubble: Bubble, width: int) -> list[str]:
    inner = width * 6 // 7
    lines = [] if bubble.kind == "text" else [f"({bubble.kind} {bubble.document}".rstrip() + ")"]
    for line in bubble.text.splitlines():
        lines += textwrap.wrap(line, inner, break_on_hyphens=False) or [""]
    if bubble.edited:
        lines.append("(bewerkt)")
    for label, _ in bubble.buttons:
        lines += _boxed(label, inner)
    if not bubble.mine:
        return lines
    indent = width - max(map(len, lines), default=0)
    return [" " * indent + line for line in lines]


def _boxed(label: str, width: int) -> list[str]:
    return [f"[ {line:^{width - 4}} ]" for line in textwrap.wrap(label, width - 4) or [""]]
