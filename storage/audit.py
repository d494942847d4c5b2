"""Who did what with which canvas, without content. Lines are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.rows import text_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlite_utils import Database


@dataclass(frozen=True)
class Line:
    """`who`: person, operator or program; `what`: a word of a short list."""

    at: str
    who: str
    what: str
    canvas: int | None


def note(db: Database, at: datetime, who: str, what: str, canvas: int | None = None) -> None:
    db.execute(
        "INSERT INTO audit(at, who, what, canvas) VALUES (?, ?, ?, ?)",
        [text_of(at), who, what, canvas],
    )


def about(db: Database, canvas: int) -> list[Line]:
    """What was done with one canvas, oldest first."""
    rows = db.execute(
        "SELECT at, who, what, canvas FROM audit WHERE canvas = ? ORDER BY id", [canvas]
    ).fetchall()
    return [Line(*row) for row in rows]
