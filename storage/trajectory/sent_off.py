"""Prompts that were sent off together, and what became of each."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from flows.model.fates import CALLED_OFF, ON_ITS_WAY, WAITS, WENT, Fate, SentOff
from storage.conversations.chats import time_of
from storage.conversations.outbox import FETCHED
from storage.database.rows import utc

if TYPE_CHECKING:
    from storage.store import Store

UNTOLD = """SELECT b.*, (SELECT k.person FROM keepers k WHERE k.person = b.person
    AND k.trajectory = b.trajectory AND k.until_at IS NULL) AS maker,
    m.starts_at, COALESCE(m.municipality, '') AS municipality FROM batches b
    LEFT JOIN meetings m ON m.id = b.meeting WHERE b.told_at IS NULL AND b.due_at <= ?
    ORDER BY b.due_at"""
FATES = f"""SELECT r.ended, r.due_at, COALESCE(r.promised_at, r.made_at) AS promised_at,
    s.id AS seat, s.municipality, s.name, outbox.failed, outbox.sent_at AS arrived,
    {FETCHED} AS fetched, EXISTS (SELECT 1 FROM handed h WHERE h.prompt = r.id) AS handed
    FROM prompts r LEFT JOIN outbox ON outbox.id = r.outbox LEFT JOIN seats s ON s.id = COALESCE(
    (SELECT t.id FROM seats t WHERE t.id = r.seat AND t.trajectory = :trajectory), (SELECT MIN(t.id)
    FROM seats t WHERE t.person = r.person AND t.trajectory = :trajectory)) WHERE r.person IN
    (SELECT person FROM seats WHERE trajectory = :trajectory)
    AND (r.batch = :batch OR r.mark = :batch) ORDER BY r.id"""  # noqa: S608 - ours
OWN_DOING = ("called off", "dismissed", "meeting")
"""How it ends where a kwartiermaker or an operator ended it: nobody has to hear of that."""


def untold(store: Store, now: datetime) -> list[SentOff]:
    """Plans whose moment has come, and whose planner heard nothing of them yet."""
    return [_sent_off(store, row, now.tzinfo) for row in store.rows(UNTOLD, utc(now))]


def _sent_off(store: Store, row: dict[str, Any], zone: tzinfo | None) -> SentOff:
    found = store.rows(FATES, batch=row["batch"], trajectory=row["trajectory"])
    return SentOff(
        row["batch"], row["kind"], row["trajectory"], row["maker"], row["count"],
        _local(row["made_at"], zone), tuple(_fate(one, zone) for one in found),
        time_of(row["starts_at"]), row["municipality"],
    )  # fmt: skip


def _fate(row: dict[str, Any], zone: tzinfo | None) -> Fate:
    called = ", ".join(filter(None, (row["municipality"], row["name"])))
    times = (_local(row[name], zone) for name in ("promised_at", "due_at"))
    return Fate(row["seat"], called, _how(row), *times)


def _how(row: dict[str, Any]) -> str:
    """What became of it. `row`: of FATES."""
    ended, failed = row["ended"], row["failed"]
    if ended in OWN_DOING:
        return CALLED_OFF
    if not row["handed"]:
        return ended or WAITS
    if failed in ("gone", "recalled"):
        return "gone" if failed == "gone" else ended or "stopped"
    if failed not in (None, "restored"):
        return "refused"
    # Whoever put it off for later has read it.
    there = row["arrived"] or row["fetched"] or ended or row["fetched"] is None
    return WENT if there else ON_ITS_WAY


def _local(text: str, zone: tzinfo | None) -> datetime:
    return datetime.fromisoformat(text).astimezone(zone)
