"""Office files are ZIPs of XML: safe texts in, the same bytes for the same document out."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
LANGUAGES = {"nl": ("nl", "NL"), "en": ("en", "GB")}
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML does not allow."""


NUMBER = re.compile(r"\{([nm])\}")


def numbered(pattern: str) -> Iterator[tuple[str, str]]:
    """Pieces of "Pagina {n} van {m}": (a text, "") or ("", which number)."""
    for at, piece in enumerate(NUMBER.split(pattern)):
        yield ("", piece) if at % 2 else (piece, "")


def safe(text: str) -> str:
    return UNSAFE.sub("", text)


def day_of(date: str) -> datetime:
    """The document's date as its file says it."""
    return datetime.fromisoformat(date).replace(tzinfo=UTC) if date else EPOCH


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


def repacked(content: bytes) -> bytes:
    """No entry carries the time of its making; what was stored as it is stays so."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as archive:
        for entry in (e for e in source.infolist() if not e.is_dir()):
            how = entry.compress_type
            archive.writestr(zipfile.ZipInfo(entry.filename), source.read(entry), how)
    return target.getvalue()
