"""What the files and the tables say of how this installation is: all that doctor looks at."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from storage.backups import copies
from storage.conversations import dead_letters
from storage.database.connection import fitting
from storage.database.errors import StoreError
from storage.database.keys import read_keys
from storage.privacy import erasure, retention, watermark
from storage.privacy.holds import Holds

if TYPE_CHECKING:
    from pathlib import Path

    from flows.expiry import Aging
    from storage.backups.copies import Places
    from storage.backups.series import Series
    from storage.conversations.dead_letters import Aside
    from storage.privacy.holds import Hold
    from storage.store import Store


@dataclass(frozen=True)
class Copies:
    """The folder of backups: `named` like one, `made` whole, and what is `wrong` with the newest.

    `left`: what killed programs left there and beside the database.
    """

    named: tuple[Path, ...]
    made: tuple[Path, ...]
    wrong: str
    left: tuple[Path, ...]


@dataclass(frozen=True)
class Minutely:
    """The folder of the running program's copies. `as_of`: what came later is in none of them.

    `reached`: whether it is there. `open`: whether others than its owner can look into it.
    """

    copies: Copies
    reached: bool
    apart: bool = True
    open: bool = False
    as_of: datetime | None = None


@dataclass(frozen=True)
class Examination:
    """`waiting`: messages, the first of them since `since`. `refused`: (why, how many).

    `overdue`: how much should have gone before `late`. `current`: under the newest key.
    `lost`: when the list of what was erased was not whole. `server`: lines of a report and
    findings about who keeps it.
    """

    damage: tuple[str, ...]
    aside: tuple[Aside, ...]
    waiting: int
    since: str | None
    refused: tuple[tuple[str, int], ...]
    overdue: int
    agings: tuple[Aging, ...]
    held: tuple[Hold, ...]
    current: bool
    lost: date | None
    copies: Copies
    minutely: Minutely | None
    server: tuple[list[str], list[str]]

    @property
    def folders(self) -> tuple[Copies, ...]:
        return self.copies, *([self.minutely.copies] if self.minutely else [])

    @property
    def named(self) -> list[Path]:
        """All that have the name of a copy, wherever they are."""
        return [path for folder in self.folders for path in folder.named]


def examine(
    store: Store, places: Places | None, minutely: Series | None, late: datetime
) -> Examination:
    """Read from the disk, page by page: seconds for a large database.

    Of the copies the newest is proved, of the others that they have a manifest. Without
    `places`: a server's disk and copies are looked after by who keeps it. `minutely`: where
    the running program puts copies of its own.
    """
    waiting, since = store.outbox.depth()
    lost = store.fact(watermark.LOST)
    return Examination(
        damage=tuple(copies.problems(store.db.conn)) if places else (),
        aside=tuple(dead_letters.waiting(store)),
        waiting=waiting,
        since=since,
        refused=tuple(store.outbox.failures()),
        overdue=retention.overdue(store, late),
        agings=tuple(retention.agings(store)),
        held=tuple(Holds(store).standing()),
        current=not places or _current(places),
        lost=date.fromisoformat(lost) if lost else None,
        copies=_copies(places) if places else Copies((), (), "", ()),
        minutely=_minutely(minutely) if minutely else None,
        server=([], []) if places else cast("Any", store.db.conn).doubts(),
    )


def _current(places: Places) -> bool:
    keys = read_keys(places.database, places.key_file)
    return fitting(keys, places.database) == keys[0]


def _copies(places: Places) -> Copies:
    named, made = copies.named(places.folder), copies.made(places.folder)
    keys = read_keys(places.database, places.key_file)
    wrong = copies.fault(made[-1], keys) if made else ""
    return Copies(tuple(named), tuple(made), wrong, tuple(places.left()))


def _minutely(series: Series) -> Minutely:
    try:
        series.refuse_missing()
        found, as_of = _copies(series), series.as_of()
        readable = sys.platform != "win32" and bool(series.folder.stat().st_mode & 0o077)
        return Minutely(found, reached=True, apart=series.apart, open=readable, as_of=as_of)
    except (OSError, StoreError):
        return Minutely(Copies((), (), "", ()), reached=False)


def lost_erasures(store: Store) -> tuple[bool, int]:
    """Whether the list of what was erased is less than it was, and how much of it lives.

    Asked before `erasure.finish` mends both.
    """
    return watermark.lacking(store), erasure.left_alive(store)
