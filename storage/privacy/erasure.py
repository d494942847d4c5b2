"""Erasing: one canvas or one person, every row of it, in the transaction that asked for it.

And what the list of the erased says of things that live: their erasing was cut off, or an
older database brought them back.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.model.messages import Message, Update
from storage import audit
from storage.conversations import askings, canvases
from storage.conversations.canvases import LAST
from storage.database import deletions
from storage.database.rows import text_of
from storage.privacy import watermark
from storage.privacy.holds import Holds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.model.effects import Erase
    from storage.conversations.people import People

REACHABLE = timedelta(hours=48)  # how long Telegram lets a bot take a message out of a chat
# Begins the name of the fact that holds since when somebody is gone; their number follows.
FAREWELL = "farewell "
BATCH = 100  # messages that one call can take away
WAITS = "SELECT 1 FROM outbox WHERE chat = ? AND sent_at IS NULL AND failed IS NULL LIMIT 1"

# For so long the update that asked for it may come once more, and must be known.
AGAIN = timedelta(minutes=1)
# One canvas or every, and whose it is.
OWNED = """SELECT c.id AS canvas, c.created_at, p.chat, p.pseudonym, p.id AS person
    FROM canvases c JOIN people p ON p.id = c.person
    WHERE CAST(:canvas AS INTEGER) IS NULL OR c.id = :canvas ORDER BY c.id"""
NOTHING_SHOWN = """UPDATE chats SET shows = NULL WHERE person = :person AND EXISTS
    (SELECT 1 FROM people WHERE id = :person AND canvas = :canvas)"""
OPEN_ANOTHER = """UPDATE people SET canvas = (SELECT MAX(id) FROM canvases WHERE person = :person)
    WHERE id = :person AND canvas = :canvas"""

# Whose a canvas was before it moved to this account: in a backup of then it still is.
MOVED = """SELECT DISTINCT a.by AS pseudonym, c.id AS canvas, c.created_at FROM answers a
    JOIN canvases c ON c.id = a.canvas JOIN people p ON p.id = c.person
    WHERE a.by <> p.pseudonym AND a.canvas IN (SELECT :canvas UNION SELECT k.id FROM canvases k
    WHERE k.person = (SELECT person FROM chats WHERE chat = :chat))
    UNION SELECT i.pseudonym, c.id, c.created_at FROM aliases i JOIN canvases c
    ON c.person = i.person WHERE c.id = :canvas
    OR c.person = (SELECT person FROM chats WHERE chat = :chat)"""
# As whom somebody was known before two chats were one person's.
KNOWN_AS_WELL = """SELECT pseudonym FROM aliases
    WHERE person = (SELECT person FROM chats WHERE chat = ?)"""
# The channel's numbers of the messages that it can still take away.
PLACES = """SELECT message FROM (SELECT message, canvas, sent_at AS at FROM outbox
    WHERE chat = :chat
    UNION ALL SELECT message, canvas, at FROM updates WHERE chat = :chat) AS placed
    WHERE message IS NOT NULL AND (CAST(:canvas AS INTEGER) IS NULL OR canvas = :canvas)
    GROUP BY message HAVING MIN(at) > :since ORDER BY message"""
# Menus of other pilots that show this one's name.
NAMED_ELSEWHERE = """DELETE FROM outbox
    WHERE chat IN (SELECT h.chat FROM chats h WHERE h.person = :person) AND
    (choices LIKE '%"/pilots ' || :canvas || '"%' OR choices LIKE '%"/forget ' || :canvas
    || '"%' OR choices LIKE '%"/erase ' || :canvas || '"%')"""


class Held(Exception):  # noqa: N818 - on purpose
    """A hold keeps this from going; the text says why."""


def in_turn(store: People, update: Update, what: Erase) -> None:
    """What the person asked for; this update stays known, so that it has one effect."""
    erase(store, update.chat, what.canvas, audit.PERSON, update.at)
    if what.canvas is None:
        canvases.first_time(store, update)


def erase(store: People, chat: str, canvas: int | None, who: str, at: datetime) -> None:
    """A canvas, or with None all of a person, in the chat too. Raises Held."""
    chats = dict.fromkeys((chat, *store.chats_of(chat)))
    places = {one: _places(store, one, canvas, at) for one in chats}
    if canvas is None:
        erase_person(store, chat, who, at)
    else:
        erase_canvas(store, canvas, who, at)
    for one, messages in places.items():
        if canvas is None and (messages or one == chat):
            store.remember(FAREWELL + one, text_of(at))
        take_away(store, one, messages, at)


def _places(store: People, chat: str, canvas: int | None, at: datetime) -> list[int]:
    return store.column(PLACES, chat=chat, canvas=canvas, since=text_of(at - REACHABLE))


def take_away(store: People, chat: str, messages: list[int], at: datetime) -> None:
    """What the channel can still take out of a chat goes too, once this is kept."""
    for start in range(0, len(messages), BATCH):
        removes = tuple(messages[start : start + BATCH])
        askings.say(store, chat, Message("remove", "", (), removes=removes), at)


def erase_person(store: People, chat: str, who: str, at: datetime) -> None:
    """Everything. Raises Held where a canvas must stay."""
    sql = "SELECT pseudonym FROM people WHERE id = (SELECT person FROM chats WHERE chat = ?)"
    person = store.row(sql, chat)
    if person is None:
        return
    numbers = store.canvases_of(chat)
    for number in numbers:
        _refuse_held(store, number)
    before = store.rows(KNOWN_AS_WELL, chat)
    _listed(store, [person, *before, *store.rows(MOVED, chat=chat, canvas=None)], at)
    for number in numbers:
        _erase_rows(store, number, who, at)
    erase_rest(store, chat, who, at)


def erase_rest(store: People, chat: str, who: str, at: datetime) -> None:
    """What there is of a person beside canvases."""
    chats = store.chats_of(chat)
    for statement in deletions.OF_PERSON:
        store.db.execute(statement, {"chat": chat})
    _erase_unread(store, chats)
    audit.note(store.db, at, who, "erased_person")


def erase_canvas(store: People, number: int, who: str, at: datetime) -> None:
    """One pilot; its person goes on with the newest other one. Raises Held."""
    owner = store.row(OWNED, canvas=number)
    if owner is None:
        return
    _refuse_held(store, number)
    _listed(store, [owner, *store.rows(MOVED, chat=None, canvas=number)], at)
    erase_owned(store, owner, who, at)


def erase_owned(store: People, owner: Mapping[str, Any], who: str, at: datetime) -> None:
    """A canvas, as a row of OWNED, with what names it elsewhere."""
    chats, number = store.chats_of(owner["chat"]), owner["canvas"]
    store.db.execute(NAMED_ELSEWHERE, {"person": owner["person"], "canvas": number})
    _erase_rows(store, number, who, at)
    for statement in (NOTHING_SHOWN, OPEN_ANOTHER):
        store.db.execute(statement, {"person": owner["person"], "canvas": number})
    for chat in chats:
        store.db.execute("DELETE FROM aside WHERE chat = ?", [chat])
    _erase_unread(store, chats)


def line_of(row: Mapping[str, Any]) -> str:
    """What stands for a canvas, a row of OWNED, or for a person on the list of the erased."""
    if "canvas" in row:
        return f"canvas {row['pseudonym']} {row['canvas']} {row['created_at']}"
    return f"person {row['pseudonym']}"


def _refuse_held(store: People, number: int) -> None:
    if held := Holds(store).of(number):
        raise Held(f"Canvas {number} is held by {held.who} ({held.why})")


def _listed(store: People, rows: list[dict[str, Any]], at: datetime) -> None:
    """First of all, so that a backup put back later knows it too."""
    if store.erased:
        watermark.mend(store, at)
        things = [line_of(row) for row in rows]
        store.listed += things
        store.erased.add(things, at.date())
        watermark.settle(store)
    store.scrubs = True


def _erase_rows(store: People, number: int, who: str, at: datetime) -> None:
    last = max(number, int(store.fact(LAST) or 0))
    store.remember(LAST, str(last))
    for statement in deletions.OF_CANVAS:
        store.db.execute(statement, {"canvas": number})
    audit.note(store.db, at, who, "erased", number)


def _erase_unread(store: People, chats: list[str]) -> None:
    """Updates that could not even be read name their chat somewhere inside."""
    for row in store.rows("SELECT id, body FROM aside WHERE chat IS NULL"):
        if any(re.search(rf"(?<!\d){re.escape(chat)}(?!\d)", row["body"]) for chat in chats):
            store.db.execute("DELETE FROM aside WHERE id = ?", [row["id"]])


# ---------------------------------------------------------------- what is on the list and lives


def again(store: People, at: datetime) -> None:
    """After a restore: what was erased since that backup goes again, held then or not."""
    owners, people = _listed_alive(store)
    gone = {person["chat"] for person in people}
    for owner in store.rows(OWNED, canvas=None):
        if owner in owners or owner["chat"] in gone:
            erase_owned(store, owner, audit.PROGRAM, at)
    for chat in gone:
        erase_rest(store, chat, audit.PROGRAM, at)


def finish(store: People, at: datetime) -> list[tuple[str, int | None]]:
    """(chat, canvas or None for all) of what a stopped program was erasing, erased now.

    Its person asked for it and confirmed: what was cut off is done, not undone.
    """
    watermark.mend(store, at)
    found = [] if watermark.settled(store) else _unfinished(store)
    for chat, canvas in found:
        erase(store, chat, canvas, audit.PROGRAM, at)
    if not watermark.settled(store):
        watermark.settle(store)
    forget_numbers(store, at)
    return found


def _unfinished(store: People) -> list[tuple[str, int | None]]:
    """What has been held since stays, and comes off the list."""
    owners, people = _listed_alive(store)
    held = {hold.canvas for hold in Holds(store).standing()}
    keeps = {o["chat"] for o in store.rows(OWNED, canvas=None) if o["canvas"] in held}
    stay = [o for o in owners if o["canvas"] in held] + [p for p in people if p["chat"] in keeps]
    if store.erased and stay:
        store.erased.withdraw(map(line_of, stay))
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
    owners = store.rows(OWNED, canvas=None)
    people = store.rows("SELECT chat, pseudonym FROM people")
    found = store.erased.among(map(line_of, [*owners, *people]))
    return [o for o in owners if line_of(o) in found], [p for p in people if line_of(p) in found]


def forget_numbers(store: People, now: datetime) -> None:
    """Inside a transaction: who erased everything, and heard that, is unknown from here on."""
    # Of the names of facts only this program's: LIKE tells capitals apart in one engine alone.
    for row in store.rows("SELECT name, value FROM facts WHERE name LIKE ?", f"{FAREWELL}%"):
        chat, since = row["name"].removeprefix(FAREWELL), row["value"]
        # Who wrote again is somebody new, of whom there is more to keep.
        back = store.value("SELECT seen_at FROM chats WHERE chat = ?", chat) not in (None, since)
        heard = now - datetime.fromisoformat(since) >= AGAIN and not store.value(WAITS, chat)
        if back or heard:
            store.remember(row["name"], None)
        if heard and not back:
            for statement in deletions.OF_PERSON:
                store.db.execute(statement, {"chat": chat})
            store.scrubs = True
