"""The folder of copies: which are whole, what killed programs left there, what may go."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from storage import files
from storage.backups import copies
from storage.database.errors import StoreError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from storage.store import Store

NAME = re.compile(rf"{files.BACKUP}\.db")
LEFT = rf"{files.BACKUP}(?:\.db|\.json)?"
"""Copies and manifests, and copies as earlier versions began them."""


def named(folder: Path) -> list[Path]:
    """All that have the name of a copy, whole or not, oldest first."""
    return sorted(p for p in folder.glob("opschaalgids-*.db") if NAME.fullmatch(p.name))


def made(folder: Path) -> list[Path]:
    """The copies in a folder, oldest first: without a whole manifest none is one."""
    return [path for path in named(folder) if _described(path)]


def _described(path: Path) -> copies.Manifest | None:
    with suppress(OSError, StoreError):
        return copies.described(path)
    return None


@dataclass(frozen=True)
class Places:
    """Where the program writes files of its own."""

    database: Path
    key_file: Path
    folder: Path

    def left(self) -> list[Path]:
        """What killed programs left: parts, and manifests without a copy."""
        found = [path for place in self._each() for path in files.leftovers(*place)]
        return [*found, *_orphans(self.folder)]

    def clean(self) -> None:
        """Remove it."""
        for place in self._each():
            files.clear(*place)
        for path in _orphans(self.folder):
            path.unlink(missing_ok=True)

    def back_up(self, store: Store, at: datetime) -> Path:
        """A new copy in the folder, proved."""
        return copies.make(store.db, self.database, self.key_file, self.folder, at)

    def rotate(self, keep: int, days: int, at: datetime) -> None:
        """Remove all but the newest `keep` copies, and what is older than the privacy text says."""
        _remove(made(self.folder)[:-keep])
        before = (at - timedelta(days=days)).strftime("opschaalgids-%Y%m%d-%H%M%S.db")
        _remove([path for path in named(self.folder) if path.name < before])

    def _each(self) -> tuple[tuple[Path, str], ...]:
        """(folder, the names of the files there)."""
        beside = rf"{re.escape(self.database.name)}(?:\.erased)?"
        key = self.key_file.parent, re.escape(self.key_file.name)
        return (self.database.parent, beside), key, (self.folder, LEFT)


def _orphans(folder: Path) -> list[Path]:
    """Empty manifests, and those whose copy is neither there nor on its way."""
    found = [p for p in folder.glob("opschaalgids-*.json") if NAME.fullmatch(f"{p.stem}.db")]
    parts = {*folder.glob("opschaalgids-*.part")} - {*files.leftovers(folder, LEFT)}
    coming = {p.name.partition(".")[0] for p in parts}
    return sorted(
        p
        for p in found
        if p.stem not in coming and not (p.with_suffix(".db").exists() and p.stat().st_size)
    )


def _remove(old: list[Path]) -> None:
    for path in old:
        path.unlink()
        copies.manifest_of(path).unlink(missing_ok=True)
