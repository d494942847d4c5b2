"""Erasing: one canvas or one person, every row of it, in the transaction that asked for it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from storage import audit
from storage.database.rows import MESSAGE, message_values, text_of
from storage.privacy import deletions, farewells, tombstones, watermark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlite_utils import Database

    from flows.model.turn import Erasure, Update
    from storage.conversations.canvases import Keeping

REACHABLE = timedelta(hours=48)
"""How long Telegram lets a bot take a message out of a chat."""

BATCH = 100
"""Messages that one call can take away."""

LAST = "last_canvas"
"""The fact that holds the highest number a canvas had, so that none is given twice."""

OWNED = (
    "SELECT c.id AS canvas, c.created_at, p.chat, p.pseudonym, p.id AS person "
    "FROM canvases c JOIN people p ON p.id = c.person ORDER BY c.id"
)

NOTHING_SHOWN = (
    "UPDATE chats SET shown = NULL WHERE person = :person AND EXISTS "
    "(SELECT 1 FROM people WHERE id = :person AND canvas = :canvas)"
)
OPEN_ANOTHER = (
    "UPDATE people SET canvas = (SELECT MAX(id) FROM canvases WHERE person = :person) "
    "WHERE id = :person AND canvas = :canvas"
)

MOVED = (
    "SELECT DISTINCT a.by AS pseudonym, c.id AS canvas, c.created_at FROM answers a "
    "JOIN canvases c ON c.id = a.canvas JOIN people p ON p.id = c.person "
    "WHERE a.by <> p.pseudonym AND a.canvas IN (SELECT :canvas UNION SELECT k.id FROM canvases k "
    "WHERE k.person = (SELECT person FROM chats WHERE chat = :chat))"
)
"""Whose a canvas was before it moved to this account: in a backup of then it still is."""

HELD = "SELECT canvas FROM holds WHERE released_at IS NULL"

PLACES = (
    "SELECT message FROM (SELECT message, canvas, sent_at AS at FROM outbox WHERE chat = :chat "
    "UNION ALL SELECT message, canvas, at FROM updates WHERE chat = :chat) "
    "WHERE message IS NOT NULL AND (:canvas IS NULL OR canvas = :canvas) "
    "GROUP BY message HAVING MIN(at) > :since ORDER BY message"
)
"""The channel's numbers of the messages that it can still take away."""

NAMED_ELSEWHERE = (
    "SELECT chat, ref, outbox FROM askings WHERE chat = :chat AND "
    "(choices LIKE '%\"/pilots ' || :canvas || '\"%' OR choices LIKE '%\"/forget ' || :canvas "
    "|| '\"%' OR choices LIKE '%\"/erase ' || :canvas || '\"%')"
)
"""Menus of other pilots that show this one's name."""


class Held(Exception):  # noqa: N818 - on purpose
    """A hold keeps this from going; the text says why."""


def in_turn(store: Keeping, update: Update, what: Erasure) -> None:
    """What the person asked for; this update stays known, so that it has one effect."""
    with out_of_the_chat(store, update.chat, what.canvas, update.at):
        if what.canvas is None:
            erase_person(store, update.chat, "person", update.at)
            store.first_time(update)
        else:
            erase_canvas(store, what.canvas, "person", update.at)


def erase_person(store: Keeping, chat: str, who: str, at: datetime) -> None:
    """Everything. Raises Held where a canvas must stay."""
    person = store.row(
        "SELECT id, pseudonym FROM people WHERE id = (SELECT person FROM chats WHERE chat = ?)",
        chat,
    )
    if person is None:
        return
    rows = store.rows("SELECT id FROM canvases WHERE person = ? ORDER BY id", person["id"])
    for row in rows:
        _refuse_held(store, row["id"])
    moved = store.rows(MOVED, chat=chat, canvas=None)
    _listed(store, [_person(person), *map(_canvas, moved)], at)
    for row in rows:
        _erase(store, row["id"], who, at)
    _erase_person(store, chat, who, at)


def _erase_person(store: Keeping, chat: str, who: str, at: datetime) -> None:
    for statement in deletions.OF_PERSON:
        store.db.execute(statement, {"chat": chat})
    _erase_unread(store, chat)
    audit.note(store.db, at, who, "erased_person")


def erase_canvas(store: Keeping, number: int, who: str, at: datetime) -> None:
    """One pilot; its person goes on with the newest other one. Raises Held."""
    owner = next((row for row in store.rows(OWNED) if row["canvas"] == number), None)
    if owner is None:
        return
    _refuse_held(store, number)
    moved = store.rows(MOVED, chat=None, canvas=number)
    _listed(store, [_canvas(owner), *map(_canvas, moved)], at)
    _erase_canvas(store, owner, who, at)


def _erase_canvas(store: Keeping, owner: Mapping[str, Any], who: str, at: datetime) -> None:
    _erase_names(store, owner["chat"], owner["canvas"])
    _erase(store, owner["canvas"], who, at)
    for statement in (NOTHING_SHOWN, OPEN_ANOTHER):
        store.db.execute(statement, {"person": owner["person"], "canvas": owner["canvas"]})
    store.db.execute("DELETE FROM aside WHERE chat = ?", [owner["chat"]])
    _erase_unread(store, owner["chat"])


