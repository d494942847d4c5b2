"""The number of who erased everything: it stays until they heard that it is done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from storage.database.rows import text_of
from storage.privacy import deletions

if TYPE_CHECKING:
    from storage.conversations.people import People

FAREWELL = "farewell "
"""Begins the name of the fact that holds since when; the number follows."""

AGAIN = timedelta(minutes=1)
"""For so long the update that asked for it may come once more, and must be known."""

WAITS = "SELECT 1 FROM outbox WHERE chat = ? AND sent_at IS NULL AND failed IS NULL LIMIT 1"


def begin(store: People, chat: str, at: datetime) -> None:
    store.remember(FAREWELL + chat, text_of(at))


def end(store: People, now: datetime) -> None:
    """Inside a transaction: whoever heard it is unknown from here on."""
    # Of the names of facts only this program's: LIKE tells capitals apart in one engine alone.
    for row in store.rows("SELECT name, value FROM facts WHERE name LIKE ?", f"{FAREWELL}%"):
        chat, since = row["name"].removeprefix(FAREWELL), row["value"]
        if _is_back(store, chat, since):
            store.remember(row["name"], None)
        elif now - datetime.fromisoformat(since) >= AGAIN and not store.row(WAITS, chat):
            store.remember(row["name"], None)
            for statement in deletions.OF_PERSON:
                store.db.execute(statement, {"chat": chat})
            store.scrubs = True


def _is_back(store: People, chat: str, since: str) -> bool:
    """Who wrote again is somebody new, of whom there is more to keep."""
    row = store.row("SELECT seen_at FROM chats WHERE chat = ?", chat)
    return row is not None and row["seen_at"] != since
