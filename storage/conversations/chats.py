"""What is known of a chat when an update arrives, as one row of one query."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.journey import Agreed, Cursor, Given
from flows.model.messages import Asking, Choice
from storage.database.leader import OURS

if TYPE_CHECKING:
    from collections.abc import Mapping

PERSON = ("id", "pseudonym", "language", "agreed_at", "agreed_version", "canvas", "zone")
CHAT = ("chat", "turn", "shown", "pressed", "pressed_at")
CANVAS = ("content", "state", "depth", "question", "picked", "plan", "told", "answered")
ASKING = ("ref", "canvas", "key", "choices", "ready_at")


def _columns(table: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


KNOWN = (
    f"SELECT {_columns('p', PERSON)}, {_columns('h', CHAT)}, "  # noqa: S608 - ours
    "EXISTS (SELECT 1 FROM seats e WHERE e.person = p.id), "
    "EXISTS (SELECT 1 FROM updates u WHERE u.chat = h.chat AND u.id = :id), "
    f"{_columns('c', CANVAS)}, {_columns('s', ASKING)}, {_columns('a', ASKING)}, {OURS} "
    "FROM chats h JOIN people p ON p.id = h.person LEFT JOIN canvases c ON c.id = p.canvas "
    "LEFT JOIN askings s ON s.chat = h.chat AND s.ref = h.shown "
    "LEFT JOIN askings a ON a.chat = h.chat AND a.ref = :ref AND a.ref <> COALESCE(h.shown, '') "
    "WHERE h.chat = :chat"
)
"""`shown` and `pressed` are mostly the same asking: that is read once."""

NAMES = (
    *PERSON, *CHAT, "seated", "heard", *CANVAS, *(f"shown_{name}" for name in ASKING),
    *(f"pressed_{name}" for name in ASKING), "same", "led",
)  # fmt: skip
HEARD = f"SELECT EXISTS (SELECT 1 FROM updates WHERE chat = ? AND id = ?), {OURS}"  # noqa: S608 - ours


def known_of(row: tuple[Any, ...]) -> dict[str, Any]:
    """A row of KNOWN by its names; `seated`: has or had a seat in a trajectory."""
    return dict(zip(NAMES, row, strict=True))


def shown_of(known: Mapping[str, Any]) -> Asking | None:
    """What the person looks at."""
    return asking_of({name: known[f"shown_{name}"] for name in ASKING})


def pressed_of(known: Mapping[str, Any]) -> Asking | None:
    """What a press belongs to, where that is not what the person looks at."""
    return asking_of({name: known[f"pressed_{name}"] for name in ASKING})


def asking_of(row: Mapping[str, Any]) -> Asking | None:
    """None where the query found none."""
    if row["ref"] is None:
        return None
    choices = tuple(Choice(*choice) for choice in json.loads(row["choices"]))
    ready = datetime.fromisoformat(row["ready_at"]) if row["ready_at"] else None
    return Asking(row["ref"], row["canvas"], row["key"], choices, ready)


def cursor_of(row: Mapping[str, Any]) -> Cursor:
    return Cursor(row["question"], _list(row["picked"]), _list(row["plan"]), _list(row["told"]))


def _list(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


def given_of(question: str, value: str | None, at: str, message: str, size: int) -> Given:
    return Given(question, _value(value), datetime.fromisoformat(at), message, size)


def _value(text: str | None) -> Any:
    """From JSON; most are plain words."""
    if text is None:
        return None
    if text[0] == '"' and "\\" not in text:
        return text[1:-1]
    return json.loads(text)


def agreed_of(row: dict[str, Any]) -> Agreed:
    return Agreed(
        row["id"], row["seat"], row["what"], row["who"], row["due_text"], row["due"],
        row["confirmed_at"] is not None, row["done_at"] is not None,
    )  # fmt: skip


def time_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
