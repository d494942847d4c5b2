"""Erasing: one canvas or one person, every row of it, in the transaction that asked for it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flows.model.messages import Message
from storage import audit
from storage.conversations import askings, canvases
from storage.conversations.canvases import LAST
from storage.database import deletions, tombstones
from storage.database.rows import text_of
from storage.privacy import farewells, watermark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from flows.model.effects import Erasure
    from flows.model.messages import Update
    from storage.conversations.people import People

REACHABLE = timedelta(hours=48)
"""How long Telegram lets a bot take a message out of a chat."""

BATCH = 100
"""Messages that one call can take away."""

OWNED = (
    "SELECT c.id AS canvas, c.created_at, p.chat, p.pseudonym, p.id AS person "
    "FROM canvases c JOIN people p ON p.id = c.person ORDER BY c.id"
)

NOTHING_SHOWN = (
    "UPDATE chats SET shows = NULL WHERE person = :person AND EXISTS "
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

PLACES = (
    "SELECT message FROM (SELECT message, canvas, sent_at AS at FROM outbox WHERE chat = :chat "
    "UNION ALL SELECT message, canvas, at FROM updates WHERE chat = :chat) AS placed "
    "WHERE message IS NOT NULL AND (CAST(:canvas AS INTEGER) IS NULL OR canvas = :canvas) "
    "GROUP BY message HAVING MIN(at) > :since ORDER BY message"
)
"""The channel's numbers of the messages that it can still take away."""

NAMED_ELSEWHERE = (
    "DELETE FROM outbox WHERE chat = :chat AND "
    "(choices LIKE '%\"/pilots ' || :canvas || '\"%' OR choices LIKE '%\"/forget ' || :canvas "
    "|| '\"%' OR choices LIKE '%\"/erase ' || :canvas || '\"%')"
)
"""Menus of other pilots that show this one's name."""


class Held(Exception):  # noqa: N818 - on purpose
    """A hold keeps this from going; the text says why."""


def in_turn(store: People, update: Update, what: Erasure) -> None:
    """What the person asked for; this update stays known, so that it has one effect."""
    with _out_of_the_chat(store, update.chat, what.canvas, update.at):
        _erase_either(store, update.chat, what.canvas, "person", update.at)
        if what.canvas is None:
            canvases.first_time(store, update)


def erase(store: People, chat: str, canvas: int | None, who: str, at: datetime) -> None:
    """A canvas, or with None all of a person, in the chat too. Raises Held."""
    with _out_of_the_chat(store, chat, canvas, at):
        _erase_either(store, chat, canvas, who, at)


def _erase_either(store: People, chat: str, canvas: int | None, who: str, at: datetime) -> None:
    if canvas is None:
        erase_person(store, chat, who, at)
    else:
        erase_canvas(store, canvas, who, at)


def erase_person(store: People, chat: str, who: str, at: datetime) -> None:
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
    _listed(store, [person_line(person), *map(canvas_line, moved)], at)
    for row in rows:
        _erase_rows(store, row["id"], who, at)
    erase_rest(store, chat, who, at)


def erase_rest(store: People, chat: str, who: str, at: datetime) -> None:
    """What there is of a person beside canvases."""
    for statement in deletions.OF_PERSON:
        store.db.execute(statement, {"chat": chat})
    _erase_unread(store, chat)
    audit.note(store.db, at, who, "erased_person")


def erase_canvas(store: People, number: int, who: str, at: datetime) -> None:
    """One pilot; its person goes on with the newest other one. Raises Held."""
    owner = next((row for row in store.rows(OWNED) if row["canvas"] == number), None)
    if owner is None:
        return
    _refuse_held(store, number)
    moved = store.rows(MOVED, chat=None, canvas=number)
    _listed(store, [canvas_line(owner), *map(canvas_line, moved)], at)
    erase_owned(store, owner, who, at)


def erase_owned(store: People, owner: Mapping[str, Any], who: str, at: datetime) -> None:
    """A canvas, as a row of OWNED, with what names it elsewhere."""
    _erase_names(store, owner["chat"], owner["canvas"])
    _erase_rows(store, owner["canvas"], who, at)
    for statement in (NOTHING_SHOWN, OPEN_ANOTHER):
        store.db.execute(statement, {"person": owner["person"], "canvas": owner["canvas"]})
    store.db.execute("DELETE FROM aside WHERE chat = ?", [owner["chat"]])
    _erase_unread(store, owner["chat"])


def canvas_line(owner: Mapping[str, Any]) -> str:
    return tombstones.canvas(owner["pseudonym"], owner["canvas"], owner["created_at"])


def person_line(row: Mapping[str, Any]) -> str:
    return tombstones.person(row["pseudonym"])


def _refuse_held(store: People, number: int) -> None:
    held = store.row("SELECT who, why FROM holds WHERE canvas = ? AND released_at IS NULL", number)
    if held:
        raise Held(f"Canvas {number} is held by {held['who']} ({held['why']})")


def _listed(store: People, things: list[str], at: datetime) -> None:
    """First of all, so that a backup put back later knows it too."""
    if store.erased:
        watermark.mend(store, at)
        store.listed += things
        store.erased.add(things, at.date())
        watermark.settle(store)
    store.scrubs = True


def withdraw(store: People, things: list[str]) -> None:
    if store.erased and things:
        store.erased.withdraw(things)


def _erase_rows(store: People, number: int, who: str, at: datetime) -> None:
    last = max(number, int(store.fact(LAST) or 0))
    store.remember(LAST, str(last))
    for statement in deletions.OF_CANVAS:
        store.db.execute(statement, {"canvas": number})
    audit.note(store.db, at, who, "erased", number)


def _erase_names(store: People, chat: str, number: int) -> None:
    store.db.execute(NAMED_ELSEWHERE, {"chat": chat, "canvas": number})


def _erase_unread(store: People, chat: str) -> None:
    """Updates that could not even be read name their chat somewhere inside."""
    for row in store.rows("SELECT id, body FROM aside WHERE chat IS NULL"):
        if re.search(rf"(?<!\d){re.escape(chat)}(?!\d)", row["body"]):
            store.db.execute("DELETE FROM aside WHERE id = ?", [row["id"]])


# ---------------------------------------------------------------- out of the chat


@contextmanager
def _out_of_the_chat(store: People, chat: str, canvas: int | None, at: datetime) -> Iterator[None]:
    """Around an erasure: what the channel can still take away goes too, once this is kept."""
    since = text_of(at - REACHABLE)
    rows = store.rows(PLACES, chat=chat, canvas=canvas, since=since)
    yield
    if canvas is None:
        farewells.begin(store, chat, at)
    for start in range(0, len(rows), BATCH):
        places = tuple(row["message"] for row in rows[start : start + BATCH])
        askings.say(store, chat, Message("remove", "", (), removes=places), at)
