"""Seats: as a kwartiermaker may see them, and as their own adviser does."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.journey import Agreed, Given
from flows.model.trajectory import Look, Meeting, OwnSeat, Seat, Trajectory
from flows.trajectory.views import Facts, facts_of, view
from storage.conversations.chats import agreed_of, time_of
from storage.database.rows import ANSWER, COUNTED, answer_values
from storage.trajectory import snapshots

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from flows.model.guidebook import Guide
    from storage.store import Store

LOOKS = (
    "SELECT COALESCE(MAX(q.name), '') AS name, a.who, a.what, MAX(a.at) AS at FROM audit a "
    "LEFT JOIN people p ON p.pseudonym = a.by LEFT JOIN kwartiermakers q ON q.person = p.id "
    "WHERE a.seat = ? AND (a.what LIKE 'looked %' OR a.what LIKE 'exported %') "
    "GROUP BY a.who, a.by, a.what ORDER BY MAX(a.at) DESC LIMIT 6"
)
"""The last time that each looked at each thing; all of them stand in the logbook."""

TRAJECTORY = "SELECT id, name, subject, welcome, language, silence FROM trajectories WHERE id = ?"
KNOWN = (
    "SELECT EXISTS (SELECT 1 FROM seats s JOIN keepers k ON k.trajectory = s.trajectory "
    "WHERE s.person = :doer AND s.confirmed_at IS NOT NULL AND s.left_at IS NULL "
    "AND k.person = :made_by AND k.until_at IS NULL) AS known"
)
"""Whether the kwartiermaker who invites confirmed this person before."""

BOUND = (
    "UPDATE seats SET canvas = (SELECT canvas FROM people WHERE id = "
    "(SELECT person FROM chats WHERE chat = :chat)) "
    "WHERE person = (SELECT id FROM people WHERE id = "
    "(SELECT person FROM chats WHERE chat = :chat) AND canvas IS NOT NULL) "
    "AND canvas IS NULL AND left_at IS NULL RETURNING canvas, municipality"
)
ORGANISATION = "pilot.organisation"


def bind_canvas(store: Store, chat: str, at: datetime) -> None:
    """A seat without a canvas takes the one that its person works on now, and says whose it is."""
    for seat in store.rows(BOUND, chat=chat):
        # Where it was skipped the key is there too: that is an answer, and not to be filled in.
        if ORGANISATION not in store.given(seat["canvas"]):
            said = answer_values(Given(ORGANISATION, seat["municipality"], at))
            by = (
                store.row(
                    "SELECT pseudonym AS by FROM people WHERE id = "
                    "(SELECT person FROM chats WHERE chat = ?)",
                    chat,
                )
                or {}
            )
            store.db.execute(COUNTED, {"canvas": seat["canvas"]})
            store.db.execute(ANSWER, {**said, **by, "canvas": seat["canvas"]})


class Seats:
    """Who sits where. `guide_of`: the structure that a canvas is pinned to."""

    def __init__(self, store: Store, guide_of: Callable[[int], Guide]) -> None:
        self.store, self.guide_of = store, guide_of
        self.zone: tzinfo | None = None

    def seats(self, trajectory: int) -> tuple[Seat, ...]:
        """Everybody in a trajectory, as far as each of them shares."""
        snapshots.of_trajectory(self.store, self.guide_of, trajectory)
        rows = self.store.rows(
            "SELECT s.*, g.facts, h.gone_at, o.stopped_at, "
            "(SELECT MAX(sent_at) FROM prompts r WHERE r.seat = s.id) AS nudged "
            "FROM seats s JOIN people p ON p.id = s.person JOIN chats h ON h.chat = p.chat "
            "LEFT JOIN glances g ON g.canvas = s.canvas "
            "LEFT JOIN prompting o ON o.person = s.person "
            "WHERE s.trajectory = ? AND s.left_at IS NULL AND s.confirmed_at IS NOT NULL "
            "ORDER BY s.id",
            trajectory,
        )
        shares, agreed = self._shares(trajectory), self._agreed(trajectory)
        return tuple(
            _seat(row, snapshots.from_json(row["facts"]), shares[row["id"]], agreed[row["id"]])
            for row in rows
        )

    def near(self, trajectory: int, municipality: str | None) -> tuple[Seat, ...]:
        """The seats of one municipality, or of all, with the answers that each of them shares."""
        found = []
        for row in self.store.rows(
            "SELECT s.*, h.gone_at, o.stopped_at, NULL AS nudged FROM seats s "
            "JOIN people p ON p.id = s.person JOIN chats h ON h.chat = p.chat "
            "LEFT JOIN prompting o ON o.person = s.person "
            "WHERE s.trajectory = :trajectory AND s.left_at IS NULL AND s.confirmed_at IS NOT NULL "
            "AND (CAST(:town AS TEXT) IS NULL OR s.municipality = :town) AND s.canvas IS NOT NULL "
            "ORDER BY s.municipality, s.id",
            trajectory=trajectory,
            town=municipality,
        ):
            facts = facts_of(self.guide_of(row["canvas"]), self.store.walk(row["canvas"]))
            own = self._own_seat(row)
            found.append(_seat(row, facts, own.shares, own.agreed))
        return tuple(found)

    def _shares(self, trajectory: int) -> dict[int, tuple[str, ...]]:
        found: dict[int, tuple[str, ...]] = defaultdict(tuple)
        for row in self.store.rows(
            "SELECT h.seat, h.what FROM shares h JOIN seats s ON s.id = h.seat "
            "WHERE s.trajectory = ? AND h.until_at IS NULL ORDER BY h.id",
            trajectory,
        ):
            found[row["seat"]] = (*found[row["seat"]], row["what"])
        return found

    def _agreed(self, trajectory: int) -> dict[int, tuple[Agreed, ...]]:
        found: dict[int, tuple[Agreed, ...]] = defaultdict(tuple)
        for row in self.store.rows(
            "SELECT a.* FROM agreed a JOIN seats s ON s.id = a.seat WHERE s.trajectory = ? "
            "AND a.refused_at IS NULL ORDER BY a.id",
            trajectory,
        ):
            found[row["seat"]] = (*found[row["seat"]], agreed_of(row))
        return found

    def own(self, person: int) -> tuple[OwnSeat, ...]:
        rows = self.store.rows(
            "SELECT * FROM seats WHERE person = ? AND left_at IS NULL ORDER BY id", person
        )
        return tuple(self._own_seat(row) for row in rows)

    def _own_seat(self, row: dict[str, Any]) -> OwnSeat:
        trajectory = self.store.row(TRAJECTORY, row["trajectory"]) or {}
        shares = self.store.rows(
            "SELECT what FROM shares WHERE seat = ? AND until_at IS NULL ORDER BY id", row["id"]
        )
        agreed = self.store.rows("SELECT * FROM agreed WHERE seat = ? ORDER BY id", row["id"])
        return OwnSeat(
            row["id"], Trajectory(**trajectory), row["municipality"], row["name"],
            row["canvas"], row["confirmed_at"] is not None, self.keepers(row["trajectory"]),
            tuple(share["what"] for share in shares), self._looks(row["id"]),
            tuple(agreed_of(one) for one in agreed if not one["refused_at"]),
            self.meetings(row["trajectory"], row["municipality"]),
        )  # fmt: skip

    def trajectory(self, number: int | None) -> Trajectory | None:
        row = self.store.row(TRAJECTORY, number)
        return Trajectory(**row) if row else None

    def keepers(self, trajectory: int) -> tuple[str, ...]:
        rows = self.store.rows(
            "SELECT q.name FROM keepers k JOIN kwartiermakers q ON q.person = k.person "
            "WHERE k.trajectory = ? AND k.until_at IS NULL ORDER BY k.id",
            trajectory,
        )
        return tuple(row["name"] for row in rows)

    def _looks(self, seat: int) -> tuple[Look, ...]:
        rows = self.store.rows(LOOKS, seat)
        return tuple(
            Look(r["name"], r["what"].partition(" ")[2], self.local(r["at"]), r["who"])
            for r in rows
        )

    def meetings(self, trajectory: int, municipality: str | None = None) -> tuple[Meeting, ...]:
        """Those of one municipality, or of all."""
        rows = self.store.rows(
            "SELECT * FROM meetings WHERE trajectory = :trajectory AND cancelled_at IS NULL "
            "AND (CAST(:town AS TEXT) IS NULL OR municipality = :town) ORDER BY starts_at",
            trajectory=trajectory,
            town=municipality,
        )
        return tuple(
            Meeting(r["id"], r["municipality"], self.local(r["starts_at"]), r["place"])
            for r in rows
        )

    def local(self, text: str) -> datetime:
        """A moment that is kept, on the clock of who looks."""
        return datetime.fromisoformat(text).astimezone(self.zone)


def _seat(
    row: dict[str, Any], facts: Facts, shares: tuple[str, ...], agreed: tuple[Agreed, ...]
) -> Seat:
    seen = view(facts, shares)
    off = bool(row["stopped_at"] or row["gone_at"])
    return Seat(
        row["id"], row["municipality"], row["name"], confirmed=True, view=seen,
        nudged=time_of(row["nudged"]), off=off, agreed=agreed,
    )  # fmt: skip
