"""Updates that could not be taken: kept with what went wrong, to be taken again."""

from __future__ import annotations

import json
import re
import traceback
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.messages import Update
from storage.conversations.chats import time_of
from storage.database.rows import decoded

if TYPE_CHECKING:
    from storage.conversations.people import People


TRACEBACK = "Traceback (most recent call last):"
FRAME = re.compile(r'  File "[^"\n]+", line \d+, in \S+')
KIND = re.compile(r"[A-Za-z_][\w.]*(?=:|$)")


@dataclass(frozen=True)
class Aside:
    """`update` is None where the channel's own form could not even be read."""

    id: int
    chat: str | None
    at: str
    error: str
    update: Update | None

    @property
    def cause(self) -> str:
        """The kind of error and where it arose, without its text: that may hold what was typed.

        Read from the top: what comes after the first error's name may be anybody's words, in
        as many lines as they like.
        """
        lines = iter(self.error.splitlines())
        where, kind = "", ""
        for line in lines:
            where = line.strip() if FRAME.fullmatch(line) else where
            kind = found[0] if (found := KIND.match(line)) and line != TRACEBACK else ""
            if kind:
                break
        return f"{kind or 'an error'}, {where}"


def put(store: People, update: Update, error: Exception) -> int:
    """Set it aside, inside its batch's transaction; the number by which it can be found."""
    came = update.came.isoformat() if update.came else None
    body = {**asdict(update), "at": update.at.isoformat(), "came": came}
    return _insert(store, update.chat, json.dumps(body), error, update.at)


def put_raw(store: People, raw: dict[str, Any], error: Exception, at: datetime) -> int | None:
    """An update that could not be read at all; None where it waits already, and came again."""
    try:
        body = json.dumps({"raw": raw})
    except (ValueError, TypeError, RecursionError):
        raw = {"update_id": raw.get("update_id")}  # deeper than anything that Telegram sends
        body = json.dumps({"raw": raw}, default=str)
    waits = "SELECT 1 AS one FROM aside WHERE chat IS NULL AND done_at IS NULL AND body = ?"
    return None if store.row(waits, body) else _insert(store, None, body, error, at)


def _insert(store: People, chat: str | None, body: str, error: Exception, at: datetime) -> int:
    said = "".join(traceback.format_exception(error)).encode("utf-8", "replace").decode()
    sql = "INSERT INTO aside(chat, body, error, at) VALUES (?, ?, ?, ?) RETURNING id"
    return store.made(sql, chat, body, said, at.isoformat())


def waiting(store: People) -> list[Aside]:
    """What is set aside and was not taken since, oldest first."""
    rows = store.rows("SELECT * FROM aside WHERE done_at IS NULL ORDER BY id")
    return [_aside(row) for row in rows]


def _aside(row: dict[str, Any]) -> Aside:
    body = decoded(row["body"], json.loads)  # as it came: no number is too large, none is no number
    update = None
    if "raw" not in body:
        at, came = datetime.fromisoformat(body["at"]), time_of(body.get("came"))
        update = Update(**{**body, "at": at, "came": came})
    return Aside(row["id"], row["chat"], row["at"], row["error"], update)


def again(store: People, number: int, update: Update, at: datetime) -> bool:
    """Forget that it came, so that it can be taken; False where another program took it since."""
    sql = "UPDATE aside SET done_at = ? WHERE id = ? AND done_at IS NULL"
    found = store.db.execute(sql, [at.isoformat(), number])
    if found.rowcount != 1:
        return False
    store.db.execute("DELETE FROM updates WHERE chat = ? AND id = ?", [update.chat, update.id])
    return True
