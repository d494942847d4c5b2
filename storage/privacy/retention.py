"""What has been kept long enough: found, counted, deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.expiry import ANNOUNCED, Aging, Disposal, due
from storage import audit
from storage.conversations.chats import time_of
from storage.conversations.people import STRANGERS
from storage.database.rows import name_of, text_of
from storage.privacy import erasure, watermark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.store import Store

# Where several fill a canvas, as long as one of them does: what each said is needed by all.
NEWEST = """CASE WHEN c.pilot IS NULL THEN {own} WHEN {own} IS NOT NULL THEN
    (SELECT MAX(o.changed_at) FROM canvases o WHERE o.pilot = c.pilot) END"""
CHANGED, COMPLETED = (NEWEST.format(own=f"c.{name}_at") for name in ("changed", "completed"))
AGINGS = f"""SELECT c.id, p.chat, {CHANGED} AS changed_at, {COMPLETED} AS completed_at,
    c.warned, c.warned_at,
    (SELECT value FROM answers WHERE canvas = c.id AND question = 'pilot.name'
    ORDER BY id DESC LIMIT 1) AS name,
    EXISTS (SELECT 1 FROM holds WHERE canvas = c.id AND released_at IS NULL) AS held
    FROM canvases c JOIN people p ON p.id = c.person
    WHERE COALESCE({COMPLETED}, {CHANGED}) < :before
    AND (CAST(:canvas AS INTEGER) IS NULL OR c.id = :canvas) ORDER BY c.id"""  # noqa: S608 - ours
EVER = "9999"

# What no hold keeps.
FREE = "canvas IS NULL OR canvas NOT IN (SELECT canvas FROM holds WHERE released_at IS NULL)"
# What was said, or never will be.
SAID = f"created_at < :records AND (sent_at IS NOT NULL OR failed IS NOT NULL) AND ({FREE})"
# Somebody's address or nobody's: it waits for its yes as long as there is a door to say it by.
CONFIRMABLE = "EXISTS (SELECT 1 FROM doors d WHERE d.person = addresses.person)"
# A question to a colleague, with what came back: what was taken over is on the canvas.
ENDED = f"expires_at < :records AND ({FREE})"
# Technical records: (table, which rows are old). A new table of that kind gets a line here.
RECORDS = (
    ("updates", f"at < :records AND ({FREE})"),
    ("outbox", f"{SAID} AND choices IS NULL"),
    ("aside", "at < :records"),
    ("unplaced", f"at < :records AND ({FREE})"),
    ("proposals", "sent_at IS NULL AND at < :yesterday"),
    ("proposals", f"forwarded IN (SELECT id FROM forwarded WHERE {ENDED})"),  # noqa: S608 - ours
    ("forwarded", ENDED),
    ("batches", "told_at < :records"),
    ("sessions", "until_at < :yesterday"),
    ("doors", "expires_at < :yesterday"),
    ("addresses", f"confirmed_at IS NULL AND made_at < :yesterday AND NOT ({CONFIRMABLE})"),
)
DELETED = tuple(f"DELETE FROM {table} WHERE {old}" for table, old in RECORDS)  # noqa: S608 - ours
WORDS = f"{SAID} AND choices IS NOT NULL AND body <> ''"
# Under which buttons still stand: what they were outlives the words above them.
WORDLESS = f"UPDATE outbox SET body = '', secret = NULL WHERE {WORDS}"  # noqa: S608 - ours
UNUSED = "name <> '' AND used_at IS NULL AND (expires_at < :records OR withdrawn_at < :records)"
# An invitation that nobody followed keeps its hash, so that it stays dead, and no name.
NAMELESS = f"UPDATE links SET name = '' WHERE {UNUSED}"  # noqa: S608 - ours
OLD = (*RECORDS, ("outbox", WORDS), ("links", UNUSED), ("audit", "at < :audit"))
COUNTED = tuple(f"SELECT COUNT(*) FROM {table} WHERE {old}" for table, old in OLD)  # noqa: S608 - ours

# Who agreed, and has no canvas any more.
LEFT_BEHIND = """SELECT chat FROM people WHERE agreed_at IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM chats WHERE person = people.id AND seen_at >= :unfinished) AND NOT EXISTS
    (SELECT 1 FROM canvases WHERE person = people.id) AND id NOT IN
    (SELECT person FROM kwartiermakers WHERE ended_at IS NULL)"""


def agings(store: Store, now: datetime | None = None, canvas: int | None = None) -> list[Aging]:
    """Every canvas or one, as time sees it; with `now` only what something may be due for.

    A day of room, for times are compared as they are written, in any zone.
    """
    soonest = min(store.keeps.unfinished, store.keeps.finished) - max(ANNOUNCED) - 1
    before = text_of(now - timedelta(days=soonest)) if now else EVER
    return [_aging(row) for row in store.rows(AGINGS, before=before, canvas=canvas)]


def _aging(row: Mapping[str, Any]) -> Aging:
    since = datetime.fromisoformat(row["completed_at"] or row["changed_at"])
    warned_at = time_of(row["warned_at"])
    current = warned_at is not None and warned_at >= since
    return Aging(
        row["id"], row["chat"], name_of(row["name"]), bool(row["completed_at"]),
        since, row["warned"] if current else 0, warned_at, bool(row["held"]),
    )  # fmt: skip


def carry_out(store: Store, step: Disposal, now: datetime) -> None:
    """What was announced is counted; what has to go goes, with its person where it is all of them.

    Raises Held.
    """
    aging = step.aging
    if step.what == "announce":
        sql = "UPDATE canvases SET warned = ?, warned_at = ? WHERE id = ?"
        store.db.execute(sql, [aging.warned + 1, text_of(now), aging.canvas])
    elif store.canvases_of(aging.chat) == [aging.canvas]:
        erasure.erase_person(store, aging.chat, audit.PROGRAM, now)
    else:
        erasure.erase_canvas(store, aging.canvas, audit.PROGRAM, now)


def overdue(store: Store, now: datetime) -> int:
    """How much should have gone, or been announced, before now."""
    limits = _limits(store, now)
    steps = due(agings(store, now), store.keeps, now)
    people = [*store.column(STRANGERS, limits["strangers"]), *store.column(LEFT_BEHIND, **limits)]
    counts = [int(store.value(sql, **limits)) for sql in COUNTED]
    return sum(counts) + len(people) + len(steps)


def delete_old(store: Store, now: datetime) -> None:
    """All that is overdue, and lines on the list of the erased that no backup needs any more."""
    limits = _limits(store, now)
    for chat in store.column(LEFT_BEHIND, **limits):
        erasure.erase_person(store, chat, audit.PROGRAM, now)
    store.forget_strangers(now)
    for statement in (WORDLESS, *DELETED, NAMELESS):
        store.db.execute(statement, limits)
    store.remember("audit_until", limits["audit"])
    store.db.execute("DELETE FROM audit WHERE at < :audit", limits)
    if store.erased:
        store.erased.prune(now.date())
        watermark.settle(store)
    store.scrubs = True


def _limits(store: Store, now: datetime) -> dict[str, str]:
    """Before which moment each kind of thing is old.

    `yesterday`: what says itself when it ends is left a day, for times are compared as
    they are written, in any zone.
    """
    days = {**vars(store.keeps), "yesterday": 1}
    return {kind: text_of(now - timedelta(days=kept)) for kind, kept in days.items()}
