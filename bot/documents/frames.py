"""What goes through the pipes between the program and a process that makes documents."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

LENGTH = struct.Struct(">Q")
HEAD = struct.Struct(">4sBIIQ")
"""Of an answer: the mark, whether it was made, characters that no font has, MiB, bytes.

MiB: the memory that the process holds after it. What follows is the document, or the
name of an error: its text may hold what people typed.
"""

MARK = b"DOC\n"
LONGEST = 256 << 20  # bytes of a document; a longer one is no document


def retold(tree: Any, change: Callable[[str], str], verbatim: Collection[str] = ()) -> Any:
    """Every text in a JSON tree changed, but under the keys that stay; a list of bytes is none."""
    if isinstance(tree, str):
        return change(tree)
    if isinstance(tree, dict):
        return {k: v if k in verbatim else retold(v, change, verbatim) for k, v in tree.items()}
    words = isinstance(tree, list | tuple) and tree and not isinstance(tree[0], int)
    return [retold(item, change, verbatim) for item in tree] if words else tree


def asking(form: str, template: str, data: Mapping[str, Any]) -> bytes:
    body = json.dumps({"form": form, "template": template, "data": data}).encode()
    return LENGTH.pack(len(body)) + body


def asked(pipe: BinaryIO) -> dict[str, Any] | None:
    """What is to be made next; None where nobody asks any more."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    found: dict[str, Any] = json.loads(pipe.read(*LENGTH.unpack(head)))
    return found


def answer(content: bytes, replaced: int, memory: int, *, made: bool = True) -> bytes:
    return HEAD.pack(MARK, made, replaced, memory, len(content)) + content
