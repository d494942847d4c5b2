"""Updates that could not be taken: kept with what went wrong, to be taken again."""

from __future__ import annotations

import json
import traceback
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.turn import Update

if TYPE_CHECKING:
    from storage.store import Store


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
        """The kind of error and where it arose, without its text: that may hold what was typed."""
        lines = self.error.rstrip().splitlines()
        where = next((x.strip() for x in reversed(lines) if x.startswith("  File")), "")
        return f"{lines[-1].partition(':')[0]}, {where}"


def put(store: Store, update: Update, error: Exception) -> int:
    """Set it aside, inside its batch's transaction; the number by which it can be found."""
    store.first_time(update)
    body = {**asdict(update), "at": update.at.isoformat()}
    return _insert(store, update.chat, body, error, update.at)


def put_raw(store: Store, raw: dict[str, Any], error: Exception, at: datetime) -> int:
    """An update that could not be read at all."""
    try:
        json.dumps(raw)
    except (ValueError, TypeError, RecursionError):
        raw = {}  # nested deeper than anything that Telegram sends
    return _insert(store, None, {"raw": raw}, error, at)


def _insert(
    store: Store, chat: str | None, body: dict[str, Any], error: Exception, at: datetime
) -> int:
    found = store.db.execute(
        "INSERT INTO aside(chat, body, error, at) VALUES (?, ?, ?, ?)",
        [
            chat, json.dumps(body),
            "".join(traceback.format_exception(error)).encode("utf-8", "replace").decode(),
            at.isoformat(),
        ],
    )  # fmt: skip
    return int(found.lastrowid or 0)


def waiting(store: Store) -> list[Aside]:
    """What is set aside and was not taken since, oldest first."""
    rows = store.rows("SELECT * FROM aside WHERE done_at IS NULL ORDER BY id")
    return [_aside(row) for row in rows]


def _aside(row: dict[str, Any]) -> Aside:
    body = json.loads(row["body"])
    update = None
    if "raw" not in body:
        update = Update(**{**body, "at": datetime.fromisoformat(body["at"])})
    return Aside(row["id"], row["chat"], row["at"], row["error"], update)


def again(store: Store, update: Update) -> None:
    """Forget that it came, so that it can be taken."""
    store.db.execute("DELETE FROM updates WHERE chat = ? AND id = ?", [update.chat, update.id])


def done(store: Store, number: int, at: datetime) -> bool:
    """False where another program took it meanwhile."""
    found = store.db.execute(
        "UPDATE aside SET done_at = ? WHERE id = ? AND done_at IS NULL", [at.isoformat(), number]
    )
    return bool(found.rowcount == 1)
