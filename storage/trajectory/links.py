"""Links: what each is for, whether it stands, who follows it; and the address before its secret."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.lists import MOST_LAPSED
from flows.model.trajectory import NOT_TWO, Both, Link, Met, hashed, mark_of
from storage.conversations.chats import time_of
from storage.database.rows import name_of, text_of
from storage.trajectory.seats import Seats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.model.desk import Desk
    from storage.store import Store

# The fact that a channel tells: what stands before the secret in the address of a link.
ADDRESS = "link"
ON_THE_WEB = f"{ADDRESS} web"

LINKS = """SELECT l.*, COALESCE(q.name, '') AS by, q.person AS named, CASE l.kind WHEN 'k' THEN TRUE
    WHEN 'm' THEN EXISTS (SELECT 1 FROM seats s WHERE s.id = l.seat AND s.left_at IS NULL
    AND (s.person = l.made_by OR l.made_by IS NULL))
    WHEN 'c' THEN l.made_by IS NOT NULL
    WHEN 'p' THEN EXISTS (SELECT 1 FROM canvases c WHERE c.id = l.canvas
    AND c.person = l.made_by AND COALESCE(c.role, 'owner') = 'owner')
    WHEN 's' THEN q.person IS NOT NULL ELSE EXISTS (SELECT 1 FROM keepers n
    WHERE n.trajectory = l.trajectory AND n.person = l.made_by AND n.until_at IS NULL) END
    AS stands FROM links l LEFT JOIN kwartiermakers q ON q.person = CASE l.kind WHEN 's' THEN
    (SELECT n.person FROM keepers n WHERE n.trajectory = l.trajectory AND n.until_at IS NULL
    ORDER BY n.person IS DISTINCT FROM l.made_by, n.id LIMIT 1) ELSE l.made_by END WHERE """
"""A link stands while its maker has what it gives: their own seat, or a trajectory they keep.

