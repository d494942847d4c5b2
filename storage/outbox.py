"""What still has to be said, per chat in order. Sent at least once, kept until then."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.turn import Choice, Message

if TYPE_CHECKING:
    from datetime import datetime

    from sqlite_utils import Database


@dataclass(frozen=True)
class Outgoing:
    """One message on its way: `ref` names its asking, `canvas` what it is about."""

    id: int
    chat: str
    ref: str
    canvas: int | None
    message: Message


def due(db: Database, chat: str) -> list[Outgoing]:
    """The unsent messages of a chat, oldest first."""
    rows = db.execute(
        "SELECT id, body FROM outbox WHERE chat = ? AND sent_at IS NULL ORDER BY id", [chat]
    ).fetchall()
    return [_outgoing(number, chat, body) for number, body in rows]


def _outgoing(number: int, chat: str, body: str) -> Outgoing:
    tree = json.loads(body)
    ref, canvas = tree.pop("ref"), tree.pop("canvas")
    choices = tuple(Choice(*choice) for choice in tree.pop("choices"))
    return Outgoing(number, chat, ref, canvas, Message(choices=choices, **tree))


def sent(db: Database, number: int, at: datetime) -> None:
    """It reached the channel."""
    db.execute("UPDATE outbox SET sent_at = ? WHERE id = ?", [at.isoformat(), number])
