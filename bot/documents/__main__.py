"""One document, one process: a JSON object on stdin, the document's bytes on stdout.

On stderr one number: the characters that no font has. Never what people typed.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

MOST_MEMORY, MOST_SECONDS = 2 << 30, 120
TYPESET = frozenset({"pdf", "png"})
MAKERS = {
    "pdf": ("typeset", "pdf"),
    "png": ("typeset", "png"),
    "docx": ("word", "docx"),
    "odt": ("odt", "odt"),
    "xlsx": ("spreadsheet", "xlsx"),
    "csv": ("spreadsheet", "csv"),
    "pptx": ("powerpoint", "pptx"),
    "ics": ("packed", "text"),
    "zip": ("packed", "texts"),
}
"""Form -> the module and the function that make it."""

BACKGROUND = 10
"""How far a document steps back for the conversation."""


def main() -> None:
    gc.disable()  # it ends before there is anything to collect
    _modest()
    asked = json.load(sys.stdin.buffer)
    try:
        found, replaced = made(asked["form"], asked["template"], asked["data"])
    except Exception as error:  # noqa: BLE001 - its text may hold what people typed: only its name
        sys.exit(type(error).__name__)
    sys.stdout.buffer.write(found)
    sys.stderr.write(str(replaced))


def made(form: str, template: str, data: dict[str, Any]) -> tuple[bytes, int]:
    """(the bytes, how many characters no font has). Each form imports only what it needs."""
    module, name = MAKERS[form]
    make = getattr(import_module(f"bot.documents.{module}"), name)
    if form in TYPESET:
        found: tuple[bytes, int] = make(template, data)
        return found
    return make(data), 0


def _modest() -> None:
    """Little claim on the processor, a bound on memory; not on every system."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - not there on Windows

        os.nice(BACKGROUND)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))


if __name__ == "__main__":
    main()
