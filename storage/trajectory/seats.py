"""Seats: as a kwartiermaker may see them, and as their own adviser does."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from flows.model.journey import Agreed, Given
from flows.model.trajectory import Logged, Meeting, OwnSeat, Seat, Trajectory
from flows.trajectory.views import Facts, facts_of, view, with_name
from storage.conversations.chats import agreed_of, given_of, time_of
from storage.database.rows import ANSWER, COUNTED, answer_values
from storage.trajectory import snapshots

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.model.guidebook import Guide
    from storage.store import Store

Row = dict[str, Any]

# The last time that each looked at each thing; all of them stand in the logbook.
LOOKS = """SELECT COALESCE(MAX(q.name), '') AS name, a.who, a.what, MAX(a.at) AS at FROM audit a
    LEFT JOIN people p ON p.pseudonym = a.by LEFT JOIN aliases i ON i.pseudonym = a.by
    LEFT JOIN kwartiermakers q ON q.person = COALESCE(p.id, i.person)
    WHERE a.seat = ? AND (a.what LIKE 'looked %' OR a.what LIKE 'exported %')
    GROUP BY a.who, a.by, a.what ORDER BY MAX(a.at) DESC LIMIT 6"""
TRAJECTORY = "SELECT id, name, subject, welcome, language, silence FROM trajectories WHERE id = ?"
SEATED = """SELECT s.*, g.facts, (SELECT pilot FROM canvases WHERE id = s.canvas) AS pilot,
    h.gone_at, o.stopped_at,
    (SELECT MAX(sent_at) FROM prompts r WHERE r.seat = s.id) AS nudged
    FROM seats s JOIN people p ON p.id = s.person JOIN chats h ON h.chat = p.chat
    LEFT JOIN glances g ON g.canvas = s.canvas LEFT JOIN prompting o ON o.person = s.person
    WHERE s.trajectory = :trajectory AND s.left_at IS NULL AND s.confirmed_at IS NOT NULL """
EVERYBODY = f"{SEATED}ORDER BY s.id"
NEAR = (
    f"{SEATED}AND (CAST(:town AS TEXT) IS NULL OR s.municipality = :town) "
    "AND s.canvas IS NOT NULL ORDER BY s.municipality, s.id"
)
SHARES = """SELECT h.seat, h.what FROM shares h JOIN seats s ON s.id = h.seat
    WHERE s.trajectory = ? AND h.until_at IS NULL ORDER BY h.id"""
AGREED = """SELECT a.* FROM agreed a JOIN seats s ON s.id = a.seat
    WHERE s.trajectory = ? AND a.refused_at IS NULL ORDER BY a.id"""
# Whether the kwartiermaker who invites confirmed this person before.
KNOWN = """SELECT EXISTS (SELECT 1 FROM seats s JOIN keepers k ON k.trajectory = s.trajectory
    WHERE s.person = :doer AND s.confirmed_at IS NOT NULL AND s.left_at IS NULL
    AND k.person = :made_by AND k.until_at IS NULL) AS known"""
BOUND = """UPDATE seats SET canvas = (SELECT canvas FROM people WHERE id =
    (SELECT person FROM chats WHERE chat = :chat)) WHERE person = (SELECT id FROM people WHERE id =
    (SELECT person FROM chats WHERE chat = :chat) AND canvas IS NOT NULL)
    AND canvas IS NULL AND left_at IS NULL RETURNING canvas, municipality,
    (SELECT pseudonym FROM people WHERE id = seats.person) AS by"""
NAMED = """SELECT a.question, a.value, a.at FROM seats s JOIN answers a ON a.canvas = s.canvas
    WHERE s.id = ? AND a.question = 'pilot.name' ORDER BY a.id DESC LIMIT 1"""
ORGANISATION = "pilot.organisation"


def bind_canvas(store: Store, chat: str, at: datetime) -> None:
    """A seat without a canvas takes the one that its person works on now, and says whose it is."""
    for seat in store.rows(BOUND, chat=chat):
        # Where it was skipped the key is there too: that is an answer, and not to be filled in.
        if ORGANISATION not in store.given(seat["canvas"]):
            store.db.execute(COUNTED, {"canvas": seat["canvas"]})
            said = answer_values(Given(ORGANISATION, seat["municipality"], at))
            store.db.execute(ANSWER, {**said, "by": seat["by"], "canvas": seat["canvas"]})


class Seats:
    """Who sits where. `guide_of`: the structure that a canvas is pinned to."""

    def __init__(self, store: Store, guide_of: Callable[[int], Guide]) -> None:
        self.store, self.guide_of = store, guide_of
        self.zone: tzinfo | None = None

    def seats(self, trajectory: int) -> tuple[Seat, ...]:
        """Everybody in a trajectory, as far as each of them shares."""
        snapshots.renew(self.store, self.guide_of, "trajectory", trajectory)
        return self._seats(EVERYBODY, lambda row: snapshots.from_json(row["facts"]), trajectory)

    def near(
        self, trajectory: int, municipality: str | None, since: datetime | None = None
    ) -> tuple[Seat, ...]:
        """The seats of one municipality, or of all, with the answers that each of them shares.

        `since`: what became another after that moment is told as well.
        """

        def facts(row: Row) -> Facts:
            guide, walk = self.guide_of(row["canvas"]), self.store.walk(row["canvas"])
            now = facts_of(guide, walk)
            if since is None:
                return snapshots.with_news(now, row["facts"])
            return snapshots.with_changes(self.store, guide, walk, now, since)

        return self._seats(NEAR, facts, trajectory, town=municipality)

    def with_names(self, seats: tuple[Seat, ...]) -> tuple[Seat, ...]:
        """The same; where one municipality has more of them, with what their pilots are called."""
        towns = Counter(seat.municipality for seat in seats)
        return tuple(self._named(s) if towns[s.municipality] > 1 else s for s in seats)

    def _named(self, seat: Seat) -> Seat:
        row = self.store.row(NAMED, seat.id)
        name = given_of(*row.values()) if row else None
        return replace(seat, view=with_name(seat.view, name))

    def _seats(
        self, sql: str, facts: Callable[[Row], Facts], trajectory: int, **more: str | None
    ) -> tuple[Seat, ...]:
        shares: dict[int, list[str]] = defaultdict(list)
        for one in self.store.rows(SHARES, trajectory):
            shares[one["seat"]].append(one["what"])
        agreed: dict[int, list[Agreed]] = defaultdict(list)
        for one in self.store.rows(AGREED, trajectory):
            agreed[one["seat"]].append(agreed_of(one))
        return tuple(
            Seat(
                row["id"], row["municipality"], row["name"],
                view=view(
                    facts(row), tuple(shares[row["id"]]), {one.id for one in agreed[row["id"]]}
                ),
                nudged=time_of(row["nudged"]), off=bool(row["stopped_at"] or row["gone_at"]),
                agreed=tuple(agreed[row["id"]]), pilot=row["pilot"],
            )
            for row in self.store.rows(sql, trajectory=trajectory, **more)
        )  # fmt: skip

    def own(self, person: int) -> tuple[OwnSeat, ...]:
        sql = "SELECT * FROM seats WHERE person = ? AND left_at IS NULL ORDER BY id"
        return tuple(self._own_seat(row) for row in self.store.rows(sql, person))

    def _own_seat(self, row: Row) -> OwnSeat:
        trajectory = self.store.row(TRAJECTORY, row["trajectory"]) or {}
        shares = "SELECT what FROM shares WHERE seat = ? AND until_at IS NULL ORDER BY id"
        agreed = "SELECT * FROM agreed WHERE seat = ? AND refused_at IS NULL ORDER BY id"
        return OwnSeat(
            row["id"], Trajectory(**trajectory), row["municipality"], row["name"],
            row["canvas"], row["confirmed_at"] is not None, self.keepers(row["trajectory"]),
            tuple(self.store.column(shares, row["id"])),
            tuple(
                Logged(self.local(at), who, "looked", what.partition(" ")[2], name)
                for name, who, what, at in map(dict.values, self.store.rows(LOOKS, row["id"]))
            ),
            tuple(map(agreed_of, self.store.rows(agreed, row["id"]))),
            self.meetings(row["trajectory"], row["municipality"]),
        )  # fmt: skip

    def trajectory(self, number: int | None) -> Trajectory | None:
        row = self.store.row(TRAJECTORY, number)
        return Trajectory(**row) if row else None

    def keepers(self, trajectory: int) -> tuple[str, ...]:
        sql = """SELECT q.name FROM keepers k JOIN kwartiermakers q ON q.person = k.person
            WHERE k.trajectory = ? AND k.until_at IS NULL ORDER BY k.id"""
        return tuple(self.store.column(sql, trajectory))

    def meetings(self, trajectory: int, municipality: str | None = None) -> tuple[Meeting, ...]:
        """Those of one municipality, or of all."""
        sql = """SELECT * FROM meetings WHERE trajectory = :trajectory AND cancelled_at IS NULL
            AND (CAST(:town AS TEXT) IS NULL OR municipality = :town) ORDER BY starts_at"""
        rows = self.store.rows(sql, trajectory=trajectory, town=municipality)
        return tuple(
            Meeting(r["id"], r["municipality"], self.local(r["starts_at"]), r["place"])
            for r in rows
        )

    def local(self, text: str) -> datetime:
        """A moment that is kept, on the clock of who looks."""
        return datetime.fromisoformat(text).astimezone(self.zone)
