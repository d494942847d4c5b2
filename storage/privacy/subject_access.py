"""Everything that is kept of one person: the rows behind /mijngegevens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage import audit, reports

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage.reports import Record
    from storage.store import Store

Row = dict[str, Any]

PERSON = (
    "SELECT chat, pseudonym, language, agreed_at, agreed_version, seen_at, zone FROM people "
    "WHERE chat = ?"
)
TYPED = "SELECT at, kind, text, canvas FROM updates WHERE chat = ? AND kind IS NOT NULL ORDER BY at"
TOLD = "SELECT created_at, canvas, body FROM outbox WHERE chat = ? ORDER BY id"
ASIDE = "SELECT at, body FROM aside WHERE chat = ? ORDER BY id"
HOLDS = (
    "SELECT canvas, who, why, at, released_at FROM holds WHERE canvas IN (SELECT c.id "
    "FROM canvases c JOIN people p ON p.id = c.person WHERE p.chat = ?) ORDER BY id"
)


IN_TRAJECTORIES = {
    "seats": "SELECT s.* FROM seats s JOIN people p ON p.id = s.person WHERE p.chat = ?",
    "shares": "SELECT h.* FROM shares h JOIN seats s ON s.id = h.seat "
    "JOIN people p ON p.id = s.person WHERE p.chat = ?",
    "agreed": "SELECT a.* FROM agreed a JOIN seats s ON s.id = a.seat "
    "JOIN people p ON p.id = s.person WHERE p.chat = ?",
    "prompts": "SELECT q.* FROM prompts q JOIN people p ON p.id = q.person WHERE p.chat = ?",
    "prompting": "SELECT g.* FROM prompting g JOIN people p ON p.id = g.person WHERE p.chat = ?",
    "drafts": "SELECT d.* FROM drafts d JOIN people p ON p.id = d.person WHERE p.chat = ?",
    "keeps": "SELECT k.* FROM keepers k JOIN people p ON p.id = k.person WHERE p.chat = ?",
    "kwartiermaker": "SELECT w.* FROM kwartiermakers w JOIN people p ON p.id = w.person "
    "WHERE p.chat = ?",
}
"""What trajectories hold of a person, by the name it has in the file."""


@dataclass(frozen=True)
class Whole:
    """`typed` and `told` hold only what the records still hold."""

    person: Row
    canvases: tuple[Record, ...]
    typed: tuple[Row, ...]
    told: tuple[Row, ...]
    aside: tuple[Row, ...]
    audit: tuple[Row, ...]
    holds: tuple[Row, ...]
    trajectories: dict[str, tuple[Row, ...]]

    @classmethod
    def of(cls, store: Store, chat: str, canvases: Iterable[Record] | None = None) -> Whole | None:
        """None where nobody is known by that chat. `canvases`: theirs, where they were read."""
        person = store.row(PERSON, chat)
        if person is None:
            return None
        typed, aside, holds = (tuple(store.rows(sql, chat)) for sql in (TYPED, ASIDE, HOLDS))
        lines = tuple(store.rows(audit.OF_PERSON, chat=chat))
        records = reports.of_person(store, chat) if canvases is None else canvases
        sat = {name: tuple(store.rows(sql, chat)) for name, sql in IN_TRAJECTORIES.items()}
        told = tuple(_told(store, chat))
        return cls(person, tuple(records), typed, told, aside, lines, holds, sat)


def _told(store: Store, chat: str) -> Iterator[Row]:
    for row in store.rows(TOLD, chat):
        html = json.loads(row["body"])["html"]
        if html:
            yield {"at": row["created_at"], "canvas": row["canvas"], "html": html}
