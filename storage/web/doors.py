"""Who comes in by the web. Only hashes are kept of what opens anything."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from storage.conversations.remembered import MANY
from storage.database.rows import text_of

if TYPE_CHECKING:
    from flows.model.messages import Language
    from storage.conversations.people import People
    from storage.conversations.remembered import Remembered


WEB = "web:"
"""How the chats of the web begin."""

SESSION = """SELECT chat, seen_at, until_at, passkey IS NOT NULL AS passkey
    FROM sessions WHERE hash = ?"""
OPENS = """INSERT INTO sessions(hash, chat, made_at, seen_at, until_at, device, passkey)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING"""
FIRST = """SELECT EXISTS (SELECT 1 FROM chats h JOIN people p ON p.id = h.person
    WHERE h.chat = ? AND p.agreed_at IS NOT NULL) AS known,
    EXISTS (SELECT 1 FROM sessions WHERE hash = ? AND until_at > ?) AS open"""
SEEN = "UPDATE sessions SET seen_at = ?, until_at = ? WHERE hash = ?"


@dataclass(frozen=True)
class Reader:
    """Somebody with a session: which, in which chat, who, whether they agreed.

    `seen`: when the session was noted last; `until`: how long it opens that chat.
    `passkey`: they came in by one. `known`: what is known of their chat at that moment.
    """

    session: str
    chat: str
    person: int
    language: Language
    agreed: bool
    seen: datetime
    until: datetime
    passkey: bool = False
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


def new_token() -> str:
    """What opens something: 256 bits, in letters of an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    said = token.encode(errors="replace")  # a cookie may hold bytes that are no letters
    return hashlib.sha256(said).hexdigest()


def chat_of(token: str, who: Literal["chat", "guest"] = "chat") -> str:
    """The chat of who came in with this: the same again where a form is sent twice.

    A guest answers one question by a link. Their token stands in an address, so it leads to
    another chat than that of who comes in with it: whoever reads the address is let in nowhere.
    """
    return WEB + hashlib.sha256(f"{who} {token}".encode()).hexdigest()[:16]


def open_session(  # noqa: PLR0913, PLR0917 - a row
    store: People, token: str, chat: str, at: datetime, until: datetime, device: str = "",
    passkey: str | None = None,
) -> None:  # fmt: skip
    """From now on this token is that chat, on one device. Known already: nothing changes."""
    now = text_of(at)
    store.db.execute(OPENS, [hash_of(token), chat, now, now, text_of(until), device, passkey])


def entry(store: People, token: str, at: datetime) -> Literal["new", "again", "over"]:
    """What it is to come in with this: the first time, the same form twice, or what has ended.

    A token leads to one chat for ever, so who was signed out may not come in with it anew.
    Before a person agreed there is nothing to see, and what was cut off there is sent again.
    """
    row = store.row(FIRST, chat_of(token), hash_of(token), text_of(at))
    if row and row["open"]:
        return "again"
    return "over" if row and row["known"] else "new"


def reader_of(
    store: People, token: str, at: datetime, before: Reader | None = None
) -> Reader | None:
    """Whose session this is; None where it is nobody's, or over. `before`: as it was just now.

    Remembered for as long as nobody changed anything about sessions, here or elsewhere. So
    what ends one, or erases its person, reaches the next request, whichever program did it.
    """
    memory, mark = store.remembered, before.session if before else hash_of(token)
    memory.fits(memory.version if before else store.own.version())
    found = memory.sessions.get(mark) or _session(store, mark)
    if found is None or found.until <= at:
        return None
    known = memory.get(found.chat) or store.find(found.chat)
    if not known:
        return None
    if found.known is not known:
        who = (known["id"], known["language"], known["agreed_at"] is not None)
        found = Reader(mark, found.chat, *who, found.seen, found.until, found.passkey, known)
        _remembers(memory, found)
    return found


def _session(store: People, mark: str) -> Reader | None:
    """As it is kept, of nobody yet."""
    row = store.row(SESSION, mark)
    if row is None:
        return None
    seen, until = (datetime.fromisoformat(row[name]) for name in ("seen_at", "until_at"))
    return Reader(mark, row["chat"], 0, "nl", False, seen, until, bool(row["passkey"]))  # noqa: FBT003 - who it is follows


def _remembers(memory: Remembered, reader: Reader) -> None:
    memory.sessions[reader.session] = reader
    if len(memory.sessions) > MANY:
        del memory.sessions[next(iter(memory.sessions))]


def session_seen(store: People, session: str, at: datetime, until: datetime) -> None:
    """Whoever does something stays in for as long again."""
    store.db.execute(SEEN, [text_of(at), text_of(until), session])


def end_session(store: People, session: str) -> None:
    store.db.execute("DELETE FROM sessions WHERE hash = ?", [session])
