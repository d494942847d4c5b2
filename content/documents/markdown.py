"""Documents as Markdown, and as plain text to paste. Same facts as in the chat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from content.documents.blocks import Bullets, Heading, Note, Paragraph, Table
from content.documents.half_pages import HALVES
from content.documents.summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.documents.blocks import Block, Document, Item
    from content.words.vocabulary import Words

STARTS = re.compile(r"^(\s*)(\d*)([#>+=.)-])", re.MULTILINE)


def file_name(words: Words, ending: str) -> str:
    """A name that every system takes, from the pilot's."""
    safe = re.sub(r"[^a-z0-9]+", "-", words.pilot_name.casefold()).strip("-")[:40] or "pilot"
    return f"opschaalgids-{safe}{ending}"


def summary_markdown(words: Words) -> tuple[str, str]:
    """(file name, Markdown text)."""
    return file_name(words, ".md"), markdown(summary(words))


def half_page(words: Words, name: str) -> str:
    """`half_page_executive` or `half_page_practice`: plain text, ready to paste."""
    return pasted(HALVES[name](words))


# ---------------------------------------------------------------- Markdown


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
            lines = [_item(n, item, ordered=block.ordered) for n, item in enumerate(block.items, 1)]
            yield "\n".join(lines)
        case Table():
            yield "\n".join(_table(block))
        case Note():
            yield f"## {escape(block.title)}"
            yield from [escape(block.text)] if block.text else []
            yield from ["\n".join(_item(0, item) for item in block.items)] if block.items else []
            yield from [escape(block.aside)] if block.aside else []


def _labelled(block: Paragraph | Item) -> str:
    label = f"**{escape(block.label)}**" if block.label else ""
    return ": ".join(filter(None, [label, escape(block.text)]))


def _item(number: int, item: Item, *, ordered: bool = False) -> str:
    start = f"{number}. " if ordered else "- "
    more = [f"\n\n{' ' * len(start)}{_labelled(paragraph)}" for paragraph in item.more]
    return f"{start}{_labelled(item)}{''.join(more)}"


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(map(escape, table.header))} |"
    yield "|" + "---|" * len(table.header)
    yield from (f"| {' | '.join(map(escape, row))} |" for row in table.rows)


# ---------------------------------------------------------------- plain text


def pasted(document: Document) -> str:
    """Plain text for an e-mail: a name before each text, a dash before each line of a list."""
    about = ", ".join(filter(None, (document.title, document.subtitle)))
    head = f"{document.kind}: {about}"
    return "\n\n".join([head, *(text for b in document.blocks for text in _pasted(b))]) + "\n"


def _pasted(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{block.text}:"
        case Paragraph():
            yield _line(block)
        case Bullets():
            dash = "" if block.pairs else "- "
            yield "\n".join(f"{dash}{' '.join(_lines(item))}" for item in block.items)
        case Note():
            yield "\n".join([f"{block.title}: {block.text}", *(_line(i) for i in block.items)])


def _line(part: Paragraph | Item) -> str:
    return ": ".join(filter(None, (part.label, part.text)))


def _lines(item: Item) -> Iterator[str]:
    yield _line(item)
    yield from map(_line, item.more)
