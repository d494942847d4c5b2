"""Prompts that were sent off together, and what became of each."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, TypeAlias

from flows.model.context import zone_of
from flows.model.fates import CALLED_OFF, ON_ITS_WAY, WAITS, WENT, Fate, Outlook, SentOff
from flows.timing.hours import SELDOM
from storage.conversations.chats import time_of
from storage.conversations.outbox import FETCHED
from storage.database.rows import utc

if TYPE_CHECKING:
    from storage.store import Store

Prompted: TypeAlias = tuple[datetime, str]
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
SITTING = "SELECT person FROM seats WHERE trajectory = :trajectory AND left_at IS NULL"
OUTLOOKS = f"""SELECT s.id AS seat, s.person, s.canvas, p.zone, p.agreed_at, h.gone_at,
    o.stopped_at, o.less_at, (SELECT {FETCHED} FROM people outbox WHERE outbox.id = p.id) AS fetched
    FROM seats s JOIN people p ON p.id = s.person JOIN chats h ON h.chat = p.chat
    LEFT JOIN prompting o ON o.person = s.person
    WHERE s.trajectory = :trajectory AND s.left_at IS NULL"""  # noqa: S608 - ours
HANDED_THERE = f"""SELECT h.person, h.at, COALESCE(r.kind, '') AS kind FROM handed h
    LEFT JOIN prompts r ON r.id = h.prompt WHERE h.person IN ({SITTING}) AND h.at > :since
    ORDER BY h.at"""  # noqa: S608 - ours
AHEAD = f"""SELECT person, due_at AS at, kind FROM prompts WHERE person IN ({SITTING})
    AND sent_at IS NULL AND ended_at IS NULL AND due_at <= :until
    AND kind IN ('open', 'again', 'text', 'before', 'recheck')"""  # noqa: S608 - ours
"""What asks after actions, or after a silence, may find nothing to ask when its time comes."""

OWN_DOING = ("called off", "dismissed", "meeting")
"""How it ends where a kwartiermaker or an operator ended it: nobody has to hear of that."""


def untold(store: Store, now: datetime) -> list[SentOff]:
    """Plans whose moment has come, and whose planner heard nothing of them yet."""
    return [_sent_off(store, row, now.tzinfo) for row in store.rows(UNTOLD, utc(now))]


def outlooks(store: Store, trajectory: int, now: datetime) -> dict[int, Outlook]:
    """By the number of each seat."""
    since, until = utc(now - 2 * SELDOM[1]), utc(now + 2 * SELDOM[1])
    handed, ahead = defaultdict(list), defaultdict(list)
    for row in store.rows(HANDED_THERE, trajectory=trajectory, since=since):
        handed[row["person"]].append((datetime.fromisoformat(row["at"]), row["kind"]))
    for row in store.rows(AHEAD, trajectory=trajectory, until=until):
        at = max(now, datetime.fromisoformat(row["at"]))
        ahead[row["person"]].append((at, row["kind"]))
    return {
        row["seat"]: _outlook(row, now, handed[row["person"]], ahead[row["person"]])
        for row in store.rows(OUTLOOKS, trajectory=trajectory)
    }


def _outlook(
    row: dict[str, Any], now: datetime, handed: list[Prompted], ahead: list[Prompted]
) -> Outlook:
    refused = "stopped" if row["stopped_at"] else "gone" if row["gone_at"] else ""
    return Outlook(
        refused or ("" if row["agreed_at"] else "gone"), row["canvas"] is not None,
        bool(row["fetched"]), bool(row["less_at"]), zone_of(row["zone"], now.tzinfo),
        tuple(at for at, _ in handed), tuple(at for at, kind in handed if kind == "before"),
        tuple(ahead),
    )  # fmt: skip


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
