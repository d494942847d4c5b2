"""What is known of a chat when an update arrives, as one row of one query."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.journey import Agreed, Attempt, Cursor, Given
from flows.model.messages import Asking, Choice
from storage.database.rows import decoded, ref_of

if TYPE_CHECKING:
    from collections.abc import Mapping

PERSON = ("id", "pseudonym", "language", "agreed_at", "agreed_version", "canvas", "zone")
CHAT = ("chat", "pressed", "pressed_at")
CANVAS = (
    "content",
    "state",
    "depth",
    "question",
    "picked",
    "plan",
    "told",
    "answered",
    "pilot",
    "called",
    "role",
)
ASKING = ("id", "ref", "canvas", "key", "choices", "ready_at", "sent_at")
LETTER = """(SELECT MAX(r.outbox) FROM prompts r WHERE r.person = p.id
    AND r.made_by IS NOT NULL)"""

_READ = (*((f"p.{name}") for name in PERSON), *(f"h.{name}" for name in CHAT),
         "EXISTS (SELECT 1 FROM seats e WHERE e.person = p.id)",
         "p.invitation IS NOT NULL OR p.id IN (SELECT person FROM kwartiermakers)",
         "p.chat = h.chat",
         "EXISTS (SELECT 1 FROM chats o WHERE o.person = p.id AND o.chat <> h.chat)", LETTER,
         "EXISTS (SELECT 1 FROM attempts t WHERE t.canvas = p.canvas)",
         *(f"c.{name}" for name in CANVAS), *(f"s.{name}" for name in ASKING))  # fmt: skip
KNOWN = (
    f"SELECT {', '.join(_READ)} "  # noqa: S608 - ours
    "FROM chats h JOIN people p ON p.id = h.person LEFT JOIN canvases c ON c.id = p.canvas "
    "LEFT JOIN outbox s ON s.id = h.shows WHERE h.chat = ?"
)
NAMES = (
    *PERSON,
    *CHAT,
    "seated",
    "expected",
    "news",
    "several",
    "letter",
    "acted",
    *CANVAS,
    *(f"shown_{name}" for name in ASKING),
)

NEWS = """UPDATE people SET chat = COALESCE((SELECT h.chat FROM chats h
    WHERE h.person = people.id AND h.gone_at IS NULL ORDER BY CASE WHEN h.chat LIKE 'web:%'
    AND NOT EXISTS (SELECT 1 FROM addresses a WHERE a.person = h.person
    AND a.confirmed_at IS NOT NULL AND a.stopped_at IS NULL) THEN 1 ELSE 0 END,
    h.seen_at DESC LIMIT 1), chat) WHERE id = (SELECT person FROM chats WHERE chat = :chat)"""
"""Where whoever is in this chat is told the news from now on: in the chat that they used last and
did not leave. A page on the web calls nobody, unless by a mail: it comes after what does.
"""


def known_of(row: tuple[Any, ...]) -> dict[str, Any]:
    """A row of KNOWN by its names, with its `asking` made.

    `seated`: has or had a seat; `expected`: followed a link, or is a kwartiermaker; `news`:
    the news comes in this chat; `several`: there are other chats; `letter`: the newest message
    that a kwartiermaker sent; `acted`: this person said how an action went.
    """
    known = dict(zip(NAMES, row, strict=True))
    return {**known, "asking": asking_of({name: known[f"shown_{name}"] for name in ASKING})}


def asking_of(row: Mapping[str, Any]) -> Asking | None:
    """None where the query found none."""
    if row["choices"] is None:
        return None
    choices = tuple(Choice(*choice) for choice in decoded(row["choices"]))
    ref = row["ref"] or ref_of(row["id"])
    ready, made = time_of(row["ready_at"]), time_of(row["sent_at"])
    return Asking(ref, row["canvas"], row["key"], choices, ready, made)


def cursor_of(row: Mapping[str, Any]) -> Cursor:
    return Cursor(row["question"], _list(row["picked"]), _list(row["plan"]), _list(row["told"]))


def _list(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(decoded(text))


def given_of(question: str, value: str | None, at: str, *more: Any) -> Given:
    """An answer as it is kept; `more`: its message, that one's size, and its note."""
    plain = value is not None and value[0] == '"' and "\\" not in value and "\0" not in value
    read = value[1:-1] if plain and value else decoded(value or "null")
    return Given(question, read, datetime.fromisoformat(at), *more)


def agreed_of(row: dict[str, Any]) -> Agreed:
    text = row["later_text"] or row["due_text"]
    due = row["later"] if row["later_text"] else row["due"]
    return Agreed(
        row["id"], row["seat"], row["what"], row["who"], text, due,
        row["confirmed_at"] is not None, row["done_at"] is not None, row["failed_at"] is not None,
        row["due_text"] if row["later_text"] else "",
    )  # fmt: skip


def attempt_of(row: dict[str, Any]) -> Attempt:
    what, who = decoded(row["what"]), decoded(row["who"])
    at = datetime.fromisoformat(row["at"])
    return Attempt(
        row["canvas"], row["action"], what, who, row["how"], at, row["note"], row["door"]
    )


def time_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
