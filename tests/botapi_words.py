"""Text as Telegram reads it: HTML strictly parsed, lengths in UTF-16 units."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

Json = dict[str, Any]

ENTITIES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    "a": "text_link",
    "tg-spoiler": "spoiler",
    **{name: name for name in ("code", "pre", "blockquote")},
}
ATTRIBUTES = {"a": {"href"}, "code": {"class"}, "blockquote": {"expandable"}}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
TOKEN = re.compile(
    r"""<(?P<end>/?)(?P<tag>[a-z][a-z0-9-]*)
        (?P<attributes>(?:\s+[a-z-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*)\s*>
      | &(?P<entity>[a-z]+|\#[0-9]{1,7}|\#x[0-9a-f]{1,6});
      | (?P<bare>[<&])""",
    re.IGNORECASE | re.VERBOSE,
)
ATTRIBUTE = re.compile(r"""([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?""", re.IGNORECASE)


class Refusal(Exception):  # noqa: N818 - an answer of Telegram's, not a failure of ours
    """What is answered instead of a result. `form`: the call itself broke a rule."""

    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.form = False


def refuse(description: str) -> NoReturn:
    """The call breaks a rule of form: whatever the world is like, it is wrong."""
    refusal = Refusal(400, f"Bad Request: {description}")
    refusal.form = True
    raise refusal


def units(text: str) -> int:
    """Telegram's length of a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True)
class Words:
    """What a person reads, and the HTML it came as."""

    text: str
    html: str = ""
    entities: list[Json] = field(default_factory=list)

    def trimmed(self) -> Words:
        """Without the blanks around it, its entities moved along."""
        text = self.text.strip()
        lead = units(self.text) - units(self.text.lstrip())
        moved = (_clipped(entity, lead, units(text)) for entity in self.entities)
        return Words(text, self.html, [entity for entity in moved if entity["length"] > 0])


def plain(text: str, entities: list[Json] | None = None) -> Words:
    """Text that is taken as it stands."""
    return Words(text, html.escape(text, quote=False), entities or []).trimmed()


def parsed(source: str) -> Words:
    """The words of an HTML text, or a refusal."""
    reading = _Reading(source)
    at = 0
    for token in TOKEN.finditer(source):
        reading.text += source[at : token.start()]
        reading.reads(token)
        at = token.end()
    reading.text += source[at:]
    if reading.opened:
        unparsable(f'Can\'t find end tag corresponding to start tag "{reading.opened[-1][0]}"')
    entities = sorted(reading.entities, key=lambda e: (e["offset"], -e["length"]))
    return Words(reading.text, source, entities).trimmed()


def unparsable(why: str) -> NoReturn:
    refuse(f"can't parse entities: {why}")


@dataclass
class _Reading:
    source: str
    text: str = ""
    opened: list[tuple[str, int, Json]] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def reads(self, token: re.Match[str]) -> None:
        offset = len(self.source[: token.start()].encode())
        if token["bare"] == "&":
            unparsable(f"Bare & at byte offset {offset}")
        if token["bare"]:
            unparsable(f'Unsupported start tag "" at byte offset {offset}')
        if token["entity"]:
            self.text += _character(token["entity"].lower(), offset)
        elif token["end"]:
            self._closes(token["tag"].lower(), offset)
        else:
            self._opens(token["tag"].lower(), token["attributes"], offset)

    def _opens(self, tag: str, attributes: str, offset: int) -> None:
        if tag not in ENTITIES:
            unparsable(f'Unsupported start tag "{tag}" at byte offset {offset}')
        given = {a[1].lower(): a[2] or a[3] or "" for a in ATTRIBUTE.finditer(attributes)}
        if strange := set(given) - ATTRIBUTES.get(tag, set()):
            unparsable(f'Attribute "{min(strange)}" of tag "{tag}" at byte offset {offset}')
        if tag == "a" and not given.get("href"):
            unparsable(f'Tag "a" has no href at byte offset {offset}')
        extra = {"url": html.unescape(given["href"])} if tag == "a" else {}
        self.opened.append((tag, units(self.text), extra))

    def _closes(self, tag: str, offset: int) -> None:
        if not self.opened:
            unparsable(f"Unexpected end tag at byte offset {offset}")
        opened, start, extra = self.opened.pop()
        if opened != tag:
            where = f"Unmatched end tag at byte offset {offset}"
            unparsable(f'{where}, expected "</{opened}>", found "</{tag}>"')
        length = units(self.text) - start
        self.entities.append({"type": ENTITIES[tag], "offset": start, "length": length, **extra})


def _character(entity: str, offset: int) -> str:
    if entity.startswith("#"):
        number = int(f"0{entity[1:]}", 16 if entity[1] == "x" else 10)
        if 0 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF:
            return chr(number)
    elif entity in NAMED:
        return NAMED[entity]
    return unparsable(f'Unknown entity "&{entity};" at byte offset {offset}')


def _clipped(entity: Json, lead: int, size: int) -> Json:
    start = max(entity["offset"] - lead, 0)
    end = min(entity["offset"] + entity["length"] - lead, size)
    return {**entity, "offset": start, "length": end - start}
