"""What the commands share: the database opened for one of them, a document made for one."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clock import now
from bot.engine.conversation import Conversation
from bot.mistake import Mistake, refuse_none
from content.messages.render import agreement
from storage import access
from storage.privacy import watermark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import Settings
    from bot.documents.worker import Request
    from storage.database.place import Server
    from storage.store import Store

NO_CANVAS = "There is no such canvas; export --format json --all lists them all."
LARGEST = 2**63 - 1  # the number of a canvas, as SQLite can hold it
LOCK_SECONDS = 3  # long enough for the program that this one follows to end


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The database, made where there is none, without anybody that was erased."""
    with as_it_is(settings) as store:
        if not watermark.settled(store):
            Conversation(store).complete(now(settings.timezone))
        yield store


def as_it_is(settings: Settings, **how: Any) -> AbstractContextManager[Store]:
    """Before what the list of erased people asks. `how`: as access.opened has it."""
    return access.opened(
        settings.place, settings.key_file, language=settings.language,
        agreement=agreement(settings.keep), keeps=settings.keep, **how,
    )  # fmt: skip


@contextmanager
def existing(settings: Settings) -> Iterator[Store]:
    """The database that must be there already."""
    refuse_none(settings)
    with opened(settings) as store:
        yield store


def made(request: Request) -> bytes:
    """The document itself, or one sentence."""
    import asyncio  # noqa: PLC0415 - chat starts without it

    from bot.documents.worker import Unmade, make  # noqa: PLC0415 - likewise

    try:
        return asyncio.run(make(request)).content
    except Unmade as error:
        raise Mistake(f"The {request.form} could not be made ({error}); try again.") from error


@contextmanager
def alone(place: Path | Server) -> Iterator[None]:
    """One running program per database: two would answer everyone twice.

    On a server that is decided there, for programs of several computers.
    """
    if not isinstance(place, Path):
        yield
        return
    from filelock import FileLock, Timeout  # noqa: PLC0415 - chat starts without it

    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(f"{place}.lock", mode=0o600)
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise Mistake(
            f"Another opschaalgids runs on {place}; stop that one, or set OPSCHAALGIDS_DATABASE."
        ) from None
    with lock:
        yield
