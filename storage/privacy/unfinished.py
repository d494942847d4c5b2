"""What the list of the erased says of things that live: cut off, or back by an older database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage import audit
from storage.privacy import erasure, farewells, watermark

if TYPE_CHECKING:
    from datetime import datetime

    from storage.conversations.people import People

HELD = "SELECT canvas FROM holds WHERE released_at IS NULL"


def apply(store: People, at: datetime) -> None:
    """After a restore: what was erased since that backup goes again, held then or not."""
    owners, people = _listed_alive(store)
    gone = {person["chat"] for person in people}
    for owner in store.rows(erasure.OWNED):
        if owner in owners or owner["chat"] in gone:
            erasure.erase_owned(store, owner, "program", at)
    for person in people:
        erasure.erase_rest(store, person["chat"], "program", at)


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
    farewells.end(store, at)
    return found


def _unfinished(store: People) -> list[tuple[str, int | None]]:
    """What has been held since stays, and comes off the list."""
    owners, people = _listed_alive(store)
    held = {row["canvas"] for row in store.rows(HELD)}
    keeps = {owner["chat"] for owner in store.rows(erasure.OWNED) if owner["canvas"] in held}
    erasure.withdraw(store, [erasure.canvas_line(o) for o in owners if o["canvas"] in held])
    erasure.withdraw(store, [erasure.person_line(p) for p in people if p["chat"] in keeps])
    gone = [p["chat"] for p in people if p["chat"] not in keeps]
    left = [o for o in owners if o["canvas"] not in held and o["chat"] not in gone]
    return [*((chat, None) for chat in gone), *((o["chat"], o["canvas"]) for o in left)]


def left_alive(store: People) -> int:
    """How much is on the list and lives: an erasing that was cut off, or an older database."""
    return sum(map(len, _listed_alive(store)))


def _listed_alive(store: People) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The canvases and the people that are on the list of what was erased."""
    if store.erased is None or not store.erased.read().lines:
        return [], []
    owners, people = store.rows(erasure.OWNED), store.rows("SELECT chat, pseudonym FROM people")
    asked = [*map(erasure.canvas_line, owners), *map(erasure.person_line, people)]
    found = store.erased.among(asked)
    return [o for o in owners if erasure.canvas_line(o) in found], [
        p for p in people if erasure.person_line(p) in found
    ]
