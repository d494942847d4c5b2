"""What a page of a chat shows: what was said since its person did something, and what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from storage.conversations.canvases import HEARD
from storage.conversations.outbox import Outgoing, outgoing_of
from storage.database.rows import ASKED, asked

if TYPE_CHECKING:
    from storage.conversations.people import People

LATEST = 40
"""Messages among which are those of the last turn: it says ten at most, and others a few more."""

SAID = """SELECT id, chat, message, body, choices, ref, canvas, created_at FROM outbox
    WHERE chat = :chat AND chat LIKE 'web:%' AND body <> '' AND failed IS NULL
    AND id < :before ORDER BY id DESC LIMIT :most"""
ONE = f"""SELECT id, chat, message, body, choices, ref, canvas FROM outbox
    WHERE {ASKED} AND body <> ''"""  # noqa: S608 - ours
LOOKS = "SELECT shows, seen_at FROM chats WHERE chat = ?"
DONE = """SELECT at, text FROM updates WHERE chat = ? AND text <> ''
    AND kind IN ('text', 'press', 'choose')"""
EVERY = 2**62


@dataclass(frozen=True)
class Screen:
    """`shown`: the message under which the person chooses; `news`: what was said beside it.

    `over`: there is news, and what is shown was said before the person did something last.
    """

    shown: Outgoing | None
    news: tuple[Outgoing, ...]
    over: bool = False


def screen_of(store: People, chat: str) -> Screen:
    """As it stands now. `shown` is None where nothing is asked, or its words are gone."""
    row = store.row(LOOKS, chat) or {"shows": None, "seen_at": ""}
    latest = said_before(store, chat)
    since = datetime.fromisoformat(row["seen_at"]) if row["seen_at"] else None
    news = [one for one, at in latest if since and at >= since]
    shown = next((one for one, _ in latest if one.id == row["shows"]), None)
    if shown is None and row["shows"] is not None:
        found = store.db.execute(ONE, {"chat": chat, "ref": "", "id": row["shows"]}).fetchone()
        shown = outgoing_of(*found) if found else None
    beside = tuple(one for one in news if shown is None or one.id != shown.id)
    return Screen(shown, beside, over=bool(beside) and len(beside) == len(news))


def said_before(
    store: People, chat: str, before: int = EVERY, most: int = LATEST
) -> list[tuple[Outgoing, datetime]]:
    """(message, when it was said), oldest first: the last ones before that number."""
    found = store.db.execute(SAID, {"chat": chat, "before": before, "most": most}).fetchall()
    return [(outgoing_of(*row[:7]), datetime.fromisoformat(row[7])) for row in reversed(found)]


def asked_there(store: People, chat: str, ref: str) -> Outgoing | None:
    """An older question of this chat, as long as its words are kept."""
    found = store.db.execute(ONE, asked(chat, ref)).fetchone()
    return outgoing_of(*found) if found else None


def did(store: People, chat: str, once: str) -> bool:
    """Whether this form came already, under its own number."""
    ((found,),) = store.db.conn.execute(HEARD, [chat, once]).fetchall()
    return bool(found)


def told(store: People, chat: str, number: int) -> Outgoing | None:
    """One message of this chat, by its number; nobody else's."""
    sql = """SELECT id, chat, message, body, choices, ref, canvas FROM outbox
        WHERE chat = ? AND id = ? AND body <> '' AND failed IS NULL"""
    found = store.db.execute(sql, [chat, number]).fetchone()
    return outgoing_of(*found) if found else None


def done_since(
    store: People, chat: str, first: datetime, last: datetime
) -> list[tuple[datetime, str]]:
    """(when, what) the person did there between two moments, as they saw it; oldest first."""
    rows = store.rows(DONE, chat)
    found = [(datetime.fromisoformat(row["at"]), row["text"]) for row in rows]
    return sorted((at, text) for at, text in found if first <= at <= last)
