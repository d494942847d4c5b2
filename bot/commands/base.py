"""What the commands share: the database opened for one of them, a document made for one."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.clock import now
from bot.commands.mistake import Mistake, refuse_none
from bot.engine.conversation import Conversation
from bot.operators import data
from content.messages.render import PRIVACY_VERSION
from storage.database.connection import BUSY_SECONDS, open_database
from storage.database.errors import in_one_sentence
from storage.database.keys import read_keys
from storage.privacy import watermark
from storage.privacy.tombstones import erased_beside
from storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config import Settings
    from bot.documents.worker import Request

LOCK_SECONDS = 3
"""Long enough for the program that this one follows to end."""


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The database, made where there is none, without anybody that was erased."""
    with as_it_is(settings) as store:
        if not watermark.settled(store):
            data.complete(Conversation(store), now(settings.timezone))
        yield store


@contextmanager
def as_it_is(settings: Settings, busy: float = BUSY_SECONDS) -> Iterator[Store]:
    """Before what the list of erased people asks. `busy`: seconds to wait for another's lock."""
    db = open_database(settings.database, settings.key_file, busy)
    erased = erased_beside(settings.database, read_keys(settings.database, settings.key_file))
    store = Store(db, settings.language, PRIVACY_VERSION, erased, settings.keep)
    try:
        with in_one_sentence(settings.database):
            yield store
    finally:
        store.close()


@contextmanager
def existing(settings: Settings) -> Iterator[Store]:
    """The database that must be there already."""
    refuse_none(settings)
    with opened(settings) as store:
        yield store


def made(request: Request) -> bytes:
    """The document itself, or one sentence."""
    import asyncio  # noqa: PLC0415 - chat starts without it

    from bot.documents.process import Unmade  # noqa: PLC0415 - likewise
    from bot.documents.worker import make  # noqa: PLC0415 - likewise

    try:
        return asyncio.run(make(request)).content
    except Unmade as error:
        raise Mistake(f"The {request.form} could not be made ({error}); try again.") from error


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """One running program per database: two would answer everyone twice."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - chat starts without it

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
