"""All that happened with one canvas: its answers in order, and the moments to compare with.

Of one that several people fill: what came into force, whoever said it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.journey import Landmark, Past
from flows.model.voices import history
from storage.conversations.chats import given_of
from storage.conversations.joint import read

if TYPE_CHECKING:
    from storage.database.rows import Rows

ANSWERS = """SELECT question, value, at, message, size, note FROM answers WHERE canvas = :canvas
    ORDER BY id"""
MARKS = """SELECT 'summary' AS kind, at FROM audit WHERE canvas = :canvas AND who = 'person'
    AND what = 'exported' UNION SELECT 'meeting', m.starts_at FROM meetings m JOIN seats s
    ON s.trajectory = m.trajectory AND s.municipality = m.municipality WHERE s.canvas = :canvas
    AND s.left_at IS NULL AND m.cancelled_at IS NULL"""
"""What the person took out, and meetings, also those to come."""


def past_of(store: Rows, canvas: int) -> Past:
    pilot = store.value("SELECT pilot FROM canvases WHERE id = ?", canvas)
    if pilot:
        shared = read(store, pilot, canvas)
        given = history(shared.voices, shared.settlements)
    else:
        given = [given_of(*row.values()) for row in store.rows(ANSWERS, canvas=canvas)]
    marks = [_mark(row) for row in store.rows(MARKS, canvas=canvas)]
    return Past(tuple(given), tuple(sorted(marks, key=_at)))


def _mark(row: dict[str, Any]) -> Landmark:
    return Landmark(row["kind"], datetime.fromisoformat(row["at"]))


def _at(mark: Landmark) -> datetime:
    return mark.at
