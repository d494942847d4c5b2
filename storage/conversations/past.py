"""All that happened with one canvas: its answers in order, and the moments to compare with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.journey import Landmark, Past
from storage.conversations.chats import given_of

if TYPE_CHECKING:
    from storage.database.rows import Rows

ANSWERS = """SELECT question, value, at, message, size, note FROM answers WHERE canvas = :canvas
    ORDER BY id"""
MARKS = """SELECT 'summary' AS kind, at FROM audit WHERE canvas = :canvas AND who = 'person'
    AND what = 'exported' UNION SELECT 'meeting', m.starts_at FROM meetings m JOIN seats s
    ON s.trajectory = m.trajectory AND s.municipality = m.municipality WHERE s.canvas = :canvas
    AND s.left_at IS NULL AND m.cancelled_at IS NULL"""
"""What the person took out, and meetings, also those to come."""


DONE = """SELECT 'done' AS kind, a.done_at AS at, a.what, a.who FROM agreed a
    JOIN seats s ON s.id = a.seat WHERE s.canvas = :canvas AND a.confirmed_at IS NOT NULL
    AND a.done_at IS NOT NULL"""


def past_of(store: Rows, canvas: int) -> Past:
    given = [given_of(*row.values()) for row in store.rows(ANSWERS, canvas=canvas)]
    marks = [_mark(row) for row in store.rows(MARKS, canvas=canvas)]
    done = [_mark(row) for row in store.rows(DONE, canvas=canvas)]
    return Past(tuple(given), *(tuple(sorted(some, key=_at)) for some in (marks, done)))


def _mark(row: dict[str, Any]) -> Landmark:
    at = datetime.fromisoformat(row["at"])
    return Landmark(row["kind"], at, row.get("what", ""), row.get("who", ""))


def _at(mark: Landmark) -> datetime:
    return mark.at
