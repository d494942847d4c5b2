"""A new key for the database: both keys are safe on the disk before a page changes."""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import TYPE_CHECKING

from storage.database import connect, fitting
from storage.files import sync_folder
from storage.keys import fresh_key, read_keys
from storage.trouble import in_one_sentence

if TYPE_CHECKING:
    from pathlib import Path


def rekey(database: Path, key_file: Path, keep: int, today: date) -> int:
    """Encrypt anew; how many older keys stay, for backups of the last `keep` days.

    No other program may have it open. Killed at any moment, one of the keys in the
    file opens it; run it again then.
    """
    with in_one_sentence(database):
        current = fitting(read_keys(database, key_file), database)
        lines = _lines(key_file, current, keep, today)
        _write(key_file, lines)
        connection = connect(database, current)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute(f"PRAGMA rekey = \"x'{lines[0]}'\"")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    return len(lines) - 1


def _lines(key_file: Path, current: str, keep: int, today: date) -> list[str]:
    """The new key, the one that opens it now, and the others that a backup may need."""
    since, day = (today - timedelta(days=keep)).isoformat(), today.isoformat()
    found = key_file.read_text(encoding="ascii").split("\n")
    dated = {key: when or day for key, _, when in (line.partition(" ") for line in found if line)}
    others = [f"{key} {when}" for key, when in dated.items() if key != current and when >= since]
    return [fresh_key(), f"{current} {day}", *others]


def _write(key_file: Path, lines: list[str]) -> None:
    """In place of the old one at once: a half-written key file would be the end."""
    part = key_file.with_name(f"{key_file.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    part.replace(key_file)
    sync_folder(key_file.parent)
