"""Read-only questions for exports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.voices import OF
from storage.conversations.outbox import choices_of
from storage.database.rows import decoded, html_in

if TYPE_CHECKING:
    from storage.conversations.people import People


@dataclass(frozen=True)
class Entry:
    """One answer in a canvas' history; `value` None is a skip.

    `colleague`: whose answer it is, where it was taken over.
    """

    question: str
    value: Any
    at: str
    by: str
    colleague: str = ""
    note: str = ""


@dataclass(frozen=True)
class Record:
    """A canvas as the export needs it."""

    id: int
    chat: str
    language: str
    depth: str
    content: str
    state: str
    created_at: str
    completed_at: str | None
    history: tuple[Entry, ...]


OWN_HISTORY = """SELECT question, value, at, by, message, note FROM answers
    WHERE canvas = ? ORDER BY id"""
HISTORY = """SELECT a.question, a.value, a.at, a.by, a.message, a.note
    FROM canvases c JOIN canvases o ON o.id = c.id OR o.pilot = c.pilot
    JOIN answers a ON a.canvas = o.id WHERE c.id = ? ORDER BY a.id"""


@dataclass(frozen=True)
class Utterance:
    """One message of a conversation; `by` is empty for the guide, whose text is HTML.

    `part`: the part of the canvas in which the guide said it; a person's lines have none.
    """

    at: datetime
    by: str
    text: str
    choices: tuple[str, ...] = ()
    part: str = ""


class Reports:
    """Reads what exports are made of."""

    def __init__(self, store: People) -> None:
        self.store = store

    def canvases(self, canvas: int | None = None, *, alone: bool = False) -> list[Record]:
        """Every canvas, or the one asked for, oldest first.

        The history is of all who fill it together; `alone`: of its own person only.
        """
        sql = """SELECT c.id, p.chat, p.language, c.depth, c.content, c.state, c.created_at,
            c.completed_at FROM canvases c JOIN people p ON p.id = c.person
            WHERE CAST(:canvas AS INTEGER) IS NULL OR c.id = :canvas ORDER BY c.id"""
        rows = self.store.rows(sql, canvas=canvas)
        history = OWN_HISTORY if alone else HISTORY
        given = {row["id"]: self.store.rows(history, row["id"]) for row in rows}
        return [Record(**row, history=tuple(map(_entry, given[row["id"]]))) for row in rows]

    def conversation(self, canvas: int) -> list[Utterance]:
        """Everything said about one canvas, in the order in which it was said."""
        sql = """SELECT u.at, p.pseudonym AS by, u.text FROM updates u
            JOIN chats h ON h.chat = u.chat JOIN people p ON p.id = h.person
            WHERE u.canvas = ? AND u.text <> ''"""
        heard = self.store.rows(sql, canvas)
        sql = """SELECT created_at, body, choices FROM outbox
            WHERE canvas = ? AND body <> '' ORDER BY id"""
        told = self.store.rows(sql, canvas)
        lines = [Utterance(datetime.fromisoformat(r["at"]), r["by"], r["text"]) for r in heard]
        for row in told:
            at, body = datetime.fromisoformat(row["created_at"]), decoded(row["body"])
            labels = tuple(choice.label for choice in choices_of(body, row["choices"]))
            lines.append(Utterance(at, "", html_in(body["html"]), labels, body.get("state", "")))
        return sorted(lines, key=lambda line: (line.at, not line.by))

    def agreed(self, canvas: int) -> list[dict[str, Any]]:
        """The actions of meetings that were confirmed for a canvas, oldest first."""
        sql = """SELECT 'agreed.' || CAST(a.id AS TEXT) AS action, a.what, a.who,
            CASE WHEN a.later_text = '' THEN a.due ELSE a.later END AS "when",
            CASE WHEN a.later_text = '' THEN a.due_text ELSE a.later_text END AS when_text,
            a.done_at, a.failed_at FROM agreed a JOIN seats s ON s.id = a.seat WHERE s.canvas = ?
            AND a.confirmed_at IS NOT NULL ORDER BY a.id"""
        return self.store.rows(sql, canvas)


def _entry(row: dict[str, Any]) -> Entry:
    message = row.pop("message")
    colleague = message.removeprefix(OF) if message.startswith(OF) else ""
    return Entry(**{**row, "value": decoded(row["value"] or "null"), "colleague": colleague})
