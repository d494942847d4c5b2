"""All words in what leaves, as whoever gets it can read them: a page, a file, what is in a file."""

from __future__ import annotations

import io
import zipfile
from html import unescape
from urllib.parse import unquote

from pypdf import PdfReader

from tests.test_documents import bare
from tests.test_documents import text_of as copied


def text_in(content: bytes, name: str = "") -> str:
    """`name`: that of the file, which is read as well. Of a picture there is nothing but that."""
    return f"{unquote(name)}\n{_words(content)}"


def _words(content: bytes) -> str:
    if content.startswith(b"%PDF"):
        read = PdfReader(io.BytesIO(content))
        return f"{bare(copied(read))} {read.metadata} {read.outline}"
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(text_in(archive.read(one), one) for one in archive.namelist())
    return unescape(content.decode("utf-8", "replace"))
