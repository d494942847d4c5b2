"""What office files share, ZIPs of XML: safe texts in, the same bytes for the same document."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from content.documents.blocks import Bullets, Heading, Note, Paragraph, Table, from_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from content.documents.blocks import Block, Document

EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
LANGUAGES = {"nl": ("nl", "NL"), "en": ("en", "GB")}
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML does not allow."""
NUMBER = re.compile(r"\{([nm])\}")

GOOD, HALF, STOP, GREY = "#14506B", "#955600", "#A8321F", "#55606B"
"""Of a status: the same as in templates/house.typ; not the house's colour, which may be red."""

MARKS = {
    "yes": ("●", GOOD), "fits": ("●", GOOD), "done": ("●", GOOD), "go": ("●", GOOD),
    "partly": ("◐", HALF), "first": ("◐", HALF), "go_first": ("◐", HALF),
    "possible": ("○", HALF), "find_out": ("○", HALF), "mild": ("△", HALF),
    "no": ("✕", STOP), "raised": ("▲", STOP),
    "not_now": ("–", GREY), "not_applicable": ("–", GREY), "small": ("–", GREY),
    "unknown": ("?", GREY), "open": ("?", GREY),
}  # fmt: skip
"""Status -> its sign and the colour of sign and word; others are not asked yet."""

NOT_ASKED = ("◌", GREY)


def sign_of(status: str) -> tuple[str, str]:
    """A sign and its colour, never without a word beside it."""
    return MARKS.get(status, NOT_ASKED)


def numbered(pattern: str) -> Iterator[tuple[str, str]]:
    """Pieces of "Pagina {n} van {m}": (a text, "") or ("", which number)."""
    for at, piece in enumerate(NUMBER.split(pattern)):
        yield ("", piece) if at % 2 else (piece, "")


def safe(text: str) -> str:
    return UNSAFE.sub("", text)


def day_of(date: str) -> datetime:
    """The document's date as its file says it."""
    return datetime.fromisoformat(date).replace(tzinfo=UTC) if date else EPOCH


def opened(data: Mapping[str, Any]) -> tuple[Document, Mapping[str, Any]]:
    """(the document, the house's style), of blocks that an office program has."""
    document = from_data({name: value for name, value in data.items() if name != "house"})
    blocks = tuple(chain.from_iterable(map(_plain, document.blocks)))
    return replace(document, blocks=blocks), data["house"]


def _plain(block: Block) -> Iterator[Block]:
    """What is set apart gets a heading; each row of a table a mark, each column a share."""
    if isinstance(block, Note):
        yield from (Heading(block.title), Paragraph(block.text))
        yield from [Bullets(block.items)] if block.items else []
        yield from [Paragraph(block.aside, quiet=True)] if block.aside else []
    elif isinstance(block, Table):
        marks = block.marks or ("",) * len(block.rows)
        yield replace(block, marks=marks, shares=block.shares or (1.0,) * len(block.header))
    else:
        yield block


def told(facts: Any, title: str, sender: str, language: str, date: str) -> None:
    """What the file of an office program says of itself."""
    facts.title, facts.author = safe(title)[:255], safe(sender)[:255]
    facts.language = "-".join(LANGUAGES[language])
    facts.created = facts.modified = day_of(date)
    facts.last_modified_by = safe(sender)[:255]


def saved(file: Any) -> bytes:
    """No entry carries the time of its making; what was stored as it is stays so."""
    made, target = io.BytesIO(), io.BytesIO()
    file.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(target, "w") as archive:
        for entry in (e for e in source.infolist() if not e.is_dir()):
            how = entry.compress_type
            archive.writestr(zipfile.ZipInfo(entry.filename), source.read(entry), how)
    return target.getvalue()


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """The same bytes for the same files: entries carry no time of their own."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def text(data: Mapping[str, Any]) -> bytes:
    """A text that was put together before."""
    return str(data["text"]).encode()


def texts(data: Mapping[str, Any]) -> bytes:
    """Texts by their file's name, as one ZIP."""
    return zipped((name, text.encode()) for name, text in data["files"])
