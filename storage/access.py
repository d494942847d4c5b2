"""The store of one database, from its file and its key file."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.database.connection import BUSY_SECONDS, open_database
from storage.database.errors import in_one_sentence
from storage.database.tombstones import erased_of
from storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.expiry import Keep
    from flows.model.messages import Language
    from storage.database.place import Led, Place


@contextmanager
def opened(  # noqa: PLR0913 - a store is made here alone
    database: Place,
    key_file: Path,
    *,
    language: Language,
    agreement: str,
    keeps: Keep,
    busy: float = BUSY_SECONDS,
    led: Led | None = None,
) -> Iterator[Store]:
    """Made where there is none, and closed at the end. Raises StoreError, in one sentence.

    `agreement`: the version of the privacy text. `busy`: seconds to wait for another's lock.
    `led`: on a server, waits until this program leads.
    """
    db = open_database(database, key_file, busy, led)
    try:
        with in_one_sentence(database):
            yield Store(db, language, agreement, erased_of(db, database, key_file), keeps)
    finally:
        db.close()
