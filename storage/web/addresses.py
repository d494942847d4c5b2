"""Where people get mail, and the doors that a mail opens. Of a door only a hash is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from storage import audit
from storage.database.rows import decoded, text_of
from storage.web.devices import screen_chat
from storage.web.doors import hash_of, new_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.model.messages import Language
    from storage.conversations.people import People

DoorKind = Literal["prompt", "news", "return", "address"]
"""What a link in a mail leads to: one question, what is new, a way in, a yes to an address."""

STANDS: Mapping[DoorKind, int] = {"prompt": 90, "news": 90, "return": 7, "address": 1}
"""For how many days."""

DEVICES = 3
"""How many a link to come back may open: who opens it at work and at home is no thief yet."""

FINDS_DOOR = """SELECT d.*, p.language FROM doors d JOIN people p ON p.id = d.person
    WHERE d.hash = ?"""
OPENS_DOOR = """INSERT INTO doors(hash, person, kind, outbox, made_at, expires_at)
    VALUES (?, ?, ?, ?, ?, ?)"""
ENTERS = """INSERT INTO addresses(person, address, made_at, told) VALUES (:person, :address, :at,
    (SELECT COALESCE(MAX(id), 0) FROM outbox)) ON CONFLICT(person) DO UPDATE SET
    address = excluded.address, made_at = excluded.made_at, confirmed_at = NULL,
    stopped_at = NULL, told = excluded.told"""
OF_CHAT = """SELECT a.*, p.language, h.chat, h.seen_at FROM chats h JOIN people p ON p.id = h.person
    JOIN addresses a ON a.person = p.id WHERE a.confirmed_at IS NOT NULL
    AND a.stopped_at IS NULL AND h.chat LIKE 'web:%' """
ONE_CHAT, EVERYBODY = f"{OF_CHAT} AND h.chat = ?", f"{OF_CHAT} ORDER BY a.person"
SAID_SINCE = """SELECT id, body, created_at FROM outbox WHERE chat = ? AND chat LIKE 'web:%'
    AND id > ? AND body <> '' AND failed IS NULL ORDER BY id"""
KNOWN_AS = """SELECT a.person, a.confirmed_at, p.language FROM addresses a
    JOIN people p ON p.id = a.person WHERE a.address = ? AND a.confirmed_at IS NOT NULL
    ORDER BY a.confirmed_at DESC LIMIT ?"""


@dataclass(frozen=True)
class Addressee:
    """Where somebody on the web gets mail: confirmed, and not stopped.

    `told`: the newest message that a mail spoke of; `seen`: when they were there last.
    """

    person: int
    chat: str
    address: str
    language: Language
    told: int
    seen: datetime


@dataclass(frozen=True)
class Door:
    """What a link leads to. `outbox`: the message that its mail was about."""

    hash: str
    person: int
    kind: DoorKind
    outbox: int | None
    opened: int
    language: Language


@dataclass(frozen=True)
class Entered:
    """An address as its person sees it."""

    address: str
    confirmed: bool
    stopped: bool


class Addresses:
    """All addresses and doors of one database; whoever changes anything has a transaction."""

    def __init__(self, store: People) -> None:
        self.store = store

    # ------------------------------------------------------------ addresses

    def of(self, person: int) -> Entered | None:
        row = self.store.row("SELECT * FROM addresses WHERE person = ?", person)
        if row is None:
            return None
        return Entered(row["address"], bool(row["confirmed_at"]), bool(row["stopped_at"]))

    def enter(self, person: int, address: str, at: datetime) -> str:
        """It waits for a yes from there: the token of the door to that.

        What went to the address of before leads nowhere any more.
        """
        self._shut(person)
        values = {"person": person, "address": address, "at": text_of(at)}
        self.store.db.execute(ENTERS, values)
        return self.door(person, "address", at)

    def confirm(self, door: Door, at: datetime) -> None:
        """Whoever reads there said yes; once."""
        sql = "UPDATE addresses SET confirmed_at = ?, stopped_at = NULL WHERE person = ?"
        self.store.db.execute(sql, [text_of(at), door.person])
        self.store.db.execute("DELETE FROM doors WHERE hash = ?", [door.hash])
        self.store.renew_news(door.person)

    def stop(self, person: int, at: datetime) -> None:
        """No more mail by itself; the first moment stands."""
        sql = "UPDATE addresses SET stopped_at = COALESCE(stopped_at, ?) WHERE person = ?"
        self.store.db.execute(sql, [text_of(at), person])
        self.store.renew_news(person)

    def resume(self, person: int) -> None:
        self.store.db.execute("UPDATE addresses SET stopped_at = NULL WHERE person = ?", [person])
        self.store.renew_news(person)

    def remove(self, person: int) -> None:
        self.store.db.execute("DELETE FROM addresses WHERE person = ?", [person])
        self._shut(person)

    def _shut(self, person: int) -> None:
        sql = "DELETE FROM doors WHERE person = ? AND kind IN ('address', 'return')"
        self.store.db.execute(sql, [person])
        self.store.renew_news(person)

    def refused(self, person: int) -> None:
        """Nobody is there: it waits for a yes again."""
        sql = "UPDATE addresses SET confirmed_at = NULL WHERE person = ?"
        self.store.db.execute(sql, [person])
        self.store.renew_news(person)

    # ------------------------------------------------------------ what rings

    def at(self, chat: str) -> Addressee | None:
        """Where the person of this chat gets mail."""
        row = self.store.row(ONE_CHAT, chat)
        return _addressee(row) if row else None

    def everybody(self) -> list[Addressee]:
        return [_addressee(row) for row in self.store.rows(EVERYBODY)]

    def said_since(self, box: Addressee) -> list[tuple[int, str, datetime]]:
        """(number, kind, when) of what no mail spoke of yet, oldest first."""
        rows = self.store.rows(SAID_SINCE, box.chat, box.told)
        return [
            (r["id"], decoded(r["body"])["kind"], datetime.fromisoformat(r["created_at"]))
            for r in rows
        ]

    def told(self, box: Addressee, number: int) -> None:
        sql = "UPDATE addresses SET told = ? WHERE person = ? AND told < ?"
        self.store.db.execute(sql, [number, box.person, number])

    # ------------------------------------------------------------ doors

    def door(self, person: int, kind: DoorKind, at: datetime, outbox: int | None = None) -> str:
        """The token of a new one."""
        token, until = new_token(), at + timedelta(STANDS[kind])
        values = [hash_of(token), person, kind, outbox, text_of(at), text_of(until)]
        self.store.db.execute(OPENS_DOOR, values)
        return token

    def find(self, token: str, at: datetime, *kinds: DoorKind) -> Door | None:
        """The door of this token, of one of these kinds, while it stands."""
        row = self.store.row(FINDS_DOOR, hash_of(token))
        if row is None or row["kind"] not in kinds:
            return None
        if datetime.fromisoformat(row["expires_at"]) <= at:
            return None
        names = ("hash", "person", "kind", "outbox", "opened", "language")
        return Door(**{name: row[name] for name in names})

    def opens(self, door: Door) -> bool:
        return door.opened < DEVICES

    def come_back(self, door: Door, at: datetime) -> str | None:
        """One more device: the chat to go on in. None where it opened enough, or leads nowhere."""
        chat = screen_chat(self.store, door.person)
        if chat is None or not self.opens(door):
            return None
        sql = "UPDATE doors SET opened = opened + 1 WHERE hash = ?"
        self.store.db.execute(sql, [door.hash])
        canvases: list[int | None] = [*self.store.canvases_of(chat)]
        for canvas in canvases or [None]:
            audit.note(self.store.db, at, audit.PERSON, "entered", canvas)
        return chat

    def known_as(self, address: str, most: int) -> list[tuple[int, Language, datetime]]:
        """(person, language, since when) of who confirmed it, the last first."""
        rows = self.store.rows(KNOWN_AS, address, most)
        found = [row for row in rows if screen_chat(self.store, row["person"])]
        return [
            (r["person"], r["language"], datetime.fromisoformat(r["confirmed_at"])) for r in found
        ]


def _addressee(row: Mapping[str, Any]) -> Addressee:
    seen = datetime.fromisoformat(row["seen_at"])
    return Addressee(row["person"], row["chat"], row["address"], row["language"], row["told"], seen)
