"""Documents as Markdown, and as plain text to paste. Same facts as in the chat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from content.documents.blocks import Block, Bullets, Document, Heading, Item, Note, Paragraph, Table
from content.documents.executive import executive
from content.documents.half_pages import HALVES, half_pages, practice
from content.documents.summary import summary
from content.documents.year import year

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from content.words.vocabulary import Words

BLOCKS: Mapping[str, Callable[[Words], Document]] = {
    "summary": summary, "executive": executive, "practice": practice, "half-pages": half_pages,
    "year": year,
}  # fmt: skip
"""Documents in running text, by their name: all that can be PDF, Word, ODT and Markdown."""

STARTS = re.compile(r"^(\s*)(\d*)([#>+=.)-])", re.MULTILINE)


def file_name(words: Words, ending: str) -> str:
    """A name that every system takes, from the pilot's."""
    return f"opschaalgids-{slug(words.pilot_name, 40) or 'pilot'}{ending}"


def slug(name: str, most: int = 48) -> str:
    """At most so many letters of a name, as every system takes them; may be empty."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:most]


def escape(text: Any) -> str:
    """What a person typed, so that Markdown shows it as it was typed; lines stay lines."""
    safe = re.sub(r"([\\`*_{}\[\]<>|~$&#])", r"\\\1", str(text))
    safe = "\n".join(line.strip() for line in safe.split("\n"))
    safe = re.sub(r"(?i)\b(https?|ftp|mailto)(:)", r"\1\\\2", safe)
    safe = re.sub(r"(?i)\bwww\.", r"www\\.", safe)
    safe = STARTS.sub(r"\1\2\\\3", safe)
    return safe.replace("\n", "  \n  ")


def markdown(document: Document) -> str:
    """Every word escaped, the guide's own too: what is a block is decided here alone."""
    head = [f"# {escape(document.title)}", *map(escape, filter(None, [document.subtitle]))]
    head.append(escape(f"{document.kind}. {document.date_text}."))
    return "\n\n".join([*head, *(text for b in document.blocks for text in _markdown(b))]) + "\n"


def _markdown(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            tag = f": {escape(block.tag)}" if block.tag else ""
            yield f"{'#' * block.level} {escape(block.text)}{tag}"
        case Paragraph():
            yield _labelled(block)
        case Bullets():
            starts = (f"{n}. " if block.ordered else "- " for n, _ in enumerate(block.items, 1))
            yield "\n".join(map(_item, block.items, starts))
        case Table():
            first, *rows = (" | ".join(map(escape, row)) for row in (block.header, *block.rows))
            line = "|" + "---|" * len(block.header)
            yield "\n".join([f"| {first} |", line, *(f"| {row} |" for row in rows)])
        case Note():
            yield f"## {escape(block.title)}"
            yield from [escape(block.text)] if block.text else []
            yield from ["\n".join(map(_item, block.items))] if block.items else []
            yield from [escape(block.aside)] if block.aside else []


def _labelled(block: Paragraph | Item) -> str:
    label = f"**{escape(block.label)}**" if block.label else ""
    return ": ".join(filter(None, [label, escape(block.text)]))


def _item(item: Item, start: str = "- ") -> str:
    more = [f"\n\n{' ' * len(start)}{_labelled(paragraph)}" for paragraph in item.more]
    return f"{start}{_labelled(item)}{''.join(more)}"


def half_page(words: Words, name: str) -> str:
    """One of HALVES to paste: a name before each text, a dash before each line of a list."""
    page = HALVES[name](words)
    head = f"{page.kind}: {', '.join(filter(None, (page.title, page.subtitle)))}"
    return "\n\n".join([head, *(text for b in page.blocks for text in _pasted(b))]) + "\n"


def _pasted(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{block.text}:"
        case Paragraph():
            yield _line(block)
        case Bullets():
            dash = "" if block.pairs else "- "
            lines = (" ".join([_line(i), *map(_line, i.more)]) for i in block.items)
            yield "\n".join(f"{dash}{line}" for line in lines)
        case Note():
            yield "\n".join([f"{block.title}: {block.text}", *(_line(i) for i in block.items)])


def _line(part: Paragraph | Item) -> str:
    return ": ".join(filter(None, (part.label, part.text)))
