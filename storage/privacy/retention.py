"""What has been kept long enough: found, counted, deleted."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.expiry import Aging, due
from flows.model.periods import ANNOUNCED
from storage import audit
from storage.conversations.people import STRANGERS
from storage.database.rows import text_of
from storage.privacy import erasure, watermark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.expiry import Disposal
    from storage.store import Store

AGINGS = (
    "SELECT c.id, p.chat, c.changed_at, c.completed_at, c.warned, c.warned_at, "
    "(SELECT value FROM answers WHERE canvas = c.id AND question = 'pilot.name' "
    "ORDER BY id DESC LIMIT 1) AS name, "
    "EXISTS (SELECT 1 FROM holds WHERE canvas = c.id AND released_at IS NULL) AS held "
    "FROM canvases c JOIN people p ON p.id = c.person "
    "WHERE COALESCE(c.completed_at, c.changed_at) < :before "
    "AND (CAST(:canvas AS INTEGER) IS NULL OR c.id = :canvas) ORDER BY c.id"
)
EVER = "9999"

FREE = "canvas IS NULL OR canvas NOT IN (SELECT canvas FROM holds WHERE released_at IS NULL)"
"""What no hold keeps."""

SAID = f"created_at < :before AND (sent_at IS NOT NULL OR failed IS NOT NULL) AND ({FREE})"
"""What was said, or never will be."""

RECORDS = (
    ("updates", f"at < :before AND ({FREE})"),
    ("outbox", f"{SAID} AND choices IS NULL"),
    ("aside", "at < :before"),
)
"""Technical records: (table, which rows are old). A new table of that kind gets a line here."""

COUNTED = tuple(f"SELECT COUNT(*) FROM {table} WHERE {old}" for table, old in RECORDS)  # noqa: S608 - ours
DELETED = tuple(f"DELETE FROM {table} WHERE {old}" for table, old in RECORDS)  # noqa: S608 - ours
WORDS = f"{SAID} AND choices IS NOT NULL AND body <> ''"
WORDY = f"SELECT COUNT(*) FROM outbox WHERE {WORDS}"  # noqa: S608 - ours
WORDLESS = f"UPDATE outbox SET body = '' WHERE {WORDS}"  # noqa: S608 - ours
"""Under which buttons still stand: what they were outlives the words above them."""

UNUSED = "name <> '' AND used_at IS NULL AND (expires_at < :before OR withdrawn_at < :before)"
NAMELESS = f"UPDATE links SET name = '' WHERE {UNUSED}"  # noqa: S608 - ours
NAMED = f"SELECT COUNT(*) FROM links WHERE {UNUSED}"  # noqa: S608 - ours
"""An invitation that nobody followed keeps its hash, so that it stays dead, and no name."""

LEFT_BEHIND = (
    "SELECT chat FROM people WHERE agreed_at IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM chats WHERE person = people.id AND seen_at >= :before) AND NOT EXISTS "
    "(SELECT 1 FROM canvases WHERE person = people.id) AND id NOT IN "
    "(SELECT person FROM kwartiermakers WHERE ended_at IS NULL)"
)
"""Who agreed, and has no canvas any more."""


def agings(store: Store, now: datetime | None = None, canvas: int | None = None) -> list[Aging]:
    """Every canvas or one, as time sees it; with `now` only what something may be due for.

    A day of room, for times are compared as they are written, in any zone.
    """
    soonest = min(store.keeps.unfinished, store.keeps.finished) - max(ANNOUNCED) - 1
    before = text_of(now - timedelta(days=soonest)) if now else EVER
    return [_aging(row) for row in store.rows(AGINGS, before=before, canvas=canvas)]


def _aging(row: Mapping[str, Any]) -> Aging:
    since = datetime.fromisoformat(row["completed_at"] or row["changed_at"])
    warned_at = datetime.fromisoformat(row["warned_at"]) if row["warned_at"] else None
    current = warned_at is not None and warned_at >= since
    name = json.loads(row["name"]) if row["name"] else ""
    return Aging(
        row["id"], row["chat"], "" if name == "unknown" else name, bool(row["completed_at"]),
        since, row["warned"] if current else 0, warned_at, bool(row["held"]),
    )  # fmt: skip


def carry_out(store: Store, step: Disposal, now: datetime) -> None:
    """What was announced is counted; what has to go goes, with its person where it is all of them.

    Raises Held.
    """
    aging = step.aging
    if step.what == "announce":
        store.db.execute(
            "UPDATE canvases SET warned = ?, warned_at = ? WHERE id = ?",
            [aging.warned + 1, text_of(now), aging.canvas],
        )
    elif store.canvases_of(aging.chat) == [aging.canvas]:
        erasure.erase_person(store, aging.chat, audit.PROGRAM, now)
    else:
        erasure.erase_canvas(store, aging.canvas, audit.PROGRAM, now)


def _left_behind(store: Store, now: datetime) -> list[str]:
    """People of whom nothing is left but that they once agreed."""
    before = text_of(now - timedelta(days=store.keeps.unfinished))
    return [row["chat"] for row in store.rows(LEFT_BEHIND, before=before)]


def overdue(store: Store, now: datetime) -> int:
    """How much should have gone, or been announced, before now."""
    steps = due(agings(store, now), store.keeps, now)
    before = {"before": text_of(now - timedelta(days=store.keeps.records))}
    counts = [store.db.execute(sql, before).fetchone()[0] for sql in (*COUNTED, WORDY, NAMED)]
    seen = text_of(now - timedelta(days=store.keeps.strangers))
    strangers = len(store.rows(STRANGERS, seen))
    lines = store.db.execute(
        "SELECT COUNT(*) FROM audit WHERE at < ?", [_audit_until(store, now)]
    ).fetchone()[0]
    return int(sum(counts) + strangers + lines) + len(_left_behind(store, now)) + len(steps)


def delete_old(store: Store, now: datetime) -> None:
    """All that is overdue, and lines on the list of the erased that no backup needs any more."""
    for chat in _left_behind(store, now):
        erasure.erase_person(store, chat, audit.PROGRAM, now)
    store.forget_strangers(now)
    before = {"before": text_of(now - timedelta(days=store.keeps.records))}
    for statement in (WORDLESS, *DELETED, NAMELESS):
        store.db.execute(statement, before)
    store.remember("audit_until", _audit_until(store, now))
    store.db.execute("DELETE FROM audit WHERE at < ?", [_audit_until(store, now)])
    if store.erased:
        store.erased.prune(now.date())
        watermark.settle(store)
    store.scrubs = True


def _audit_until(store: Store, now: datetime) -> str:
    return text_of(now - timedelta(days=store.keeps.audit))
