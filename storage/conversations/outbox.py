"""What still has to be said, per chat in order. Sent at least once, kept until then."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.messages import Choice, Message
from storage.conversations.chats import NEWS
from storage.database import leader
from storage.database.connection import joined, transaction
from storage.database.errors import told_apart
from storage.database.rows import ASKED, MESSAGE, asked, decoded, message_values, parts_in, ref_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlite_utils import Database

    from storage.conversations.remembered import Remembered

EVERY = 2**62
LATEST = 1000
"""Messages among which those of the last seconds are: of the same seconds, so of near numbers."""

FOUND = "SELECT id, chat, message, body, choices, ref, canvas FROM outbox WHERE body <> '' AND "
WAITING = "sent_at IS NULL AND failed IS NULL"
DUE = f"{FOUND}chat = :chat AND sent_at IS NULL AND failed IS NULL ORDER BY id"
OLDEST = f"{DUE} LIMIT 1"
OPEN_BUBBLE = f"{FOUND}{ASKED} AND closed_at IS NULL AND message IS NOT NULL"
CLOSES = f"UPDATE outbox SET closed_at = :now WHERE {ASKED}"  # noqa: S608 - ours
CHATS = f"SELECT chat FROM outbox WHERE {WAITING} GROUP BY chat ORDER BY MIN(id)"  # noqa: S608 - ours
LATELY = """SELECT chat, sent_at, body FROM outbox WHERE sent_at IS NOT NULL AND body <> ''
    ORDER BY id DESC LIMIT ?"""
NEWEST = "SELECT COALESCE(MAX(id), 0) FROM outbox"
# What a program before this one left may have been read from the moment that it was made.
SENT = """UPDATE outbox SET sent_at = CASE WHEN id <= ? THEN created_at ELSE ? END,
    message = ?, ready_at = ? WHERE id = ?"""
AT_ONCE = f"UPDATE outbox SET sent_at = :now, message = id WHERE chat = :chat AND {WAITING}"  # noqa: S608 - ours
DEPTH = f"SELECT COUNT(*), MIN(created_at) FROM outbox WHERE {WAITING}"  # noqa: S608 - ours
FETCHED = """(outbox.chat LIKE 'terminal:%' OR (outbox.chat LIKE 'web:%' AND NOT EXISTS
    (SELECT 1 FROM chats h JOIN addresses a ON a.person = h.person WHERE h.chat = outbox.chat
    AND a.confirmed_at IS NOT NULL AND a.stopped_at IS NULL)))"""
"""What nobody is called for: it stands there, at any hour, until its person comes."""

ON_ITS_WAY = f"SELECT COUNT(*) FROM outbox WHERE {WAITING} AND NOT {FETCHED}"  # noqa: S608 - ours
OPEN = "press IS NOT NULL AND answered_at IS NULL"
PRESSED = f"SELECT press, chat, toast, id FROM updates WHERE chat = ? AND id = ? AND {OPEN}"  # noqa: S608 - ours
ANSWERED = f"UPDATE updates SET answered_at = ? WHERE chat = ? AND id = ? AND {OPEN}"  # noqa: S608 - ours
SOME = 2000
"""Chats in which presses are looked for at once: a few milliseconds."""

LAST_OF_SOME = """SELECT MAX(chat) FROM
    (SELECT chat FROM chats WHERE chat > ? ORDER BY chat LIMIT ?) AS those"""
UNANSWERED = f"""SELECT u.press, u.chat, u.toast, u.id, u.at FROM chats c
    CROSS JOIN updates u WHERE c.chat > ? AND c.chat <= ? AND c.seen_at >= ? AND u.chat = c.chat
    AND {OPEN} ORDER BY u.at"""  # noqa: S608 - ours
"""No index finds them: each press would pay for it, and it is asked once, at a start.

