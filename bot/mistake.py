"""What a command tells in one sentence, and what it refuses of its caller before it begins."""

from __future__ import annotations

import stat
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.output import write
from flows.intents.choices import units
from flows.intents.text import one_line
from flows.model.lists import LONGEST_NAME
from storage.database import files

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.config import Settings

FOUND = 1  # the exit code of a check that found something


class Mistake(Exception):  # noqa: N818 - what the caller did, in one sentence
    """Something that the caller must mend: one sentence, exit code 2."""


def refuse_none(settings: Settings) -> None:
    if not settings.server and not settings.database.exists():
        raise Mistake(f"There is no database at {settings.database}; start with: opschaalgids chat")


def refuse_server(settings: Settings, instead: str) -> None:
    """What is about a file: `instead` says how that is done on a server."""
    if settings.server:
        raise Mistake(f"{settings.server} is no file of this program's own; {instead}.")


def accepted(said: str, what: str, most: int = LONGEST_NAME) -> str:
    """Words of an operator that are kept or looked up: one line, cleaned like everybody's.

    `most`: UTF-16 units. Raises Mistake where nothing is left or it is longer.
    """
    found = one_line(said)
    if not 0 < units(found) <= most:
        raise Mistake(f"{what} has {units(found)} characters; write 1 to {most}.")
    return found


def outlet(output: str, settings: Settings) -> Callable[[bytes], None]:
    """What writes to a file, or to standard output where it is -; refused before anything is made.

    Only its owner can read the file. A pipe or a device, such as /dev/null, is written to.
    """
    if output == "-":
        return _print
    path = Path(output)
    files.refuse_own(path, settings.database, settings.key_file)
    with suppress(OSError):
        mode = path.lstat().st_mode
        if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
            return partial(_put, path, Path.write_bytes)
    return partial(_put, path, files.write)


def _print(found: bytes) -> None:
    if sys.stdout.isatty():
        write(sys.stdout, found.decode("utf-8", "replace"))
        return
    sys.stdout.buffer.write(found)
    sys.stdout.buffer.flush()


def _put(path: Path, writes: Callable[[Path, bytes], object], found: bytes) -> None:
    try:
        writes(path, found)
    except OSError as error:
        raise Mistake(f"{path} cannot be written ({error.strerror}); choose another.") from error
