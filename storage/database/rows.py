"""Rows as dicts, and the few words that the tables write in their own way."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flows.model.canvas import UNKNOWN

if TYPE_CHECKING:
    from sqlite_utils import Database

    from flows.model.turn import Given, Update

CURSOR = ("picked", "plan", "told")
ANSWER = (
    "INSERT INTO answers(canvas, question, value, at, by, message, size) "
    "VALUES (:canvas, :question, :value, :at, :by, :message, :size) RETURNING id"
)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Rows:
    """A connection that answers in dicts."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def rows(self, sql: str, *values: Any, **named: Any) -> list[dict[str, Any]]:
        found = self.db.execute(sql, named or list(values))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def row(self, sql: str, *values: Any, **named: Any) -> dict[str, Any] | None:
        rows = self.rows(sql, *values, **named)
        return rows[0] if rows else None

    def made(self, sql: str, *values: Any, **named: Any) -> int:
        """The number of a new row: what its statement returns."""
        return int(self.rows(sql, *values, **named)[0]["id"])


def text_of(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def utc(at: datetime) -> str:
    """A moment that can be compared as a text, whatever the clock on the wall does."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def answer_values(given: Given) -> dict[str, Any]:
    """What ANSWER wants of an answer; None is a skip."""
    value = None if given.value is None else json.dumps(given.value, ensure_ascii=False)
    return {**vars(given), "value": value, "at": text_of(given.at)}


def ref_of(number: int) -> str:
    """A short name for an asking, unique within its chat."""
    digits = ""
    while number or not digits:
        number, digit = divmod(number, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits


def first_turn(at: datetime) -> int:
    """Where a person's turns begin to count: above all that this chat had before.

    A button's reference comes from that count, and may still stand in the chat of
    someone whose data is gone.
    """
    return int(at.timestamp() * 1000)


def name_of(value: str | None) -> str:
    """A pilot's name from the answer as it is kept; empty where there is none."""
    name = json.loads(value) if value else ""
    return name if isinstance(name, str) and name != UNKNOWN else ""


def button_of(update: Update) -> str | None:
    return f"{update.ref}:{update.text}" if update.kind == "press" else None


def number_of(update: Update) -> int:
    """A channel's own number of the newest message, by which a bubble is known to be the last."""
    new = update.kind in ("text", "other", "start") and update.message.isdecimal()
    return int(update.message) if new else 0
