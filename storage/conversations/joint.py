"""Reading a canvas that several people fill together: who they are, and what each answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.model.joint_canvas import JointCanvas, Member
from flows.model.papers import AUTHOR
from flows.model.voices import Settlement, Voice
from storage.conversations.chats import given_of, time_of
from storage.database.rows import decoded

if TYPE_CHECKING:
    from storage.database.rows import Rows

# How somebody is called: as who invited them said, as in a trajectory, or as they say themselves.
MEMBERS = """SELECT c.id, c.person, c.role, c.called, (SELECT MAX(s.name) FROM seats s
    WHERE s.canvas = c.id AND s.left_at IS NULL) AS seated, (SELECT a.value FROM answers a
    WHERE a.canvas = c.id AND a.question = :author ORDER BY a.id DESC LIMIT 1) AS author
    FROM canvases c WHERE c.pilot = :pilot ORDER BY c.id"""
VOICES = """SELECT a.id, c.person, a.question, a.value, a.at, a.message, a.size, a.note
    FROM canvases c JOIN answers a ON a.canvas = c.id WHERE c.pilot = ? ORDER BY a.id"""
SETTLED = """SELECT s.id, s.question, s.how, s.person, s.voice, s.at FROM settlements s
    WHERE s.pilot = ? ORDER BY s.id"""
NEXT = """SELECT 1 + MAX(n) FROM (SELECT MAX(answered) AS n FROM canvases WHERE pilot = :pilot
    UNION ALL SELECT MAX(id) FROM settlements WHERE pilot = :pilot) AS counted"""


def read(store: Rows, pilot: int, canvas: int) -> JointCanvas:
    """The shared canvas as the person sees it whose own row in it this is."""
    rows = store.rows(MEMBERS, pilot=pilot, author=AUTHOR)
    members = _members(rows, canvas)
    found = store.db.execute(VOICES, [pilot]).fetchall()
    voices = tuple(Voice(number, who, given_of(*rest)) for number, who, *rest in found)
    settled = store.db.execute(SETTLED, [pilot]).fetchall()
    settlements = tuple(
        Settlement(number, key, how, who, voice, time_of(at))
        for number, key, how, who, voice, at in settled
    )
    mine = next(member for member in members if member.canvas == canvas)
    return JointCanvas(pilot, mine.person, mine.role, voices, settlements, members)


def _members(rows: list[dict[str, Any]], canvas: int) -> tuple[Member, ...]:
    """Each person once, by the row that is looked from, or else by their first."""
    first: dict[int, dict[str, Any]] = {}
    for row in rows:
        if row["person"] not in first or row["id"] == canvas:
            first[row["person"]] = row
    return tuple(
        Member(who, row["id"], _name(row), row["role"], tuple(
            one["id"] for one in rows if one["person"] == who and one is not row
        ))
        for who, row in first.items()
    )  # fmt: skip


def _name(row: dict[str, Any]) -> str:
    said = decoded(row["author"]) if row["author"] else None
    return str(row["called"] or row["seated"] or said or "")


def next_order(store: Rows, pilot: int) -> int:
    """The number of the next answer: one count for all who fill it."""
    return int(store.value(NEXT, pilot=pilot))
