"""A process that makes documents, one after the other: frames.py says how it is asked.

It sees nothing but the data of a document, and its own fonts and templates.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.documents import frames
from flows.model.papers import FORMATS

MOST_MEMORY, MOST_SECONDS = 2 << 30, 120
"""Bytes of a process; processor time of a document, should nobody end it."""

BACKGROUND = 10  # how far a document steps back for the conversation


def main() -> None:
    gc.disable()  # collected between documents, while nobody waits
    _modest()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no part of a document
    while (asked := frames.asked(sys.stdin.buffer)) is not None:
        _seconds()
        try:
            found, replaced = made(asked["form"], asked["template"], asked["data"])
        except Exception as error:  # noqa: BLE001 - its text may hold what people typed: only its name
            answers.write(frames.answer(type(error).__name__.encode(), 0, 0, made=False))
            break
        answers.write(frames.answer(found, replaced, _memory()))
        answers.flush()
        del asked, found
        gc.collect()


def made(form: str, template: str, data: dict[str, Any]) -> tuple[bytes, int]:
    """(the bytes, how many characters no font has). Each form imports only what it needs."""
    how = FORMATS[form]
    if how.maker is None:
        raise LookupError(form)
    module, name = how.maker
    make = getattr(import_module(f"bot.documents.{module}"), name)
    if how.templates:
        found: tuple[bytes, int] = make(template, data)
        return found
    return make(data), 0


def _modest() -> None:
    """Little claim on the processor, a bound on memory; not on every system."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - not there on Windows

        os.nice(BACKGROUND)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def _seconds() -> None:
    """So much processor time from here on: the program that asks may be gone by then."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - likewise

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        until = int(used.ru_utime + used.ru_stime) + MOST_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (until, most))


def _memory() -> int:
    """MiB that this process holds; 0 where the system does not tell it so.

    Not getrusage: its most is that of the process which started this one, where that had more.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


if __name__ == "__main__":
    main()
