"""What still has to be said, per chat in order. Sent at least once, kept until then."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.turn import Choice, Message
from storage.database.connection import joined, transaction
from storage.database.errors import told_apart
from storage.database.rows import parts_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlite_utils import Database

EVERY = 2**62
LATEST = 1000
"""Messages among which those of the last seconds are: of the same seconds, so of near numbers."""

FOUND = (
    "SELECT o.id, o.chat, o.message, o.body, a.choices, o.ref, o.canvas FROM outbox o "
    "LEFT JOIN askings a ON a.chat = o.chat AND a.ref = o.ref WHERE "
)
WAITING = "sent_at IS NULL AND failed IS NULL"
DUE = f"{FOUND}o.chat = ? AND o.sent_at IS NULL AND o.failed IS NULL ORDER BY o.id"
OLDEST = f"{DUE} LIMIT 1"
OF_ASKING = "SELECT outbox FROM askings WHERE chat = ? AND ref = ? AND closed_at IS NULL"
OPEN_BUBBLE = f"{FOUND}o.id = ({OF_ASKING}) AND o.message IS NOT NULL"
CHATS = f"SELECT chat FROM outbox WHERE {WAITING} GROUP BY chat ORDER BY MIN(id)"  # noqa: S608 - ours
LATELY = "SELECT chat, sent_at, body FROM outbox WHERE sent_at IS NOT NULL ORDER BY id DESC LIMIT ?"
DEPTH = f"SELECT COUNT(*), MIN(created_at) FROM outbox WHERE {WAITING}"  # noqa: S608 - ours
ANSWERED = "UPDATE updates SET answered_at = ? WHERE press = ? AND answered_at IS NULL"
LEFT = f"UPDATE outbox SET failed = 'gone' WHERE chat = ? AND id <= ? AND {WAITING}"  # noqa: S608 - ours


ELSEWHERE = ("choices", "ref", "canvas")
"""What the body of an earlier version holds too; now choices stand in the asking alone."""


@dataclass(frozen=True)
class Outgoing:
    """One message on its way: `ref` names its asking, `canvas` what it is about.

    `trail`: the choices that stay in sight where it takes another message's place.
    `place`: the channel's number of the message it reached.
    """

    id: int
    chat: str
    ref: str
    canvas: int | None
    message: Message
    trail: tuple[str, ...] = ()
    place: int | None = None


@dataclass(frozen=True)
class Press:
    """A press that its channel still has to answer, in passing, with a text or none."""

    id: str
    chat: str
    html: str


# ---------------------------------------------------------------- messages


@told_apart()
def due(db: Database, chat: str) -> list[Outgoing]:
    """The unsent messages of a chat, oldest first."""
    return _found(db, DUE, chat)


@told_apart()
def oldest(db: Database, chat: str) -> Outgoing | None:
    """What this chat must hear next."""
    found = _found(db, OLDEST, chat)
    return found[0] if found else None


@told_apart()
def open_bubble(db: Database, chat: str, ref: str) -> Outgoing | None:
    """The message of an asking, as it was sent; None where it never arrived or lost its place."""
    found = _found(db, OPEN_BUBBLE, chat, ref)
    return found[0] if found else None


def _found(db: Database, sql: str, *values: str) -> list[Outgoing]:
    return [_outgoing(*row) for row in db.execute(sql, list(values)).fetchall()]


def _outgoing(  # noqa: PLR0913, PLR0917 - the columns of FOUND
    number: int, chat: str, place: int | None, body: str, asked: str | None,
    ref: str | None, canvas: int | None,
) -> Outgoing:  # fmt: skip
    tree = json.loads(body)
    choices, trail = choices_of(tree, asked), tuple(tree.pop("trail", ()))
    before = {name: tree.pop(name) for name in ELSEWHERE if name in tree}
    parts, asks = parts_in(tree.pop("html"))
    removes = tuple(tree.pop("removes", ()))
    message = Message(parts=parts, asks=asks, choices=choices, removes=removes, **tree)
    ref = ref or before.get("ref", "")
    return Outgoing(number, chat, ref, canvas, message, trail, place)


def choices_of(body: Mapping[str, Any], asked: str | None) -> tuple[Choice, ...]:
    """What could be chosen under a message, from its asking; a blanked one has none any more."""
    found = body["choices"] if "choices" in body else json.loads(asked or "[]")
    return tuple(Choice(*choice) for choice in found)


@told_apart()
def waiting(db: Database) -> list[str]:
    """The chats that have something to hear, who waits longest first."""
    return [row[0] for row in db.execute(CHATS).fetchall()]


@told_apart()
def last_message(db: Database, chat: str) -> int:
    """The highest number that the channel gave a message of this chat."""
    row = db.execute("SELECT last_message FROM chats WHERE chat = ?", [chat]).fetchone()
    return int(row[0]) if row else 0


def sent(
    db: Database,
    outgoing: Outgoing,
    at: datetime,
    place: int | None = None,
    ready: datetime | None = None,
) -> None:
    """It reached the channel, as message `place`. Before `ready` a press is a second tap."""
    now = at.isoformat()
    with joined(db):
        db.execute(
            "UPDATE outbox SET sent_at = ?, message = ? WHERE id = ?", [now, place, outgoing.id]
        )
        if place is None:
            return
        message = outgoing.message
        db.execute(
            "UPDATE askings SET closed_at = ? WHERE chat = ? AND ref = ?",
            [now, outgoing.chat, message.over or message.closes],
        )
        db.execute(
            "UPDATE askings SET message = ?, ready_at = ? WHERE chat = ? AND ref = ?",
            [place, ready and ready.isoformat(), outgoing.chat, outgoing.ref],
        )
        db.execute(
            "UPDATE chats SET last_message = ? WHERE chat = ? AND last_message < ?",
            [place, outgoing.chat, place],
        )


@told_apart()
def lately(db: Database, since: datetime) -> list[tuple[str, datetime, int]]:
    """(chat, when, calls) of what went out since then, oldest first; closing is a call too."""
    rows = db.execute(LATELY, [LATEST]).fetchall()
    sent = [(chat, datetime.fromisoformat(at), json.loads(body)) for chat, at, body in rows]
    found = [(chat, at, 2 if body.get("closes") else 1) for chat, at, body in sent if at > since]
    return sorted(found, key=lambda one: one[1])


def removed(db: Database, number: int) -> None:
    """The messages are out of the chat: their numbers are of no use any more."""
    with transaction(db):
        db.execute("DELETE FROM outbox WHERE id = ?", [number])


def failed(db: Database, number: int, why: str) -> None:
    """It will never arrive: set aside, so that what follows can."""
    with transaction(db):
        db.execute("UPDATE outbox SET failed = ? WHERE id = ?", [why, number])


def gone(db: Database, chat: str, at: datetime, last: int | None = None) -> None:
    """The person left: nothing up to message `last` waits for them; the canvas stays.

    What was queued after it may answer someone who is back already.
    """
    with transaction(db):
        leave(db, chat, at, last)


def leave(db: Database, chat: str, at: datetime, last: int | None = None) -> None:
    """The same in the caller's transaction."""
    db.execute("UPDATE chats SET gone_at = ? WHERE chat = ?", [at.isoformat(), chat])
    db.execute(LEFT, [chat, EVERY if last is None else last])


