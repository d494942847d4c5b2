"""Copies one after another in a folder of their own, as the running program makes them.

All of the last hour stay, then one an hour for a day, then one a day, never longer than
backups are kept. The newest goes only where a newer one is whole.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from storage.backups import copies
from storage.backups.copies import Places
from storage.database import files
from storage.database.connection import connect_with
from storage.database.errors import StoreError
from storage.database.keys import read_keys
from storage.database.library import Database
from storage.database.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from datetime import datetime
    from pathlib import Path

HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class Newest:
    """The newest copy that can be put back, if any; and what is wrong with each newer one."""

    path: Path | None
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Series(Places):
    """The copies of one folder, one after another."""

    def add(self, at: datetime) -> Path:
        """One more copy, proved.

        The folder is never made: where a disk is not there, its copies must not fill another.
        Raises StoreError or OSError, and then what was there is there.
        """
        self.refuse_missing()
        self.clean()
        keys = read_keys(self.database, self.key_file)
        with closing(Database(connect_with(keys, self.database), execute_plugins=False)) as db:
            return self.back_up(Rows(db), at)

    def refuse_missing(self) -> None:
        if not self.folder.is_dir():
            raise StoreError(f"{self.folder} is not there")

    def still(self, path: Path, at: datetime) -> bool:
        """Write down that nothing changed since this copy; whether it is there to say so of."""
        manifest = copies.described(path) if path.exists() else None
        if manifest:
            sealed = replace(manifest, until=at.isoformat())
            files.write(copies.manifest_of(path), sealed.text)
        return manifest is not None

    def thin(self, days: int, at: datetime) -> None:
        """Remove what is not needed any more, and what is too old by this time."""
        found = copies.in_order(self.folder)
        moments = [manifest.as_of.timestamp() for _, manifest in found]
        for (path, _), stays in zip(found, kept(moments, at.timestamp(), days), strict=True):
            if not stays:
                copies.remove(path)

    def newest(self) -> Newest:
        """Each is proved, newest first, until one is whole."""
        wrong: list[str] = []
        keys = read_keys(self.database, self.key_file)
        for path in reversed(copies.made(self.folder)):
            fault = _fault(path, keys)
            if not fault:
                return Newest(path, tuple(wrong))
            wrong.append(fault)
        return Newest(None, tuple(wrong))

    def as_of(self) -> datetime | None:
        """What came later is in none of them, by what stands beside the newest."""
        newest = next(reversed(copies.in_order(self.folder)), None)
        return newest[1].as_of if newest else None

    @property
    def apart(self) -> bool:
        """Whether it is on another disk, or at least another file system, than the database."""
        return self.folder.stat().st_dev != self.database.parent.stat().st_dev


def _fault(path: Path, keys: tuple[str, ...]) -> str:
    try:
        return copies.fault(path, keys)
    except OSError as error:
        return f"{path} cannot be read ({error.strerror}); look at its disk."


# ---------------------------------------------------------------- thinning out


def kept(moments: Sequence[float], now: float, days: int) -> list[bool]:
    """Which stay of copies of these moments, in the order of making: the last of each span."""
    spans = [_span(number, now - moment, moment, days) for number, moment in enumerate(moments)]
    last = {span: number for number, span in enumerate(spans)}
    newest = len(spans) - 1
    return [
        number == newest or (span is not None and last[span] == number)
        for number, span in enumerate(spans)
    ]


def _span(number: int, age: float, moment: float, days: int) -> Hashable:
    """Of what one copy is enough; None where none may stay, such as of a clock that was ahead."""
    if not -HOUR < age < days * DAY:
        return None
    if age < HOUR:
        return ("each", number)
    length = HOUR if age < DAY else DAY
    return (length, int(moment // length))
