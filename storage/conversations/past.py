"""All that happened with one canvas: its answers in order, and the moments to compare with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flows.model.journey import Landmark, Past
from storage.conversations.chats import given_of

if TYPE_CHECKING:
    from storage.database.rows import Rows

ANSWERS = """SELECT question, value, at, message, size FROM answers WHERE canvas = :canvas
    ORDER BY id"""
MARKS = """SELECT 'summary' AS kind, at FROM audit WHERE canvas = :canvas AND who = 'person'
    AND what = 'exported' UNION SELECT 'meeting', m.starts_at FROM meetings m JOIN seats s
    ON s.trajectory = m.trajectory AND s.municipality = m.municipality WHERE s.canvas = :canvas
    AND s.left_at IS NULL AND m.cancelled_at IS NULL"""
"""What the person took out, and meetings, also those to come."""


def past_of(store: Rows, canvas: int) -> Past:
    given = [given_of(*row.values()) for row in store.rows(ANSWERS, canvas=canvas)]
    found = store.rows(MARKS, canvas=canvas)
    marks = [Landmark(row["kind"], datetime.fromisoformat(row["at"])) for row in found]
    return Past(tuple(given), tuple(sorted(marks, key=lambda one: one.at)))
