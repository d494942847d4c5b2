"""Canvases that must stay, whoever asks for their end, and who asks that they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import audit
from storage.database.rows import text_of

if TYPE_CHECKING:
    from datetime import datetime

    from storage.conversations.people import People

HOLDS = "SELECT canvas, who, why, at FROM holds WHERE released_at IS NULL"
STANDING, ONE = f"{HOLDS} ORDER BY id", f"{HOLDS} AND canvas = ?"


@dataclass(frozen=True)
class Hold:
    """A canvas that stays, under a request for openness or for the archive."""

    canvas: int
    who: str
    why: str
    at: str


class Holds:
    """Those that nobody released."""

    def __init__(self, store: People) -> None:
        self.store = store

    def standing(self) -> list[Hold]:
        """Oldest first."""
        return [Hold(**row) for row in self.store.rows(STANDING)]

    def of(self, canvas: int) -> Hold | None:
        row = self.store.row(ONE, canvas)
        return Hold(**row) if row else None

    def hold(self, canvas: int, who: str, why: str, at: datetime) -> str:
        """From now on nothing of this canvas goes; who holds it already, where somebody does.

        One hold at a time: release the other first.
        """
        if held := self.of(canvas):
            return held.who
        sql = "INSERT INTO holds(canvas, who, why, at) VALUES (?, ?, ?, ?)"
        self.store.db.execute(sql, [canvas, who, why, at.isoformat()])
        audit.note(self.store.db, at, audit.OPERATOR, "held", canvas)
        return ""

    def release(self, canvas: int, at: datetime) -> bool:
        """Let it go; False where nothing held it."""
        sql = "UPDATE holds SET released_at = ? WHERE canvas = ? AND released_at IS NULL"
        found = self.store.db.execute(sql, [text_of(at), canvas])
        if found.rowcount:
            audit.note(self.store.db, at, audit.OPERATOR, "released", canvas)
        return bool(found.rowcount)