# ---------------------------------------------------------------- presses


@told_apart()
def presses(db: Database) -> list[Press]:
    """The presses that nobody answered yet."""
    rows = db.execute(
        "SELECT press, chat, toast FROM updates "
        "WHERE press IS NOT NULL AND answered_at IS NULL ORDER BY at"
    ).fetchall()
    return [Press(*row) for row in rows]


@told_apart()
def press(db: Database, number: str) -> Press | None:
    """One of them."""
    row = db.execute(
        "SELECT press, chat, toast FROM updates WHERE press = ? AND answered_at IS NULL", [number]
    ).fetchone()
    return Press(*row) if row else None


def expire(db: Database, before: datetime, owns: Callable[[str], bool]) -> None:
    """Presses of before then can no longer be answered; of the chats that a channel `owns`."""
    now = before.isoformat()
    with transaction(db):
        old = db.execute(
            "SELECT press, chat FROM updates "
            "WHERE press IS NOT NULL AND answered_at IS NULL AND at < ?",
            [now],
        ).fetchall()
        for press in (press for press, chat in old if owns(chat)):
            db.execute(ANSWERED, [now, press])


def answered(db: Database, press: str, at: datetime) -> None:
    with joined(db):
        db.execute(ANSWERED, [at.isoformat(), press])


@told_apart()
def depth(db: Database) -> tuple[int, str | None]:
    """How many messages wait, and since when the first of them does."""
    row = db.execute(DEPTH).fetchone()
    return int(row[0]), row[1]


@told_apart()
def set_aside(db: Database) -> int:
    """How many updates wait to be taken again."""
    row = db.execute("SELECT COUNT(*) FROM aside WHERE done_at IS NULL").fetchone()
    return int(row[0])


@told_apart()
def failures(db: Database) -> list[tuple[str, int]]:
    """Why messages were set aside, and how many; who left is no failure."""
    rows = db.execute(
        "SELECT failed, COUNT(*) FROM outbox WHERE failed IS NOT NULL "
        "AND failed NOT IN ('gone', 'restored', 'recalled') GROUP BY failed"
    ).fetchall()
    return [(str(why), int(count)) for why, count in rows]
