"""Everything that is kept of one person: the rows behind /mijngegevens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage import audit, reports
from storage.database.rows import html_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage.reports import Record
    from storage.store import Store

Row = dict[str, Any]

PERSON = (
    "SELECT chat, pseudonym, language, agreed_at, agreed_version, "
    "(SELECT MAX(seen_at) FROM chats WHERE person = people.id) AS seen_at, zone FROM people "
    "WHERE id = (SELECT person FROM chats WHERE chat = ?)"
)
TYPED = (
    "SELECT at, kind, text, canvas FROM updates WHERE chat IN "
    "(SELECT chat FROM chats WHERE person = (SELECT person FROM chats WHERE chat = ?)) "
    "AND kind IS NOT NULL ORDER BY at"
)
TOLD = (
    "SELECT created_at, canvas, body FROM outbox WHERE chat IN "
    "(SELECT chat FROM chats WHERE person = (SELECT person FROM chats WHERE chat = ?)) ORDER BY id"
)
ASIDE = (
    "SELECT at, body FROM aside WHERE chat IN "
    "(SELECT chat FROM chats WHERE person = (SELECT person FROM chats WHERE chat = ?)) ORDER BY id"
)
HOLDS = (
    "SELECT canvas, who, why, at, released_at FROM holds WHERE canvas IN (SELECT c.id "
    "FROM canvases c WHERE c.person = (SELECT person FROM chats WHERE chat = ?)) ORDER BY id"
)


IN_TRAJECTORIES = {
    "seats": "SELECT s.* FROM seats s WHERE s.person = (SELECT person FROM chats WHERE chat = ?)",
    "shares": "SELECT h.* FROM shares h JOIN seats s ON s.id = h.seat "
    "WHERE s.person = (SELECT person FROM chats WHERE chat = ?)",
    "agreed": "SELECT a.* FROM agreed a JOIN seats s ON s.id = a.seat "
    "WHERE s.person = (SELECT person FROM chats WHERE chat = ?)",
    "prompts": "SELECT q.* FROM prompts q "
    "WHERE q.person = (SELECT person FROM chats WHERE chat = ?)",
    "prompting": "SELECT g.* FROM prompting g "
    "WHERE g.person = (SELECT person FROM chats WHERE chat = ?)",
    "drafts": "SELECT d.* FROM drafts d WHERE d.person = (SELECT person FROM chats WHERE chat = ?)",
    "keeps": "SELECT k.* FROM keepers k WHERE k.person = (SELECT person FROM chats WHERE chat = ?)",
    "kwartiermaker": "SELECT w.* FROM kwartiermakers w "
    "WHERE w.person = (SELECT person FROM chats WHERE chat = ?)",
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
        html = html_in(json.loads(row["body"])["html"])
        if html:
            yield {"at": row["created_at"], "canvas": row["canvas"], "html": html}
