"""What the files and the tables say of how this installation is: all that doctor looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from storage.backups import catalogue, copies
from storage.conversations import dead_letters
from storage.database.connection import fitting
from storage.database.keys import read_keys
from storage.privacy import holds, retention, unfinished, watermark

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from flows.expiry import Aging
    from storage.backups.catalogue import Places
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
class Health:
    """`waiting`: messages, the first of them since `since`. `refused`: (why, how many).

    `overdue`: how much should have gone before `late`. `current`: under the newest key.
    `lost`: when the list of what was erased was not whole.
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


@dataclass(frozen=True)
class Listed:
    """The list of what was erased: whether it is less than it was, and how much of it lives."""

    lacking: bool
    alive: int


def listed(store: Store) -> Listed:
    """Asked before `unfinished.finish` mends both."""
    return Listed(watermark.lacking(store), unfinished.left_alive(store))


def examine(store: Store, places: Places, late: datetime) -> Health:
    """Read from the disk, page by page: seconds for a large database."""
    keys = read_keys(places.database, places.key_file)
    waiting, since = store.outbox.depth()
    lost = store.fact(watermark.LOST)
    return Health(
        damage=tuple(copies.problems(store.db.conn)),
        aside=tuple(dead_letters.waiting(store)),
        waiting=waiting,
        since=since,
        refused=tuple(store.outbox.failures()),
        overdue=retention.overdue(store, late),
        agings=tuple(retention.agings(store)),
        held=tuple(holds.standing(store)),
        current=fitting(keys, places.database) == keys[0],
        lost=date.fromisoformat(lost) if lost else None,
        copies=_copies(places, keys),
    )


def _copies(places: Places, keys: tuple[str, ...]) -> Copies:
    """The newest is proved; of the others that they have a manifest."""
    made = catalogue.made(places.folder)
    wrong = copies.fault(made[-1], keys) if made else ""
    return Copies(tuple(catalogue.named(places.folder)), tuple(made), wrong, tuple(places.left()))