CROSS JOIN: SQLite else reads all updates, and asks of each whether its chat was here.
"""
LEFT = f"UPDATE outbox SET failed = 'gone' WHERE chat = ? AND id <= ? AND {WAITING}"  # noqa: S608 - ours


PASSED_ON = f"""UPDATE outbox SET chat = (SELECT p.chat FROM chats h
    JOIN people p ON p.id = h.person WHERE h.chat = :chat) WHERE chat = :chat AND {WAITING}
    AND EXISTS (SELECT 1 FROM prompts r JOIN chats h ON h.person = r.person
    WHERE h.chat = :chat AND r.outbox = outbox.id)"""  # noqa: S608 - ours
"""Prompts that a chat will not hear any more are read where its person hears the news."""

ELSEWHERE = ("choices", "ref", "canvas")
"""What the body of an earlier version holds too; now choices stand beside it."""


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
    """A press that its channel still has to answer, in passing, with a text or none.

    `update`: by which it came.
    """

    id: str
    chat: str
    html: str
    update: str = ""


class Outbox:
    """What waits to go out of one database, and what became of it."""

    def __init__(self, db: Database, remembered: Remembered) -> None:
        self.db, self.remembered = db, remembered
        self.left = 0
        """The newest message that a program before this one may have sent, and died."""

    def lead(self, token: str) -> None:
        """From now on this program alone says anything. Raises StoreTrouble."""
        leader.lead(self.db, token)
        self.left = int(self.db.execute(NEWEST).fetchone()[0])

    def found_at(self, host: str, port: int) -> None:
        """Where the web of this program is, for one that waits. Raises StoreTrouble."""
        leader.found_at(self.db, host, port)

    def certain(self) -> None:
        """Raises NotOurs where another program leads, or another file stands there."""
        leader.certain(self.db)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is marked in here is kept together, or none of it."""
        try:
            with joined(self.db), self.remembered.apart():
                yield
        except BaseException:
            self.remembered.forget()
            raise

    # ---------------------------------------------------------------- messages

    @told_apart()
    def due(self, chat: str) -> list[Outgoing]:
        """The unsent messages of a chat, oldest first."""
        return self._found(DUE, chat=chat)

    @told_apart()
    def oldest(self, chat: str) -> Outgoing | None:
        """What this chat must hear next."""
        found = self._found(OLDEST, chat=chat)
        return found[0] if found else None

    @told_apart()
    def open_bubble(self, chat: str, ref: str) -> Outgoing | None:
        """The message of an asking as sent; None where it never arrived or lost its place."""
        found = self._found(OPEN_BUBBLE, **asked(chat, ref))
        return found[0] if found else None

    def _found(self, sql: str, **values: Any) -> list[Outgoing]:
        return [outgoing_of(*row) for row in self.db.execute(sql, values).fetchall()]

    @told_apart()
    def waiting(self) -> list[str]:
        """The chats that have something to hear, who waits longest first."""
        return [row[0] for row in self.db.execute(CHATS).fetchall()]

    @told_apart()
    def last_message(self, chat: str) -> int:
        """The highest number that the channel gave a message of this chat."""
        row = self.db.execute("SELECT last_message FROM chats WHERE chat = ?", [chat]).fetchone()
        return int(row[0]) if row else 0

    def sent(
        self,
        outgoing: Outgoing,
        at: datetime,
        place: int | None = None,
        ready: datetime | None = None,
    ) -> None:
        """It reached the channel, as message `place`. Before `ready` a press is a second tap."""
        now = at.isoformat()
        with self.together():
            values = [self.left, now, place, ready and ready.isoformat(), outgoing.id]
            known = self.db.execute(SENT, values).rowcount
            self.remembered.reached(outgoing.chat, outgoing.ref, at, ready)
            if outgoing.id <= self.left:
                self.remembered.drop(outgoing.chat)
            if place is None:
                return
            if not known:  # erased while it was on its way: it goes from the chat as the others did
                self._take_away(outgoing.chat, place, at)
                return
            message = outgoing.message
            if message.over or message.closes:
                closed = asked(outgoing.chat, message.over or message.closes)
                self.db.execute(CLOSES, {**closed, "now": now})
            sql = "UPDATE chats SET last_message = ? WHERE chat = ? AND last_message < ?"
            self.db.execute(sql, [place, outgoing.chat, place])

    def _take_away(self, chat: str, place: int, at: datetime) -> None:
        body = {"kind": "remove", "key": "", "html": "", "choices": [], "removes": [place]}
        number = self.remembered.next_number()
        self.db.execute(MESSAGE, message_values(number, chat, body, at))

    @told_apart()
    def lately(self, since: datetime) -> list[tuple[str, datetime, int]]:
        """(chat, when, calls) of what went out since then, oldest first; closing is a call too."""
        rows = self.db.execute(LATELY, [LATEST]).fetchall()
        sent = [(chat, datetime.fromisoformat(at), decoded(body)) for chat, at, body in rows]
        found = [
            (chat, at, 2 if body.get("closes") else 1) for chat, at, body in sent if at > since
        ]
        return sorted(found, key=lambda one: one[1])

    def at_once(self, chat: str, at: datetime) -> None:
        """A page is fetched: what its chat was told is there, with its own number as its place."""
        with self.together():
            self.db.execute(AT_ONCE, {"now": at.isoformat(), "chat": chat})

    def removed(self, number: int) -> None:
        """The messages are out of the chat: their numbers are of no use any more."""
        with transaction(self.db):
            self.db.execute("DELETE FROM outbox WHERE id = ?", [number])

    def failed(self, number: int, why: str) -> None:
        """It will never arrive: set aside, so that what follows can."""
        with transaction(self.db):
            self.db.execute("UPDATE outbox SET failed = ? WHERE id = ?", [why, number])

    def gone(self, chat: str, at: datetime, last: int | None = None) -> None:
        """The person left: nothing up to message `last` waits for them; the canvas stays.

        What was queued after it may answer someone who is back already.
        """
        with transaction(self.db):
            self.leave(chat, at, last)

    def leave(self, chat: str, at: datetime, last: int | None = None) -> None:
        """The same in the caller's transaction."""
        self.db.execute("UPDATE chats SET gone_at = ? WHERE chat = ?", [at.isoformat(), chat])
        for statement in (NEWS, PASSED_ON):
            self.db.execute(statement, {"chat": chat})
        self.db.execute(LEFT, [chat, EVERY if last is None else last])

    # ---------------------------------------------------------------- presses

    @told_apart()
    def pressed(self, chat: str, update: str) -> Press | None:
        """The press of an update; None where it is answered, or was none."""
        row = self.db.execute(PRESSED, [chat, update]).fetchone()
        return Press(*row) if row else None

    @told_apart()
    def unanswered(
        self, after: str, since: datetime
    ) -> tuple[list[tuple[Press, datetime]], str | None]:
        """Presses that nobody answered, oldest first, and when they were, of SOME chats.

        Of those after this one that were here since then; and the last of them, None where
        there are no more. Each turn notes when its chat was here, so that none is passed over.
        """
        last = self.db.execute(LAST_OF_SOME, [after, SOME]).fetchone()[0]
        if last is None:
            return [], None
        found = self.db.execute(UNANSWERED, [after, last, since.isoformat()]).fetchall()
        return [(Press(*row), datetime.fromisoformat(at)) for *row, at in found], last

    def answered(self, press: Press, at: datetime) -> None:
        """Or too old for that."""
        with self.together():
            self.db.execute(ANSWERED, [at.isoformat(), press.chat, press.update])

    @told_apart()
    def depth(self) -> tuple[int, str | None]:
        """How many messages wait, and since when the first of them does."""
        row = self.db.execute(DEPTH).fetchone()
        return int(row[0]), row[1]

    @told_apart()
    def on_its_way(self) -> int:
        """How many messages a channel still has to send; not those that wait to be fetched."""
        return int(self.db.execute(ON_ITS_WAY).fetchone()[0])

    @told_apart()
    def set_aside(self) -> int:
        """How many updates wait to be taken again."""
        row = self.db.execute("SELECT COUNT(*) FROM aside WHERE done_at IS NULL").fetchone()
        return int(row[0])

    @told_apart()
    def failures(self) -> list[tuple[str, int]]:
        """Why messages were set aside, and how many; who left is no failure."""
        sql = """SELECT failed, COUNT(*) FROM outbox WHERE failed IS NOT NULL
            AND failed NOT IN ('gone', 'restored', 'recalled') GROUP BY failed"""
        rows = self.db.execute(sql).fetchall()
        return [(str(why), int(count)) for why, count in rows]


def outgoing_of(  # noqa: PLR0913, PLR0917 - the columns of FOUND
    number: int, chat: str, place: int | None, body: str, beside: str | None,
    ref: str | None, canvas: int | None,
) -> Outgoing:  # fmt: skip
    tree = decoded(body)
    choices, trail = choices_of(tree, beside), tuple(tree.pop("trail", ()))
    before = {name: tree.pop(name) for name in ELSEWHERE if name in tree}
    parts, asks = parts_in(tree.pop("html"))
    removes = tuple(tree.pop("removes", ()))
    message = Message(parts=parts, asks=asks, choices=choices, removes=removes, **tree)
    ref = ref or before.get("ref") or ref_of(number)
    return Outgoing(number, chat, ref, canvas, message, trail, place)


def choices_of(body: Mapping[str, Any], beside: str | None) -> tuple[Choice, ...]:
    """What could be chosen under a message; a blanked one has none any more."""
    found = body["choices"] if "choices" in body else decoded(beside or "[]")
    return tuple(Choice(*choice) for choice in found)
