"""Prompts that wait, those that come by themselves, and how often somebody was asked."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from flows.model.context import DuePrompt, zone_of
from flows.model.messages import Choice
from flows.prompts.schedule import Planned, plan
from flows.timing.hours import SELDOM
from storage.conversations.chats import agreed_of, time_of
from storage.conversations.outbox import FETCHED
from storage.database.rows import decoded, ref_of, utc
from storage.trajectory import happenings, sent_off, snapshots
from storage.trajectory.seats import Seats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flows.model.effects import Prompted
    from flows.model.fates import SentOff
    from flows.model.guidebook import Guide
    from flows.model.journey import Walk
    from flows.model.trajectory import OwnSeat
    from flows.prompts.news import Audience, Event
    from storage.store import Store
log = logging.getLogger("opschaalgids.prompting")

PLANNED = """INSERT INTO planned(canvas, changed_at) VALUES (?, ?)
    ON CONFLICT(canvas) DO UPDATE SET changed_at = excluded.changed_at"""
ONE = """SELECT r.*, p.chat, p.language, p.zone, p.canvas AS current, p.agreed_at, h.gone_at,
    o.less_at, o.stopped_at, s.id AS sits, s.left_at, (SELECT m.starts_at FROM meetings m
    WHERE r.mark = 'meeting ' || m.id || ' before' AND m.cancelled_at IS NULL) AS starts_at,
    COALESCE((SELECT name FROM kwartiermakers WHERE person = r.made_by),
    (SELECT q.name FROM meetings m JOIN keepers k ON k.trajectory = m.trajectory
    AND k.person = m.made_by AND k.until_at IS NULL JOIN kwartiermakers q ON q.person = m.made_by
    WHERE r.mark LIKE 'meeting ' || m.id || ' %'),
    (SELECT q.name FROM seats t JOIN keepers k ON k.trajectory = t.trajectory
    AND k.until_at IS NULL JOIN kwartiermakers q ON q.person = k.person
    WHERE t.id = r.seat ORDER BY k.id LIMIT 1)) AS by
    FROM prompts r JOIN people p ON p.id = r.person
    LEFT JOIN chats h ON h.chat = p.chat LEFT JOIN prompting o ON o.person = r.person
    LEFT JOIN seats s ON s.id = r.seat WHERE r.id = ?"""
UNDONE = """SELECT * FROM agreed WHERE seat = ? AND confirmed_at IS NOT NULL
    AND done_at IS NULL AND failed_at IS NULL ORDER BY id"""
RECALLED = (
    "UPDATE outbox SET failed = 'recalled' WHERE id = :outbox",
    "UPDATE prompts SET sent_at = NULL, outbox = NULL WHERE id = :id",
    "DELETE FROM handed WHERE prompt = :id",
)
HANDED = """SELECT h.at, COALESCE(r.kind, '') AS kind FROM handed h
    LEFT JOIN prompts r ON r.id = h.prompt WHERE h.person = ? AND h.at > ? ORDER BY h.at"""
LATE = f"""SELECT r.id, r.outbox FROM prompts r JOIN outbox ON outbox.id = r.outbox
    JOIN people p ON p.id = r.person WHERE outbox.sent_at IS NULL AND outbox.failed IS NULL
    AND r.sent_at <= ? AND p.zone IN (SELECT value FROM json_each(?)) AND NOT {FETCHED}"""  # noqa: S608 - ours
OPEN_IN = """SELECT r.id, o.chat, o.choices FROM prompts r JOIN outbox o ON o.id = r.outbox
    WHERE r.outbox = ? AND r.ended_at IS NULL AND o.body <> '' AND o.failed IS NULL"""
ZONES = "SELECT DISTINCT zone FROM people WHERE zone <> ''"

# A message younger than this may be on its way to the channel right now.
IN_FLIGHT = timedelta(minutes=2)


@dataclass(frozen=True)
class OpenPrompt:
    """A prompt that waits for an answer: in which chat it was said, and what can be chosen."""

    prompt: DuePrompt
    chat: str
    ref: str
    choices: tuple[Choice, ...]


class Prompts:
    """All prompts of one database."""

    def __init__(self, store: Store, guide_of: Callable[[int], Guide]) -> None:
        self.store, self.guide_of = store, guide_of
        self.seats = Seats(store, guide_of)

    # ------------------------------------------------------------ planning

    def renew(self, house: tzinfo | None, most: int) -> bool:
        """Work out anew what comes by itself for canvases that changed, and what shows of them.

        True where there may be more of them than `most`.
        """
        shown = snapshots.renew(self.store, self.guide_of, "anyone", most)
        sql = """SELECT c.id, c.person, c.changed_at, c.created_at, p.zone FROM canvases c
            JOIN people p ON p.id = c.person LEFT JOIN planned n ON n.canvas = c.id
            WHERE n.canvas IS NULL OR n.changed_at <> c.changed_at LIMIT ?"""
        rows = self.store.rows(sql, most)
        for row in rows:
            self._renew(row, zone_of(row["zone"], house))
        return max(shown, len(rows)) == most

    def _renew(self, row: dict[str, Any], zone: tzinfo | None) -> None:
        self.seats.zone = zone
        walk, guide = self.store.walk(row["id"]), self.guide_of(row["id"])
        began = datetime.fromisoformat(row["created_at"]).astimezone(zone)
        seats = [s for s in self.seats.own(row["person"]) if s.canvas == row["id"] and s.confirmed]
        self._replace(row["id"], row["person"], _planned(guide, walk, began, seats))
        self.store.db.execute(PLANNED, [row["id"], row["changed_at"]])

    def _replace(self, canvas: int, person: int, planned: Iterable[Planned]) -> None:
        """Unsent ones that are no longer planned go; what went out never comes again."""
        sql = """DELETE FROM prompts WHERE canvas = ? AND mark IS NOT NULL AND sent_at IS NULL
            AND ended_at IS NULL AND id NOT IN (SELECT prompt FROM handed)"""
        self.store.db.execute(sql, [canvas])
        sql = "SELECT id FROM seats WHERE canvas = ? AND left_at IS NULL ORDER BY id LIMIT 1"
        seat = self.store.value(sql, canvas)
        for one in planned:
            # A mark that went out, or ended, is there once and for all: it never comes again.
            sql = """INSERT INTO prompts(person, canvas, seat, kind, about, mark, made_at, due_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
            due = utc(one.due)
            values = [person, canvas, seat, one.kind, one.about, one.mark, due, due]
            self.store.db.execute(sql, values)

    # ------------------------------------------------------------ going out

    def zones(self) -> list[str]:
        """The clocks that count for anybody; the house's has no name."""
        return ["", *self.store.column(ZONES)]

    def due(self, now: datetime, zones: Sequence[str], most: int) -> list[int]:
        """What waits for now among the people of these zones.

        In the order in which it was planned: what was put off is not overtaken by a newer one.
        """
        sql = """SELECT r.id FROM prompts r JOIN people p ON p.id = r.person
            WHERE r.sent_at IS NULL AND r.ended_at IS NULL AND r.due_at <= ?
            AND p.zone IN (SELECT value FROM json_each(?)) ORDER BY r.made_at, r.id LIMIT ?"""
        return self.store.column(sql, utc(now), json.dumps(zones), most)

    def one(self, number: int, now: datetime) -> DuePrompt:
        """A prompt as it stands now: what was handed out a moment ago counts."""
        (row,) = self.store.rows(ONE, number)
        handed = [
            (datetime.fromisoformat(one["at"]), one["kind"])
            for one in self.store.rows(HANDED, row["person"], utc(now - 2 * SELDOM[1]))
        ]
        canvas, seat, mark = row["canvas"], row["seat"], row["mark"] or ""
        return DuePrompt(
            row["id"], row["person"], row["chat"], row["language"], row["kind"], row["about"],
            row["text"], mark, canvas, seat, row["by"] or "",
            bool(row["less_at"]), tuple(at for at, _ in handed),
            canvas is not None and row["current"] not in (None, canvas), row["zone"],
            refused=_refused(row),
            walk=self.store.walk(canvas) if canvas else None,
            guide=self.guide_of(canvas) if canvas else None,
            starts=time_of(row["starts_at"]),
            agreed=tuple(map(agreed_of, self.store.rows(UNDONE, seat))),
            met=tuple(at for at, kind in handed if kind == "before"),
        )  # fmt: skip

    def news(self, zone: str, until: datetime, most: int) -> Iterator[tuple[Audience, list[Event]]]:
        """What happened until then, to each who was not told: from here on they were."""
        for who in happenings.waiting(self.store, zone, until, most):
            yield who, happenings.told(self.store, who.person, until)

    def open_in(self, outbox: int, now: datetime) -> OpenPrompt | None:
        """The prompt that this message is, as it stands now; None where it is over, or is none."""
        row = self.store.row(OPEN_IN, outbox)
        if row is None:
            return None
        choices = tuple(Choice(*choice) for choice in decoded(row["choices"] or "[]"))
        return OpenPrompt(self.one(row["id"], now), row["chat"], ref_of(outbox), choices)

    def ended_in(self, outbox: int) -> str | None:
        """How the prompt ended that this message was; None where it is put off, or open."""
        how: str | None = self.store.value("SELECT ended FROM prompts WHERE outbox = ?", outbox)
        return how

    def how_often(self, person: int) -> Prompted:
        """What this person chose."""
        row = self.store.row("SELECT * FROM prompting WHERE person = ?", person) or {}
        return "off" if row.get("stopped_at") else "less" if row.get("less_at") else "on"

    def handed(self, prompt: DuePrompt, about: str, outbox: int, now: datetime) -> None:
        """It is in the outbox, with the question that it asks."""
        sql = "UPDATE prompts SET sent_at = ?, outbox = ?, about = ? WHERE id = ?"
        self.store.db.execute(sql, [utc(now), outbox, about, prompt.id])
        sql = "INSERT INTO handed(prompt, person, at) VALUES (?, ?, ?)"
        self.store.db.execute(sql, [prompt.id, prompt.person, utc(now)])

    def end(self, outbox: int, now: datetime) -> None:
        """It was never read, and does not matter any more."""
        sql = "UPDATE prompts SET ended_at = ?, ended = 'no longer needed' WHERE outbox = ?"
        self.store.db.execute(sql, [utc(now), outbox])
        self.store.db.execute("UPDATE outbox SET failed = 'recalled' WHERE id = ?", [outbox])

    def sent_off(self, now: datetime) -> list[SentOff]:
        """Plans whose moment has come, and whose planner heard nothing of them yet."""
        return sent_off.untold(self.store, now)

    def told(self, plan: SentOff, now: datetime) -> None:
        """Nothing more is said of it."""
        sql = "UPDATE batches SET told_at = ? WHERE batch = ?"
        self.store.db.execute(sql, [utc(now), plan.batch])

    def recall(self, now: datetime, zones: Sequence[str], in_flight: timedelta = IN_FLIGHT) -> int:
        """What did not get out before the evening there waits for the next working day.

        What is fetched stays where its person finds it.
        """
        rows = self.store.rows(LATE, utc(now - in_flight), json.dumps(zones))
        for row in rows:
            for statement in RECALLED:
                self.store.db.execute(statement, row)
        return len(rows)


def _planned(
    guide: Guide, walk: Walk, began: datetime, seats: Sequence[OwnSeat]
) -> tuple[Planned, ...]:
    """Nothing comes by itself where a canvas cannot be worked out: the others must not wait."""
    try:
        return tuple(plan(guide, walk, began, seats))
    except Exception as error:  # noqa: BLE001 - its text may hold people's words
        name = type(error).__name__
        log.error("nothing can be planned for canvas %d: %s", walk.id, name)  # noqa: TRY400 - no words
        return ()


def _refused(row: dict[str, Any]) -> str:
    """Why a person gets no prompts at all; empty where they may. `row`: of ONE."""
    if row["stopped_at"]:
        return "stopped"
    if row["gone_at"] or not row["agreed_at"]:
        return "gone"
    if row["seat"] is not None and (row["sits"] is None or row["left_at"]):
        return "left"
    return ""
