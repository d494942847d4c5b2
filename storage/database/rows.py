"""Rows as dicts, and the few words that the tables write in their own way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from flows.model.canvas import UNKNOWN
from flows.model.messages import Asks, Message, Passage, Update
from storage.database.errors import StoreDamaged

if TYPE_CHECKING:
    from sqlite_utils import Database

    from flows.model.journey import Given

ANSWER = """INSERT INTO answers(canvas, id, question, value, at, by, message, size, note)
    SELECT id, answered, :question, :value, :at, :by, :message, :size, :note
    FROM canvases WHERE id = :canvas"""
"""One more answer, once it is COUNTED: with the number of its canvas."""

COUNTED = """UPDATE canvases SET answered = 1 + CASE WHEN pilot IS NULL THEN answered
    ELSE (SELECT MAX(n) FROM (SELECT MAX(k.answered) AS n FROM canvases k
    WHERE k.pilot = (SELECT pilot FROM canvases WHERE id = :canvas)
    UNION ALL SELECT MAX(s.id) FROM settlements s
    WHERE s.pilot = (SELECT pilot FROM canvases WHERE id = :canvas)) AS counted) END
    WHERE id = :canvas"""
"""Where several people fill a canvas, all their answers and settlements are counted on."""

MESSAGE = """INSERT INTO outbox(id, chat, canvas, body, created_at, secret, about, key, choices)
    VALUES (:number, :chat, :canvas, :body, :at, :secret, :about, :key, :choices)"""
LAST_SAID = """SELECT CASE WHEN o.id < f.id THEN f.id ELSE o.id END
    FROM (SELECT COALESCE(MAX(id), 0) AS id FROM outbox) o,
    (SELECT COALESCE(MAX(CAST(value AS INTEGER)), 0) AS id FROM facts WHERE name = 'last_said') f"""
"""The highest number that a message ever had. The next is given to none again: an erased one may
still be on its way, and a button names the number of its message."""

ASKED = (
    "chat = :chat AND choices IS NOT NULL AND id = COALESCE("
    "(SELECT old.id FROM outbox old WHERE old.chat = :chat AND old.ref = :ref), :id)"
)
"""The message under which a button stands; those of before have a `ref` of their own."""


def written(value: Any) -> str:
    """JSON in the letters as they are."""
    return orjson.dumps(value).decode()


def decoded(text: str) -> Any:
    """What was written, read back. Raises StoreDamaged where that is not what stands there.

    A page that is not held true reads as zeros, and where it is the rest of a long text
    SQLite finds nothing odd in it; JSON has no zeros.
    """
    try:
        return orjson.loads(text)
    except ValueError as error:
        raise StoreDamaged("a row does not read") from error


DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LONGEST_REF = 12  # digits: what is longer is no number of a message


class Rows:
    """A connection that answers in dicts."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.own: Any = db.conn  # of leader.py, or of postgresql.py

    def rows(self, sql: str, *values: Any, **named: Any) -> list[dict[str, Any]]:
        found = self.db.execute(sql, named or list(values))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def row(self, sql: str, *values: Any, **named: Any) -> dict[str, Any] | None:
        rows = self.rows(sql, *values, **named)
        return rows[0] if rows else None

    def column(self, sql: str, *values: Any, **named: Any) -> list[Any]:
        """The first of each row."""
        return [next(iter(row.values())) for row in self.rows(sql, *values, **named)]

    def value(self, sql: str, *values: Any, **named: Any) -> Any:
        """The first of the first row; None where there is none."""
        return next(iter(self.column(sql, *values, **named)), None)

    def made(self, sql: str, *values: Any, **named: Any) -> int:
        """The number of a new row: what its statement returns."""
        return int(self.value(sql, *values, **named))


def text_of(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def utc(at: datetime) -> str:
    """A moment that can be compared as a text, whatever the clock on the wall does."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def message_values(
    number: int,
    chat: str,
    body: dict[str, Any],
    at: datetime,
    canvas: int | None = None,
    **more: Any,
) -> dict[str, Any]:
    """What MESSAGE wants; `more`: whether it is `secret`, whom it is `about`, its choices."""
    said = {"number": number, "chat": chat, "canvas": canvas, "body": written(body)}
    said["at"] = at.isoformat(timespec="milliseconds")
    return {"secret": None, "about": None, "key": None, "choices": None, **said, **more}


def asked(chat: str, ref: str) -> dict[str, Any]:
    """What ASKED wants."""
    number = int(ref, 36) if ref.isascii() and ref.isalnum() and len(ref) <= LONGEST_REF else 0
    return {"chat": chat, "ref": ref, "id": number}


def answer_values(given: Given) -> dict[str, Any]:
    """What ANSWER wants of an answer; None is a skip."""
    value = None if given.value is None else written(given.value)
    return {**vars(given), "value": value, "at": text_of(given.at)}


def body_of(message: Message) -> Any:
    """A message's words as they are kept: a text, or what a longer one is made of.

    In one place of the body, so that blanking that place leaves none of it.
    """
    if len(message.parts) < 2 and message.asks is None:  # noqa: PLR2004 - one text is itself
        return message.html
    parts = [[part.name, part.html] for part in message.parts]
    return {"parts": parts, "asks": message.asks and vars(message.asks)}


def parts_in(body: Any) -> tuple[tuple[Passage, ...], Asks | None]:
    """The same back; a text of before it was kept in parts, or a blanked one, is one part."""
    if isinstance(body, str):
        return (Passage("", body),), None
    asks = body["asks"] and Asks(**body["asks"])
    return tuple(Passage(*part) for part in body["parts"]), asks


def html_in(body: Any) -> str:
    """All of it as one text."""
    return "\n\n".join(part.html for part in parts_in(body)[0])


def ref_of(number: int) -> str:
    """A short name for what was asked in the message of this number."""
    digits = ""
    while number or not digits:
        number, digit = divmod(number, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits


def first_number(at: datetime) -> int:
    """Where the numbers of messages begin in a database: above all that were given before.

    A button names its message by that number, and may stand in a chat for longer than
    the database that gave it.
    """
    return int(at.timestamp() * 1000)


def name_of(value: str | None) -> str:
    """A pilot's name from the answer as it is kept; empty where there is none."""
    name = decoded(value) if value else ""
    return name if isinstance(name, str) and name != UNKNOWN else ""


def update_values(update: Update) -> dict[str, Any]:
    """What rows hold of an update.

    `number`: the channel's own of the newest message, by which a bubble is known to be the last.
    """
    new = update.kind in ("text", "other", "start") and update.message.isdecimal()
    at, button = update.at.isoformat(timespec="milliseconds"), f"{update.ref}:{update.text}"
    return {
        "chat": update.chat, "id": update.id, "at": at,
        "number": int(update.message) if new else 0,
        "button": button if update.kind == "press" else None,
    }  # fmt: skip
