"""With what somebody comes in on the web: browsers, and passkeys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from storage.database.rows import text_of

if TYPE_CHECKING:
    from storage.conversations.people import People

SESSIONS = """SELECT hash, device, made_at, seen_at, until_at, passkey IS NOT NULL AS passkey
    FROM sessions WHERE chat IN (SELECT h.chat FROM chats h WHERE h.person = :person)
    ORDER BY seen_at DESC, hash"""
ENDS = """DELETE FROM sessions WHERE hash = :session
    AND chat IN (SELECT h.chat FROM chats h WHERE h.person = :person)"""
ENDS_OTHERS = """DELETE FROM sessions WHERE hash <> :session
    AND chat IN (SELECT h.chat FROM chats h WHERE h.person = :person)"""
KEYS = "SELECT id, name, made_at, used_at FROM passkeys WHERE person = ? ORDER BY made_at, id"
KEY = "SELECT id, person, key, count FROM passkeys WHERE id = ?"
NEW_KEY = """INSERT INTO passkeys(id, person, key, count, name, made_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING RETURNING id"""
USED = "UPDATE passkeys SET count = ?, used_at = ? WHERE id = ? AND count = ?"
NO_KEY = (
    """UPDATE sessions SET passkey = NULL
    WHERE passkey IN (SELECT id FROM passkeys WHERE id = :key AND person = :person)""",
    "DELETE FROM passkeys WHERE id = :key AND person = :person",
)
ON_THE_WEB = """SELECT chat FROM chats WHERE person = ? AND chat LIKE 'web:%'
    ORDER BY seen_at DESC LIMIT 1"""
MOST_KEYS = 20
"""Passkeys of one person: one for each of their devices, and some to spare."""


@dataclass(frozen=True)
class Device:
    """A browser that is in. `mark`: by which its session is ended; `passkey`: it came in by one."""

    mark: str
    name: str
    made: datetime
    seen: datetime
    passkey: bool


@dataclass(frozen=True)
class Passkey:
    """`used`: None where it was only made."""

    id: str
    name: str
    made: datetime
    used: datetime | None


@dataclass(frozen=True)
class PublicKey:
    """What a passkey is checked with, in letters of base64url. `count`: as it was used last."""

    id: str
    person: int
    key: str
    count: int


def devices_of(store: People, person: int, at: datetime) -> list[Device]:
    """Those that are still in, used last first."""
    rows = store.rows(SESSIONS, person=person)
    return [
        Device(
            row["hash"], row["device"], datetime.fromisoformat(row["made_at"]),
            datetime.fromisoformat(row["seen_at"]), bool(row["passkey"]),
        )
        for row in rows if datetime.fromisoformat(row["until_at"]) > at
    ]  # fmt: skip


def end_device(store: People, person: int, session: str) -> None:
    """Of this person; anybody else's stays."""
    store.db.execute(ENDS, {"person": person, "session": session})


def end_other_devices(store: People, person: int, session: str) -> None:
    store.db.execute(ENDS_OTHERS, {"person": person, "session": session})


def passkeys_of(store: People, person: int) -> list[Passkey]:
    return [
        Passkey(
            row["id"], row["name"], datetime.fromisoformat(row["made_at"]),
            datetime.fromisoformat(row["used_at"]) if row["used_at"] else None,
        )
        for row in store.rows(KEYS, person)
    ]  # fmt: skip


def key_of(store: People, number: str) -> PublicKey | None:
    row = store.row(KEY, number)
    return PublicKey(**row) if row else None


def add_passkey(store: People, key: PublicKey, name: str, at: datetime) -> bool:
    """False where it is there already, as anybody's."""
    values = [key.id, key.person, key.key, key.count, name, text_of(at)]
    return store.value(NEW_KEY, *values) is not None


def passkey_used(store: People, key: PublicKey, count: int, at: datetime) -> bool:
    """`key`: as it was when it was checked. False where it was used since: one of the two counts.

    Authenticators that count nothing say zero every time.
    """
    return bool(store.db.execute(USED, [count, text_of(at), key.id, key.count]).rowcount)


def remove_passkey(store: People, person: int, number: str) -> None:
    """Who came in by it is in as by a link from now on."""
    for statement in NO_KEY:
        store.db.execute(statement, {"person": person, "key": number})


def screen_chat(store: People, person: int) -> str | None:
    """Where this person goes on, on the web."""
    chat: str | None = store.value(ON_THE_WEB, person)
    return chat