A seat is given by who keeps the trajectory now, its maker first.
"""

BY_HASH = f"{LINKS}l.hash = ?"
BY_NUMBER = f"{LINKS}l.id = ?"
ASKING = """l.kind = 'm' AND l.used_at IS NOT NULL AND l.granted_at IS NULL
    AND l.withdrawn_at IS NULL AND l.used_by <> ?
    AND (EXISTS (SELECT 1 FROM seats s WHERE s.id = l.seat AND s.person = ?)
    OR (l.made_by IS NULL AND EXISTS (SELECT 1 FROM keepers n WHERE n.person = ?
    AND n.trajectory = l.trajectory AND n.until_at IS NULL))) ORDER BY l.id"""
MOVING = f"{LINKS}{ASKING}"
"""Moves that wait for somebody's yes: of whose place it is; where an operator made the link
because that account is lost, also of who keeps the trajectory. Never of who wants it.
"""

CONNECTING = f"""{LINKS}l.kind = 'c' AND l.made_by = ? AND l.granted_at IS NULL
    AND l.withdrawn_at IS NULL AND l.used_at IS NOT NULL AND l.used_by <> l.made_by ORDER BY l.id"""
"""Chats that ask to be of the same person: of who made the link alone."""

BOTH = """SELECT (SELECT COUNT(*) FROM canvases WHERE person IN (:made_by, :used_by)) AS pilots,
    (SELECT COUNT(*) FROM seats WHERE person IN (:made_by, :used_by) AND left_at IS NULL) AS seats,
    (SELECT COUNT(DISTINCT trajectory) FROM keepers WHERE person IN (:made_by, :used_by)
    AND until_at IS NULL) AS trajectories,
    EXISTS (SELECT 1 FROM kwartiermakers WHERE person = :made_by AND confirmed_at IS NOT NULL
    AND ended_at IS NULL) AS keeper,
    EXISTS (SELECT 1 FROM kwartiermakers WHERE person = :used_by AND ended_at IS NULL)
    AS brings_keeper"""

SHARED = """SELECT c.called, (SELECT value FROM answers WHERE canvas = c.id
    AND question = 'pilot.name' ORDER BY id DESC LIMIT 1) AS name,
    EXISTS (SELECT 1 FROM canvases o WHERE o.pilot = c.pilot AND o.person = :me) AS member
    FROM canvases c WHERE c.id = :canvas"""
THERE = """SELECT c.id, (SELECT value FROM answers WHERE canvas = c.id
    AND question = 'pilot.name' ORDER BY id DESC LIMIT 1) AS name
    FROM seats s JOIN canvases c ON c.id = s.canvas WHERE s.trajectory = :trajectory
    AND s.municipality = :municipality AND s.left_at IS NULL AND s.confirmed_at IS NOT NULL
    AND s.person IS DISTINCT FROM :me AND COALESCE(c.role, 'owner') = 'owner'
    AND NOT EXISTS (SELECT 1 FROM canvases o WHERE o.pilot = c.pilot AND o.person = :me)
    ORDER BY c.id LIMIT 5"""
MET = """SELECT b.id AS seat, c.id AS canvas, (SELECT value FROM answers
    WHERE canvas = c.id AND question = 'pilot.name' ORDER BY id DESC LIMIT 1) AS name
    FROM seats b JOIN seats s ON s.trajectory = b.trajectory AND s.municipality = b.municipality
    JOIN canvases c ON c.id = s.canvas WHERE b.id = ? AND b.left_at IS NULL
    AND s.person IS DISTINCT FROM b.person AND s.left_at IS NULL
    AND datetime(s.confirmed_at) > datetime(b.joined_at) AND COALESCE(c.role, 'owner') = 'owner'
    AND NOT EXISTS (SELECT 1 FROM canvases o WHERE o.pilot = c.pilot AND o.person = b.person)
    ORDER BY c.id LIMIT 3"""
"""What colleagues fill of whom nobody could be asked when this seat was taken: confirmed later."""

ASKED_ALONG = f"""{LINKS}l.kind = 's' AND l.used_at IS NOT NULL AND l.canvas IN
    (SELECT id FROM canvases WHERE person = ?) ORDER BY l.id"""  # noqa: S608 - ours
OPEN_LINKS = (
    f"{LINKS}l.trajectory = ? AND l.used_at IS NULL AND l.withdrawn_at IS NULL "
    "AND datetime(l.expires_at) > datetime(?) ORDER BY l.id"
)
UNUSED = "kind = 's' AND used_at IS NULL AND withdrawn_at IS NULL"
LAPSED = f"""{LINKS}l.id IN (SELECT MAX(id) FROM links WHERE trajectory = ? AND {UNUSED}
    GROUP BY municipality, name) AND datetime(l.expires_at) <= datetime(?) ORDER BY l.id DESC
    LIMIT {5 * MOST_LAPSED}"""  # noqa: S608 - ours
SAT = "SELECT DISTINCT municipality, name FROM seats WHERE trajectory = ?"


class Links(Seats):
    """Reads links, each with what it gives."""

    def link(self, secret: str) -> Link | None:
        """What a link is for, to be read before anybody follows it."""
        return next(iter(self._links(BY_HASH, hashed(secret))), None)

    def _links(self, sql: str, *values: Any, me: int | None = None) -> tuple[Link, ...]:
        """`me`: who may follow them."""
        rows = self.store.rows(sql, *values)
        given = {number: self.trajectory(number) for number in {r["trajectory"] for r in rows}}
        shared = {row["id"]: self._shared(row, me) for row in rows}
        return tuple(
            Link(
                row["id"], row["kind"], row["by"], row["made_by"], given[row["trajectory"]],
                row["municipality"], row["name"], row["seat"],
                datetime.fromisoformat(row["expires_at"]), time_of(row["used_at"]),
                time_of(row["withdrawn_at"]), bool(row["stands"]), row["named"], row["used_by"],
                mark_of(row["hash"]), self._both(row, me), row["canvas"], *shared[row["id"]],
                row["granted_at"] is not None,
            )
            for row in rows
        )  # fmt: skip

    def _both(self, row: dict[str, Any], me: int | None) -> Both:
        """What they have together whom this link would make one, where it is of that kind."""
        if row["kind"] != "c":
            return NOT_TWO
        two = {"made_by": row["made_by"], "used_by": row["used_by"] or me}
        return Both(**(self.store.row(BOTH, **two) or {}))

    def _shared(
        self, row: dict[str, Any], me: int | None
    ) -> tuple[str, bool, tuple[tuple[int, str], ...]]:
        """What the canvas is called that a link shares, whether `me` fills it, and what is there.

        `by` of the row is how its maker is called there.
        """
        if row["kind"] != "p":
            return "", False, self._there(row, me)
        found = self.store.row(SHARED, canvas=row["canvas"], me=me) or {}
        row["by"] = found.get("called") or row["by"]
        return name_of(found.get("name")), bool(found.get("member")), ()

    def _there(self, row: dict[str, Any], me: int | None) -> tuple[tuple[int, str], ...]:
        """What colleagues fill for whom this link gives a seat to; only for who may follow it."""
        if row["kind"] != "s" or me is None or row["used_at"] is not None:
            return ()
        wanted = {name: row[name] for name in ("trajectory", "municipality")}
        found = self.store.rows(THERE, me=me, **wanted)
        return tuple((one["id"], name_of(one["name"])) for one in found)

    def met(self, desk: Desk) -> tuple[Met, ...]:
        """Colleagues' pilots of whom people with these seats were not asked yet."""
        seats = [*(seat.id for seat in desk.own), *(seat.id for seat in desk.admitting)]
        found = [row for seat in dict.fromkeys(seats) for row in self.store.rows(MET, seat)]
        return tuple(Met(**{**row, "name": name_of(row["name"])}) for row in found)

    def _lapsed(self, current: int, now: datetime, links: Iterable[Link]) -> tuple[Link, ...]:
        """Where nobody came since, or was invited again; names that are not kept any more are ''.

        The newest of each, the oldest first.
        """
        found = self._links(LAPSED, current, text_of(now))
        if not found:
            return ()
        known = {(row["municipality"], row["name"]) for row in self.store.rows(SAT, current)}
        known |= {(link.municipality, link.name) for link in links if link.kind == "s"}
        towns = {municipality for municipality, _ in known}
        left = [one for one in found if (one.municipality, one.name) not in known
                and (one.name or one.municipality not in towns)]  # fmt: skip
        return tuple(reversed(left[:MOST_LAPSED]))


def links_to(store: Store, chat: str = "") -> tuple[str, str]:
    """The address of a link, up to its secret: for anyone, and in another channel than this chat's.

    Anyone can open one of the web. Where that is not, it is the one where this chat is, or
    else the first one's; beside that there may be none. A chat's number is Telegram's; all
    others bear their channel's name before them.
    """
    sql = "SELECT name, value FROM facts WHERE name = ? OR name LIKE ? ORDER BY name"
    found = {row["name"]: str(row["value"]) for row in store.rows(sql, ADDRESS, f"{ADDRESS} %")}
    channel, named, _ = chat.partition(":")
    name = f"{ADDRESS} {channel}" if named else ADDRESS
    web, here = found.get(ON_THE_WEB), found.pop(name, None) or found.get(ADDRESS, "")
    return web or here, next((one for one in found.values() if one != here), "")


def link_to(store: Store, chat: str = "") -> str:
    """The first of them."""
    return links_to(store, chat)[0]
