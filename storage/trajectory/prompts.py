"""Prompts that wait, those that come by themselves, and how often somebody was asked."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.model.context import DuePrompt, zone_of
from flows.prompts.schedule import SELDOM, plan
from storage.conversations.chats import agreed_of
from storage.database.rows import utc
from storage.trajectory import snapshots
from storage.trajectory.seats import Seats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import tzinfo

    from flows.model.guidebook import Guide
    from flows.model.journey import Agreed, Walk
    from flows.model.trajectory import OwnSeat
    from flows.prompts.schedule import Planned
    from storage.store import Store

log = logging.getLogger("opschaalgids.prompting")

ZONES = "SELECT DISTINCT zone FROM people WHERE zone <> ''"

IN_FLIGHT = timedelta(minutes=2)
"""A message younger than this may be on its way to the channel right now."""


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
        shown = snapshots.of_anyone(self.store, self.guide_of, most)
        rows = self.store.rows(
            "SELECT c.id, c.person, c.changed_at, c.created_at, p.zone FROM canvases c "
            "JOIN people p ON p.id = c.person LEFT JOIN planned n ON n.canvas = c.id "
            "WHERE n.canvas IS NULL OR n.changed_at <> c.changed_at LIMIT ?",
            most,
        )
        for row in rows:
            self._renew(row, zone_of(row["zone"], house))
        return max(shown, len(rows)) == most

    def _renew(self, row: dict[str, Any], zone: tzinfo | None) -> None:
        self.seats.zone = zone
        walk, guide = self.store.walk(row["id"]), self.guide_of(row["id"])
        began = datetime.fromisoformat(row["created_at"]).astimezone(zone)
        seats = [s for s in self.seats.own(row["person"]) if s.canvas == row["id"] and s.confirmed]
        self._replace(row["id"], row["person"], _planned(guide, walk, began, seats))
        self.store.db.execute(
            "INSERT INTO planned(canvas, changed_at) VALUES (?, ?) "
            "ON CONFLICT(canvas) DO UPDATE SET changed_at = excluded.changed_at",
            [row["id"], row["changed_at"]],
        )

    def _replace(self, canvas: int, person: int, planned: Iterable[Planned]) -> None:
        """Unsent ones that are no longer planned go; what went out never comes again."""
        self.store.db.execute(
            "DELETE FROM prompts WHERE canvas = ? AND mark IS NOT NULL AND sent_at IS NULL "
            "AND ended_at IS NULL AND id NOT IN (SELECT prompt FROM handed)",
            [canvas],
        )
        seat = self.store.row(
            "SELECT id FROM seats WHERE canvas = ? AND left_at IS NULL ORDER BY id LIMIT 1", canvas
        )
        for one in planned:
            self.store.db.execute(
                "INSERT INTO prompts(person, canvas, seat, kind, about, mark, made_at, due_at) "
                # A mark that went out, or ended, is there once and for all: it never comes again.
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [
                    person, canvas, seat and seat["id"], one.kind, one.about, one.mark,
                    utc(one.due), utc(one.due),
                ],
            )  # fmt: skip

    # ------------------------------------------------------------ going out

    def zones(self) -> list[str]:
        """The clocks that count for anybody; the house's has no name."""
        return ["", *(row["zone"] for row in self.store.rows(ZONES))]

    def due(self, now: datetime, zones: Sequence[str], most: int) -> list[int]:
        """What waits for now among the people of these zones, longest first."""
        rows = self.store.rows(
            "SELECT r.id FROM prompts r JOIN people p ON p.id = r.person "
            "WHERE r.sent_at IS NULL AND r.ended_at IS NULL AND r.due_at <= ? "
            "AND p.zone IN (SELECT value FROM json_each(?)) ORDER BY r.due_at, r.id LIMIT ?",
            utc(now), json.dumps(zones), most,
        )  # fmt: skip
        return [row["id"] for row in rows]

    def one(self, number: int, now: datetime) -> DuePrompt:
        """A prompt as it stands now: what was handed out a moment ago counts."""
        rows = self.store.rows(
            "SELECT r.*, p.chat, p.language, p.zone, p.canvas AS current, o.less_at, "
            "COALESCE((SELECT name FROM kwartiermakers WHERE person = r.made_by), "
            "(SELECT q.name FROM meetings m JOIN keepers k ON k.trajectory = m.trajectory "
            "AND k.person = m.made_by AND k.until_at IS NULL "
            "JOIN kwartiermakers q ON q.person = m.made_by "
            "WHERE r.mark LIKE 'meeting ' || m.id || ' %'), "
            "(SELECT q.name FROM seats s JOIN keepers k ON k.trajectory = s.trajectory "
            "AND k.until_at IS NULL JOIN kwartiermakers q ON q.person = k.person "
            "WHERE s.id = r.seat ORDER BY k.id LIMIT 1)) AS by "
            "FROM prompts r JOIN people p ON p.id = r.person "
            "LEFT JOIN prompting o ON o.person = r.person WHERE r.id = ?",
            number,
        )
        return self._with_facts(self._waiting(rows[0], now))

    def _with_facts(self, prompt: DuePrompt) -> DuePrompt:
        """What it would be about."""
        number = prompt.mark.split()[1] if prompt.kind == "before" else ""
        return replace(
            prompt, refused=self._refused(prompt),
            walk=self.store.walk(prompt.canvas) if prompt.canvas else None,
            guide=self.guide_of(prompt.canvas) if prompt.canvas else None,
            starts=self._meeting(int(number)) if number else None,
            agreed=self._agreed(prompt.seat),
        )  # fmt: skip

    def _waiting(self, row: dict[str, Any], now: datetime) -> DuePrompt:
        since = utc(now - 2 * SELDOM[1])
        handed = self.store.rows(
            "SELECT at FROM handed WHERE person = ? AND at > ? ORDER BY at", row["person"], since
        )
        return DuePrompt(
            row["id"], row["person"], row["chat"], row["language"], row["kind"], row["about"],
            row["text"], row["mark"] or "", row["canvas"], row["seat"], row["by"] or "",
            bool(row["less_at"]), tuple(datetime.fromisoformat(h["at"]) for h in handed),
            row["canvas"] == row["current"] or row["seat"] is not None, row["zone"],
        )  # fmt: skip

    def _refused(self, prompt: DuePrompt) -> str:
        """Why this person gets no prompts at all; empty where they may."""
        row = self.store.row(
            "SELECT h.gone_at, p.agreed_at, o.stopped_at FROM people p "
            "JOIN chats h ON h.chat = p.chat "
            "LEFT JOIN prompting o ON o.person = p.id WHERE p.id = ?",
            prompt.person,
        ) or {"stopped_at": "gone"}
        if row["stopped_at"]:
            return "stopped"
        if row["gone_at"] or not row["agreed_at"]:
            return "gone"
        if prompt.seat is None:
            return ""
        seat = self.store.row("SELECT left_at FROM seats WHERE id = ?", prompt.seat)
        return "left" if seat is None or seat["left_at"] else ""

    def _meeting(self, number: int) -> datetime | None:
        row = self.store.row(
            "SELECT starts_at FROM meetings WHERE id = ? AND cancelled_at IS NULL", number
        )
        return datetime.fromisoformat(row["starts_at"]) if row else None

    def _agreed(self, seat: int | None) -> tuple[Agreed, ...]:
        """What a seat agreed and has not done yet."""
        rows = self.store.rows(
            "SELECT * FROM agreed WHERE seat = ? AND confirmed_at IS NOT NULL "
            "AND done_at IS NULL ORDER BY id",
            seat,
        )
        return tuple(agreed_of(row) for row in rows)

    def handed(self, prompt: DuePrompt, about: str, outbox: int, now: datetime) -> None:
        """It is in the outbox, with the question that it asks."""
        self.store.db.execute(
            "UPDATE prompts SET sent_at = ?, outbox = ?, about = ? WHERE id = ?",
            [utc(now), outbox, about, prompt.id],
        )
        self.store.db.execute(
            "INSERT INTO handed(prompt, person, at) VALUES (?, ?, ?)",
            [prompt.id, prompt.person, utc(now)],
        )

    def recall(self, now: datetime, zones: Sequence[str], in_flight: timedelta = IN_FLIGHT) -> int:
        """What did not get out before the evening there waits for the next working day."""
        rows = self.store.rows(
            "SELECT r.id, r.outbox FROM prompts r JOIN outbox o ON o.id = r.outbox "
            "JOIN people p ON p.id = r.person WHERE o.sent_at IS NULL AND o.failed IS NULL "
            "AND r.sent_at <= ? AND p.zone IN (SELECT value FROM json_each(?))",
            utc(now - in_flight), json.dumps(zones),
        )  # fmt: skip
        for row in rows:
            self.store.db.execute(
                "UPDATE outbox SET failed = 'recalled' WHERE id = ?", [row["outbox"]]
            )
            self.store.db.execute(
                "UPDATE prompts SET sent_at = NULL, outbox = NULL WHERE id = ?", [row["id"]]
            )
            self.store.db.execute("DELETE FROM handed WHERE prompt = ?", [row["id"]])
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
