"""Who did what with which canvas, without content. Lines are only ever added."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from flows.model.lists import Page, pages_of
from flows.model.trajectory import Logged
from flows.trajectory.sharing import LINES as LINES_SHOWN
from storage.database.rows import Rows, name_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlite_utils import Database


LOOKS_SHOWN = 50  # lines of a trajectory on one page of a screen
PERSON, KEEPER, OPERATOR, PROGRAM = "person", "keeper", "operator", "program"

SEAT_LINE = """INSERT INTO audit(at, who, by, what, seat, canvas) VALUES (:now, :who, CASE
    WHEN :who = 'keeper' THEN (SELECT pseudonym FROM people WHERE id = :doer) END, :what, :seat,
    (SELECT canvas FROM seats WHERE id = :seat))"""
"""A line about a seat and the canvas on it. `by`, the pseudonym of a kwartiermaker, leads to a
name only while they are known.
"""

THEIRS = """WHERE a.canvas IN (SELECT c.id FROM canvases c
    WHERE c.person = (SELECT person FROM chats WHERE chat = :chat))
    OR a.seat IN (SELECT s.id FROM seats s
    WHERE s.person = (SELECT person FROM chats WHERE chat = :chat))"""
LINES = """SELECT a.at, a.who, a.what, a.canvas, COALESCE(q.name, '') AS name FROM audit a
    LEFT JOIN people k ON k.pseudonym = a.by LEFT JOIN aliases i ON i.pseudonym = a.by
    LEFT JOIN kwartiermakers q ON q.person = COALESCE(k.id, i.person) """
# Every line about somebody's canvases and seats, oldest first.
OF_PERSON = f"{LINES}{THEIRS} ORDER BY datetime(a.at), a.id"
COUNT = "SELECT COUNT(*) FROM audit a "
HOW_MANY = f"{COUNT}{THEIRS}"
NEWEST = f"{LINES}{THEIRS} ORDER BY datetime(a.at) DESC, a.id DESC LIMIT :most OFFSET :before"

LOOKS = """SELECT a.at, a.who, a.what, COALESCE(q.name, '') AS name FROM audit a
    JOIN seats s ON s.id = a.seat LEFT JOIN people k ON k.pseudonym = a.by
    LEFT JOIN kwartiermakers q ON q.person = k.id WHERE s.trajectory = :trajectory
    AND a.who IN ('keeper', 'operator') AND (a.what LIKE 'looked %' OR a.what LIKE 'exported %')
    GROUP BY a.at, a.who, a.what, q.name ORDER BY MAX(a.id) DESC LIMIT :most OFFSET :before"""
# What advisers do themselves is not among it: nobody sees when they work.

# The name of a pilot of somebody who has several.
PILOT = """SELECT (SELECT value FROM answers WHERE canvas = c.id AND question = 'pilot.name'
    ORDER BY id DESC LIMIT 1) AS name FROM canvases c
    WHERE c.id = :canvas AND c.person = (SELECT person FROM chats WHERE chat = :chat) AND EXISTS
    (SELECT 1 FROM canvases o WHERE o.person = c.person AND o.id <> c.id)"""


def note(db: Database, at: datetime, who: str, what: str, canvas: int | None = None) -> None:
    sql = "INSERT INTO audit(at, who, what, canvas) VALUES (?, ?, ?, ?)"
    db.execute(sql, [text_of(at), who, what, canvas])


def exported(store: Rows, at: datetime, who: str, canvases: Iterable[int]) -> None:
    """Answers were taken out: a line for each canvas."""
    for number in canvases:
        note(store.db, at, who, "exported", number)


def logged(store: Rows, chat: str, at: int, zone: tzinfo | None) -> Page[Logged]:
    """What was done with somebody's canvases and seats, newest first, on that clock."""
    pages = pages_of(store.value(HOW_MANY, chat=chat), LINES_SHOWN)
    at = min(at, pages - 1)
    rows = store.rows(NEWEST, chat=chat, most=LINES_SHOWN, before=at * LINES_SHOWN)
    return Page(tuple(_logged(store, chat, row, zone) for row in rows), at, pages)


def looks(store: Rows, trajectory: int, at: int, zone: tzinfo | None) -> list[Logged]:
    """Who looked at what of a trajectory, newest first, a page; one more tells of a next page."""
    before = at * LOOKS_SHOWN
    rows = store.rows(LOOKS, trajectory=trajectory, most=LOOKS_SHOWN + 1, before=before)
    return [_line(row, zone) for row in rows]


def _line(row: dict[str, Any], zone: tzinfo | None) -> Logged:
    deed, _, about = row["what"].partition(" ")
    at = datetime.fromisoformat(row["at"]).astimezone(zone)
    return Logged(at, row["who"], deed, about, row["name"])


def _logged(store: Rows, chat: str, row: dict[str, Any], zone: tzinfo | None) -> Logged:
    """With the pilot that it is about, of somebody who has several."""
    found = store.row(PILOT, canvas=row["canvas"], chat=chat)
    return replace(_line(row, zone), pilot=name_of(found["name"]) if found else None)
