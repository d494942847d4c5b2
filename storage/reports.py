"""Read-only questions for exports."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.store import Store


@dataclass(frozen=True)
class Entry:
    """One answer in a canvas' history; `value` None is a skip."""

    question: str
    value: Any
    at: str
    by: str


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


def canvases(store: Store, canvas: int | None = None) -> list[Record]:
    """Every canvas, or the one asked for, oldest first."""
    rows = store.db.execute(
        "SELECT c.id, p.chat, p.language, c.depth, c.content, c.state, c.created_at, "
        "c.completed_at FROM canvases c JOIN people p ON p.id = c.person "
        "WHERE ? IS NULL OR c.id = ? ORDER BY c.id",
        [canvas, canvas],
    ).fetchall()
    return [_record(store, row) for row in rows]


def of_person(store: Store, chat: str) -> list[Record]:
    """The canvases of one person, oldest first."""
    return [found for number in store.canvases_of(chat) for found in canvases(store, number)]


def _record(store: Store, row: tuple[Any, ...]) -> Record:
    number, chat, language, depth, content, state, created_at, completed_at = row
    history = _history(store, number)
    return Record(number, chat, language, depth, content, state, created_at, completed_at, history)


def _history(store: Store, canvas: int) -> tuple[Entry, ...]:
    rows = store.db.execute(
        "SELECT question, value, at, by FROM answers WHERE canvas = ? ORDER BY id", [canvas]
    ).fetchall()
    return tuple(Entry(q, json.loads(v) if v else None, at, by) for q, v, at, by in rows)
