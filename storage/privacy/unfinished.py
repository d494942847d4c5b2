"""What the list of the erased says of things that live: cut off, or back by an older database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from storage import audit
from storage.database import deletions
from storage.privacy import erasure, watermark

if TYPE_CHECKING:
    from storage.conversations.people import People

HELD = "SELECT canvas FROM holds WHERE released_at IS NULL"
WAITS = "SELECT 1 FROM outbox WHERE chat = ? AND sent_at IS NULL AND failed IS NULL LIMIT 1"

AGAIN = timedelta(minutes=1)
"""For so long the update that asked for it may come once more, and must be known."""


def apply(store: People, at: datetime) -> None:
    """After a restore: what was erased since that backup goes again, held then or not."""
    owners, people = _listed_alive(store)
    gone = {person["chat"] for person in people}
    for owner in store.rows(erasure.OWNED, canvas=None):
        if owner in owners or owner["chat"] in gone:
            erasure.erase_owned(store, owner, audit.PROGRAM, at)
    for chat in gone:
        erasure.erase_rest(store, chat, audit.PROGRAM, at)


def finish(store: People, at: datetime) -> list[tuple[str, int | None]]:
    """(chat, canvas or None for all) of what a stopped program was erasing, erased now.

    Its person asked for it and confirmed: what was cut off is done, not undone.
    """
    watermark.mend(store, at)
    found = [] if watermark.settled(store) else _unfinished(store)
    for chat, canvas in found:
        erasure.erase(store, chat, canvas, audit.PROGRAM, at)
    if not watermark.settled(store):
        watermark.settle(store)
    forget_numbers(store, at)
    return found


def _unfinished(store: People) -> list[tuple[str, int | None]]:
    """What has been held since stays, and comes off the list."""
    owners, people = _listed_alive(store)
    held = {*store.column(HELD)}
    keeps = {o["chat"] for o in store.rows(erasure.OWNED, canvas=None) if o["canvas"] in held}
    stay = [o for o in owners if o["canvas"] in held] + [p for p in people if p["chat"] in keeps]
    if store.erased and stay:
        store.erased.withdraw(map(erasure.line_of, stay))
    gone = [p["chat"] for p in people if p not in stay]
    left = [o for o in owners if o not in stay and o["chat"] not in gone]
    return [*((chat, None) for chat in gone), *((o["chat"], o["canvas"]) for o in left)]


def left_alive(store: People) -> int:
    """How much is on the list and lives: an erasing that was cut off, or an older database."""
    return sum(map(len, _listed_alive(store)))


def _listed_alive(store: People) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The canvases and the people that are on the list of what was erased."""
    if store.erased is None or not store.erased.read().lines:
        return [], []
    owners = store.rows(erasure.OWNED, canvas=None)
    people = store.rows("SELECT chat, pseudonym FROM people")
    found = store.erased.among(map(erasure.line_of, [*owners, *people]))
    return [o for o in owners if erasure.line_of(o) in found], [
        p for p in people if erasure.line_of(p) in found
    ]


def forget_numbers(store: People, now: datetime) -> None:
    """Inside a transaction: who erased everything, and heard that, is unknown from here on."""
    # Of the names of facts only this program's: LIKE tells capitals apart in one engine alone.
    for row in store.rows(
        "SELECT name, value FROM facts WHERE name LIKE ?", f"{erasure.FAREWELL}%"
    ):
        chat, since = row["name"].removeprefix(erasure.FAREWELL), row["value"]
        # Who wrote again is somebody new, of whom there is more to keep.
        back = store.value("SELECT seen_at FROM chats WHERE chat = ?", chat) not in (None, since)
        heard = now - datetime.fromisoformat(since) >= AGAIN and not store.value(WAITS, chat)
        if back or heard:
            store.remember(row["name"], None)
        if heard and not back:
            for statement in deletions.OF_PERSON:
                store.db.execute(statement, {"chat": chat})
            store.scrubs = True
