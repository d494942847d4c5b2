"""What a link gives: becoming a kwartiermaker, a seat, a trajectory, a move."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from storage import audit
from storage.database.rows import text_of
from storage.trajectory import changes

if TYPE_CHECKING:
    from datetime import datetime

    from storage.store import Store


class Seating:
    """One person at one moment, and the places that links give.

    `operator`: somebody at the command line does it, in the place of that person.
    """

    def __init__(self, store: Store, person: int, now: datetime, *, operator: bool = False) -> None:
        self.store, self.person, self.at, self.operator = store, person, now, operator
        self.now = text_of(now)

    def run(self, sql: str, *values: Any) -> int:
        return int(self.store.db.execute(sql, list(values)).rowcount)

    def plan_anew(self, whose: str, *values: Any) -> None:
        """What comes by itself for these canvases is worked out again at the next minute."""
        self.run(changes.PLANNED[whose], *values)

    def note(self, who: str, what: str, *seats: int | None) -> None:
        """A line in the audit for each seat, or one about none."""
        doer = audit.OPERATOR if self.operator else who
        known = self.store.row("SELECT pseudonym FROM people WHERE id = ?", self.person)
        by = known["pseudonym"] if known and doer == audit.KEEPER else None
        audit.note_seats(self.store.db, self.at, audit.Doer(doer, by), what, seats or (None,))

    def _give_k(self, link: dict[str, Any], _: int | None) -> None:
        self.run(
            "INSERT INTO kwartiermakers(person, name, link, joined_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT(person) DO UPDATE SET name = excluded.name, link = excluded.link, "
            "joined_at = excluded.joined_at, confirmed_at = NULL, ended_at = NULL",
            self.person, link["name"], link["id"], self.now,
        )  # fmt: skip

        self._agree()

    def _agree(self) -> None:
        """Whoever says yes to an invitation agreed with what stands under it."""
        self.run(
            "UPDATE people SET agreed_at = COALESCE(agreed_at, ?), "
            "agreed_version = COALESCE(agreed_version, ?) WHERE id = ?",
            self.now, self.store.agreement, self.person,
        )  # fmt: skip

    def _give_s(self, link: dict[str, Any], canvas: int | None) -> None:
        """A seat has its link's number. Who was confirmed before by who invites, is again."""
        known = self.store.row(
            "SELECT 1 FROM seats s JOIN keepers k ON k.trajectory = s.trajectory WHERE s.person = ?"
            " AND s.confirmed_at IS NOT NULL AND s.left_at IS NULL AND k.person = ? "
            "AND k.until_at IS NULL LIMIT 1",
            self.person, link["made_by"],
        )  # fmt: skip
        self.run(
            "INSERT INTO seats(id, trajectory, municipality, name, person, canvas, joined_at, "
            "confirmed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            link["id"], link["trajectory"], link["municipality"], link["name"], self.person,
            canvas, self.now, self.now if known else None,
        )  # fmt: skip

    def _give_t(self, link: dict[str, Any], _: int | None) -> None:
        self.run(
            "INSERT OR IGNORE INTO keepers(trajectory, person, from_at) VALUES (?, ?, ?)",
            link["trajectory"], self.person, self.now,
        )  # fmt: skip
        self.run("UPDATE people SET trajectory = ? WHERE id = ?", link["trajectory"], self.person)

    def _give_h(self, link: dict[str, Any], _: int | None) -> None:
        self._give_t(link, None)
        self.run(
            "UPDATE keepers SET until_at = ? WHERE trajectory = ? AND person = ? "
            "AND until_at IS NULL",
            self.now, link["trajectory"], link["made_by"],
        )  # fmt: skip

    def _give_m(self, link: dict[str, Any], _: int | None) -> None:
        """Nothing moves yet: that takes a yes of somebody else."""
        del link
        self._agree()

    def move(self, link: dict[str, Any]) -> None:
        """The seat with its canvas goes to the new account; the old one keeps the rest."""
        new = link["used_by"]
        seat = self.store.row("SELECT * FROM seats WHERE id = ?", link["seat"]) or {}
        self.run("UPDATE seats SET person = ? WHERE id = ?", new, seat["id"])
        self.run("UPDATE canvases SET person = ? WHERE id = ?", new, seat["canvas"])
        self.run("UPDATE prompts SET person = ? WHERE canvas = ?", new, seat["canvas"])
        # What named the old account names the new one too: either's erasing reaches it.
        self.run("UPDATE outbox SET about = 0 WHERE about = ?", seat["person"])
        self.run(
            "UPDATE people SET canvas = (SELECT MAX(id) FROM canvases WHERE person = people.id) "
            "WHERE id = ? AND canvas = ?",
            seat["person"], seat["canvas"],
        )  # fmt: skip
        self.run(
            "UPDATE people SET canvas = COALESCE(?, canvas), shown = NULL WHERE id = ?",
            seat["canvas"], new,
        )  # fmt: skip

    def sit_down(self) -> None:
        """A seat without a canvas takes the one that its person works on now."""
        seats = self.store.rows(
            "SELECT s.id, s.municipality, p.canvas, p.pseudonym FROM seats s "
            "JOIN people p ON p.id = s.person WHERE s.person = ? AND s.canvas IS NULL "
            "AND s.left_at IS NULL AND p.canvas IS NOT NULL",
            self.person,
        )
        for seat in seats:
            self.run("UPDATE seats SET canvas = ? WHERE id = ?", seat["canvas"], seat["id"])
            if "pilot.organisation" not in self.store.given(seat["canvas"]):
                self._name_organisation(seat)

    def _name_organisation(self, seat: dict[str, Any]) -> None:
        said = json.dumps(seat["municipality"], ensure_ascii=False)
        self.run(
            "INSERT INTO answers(canvas, id, question, value, at, by, message, size) "
            "SELECT id, answered + 1, 'pilot.organisation', ?, ?, ?, '', 0 FROM canvases "
            "WHERE id = ?",
            said, self.now, seat["pseudonym"], seat["canvas"],
        )  # fmt: skip
