"""What advisers did, as far as their kwartiermakers may know, since those were told last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.prompts.news import RARELY, Audience, Event
from storage.database.rows import utc

if TYPE_CHECKING:
    from datetime import datetime

    from storage.store import Store

WAITING = """SELECT k.person, p.chat, p.language, MAX(o.stopped_at) AS off FROM keepers k
    JOIN kwartiermakers q ON q.person = k.person AND q.confirmed_at IS NOT NULL
    AND q.ended_at IS NULL JOIN people p ON p.id = k.person
    JOIN chats h ON h.chat = p.chat AND h.gone_at IS NULL
    LEFT JOIN prompting o ON o.person = k.person WHERE k.until_at IS NULL AND p.zone = :zone
    AND COALESCE(k.told_at, '') < :until AND (o.less_at IS NULL OR o.stopped_at IS NOT NULL
    OR datetime(COALESCE(k.told_at, k.from_at)) <= datetime(:rarely))
    GROUP BY k.person, p.chat, p.language ORDER BY k.person LIMIT :most"""
SEAT = "s.id AS seat, s.trajectory, s.municipality, s.name"
# A step of one's own is told where it may be read itself, as flows/trajectory/views.py has it; none
# of its words are, and nothing once it is no longer so.
OWN_STEP = f"""SELECT 'step', m.at, {SEAT}, '' FROM attempts m JOIN seats s ON s.canvas = m.canvas
    WHERE m.how = 'done' AND m.action NOT LIKE 'agreed.%' AND NOT EXISTS (SELECT 1 FROM attempts n
    WHERE n.canvas = m.canvas AND n.action = m.action AND n.id > m.id)
    AND EXISTS (SELECT 1 FROM shares h WHERE h.seat = s.id AND h.until_at IS NULL
    AND (h.what = 'all' OR m.action LIKE h.what || '.%'
    OR (h.what = 'summary' AND m.action = 'closing.small_win')))"""  # noqa: S608 - ours
HAPPENED = f"""SELECT 'shared' AS what, h.at AS at, {SEAT}, h.what AS about FROM shares h
    JOIN seats s ON s.id = h.seat WHERE h.until_at IS NULL
    UNION ALL SELECT 'finished', c.completed_at, {SEAT}, '' FROM seats s
    JOIN canvases c ON c.id = s.canvas
    UNION ALL SELECT 'agreed', a.confirmed_at, {SEAT}, a.what FROM agreed a
    JOIN seats s ON s.id = a.seat
    UNION ALL SELECT 'refused', a.refused_at, {SEAT}, a.what FROM agreed a
    JOIN seats s ON s.id = a.seat
    UNION ALL SELECT 'done', a.done_at, {SEAT}, a.what FROM agreed a JOIN seats s ON s.id = a.seat
    UNION ALL SELECT 'failed', a.failed_at, {SEAT}, a.what FROM agreed a
    JOIN seats s ON s.id = a.seat
    UNION ALL SELECT 'remark', r.at, {SEAT}, '' FROM remarks r JOIN seats s ON s.id = r.seat
    WHERE r.read_at IS NULL UNION ALL {OWN_STEP}"""  # noqa: S608 - ours
# Times are kept on several clocks: the moments are compared, not their texts.
NEW = f"""SELECT e.what, e.trajectory, t.name AS trajectory_name, e.seat, e.municipality, e.name,
    e.about FROM ({HAPPENED}) AS e JOIN seats s ON s.id = e.seat AND s.left_at IS NULL
    AND s.confirmed_at IS NOT NULL JOIN trajectories t ON t.id = e.trajectory
    JOIN keepers k ON k.trajectory = t.id AND k.person = :person AND k.until_at IS NULL
    WHERE datetime(e.at) >= datetime(COALESCE(k.told_at, k.from_at))
    AND datetime(e.at) < datetime(:until) ORDER BY t.id, s.municipality, s.id, e.at"""  # noqa: S608 - ours
TOLD = "UPDATE keepers SET told_at = :until WHERE person = :person AND until_at IS NULL"


def waiting(store: Store, zone: str, until: datetime, most: int) -> list[Audience]:
    """Kwartiermakers on this clock who were not told yet what happened before then."""
    rarely = utc(until - RARELY)
    rows = store.rows(WAITING, zone=zone, until=utc(until), rarely=rarely, most=most)
    return [Audience(r["person"], r["chat"], r["language"], bool(r["off"])) for r in rows]


def told(store: Store, person: int, until: datetime) -> list[Event]:
    """What happened since they were told last, in the order of the overview; told from now on."""
    values = {"person": person, "until": utc(until)}
    found = [Event(**row) for row in store.rows(NEW, **values)]
    store.db.execute(TOLD, values)
    return found
