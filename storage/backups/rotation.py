"""A new key for the database: both keys are safe on the disk before a page changes."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from storage.backups import copies, replacement
from storage.backups.catalogue import Places
from storage.database import files
from storage.database.connection import fitting, keyed
from storage.database.errors import StoreError, in_one_sentence
from storage.database.keys import fresh_key, read_keys
from storage.database.tombstones import erased_beside

if TYPE_CHECKING:
    from pathlib import Path

    from storage.database.tombstones import Erased


def rekey(database: Path, key_file: Path, keep: int, today: date) -> int:
    """Encrypt anew; how many older keys stay, for backups of the last `keep` days.

    Raises StoreError where another program has it open. Killed at any moment, one of the
    keys in the file opens it; run it again then.
    """
    keys = read_keys(database, key_file)
    Places(database, key_file, database.parent / "backups").clean()
    with in_one_sentence(database):
        current = fitting(keys, database)
        with replacement.alone_with(database, keys) as old:
            lines = _lines(key_file, current, keep, today)
            files.write(key_file, "".join(f"{line}\n" for line in lines).encode())
            _mark_anew(erased_beside(database, (lines[0], *keys)))
            with files.beside(database) as part:
                _encrypt(old, part, current, lines[0])
    return len(lines) - 1


def _encrypt(old: Any, part: Path, current: str, new: str) -> None:
    """A copy under the new key, proved from the disk before it takes the old one's place."""
    target = keyed(part, current)
    old.backup(target)
    target.close()
    replacement.under(part, current, new)
    if wrong := copies.unlike(part, (new,), copies.counts(old)):
        raise StoreError(f"The copy is not like the database ({wrong}); run rekey again.")
    if sys.platform == "win32":  # it renames no open file, and so lets nobody in
        old.close()


def _mark_anew(erased: Erased) -> None:
    """The key that marked the list may be dropped one day."""
    found = erased.read()
    if found.how == "whole":
        erased.renew(found.lines, found.count)


def _lines(key_file: Path, current: str, keep: int, today: date) -> list[str]:
    """The new key, the one that opens it now, and the others that a backup may need."""
    since, day = (today - timedelta(days=keep)).isoformat(), today.isoformat()
    found = key_file.read_text(encoding="ascii").split("\n")
    dated = {key: when or day for key, _, when in (line.partition(" ") for line in found if line)}
    others = [f"{key} {when}" for key, when in dated.items() if key != current and when >= since]
    return [fresh_key(), f"{current} {day}", *others]
