"""Canvases that must stay: under a request for openness, or for the archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import audit
from storage.database.rows import text_of

if TYPE_CHECKING:
    from datetime import datetime

    from storage.store import Store


@dataclass(frozen=True)
class Hold:
    canvas: int
    who: str
    why: str
    at: str


def standing(store: Store) -> list[Hold]:
    """The holds that nobody released, oldest first."""
    sql = "SELECT canvas, who, why, at FROM holds WHERE released_at IS NULL ORDER BY id"
    return [Hold(**row) for row in store.rows(sql)]


def put(store: Store, canvas: int, who: str, why: str, at: datetime) -> str:
    """From now on nothing of this canvas goes; who holds it already, where somebody does.

    One hold at a time: release the other first.
    """
    held = store.value("SELECT who FROM holds WHERE canvas = ? AND released_at IS NULL", canvas)
    if held:
        return str(held)
    sql = "INSERT INTO holds(canvas, who, why, at) VALUES (?, ?, ?, ?)"
    store.db.execute(sql, [canvas, who, why, at.isoformat()])
    audit.note(store.db, at, audit.OPERATOR, "held", canvas)
    return ""


def release(store: Store, canvas: int, at: datetime) -> bool:
    """Let it go; False where nothing held it."""
    sql = "UPDATE holds SET released_at = ? WHERE canvas = ? AND released_at IS NULL"
    found = store.db.execute(sql, [text_of(at), canvas])
    if found.rowcount:
        audit.note(store.db, at, audit.OPERATOR, "released", canvas)
    return bool(found.rowcount)