def _canvas(owner: Mapping[str, Any]) -> str:
    return tombstones.canvas(owner["pseudonym"], owner["canvas"], owner["created_at"])


def apply(store: Keeping, at: datetime) -> None:
    """After a restore: what was erased since that backup goes again, held then or not."""
    owners, people = _listed_alive(store)
    gone = {person["chat"] for person in people}
    for owner in store.rows(OWNED):
        if owner in owners or owner["chat"] in gone:
            _erase_canvas(store, owner, "program", at)
    for person in people:
        _erase_person(store, person["chat"], "program", at)


def unfinished(store: Keeping) -> list[tuple[str, int | None]]:
    """(chat, canvas or None for all) of what a program was erasing when it was stopped.

    What has been held since stays, and comes off the list.
    """
    owners, people = _listed_alive(store)
    held = {row["canvas"] for row in store.rows(HELD)}
    keeps = {owner["chat"] for owner in store.rows(OWNED) if owner["canvas"] in held}
    _withdraw(store, [_canvas(o) for o in owners if o["canvas"] in held])
    _withdraw(store, [_person(p) for p in people if p["chat"] in keeps])
    gone = [p["chat"] for p in people if p["chat"] not in keeps]
    left = [o for o in owners if o["canvas"] not in held and o["chat"] not in gone]
    return [*((chat, None) for chat in gone), *((o["chat"], o["canvas"]) for o in left)]


def listed_alive(store: Keeping) -> list[dict[str, Any]]:
    """What is on the list and lives: an erasing that was cut off, or an older database."""
    owners, people = _listed_alive(store)
    return [*owners, *people]


def _listed_alive(store: Keeping) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The canvases and the people that are on the list of what was erased."""
    if store.erased is None or not store.erased.read().lines:
        return [], []
    owners, people = store.rows(OWNED), store.rows("SELECT chat, pseudonym FROM people")
    asked = [*map(_canvas, owners), *map(_person, people)]
    found = store.erased.among(asked)
    return [o for o in owners if _canvas(o) in found], [p for p in people if _person(p) in found]


def _person(row: Mapping[str, Any]) -> str:
    return tombstones.person(row["pseudonym"])


def _refuse_held(store: Keeping, number: int) -> None:
    held = store.row("SELECT who, why FROM holds WHERE canvas = ? AND released_at IS NULL", number)
    if held:
        raise Held(f"Canvas {number} is held by {held['who']} ({held['why']})")


def _listed(store: Keeping, things: list[str], at: datetime) -> None:
    """First of all, so that a backup put back later knows it too."""
    if store.erased:
        watermark.mend(store, at)
        store.listed += things
        store.erased.add(things, at.date())
        watermark.settle(store)
    store.scrubs = True


@contextmanager
def taken_back(store: Keeping) -> Iterator[None]:
    """What fails in here erases nothing: what it listed comes off the list.

    A commit that fails stands outside: a power cut may yet bring it, and then the list
    must have its lines.
    """
    before = len(store.listed)
    try:
        yield
    except BaseException:
        _withdraw(store, store.listed[before:])
        del store.listed[before:]
        raise


def _withdraw(store: Keeping, things: list[str]) -> None:
    if store.erased and things:
        store.erased.withdraw(things)


def _erase(store: Keeping, number: int, who: str, at: datetime) -> None:
    last = max(number, int(store.fact(LAST) or 0))
    store.remember(LAST, str(last))
    for statement in deletions.OF_CANVAS:
        store.db.execute(statement, {"canvas": number})
    audit.note(store.db, at, who, "erased", number)


def _erase_names(store: Keeping, chat: str, number: int) -> None:
    for row in store.db.execute(NAMED_ELSEWHERE, {"chat": chat, "canvas": number}).fetchall():
        store.db.execute("DELETE FROM askings WHERE chat = ? AND ref = ?", row[:2])
        store.db.execute("DELETE FROM outbox WHERE id = ?", row[2:])


def _erase_unread(store: Keeping, chat: str) -> None:
    """Updates that could not even be read name their chat somewhere inside."""
    for row in store.rows("SELECT id, body FROM aside WHERE chat IS NULL"):
        if re.search(rf"(?<!\d){re.escape(chat)}(?!\d)", row["body"]):
            store.db.execute("DELETE FROM aside WHERE id = ?", [row["id"]])


# ---------------------------------------------------------------- out of the chat


@contextmanager
def out_of_the_chat(store: Keeping, chat: str, canvas: int | None, at: datetime) -> Iterator[None]:
    """Around an erasure: what the channel can still take away goes too, once this is kept."""
    since = text_of(at - REACHABLE)
    rows = store.rows(PLACES, chat=chat, canvas=canvas, since=since)
    yield
    if canvas is None:
        farewells.begin(store, chat, at)
    for start in range(0, len(rows), BATCH):
        _take_away(store, chat, [row["message"] for row in rows[start : start + BATCH]], at)


def _take_away(store: Keeping, chat: str, places: list[int], at: datetime) -> None:
    body = {"kind": "remove", "key": "", "html": "", "choices": [], "removes": places}
    store.db.execute(MESSAGE, message_values(chat, body, at))


# ---------------------------------------------------------------- the last traces


def scrubbed(db: Database) -> bool:
    """Empty the write-ahead log, which holds pages as they were; False where one still reads."""
    busy, _, _ = db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
