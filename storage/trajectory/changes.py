"""Statements that differ in a column by what a deed says: written out, so that none is built."""

from __future__ import annotations

KEEPER = {
    True: "UPDATE kwartiermakers SET confirmed_at = ? WHERE person = ? AND confirmed_at IS NULL",
    False: "UPDATE kwartiermakers SET ended_at = ? WHERE person = ? AND confirmed_at IS NULL",
}
"""Whether an operator says yes to somebody who waits."""

MOVE = {
    True: "UPDATE links SET granted_at = ? WHERE id = ? AND used_by IS NOT NULL "
    "AND granted_at IS NULL AND withdrawn_at IS NULL",
    False: "UPDATE links SET withdrawn_at = ? WHERE id = ? AND granted_at IS NULL",
}
"""Whether a place may move to whoever used the link for that."""

SEAT = {
    True: "UPDATE seats SET confirmed_at = ? WHERE id = ? AND confirmed_at IS NULL "
    "AND left_at IS NULL",
    False: "UPDATE seats SET left_at = ? WHERE id = ? AND confirmed_at IS NULL AND left_at IS NULL",
}
"""Whether a kwartiermaker says yes to somebody who waits."""

TRAJECTORY = {
    "name": "UPDATE trajectories SET name = ? WHERE id = ?",
    "subject": "UPDATE trajectories SET subject = ? WHERE id = ?",
    "welcome": "UPDATE trajectories SET welcome = ? WHERE id = ?",
    "language": "UPDATE trajectories SET language = ? WHERE id = ?",
    "silence": "UPDATE trajectories SET silence = ? WHERE id = ?",
}

AGREED = {
    "confirmed_at": "UPDATE agreed SET confirmed_at = ? WHERE id = ?",
    "refused_at": "UPDATE agreed SET refused_at = ? WHERE id = ?",
    "done_at": "UPDATE agreed SET done_at = ? WHERE id = ?",
}

PLANNED = {
    "seat": "DELETE FROM planned WHERE canvas IN (SELECT canvas FROM seats WHERE id = ?)",
    "trajectory": "DELETE FROM planned WHERE canvas IN "
    "(SELECT canvas FROM seats WHERE trajectory = ?)",
    "town": "DELETE FROM planned WHERE canvas IN "
    "(SELECT canvas FROM seats WHERE trajectory = ? AND municipality = ?)",
    "agreed": "DELETE FROM planned WHERE canvas IN "
    "(SELECT s.canvas FROM seats s JOIN agreed a ON a.seat = s.id WHERE a.id = ?)",
    "person": "DELETE FROM planned WHERE canvas IN (SELECT id FROM canvases WHERE person = ?)",
}
"""Whose plan of prompts is worked out anew."""
