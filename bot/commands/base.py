"""What the commands share: the database opened for one of them, and the caller's mistakes."""

from __future__ import annotations

import asyncio
import stat
import sys
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from bot.channels.console import write
from bot.clock import now
from bot.engine.conversation import Conversation
from bot.operators import data
from content.messages.render import PRIVACY_VERSION
from flows.intents.choices import units
from flows.intents.text import one_line
from flows.trajectory.invitations import LONGEST_NAME
from storage import access, files
from storage.privacy import watermark

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from typing import TypeAlias

    from bot.config import Settings
    from bot.documents.worker import Request
    from storage.store import Store

    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no public name

FOUND = 1
LOCK_SECONDS = 3
"""Long enough for the program that this one follows to end."""


class Mistake(Exception):  # noqa: N818 - what the caller did, in one sentence
    """Something that the caller must mend: one sentence, exit code 2."""


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The database, made where there is none, without anybody that was erased."""
    with as_it_is(settings) as store:
        if not watermark.settled(store):
            data.complete(Conversation(store), now(settings.timezone))
        yield store


def as_it_is(settings: Settings, **how: float) -> AbstractContextManager[Store]:
    """Before what the list of erased people asks. `how`: `busy`, seconds to wait for a lock."""
    return access.opened(
        settings.database, settings.key_file, language=settings.language,
        agreement=PRIVACY_VERSION, keeps=settings.keep, **how,
    )  # fmt: skip


@contextmanager
def existing(settings: Settings) -> Iterator[Store]:
    """The database that must be there already."""
    refuse_none(settings)
    with opened(settings) as store:
        yield store


def refuse_none(settings: Settings) -> None:
    if not settings.database.exists():
        raise Mistake(f"There is no database at {settings.database}; start with: opschaalgids chat")


def made(request: Request) -> bytes:
    """The document itself, or one sentence."""
    from bot.documents.worker import Unmade, make  # noqa: PLC0415 - chat starts without it

    try:
        return asyncio.run(make(request)).content
    except Unmade as error:
        raise Mistake(f"The {request.form} could not be made ({error}); try again.") from error


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


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """One running program per database: two would answer everyone twice."""
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(f"{database}.lock", mode=0o600)
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise Mistake(
            f"Another opschaalgids runs on {database}; stop that one, or set OPSCHAALGIDS_DATABASE."
        ) from None
    with lock:
        yield
