"""Somebody's desk, read from the database: only what this person may work with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.fates import ANYTIME
from flows.model.lists import MOST_LAPSED
from flows.model.trajectory import (
    NOT_TWO,
    Appointing,
    Asked,
    Both,
    Contact,
    Desk,
    Draft,
    Link,
    Met,
    Remark,
    Seat,
    Trajectory,
    Unplaced,
    Waiting,
    hashed,
    mark_of,
)
from storage.conversations.chats import time_of
from storage.database.rows import ASKED, asked, name_of, text_of
from storage.trajectory import remarks
from storage.trajectory.forwards import Forwards
from storage.trajectory.seats import KNOWN, Seats
from storage.trajectory.sent_off import outlooks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.model.messages import Language
    from storage.store import Store

# The fact that a channel tells: what stands before the secret in the address of a link.
ADDRESS = "link"
ON_THE_WEB = f"{ADDRESS} web"
ASKED_OF = f"""SELECT r.*, c.id AS own FROM prompts r
    LEFT JOIN canvases c ON c.id = r.canvas AND c.person = r.person
    WHERE r.outbox IN (SELECT id FROM outbox WHERE {ASKED}) AND r.person = :person"""  # noqa: S608 - ours
UNPLACED = """SELECT u.*, r.seat, r.about, r.ended_at, r.outbox FROM unplaced u
    LEFT JOIN prompts r ON r.id = u.prompt WHERE u.chat = ? AND (u.canvas IS NULL OR u.canvas IN
    (SELECT c.id FROM canvases c JOIN chats h ON h.person = c.person WHERE h.chat = u.chat))
    ORDER BY u.at, u.key"""

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
ME = "SELECT * FROM people WHERE id = (SELECT person FROM chats WHERE chat = ?)"
KEEPER = """SELECT name FROM kwartiermakers WHERE person = ? AND confirmed_at IS NOT NULL
    AND ended_at IS NULL"""
KEEPS = """SELECT t.id, t.name, t.subject, t.welcome, t.language, t.silence FROM trajectories t
    JOIN keepers k ON k.trajectory = t.id WHERE k.person = ? AND k.until_at IS NULL ORDER BY t.id"""
OPEN_LINKS = (
    f"{LINKS}l.trajectory = ? AND l.used_at IS NULL AND l.withdrawn_at IS NULL "
    "AND datetime(l.expires_at) > datetime(?) ORDER BY l.id"
)
UNUSED = "kind = 's' AND used_at IS NULL AND withdrawn_at IS NULL"
LAPSED = f"""{LINKS}l.id IN (SELECT MAX(id) FROM links WHERE trajectory = ? AND {UNUSED}
    GROUP BY municipality, name) AND datetime(l.expires_at) <= datetime(?) ORDER BY l.id DESC
    LIMIT {5 * MOST_LAPSED}"""  # noqa: S608 - ours
SAT = "SELECT DISTINCT municipality, name FROM seats WHERE trajectory = ?"


class Desks(Seats):
    """Reads desks. `guide_of`: the structure that a canvas is pinned to."""

    def desk(self, chat: str, now: datetime, **given: Any) -> Desk:
        """`given`: what only the caller knows (seed, operator, guide, secret, ref).

        A `trajectory` that is named is the current one, or none is: not another instead.
        """
        self.zone = now.tzinfo
        me = self.store.row(ME, chat) or {}
        secret, ref = given.pop("secret", ""), given.pop("ref", "")
        keeper = self.store.value(KEEPER, me["id"])
        kept = () if keeper is None else self.store.rows(KEEPS, me["id"])
        trajectories = tuple(Trajectory(**row) for row in kept)
        named = given.pop("trajectory", None)
        first = None if named else next(iter(trajectories), None)
        wanted = named or me["trajectory"]
        current = next((t for t in trajectories if t.id == wanted), first)
        followed = self._links(BY_HASH, hashed(secret), me=me["id"]) if secret else ()
        invited = self._links(BY_NUMBER, me["invitation"], me=me["id"])
        asking = (*self._links(MOVING, *[me["id"]] * 3), *self._links(CONNECTING, me["id"]))
        leads, beside = links_to(self.store, chat)
        link = next(iter((*followed, *invited)), None)
        appointing = self.appointing()
        prompting = self.store.row("SELECT * FROM prompting WHERE person = ?", me["id"]) or {}
        return Desk(
            me["id"], chat, me["language"], me["agreed_at"] is not None,
            keeper=keeper, waits=any(one.person == me["id"] for one in appointing),
            link=leads, beside=beside, trajectories=trajectories, current=current,
            **(self._of_trajectory(current.id, now) if current else {}),
            **(self._of_keeper(me["id"]) if kept else {}),
            own=self.own(me["id"]),
            followed=next(iter(followed), None), invitation=next(iter(invited), None),
            known=bool(link and self.store.value(KNOWN, doer=me["id"], made_by=link.made_by)),
            appointing=appointing if given.get("operator") else (),
            along=self._links(ASKED_ALONG, me["id"]),
            moving=tuple(one for one in asking if one.asks(now)),
            asked=self._asked(me["id"], chat, ref),
            stopped=bool(prompting.get("stopped_at")), less=bool(prompting.get("less_at")),
            **given,
        )  # fmt: skip

    def with_outlooks(self, desk: Desk, now: datetime) -> Desk:
        """The same, with what decides when each adviser there can be asked something."""
        if desk.current is None:
            return desk
        found = outlooks(self.store, desk.current.id, now)
        seats = (replace(seat, outlook=found.get(seat.id, ANYTIME)) for seat in desk.seats)
        return replace(desk, seats=tuple(seats))

    @property
    def forwards(self) -> Forwards:
        """Questions to colleagues."""
        return Forwards(self.store, self.guide_of)

    def remarks(self, desk: Desk) -> tuple[tuple[Remark, ...], tuple[Remark, ...]]:
        """What this person said to kwartiermakers, and what advisers said to them."""
        wrote = remarks.of_own(self.store, desk.person, self.local) if desk.own else ()
        heard = remarks.to_keeper(self.store, desk.person, self.local) if desk.keeper else ()
        return wrote, heard

    def met(self, desk: Desk) -> tuple[Met, ...]:
        """Colleagues' pilots of whom people with these seats were not asked yet."""
        seats = [*(own.id for own in desk.own), *(seat.id for seat in desk.admitting)]
        found = [row for seat in dict.fromkeys(seats) for row in self.store.rows(MET, seat)]
        return tuple(Met(**{**row, "name": name_of(row["name"])}) for row in found)

    def link(self, secret: str) -> Link | None:
        """What a link is for, to be read before anybody follows it."""
        return next(iter(self._links(BY_HASH, hashed(secret))), None)

    def nobody(self, seed: str) -> Desk:
        """The desk of the command line, before anybody has a chat."""
        link = link_to(self.store)
        return Desk(0, "", self.store.language, agreed=True, seed=seed, link=link)

    # ------------------------------------------------------------ all there are

    def trajectories(self) -> list[dict[str, Any]]:
        """Each with who keeps it and how many people sit in it, oldest first."""
        sql = """SELECT t.id, t.name, t.subject, t.language, '' AS keepers,
            (SELECT COUNT(*) FROM seats s WHERE s.trajectory = t.id AND s.left_at IS NULL)
            AS people FROM trajectories t ORDER BY t.id"""
        rows = self.store.rows(sql)
        return [row | {"keepers": ", ".join(self.keepers(row["id"]))} for row in rows]

    def keeper_of(self, trajectory: int) -> str | None:
        """The chat of the first who keeps it now."""
        sql = """SELECT p.chat FROM keepers k JOIN people p ON p.id = k.person
            WHERE k.trajectory = ? AND k.until_at IS NULL ORDER BY k.id LIMIT 1"""
        chat: str | None = self.store.value(sql, trajectory)
        return chat

    def appointed(self) -> list[tuple[str, str]]:
        """(chat, name) of every kwartiermaker, by name."""
        sql = """SELECT p.chat, q.name FROM kwartiermakers q JOIN people p ON p.id = q.person
            WHERE q.confirmed_at IS NOT NULL AND q.ended_at IS NULL ORDER BY q.name"""
        return [(row["chat"], row["name"]) for row in self.store.rows(sql)]

    def menus(self) -> dict[str, Language | None]:
        """Each chat of who is or was a kwartiermaker: in which language they work, None: is none.

        A chat that blocked the guide is left out: nothing can be set there.
        """
        sql = """SELECT h.chat, CASE WHEN q.confirmed_at IS NOT NULL AND q.ended_at IS NULL
            THEN p.language END AS language FROM kwartiermakers q JOIN people p ON p.id = q.person
            JOIN chats h ON h.person = p.id WHERE h.gone_at IS NULL ORDER BY h.chat"""
        return {row["chat"]: row["language"] for row in self.store.rows(sql)}

    # ------------------------------------------------------------ the parts of a desk

    def _of_trajectory(self, current: int, now: datetime) -> dict[str, Any]:
        found = self._links(OPEN_LINKS, current, text_of(now))
        links = tuple(link for link in found if link.open(now))
        return {
            "seats": self.seats(current),
            "meetings": self.meetings(current),
            "links": links,
            "lapsed": self._lapsed(current, now, links),
            "keepers": self.keepers(current),
        }

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

    def _of_keeper(self, person: int) -> dict[str, Any]:
        """What waits for them, in whatever they keep; and what they are writing."""
        sql = """SELECT s.id, s.municipality, s.name, s.screen_name, s.channel
            FROM seats s JOIN keepers k
            ON k.trajectory = s.trajectory WHERE k.person = ? AND k.until_at IS NULL
            AND s.confirmed_at IS NULL AND s.left_at IS NULL ORDER BY s.id"""
        admitting = self.store.rows(sql, person)
        sql = """SELECT r.batch, MIN(r.kind) AS kind, COUNT(*) AS count, MIN(r.due_at) AS due
            FROM prompts r JOIN seats s ON s.id = r.seat
            JOIN keepers k ON k.trajectory = s.trajectory AND k.until_at IS NULL
            WHERE k.person = ? AND r.batch <> '' AND r.sent_at IS NULL
            AND r.ended_at IS NULL GROUP BY r.batch"""
        waiting = self.store.rows(sql, person)
        draft = self.store.row("SELECT id, kind, target, text FROM drafts WHERE person = ?", person)
        return {
            "admitting": tuple(Seat(**row) for row in admitting),
            "waiting": tuple(Waiting(**{**row, "due": self.local(row["due"])}) for row in waiting),
            "draft": draft and Draft(**draft),
        }

    def appointing(self) -> tuple[Appointing, ...]:
        """Who used a link to become a kwartiermaker, and waits for a yes."""
        sql = """SELECT q.person, q.name, COALESCE(l.hash, '') AS hash FROM kwartiermakers q
            LEFT JOIN links l ON l.id = q.link WHERE q.confirmed_at IS NULL
            AND q.ended_at IS NULL ORDER BY q.joined_at"""
        rows = self.store.rows(sql)
        return tuple(Appointing(row["person"], row["name"], mark_of(row["hash"])) for row in rows)

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

    def _asked(self, person: int, chat: str, ref: str) -> Asked | None:
        """The prompt under whose message this was pressed or replied to."""
        row = self.store.row(ASKED_OF, person=person, **asked(chat, ref))
        if row is None:
            return None
        walk = self.store.walk(row["own"]) if row["own"] else None
        guide = self.guide_of(row["own"]) if row["own"] else None
        contact = Contact(row["id"], row["seat"]) if row["seat"] else None
        return Asked(
            row["id"], row["about"], row["own"], row["ended_at"] is None, walk, guide, contact
        )

    def unplaced(self, chat: str) -> tuple[Unplaced, ...]:
        """Words of this chat that wait for their place, oldest first."""
        return tuple(self._unplaced(row, chat) for row in self.store.rows(UNPLACED, chat))

    def _unplaced(self, row: dict[str, Any], chat: str) -> Unplaced:
        asked = row["outbox"] is not None and row["ended_at"] is None
        return Unplaced(
            row["key"], row["text"], row["message"], row["canvas"], row["question"],
            row["before"], Contact(row["prompt"], row["seat"]) if row["seat"] else None,
            self.store.choices_of(chat, row["question"]) if row["question"] else (),
            self.store.asking(chat, row["outbox"]) if asked else None, row["about"] or "",
        )  # fmt: skip


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
