"""Somebody's desk, read from the database: only what this person may work with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.trajectory import (
    Appointing,
    Asked,
    Desk,
    Draft,
    Link,
    Seat,
    Trajectory,
    Waiting,
    hashed,
    mark_of,
)
from storage.conversations.chats import time_of
from storage.database.rows import ASKED, asked, text_of
from storage.trajectory.seats import KNOWN, Seats

if TYPE_CHECKING:
    from flows.model.guidebook import Guide
    from storage.store import Store

ADDRESS = "link"
"""The fact that a channel tells: what stands before the secret in the address of a link."""

LINKS = (
    "SELECT l.*, COALESCE(q.name, '') AS by, q.person AS named, CASE l.kind WHEN 'k' THEN TRUE "
    "WHEN 'm' THEN EXISTS (SELECT 1 FROM seats s WHERE s.id = l.seat AND s.left_at IS NULL "
    "AND (s.person = l.made_by OR l.made_by IS NULL)) "
    "WHEN 's' THEN q.person IS NOT NULL ELSE EXISTS (SELECT 1 FROM keepers "
    "n WHERE n.trajectory = l.trajectory AND n.person = l.made_by AND n.until_at IS NULL) END "
    "AS stands FROM links l LEFT JOIN kwartiermakers q ON q.person = CASE l.kind WHEN 's' THEN "
    "(SELECT n.person FROM keepers n WHERE n.trajectory = l.trajectory AND n.until_at IS NULL "
    "ORDER BY n.person IS DISTINCT FROM l.made_by, n.id LIMIT 1) ELSE l.made_by END WHERE "
)
"""A link stands while its maker has what it gives: their own seat, or a trajectory they keep.

A seat is given by who keeps the trajectory now, its maker first.
"""

BY_HASH = f"{LINKS}l.hash = ?"
BY_NUMBER = f"{LINKS}l.id = ?"
ASKING = (
    "l.kind = 'm' AND l.used_at IS NOT NULL AND l.granted_at IS NULL "
    "AND l.withdrawn_at IS NULL AND l.used_by <> ? "
    "AND (EXISTS (SELECT 1 FROM seats s WHERE s.id = l.seat AND s.person = ?) "
    "OR (l.made_by IS NULL AND EXISTS (SELECT 1 FROM keepers n WHERE n.person = ? "
    "AND n.trajectory = l.trajectory AND n.until_at IS NULL))) ORDER BY l.id"
)
MOVING = f"{LINKS}{ASKING}"
"""Moves that wait for somebody's yes: of whose place it is; where an operator made the link
because that account is lost, also of who keeps the trajectory. Never of who wants it.
"""

OPEN_LINKS = (
    f"{LINKS}l.trajectory = ? AND l.used_at IS NULL AND l.withdrawn_at IS NULL "
    "AND datetime(l.expires_at) > datetime(?) ORDER BY l.id"
)


class Desks(Seats):
    """Reads desks. `guide_of`: the structure that a canvas is pinned to."""

    def desk(self, chat: str, now: datetime, **given: Any) -> Desk:
        """`given`: what only the caller knows (seed, operator, guide, secret, ref)."""
        self.zone = now.tzinfo
        me = (
            self.store.row(
                "SELECT * FROM people WHERE id = (SELECT person FROM chats WHERE chat = ?)", chat
            )
            or {}
        )
        secret, ref = given.pop("secret", ""), given.pop("ref", "")
        keeper = self._keeper_name(me["id"])
        kept = self._kept(me["id"]) if keeper is not None else ()
        wanted = given.pop("trajectory", None) or me["trajectory"]
        current = next((t for t in kept if t.id == wanted), kept[0] if kept else None)
        followed = self._followed(secret)
        invitation = self._link(BY_NUMBER, me["invitation"])
        return Desk(
            me["id"], chat, me["language"], me["agreed_at"] is not None,
            keeper=keeper, waits=self._waits(me["id"]), link=link_to(self.store, chat),
            trajectories=kept, current=current,
            **(self._of_trajectory(current, now) if current else {}),
            own=self.own(me["id"]),
            followed=followed, invitation=invitation,
            known=self._known(me["id"], followed or invitation),
            appointing=self._appointing() if given.get("operator") else (),
            admitting=self._admitting(me["id"]) if kept else (),
            moving=self._moving(me["id"], now),
            waiting=self._waiting(me["id"]) if kept else (),
            draft=self._draft(me["id"]) if kept else None,
            asked=self._asked(me["id"], chat, ref),
            **self._prompting(me["id"]), **given,
        )  # fmt: skip

    def nobody(self, guide: Guide, seed: str) -> Desk:
        """The desk of the command line, before anybody has a chat."""
        link = link_to(self.store)
        return Desk(0, "", self.store.language, agreed=True, seed=seed, link=link, guide=guide)

    # ------------------------------------------------------------ all there are

    def trajectories(self) -> list[dict[str, Any]]:
        """Each with who keeps it and how many people sit in it, oldest first."""
        found = self.store.rows(
            "SELECT t.id, t.name, t.subject, t.language, '' AS keepers, "
            "(SELECT COUNT(*) FROM seats s WHERE s.trajectory = t.id AND s.left_at IS NULL) "
            "AS people FROM trajectories t ORDER BY t.id"
        )
        return [row | {"keepers": ", ".join(self.keepers(row["id"]))} for row in found]

    def keeper_of(self, trajectory: int) -> str | None:
        """The chat of the first who keeps it now."""
        row = self.store.row(
            "SELECT p.chat FROM keepers k JOIN people p ON p.id = k.person WHERE k.trajectory = ? "
            "AND k.until_at IS NULL ORDER BY k.id LIMIT 1",
            trajectory,
        )
        return row["chat"] if row else None

    def appointed(self) -> list[tuple[str, str]]:
        """(chat, name) of every kwartiermaker, by name."""
        rows = self.store.rows(
            "SELECT p.chat, q.name FROM kwartiermakers q JOIN people p ON p.id = q.person "
            "WHERE q.confirmed_at IS NOT NULL AND q.ended_at IS NULL ORDER BY q.name"
        )
        return [(row["chat"], row["name"]) for row in rows]

    # ------------------------------------------------------------ the parts of a desk

    def _of_trajectory(self, current: Trajectory, now: datetime) -> dict[str, Any]:
        return {
            "seats": self.seats(current.id),
            "meetings": self.meetings(current.id),
            "links": self._links(current, now),
            "keepers": self.keepers(current.id),
        }

    # ------------------------------------------------------------ roles

    def _keeper_name(self, person: int) -> str | None:
        row = self.store.row(
            "SELECT name FROM kwartiermakers WHERE person = ? AND confirmed_at IS NOT NULL "
            "AND ended_at IS NULL",
            person,
        )
        return str(row["name"]) if row else None

    def _waits(self, person: int) -> bool:
        return any(person == one.person for one in self._appointing())

    def _kept(self, person: int) -> tuple[Trajectory, ...]:
        rows = self.store.rows(
            "SELECT t.id, t.name, t.subject, t.welcome, t.language, t.silence FROM trajectories t "
            "JOIN keepers k ON k.trajectory = t.id WHERE k.person = ? AND k.until_at IS NULL "
            "ORDER BY t.id",
            person,
        )
        return tuple(Trajectory(**row) for row in rows)

    def _appointing(self) -> tuple[Appointing, ...]:
        rows = self.store.rows(
            "SELECT q.person, q.name, COALESCE(l.hash, '') AS hash FROM kwartiermakers q "
            "LEFT JOIN links l ON l.id = q.link WHERE q.confirmed_at IS NULL "
            "AND q.ended_at IS NULL ORDER BY q.joined_at"
        )
        return tuple(Appointing(row["person"], row["name"], mark_of(row["hash"])) for row in rows)

    def _moving(self, person: int, now: datetime) -> tuple[Link, ...]:
        rows = self.store.rows(MOVING, person, person, person)
        links = (link_of(row, self.trajectory(row["trajectory"])) for row in rows)
        return tuple(link for link in links if link.asks(now))

    def _admitting(self, person: int) -> tuple[Seat, ...]:
        rows = self.store.rows(
            "SELECT s.* FROM seats s JOIN keepers k ON k.trajectory = s.trajectory "
            "WHERE k.person = ? AND k.until_at IS NULL AND s.confirmed_at IS NULL "
            "AND s.left_at IS NULL ORDER BY s.id",
            person,
        )
        return tuple(Seat(r["id"], r["municipality"], r["name"], confirmed=False) for r in rows)

    # ------------------------------------------------------------ links

    def _followed(self, secret: str) -> Link | None:
        return self._link(BY_HASH, hashed(secret)) if secret else None

    def _link(self, sql: str, value: Any) -> Link | None:
        row = self.store.row(sql, value)
        return link_of(row, self.trajectory(row["trajectory"])) if row else None

    def _links(self, trajectory: Trajectory, now: datetime) -> tuple[Link, ...]:
        rows = self.store.rows(OPEN_LINKS, trajectory.id, text_of(now))
        found = (link_of(row, trajectory) for row in rows)
        return tuple(link for link in found if link.open(now))

    def _known(self, person: int, link: Link | None) -> bool:
        """Whether the kwartiermaker who invites confirmed this person before."""
        found = link and self.store.row(KNOWN, doer=person, made_by=link.made_by)
        return bool(found and found["known"])

    # ------------------------------------------------------------ meetings and prompts

    def _waiting(self, person: int) -> tuple[Waiting, ...]:
        rows = self.store.rows(
            "SELECT r.batch, MIN(r.kind) AS kind, COUNT(*) AS count, MIN(r.due_at) AS due "
            "FROM prompts r JOIN seats s ON s.id = r.seat "
            "JOIN keepers k ON k.trajectory = s.trajectory AND k.until_at IS NULL "
            "WHERE k.person = ? AND r.batch <> '' AND r.sent_at IS NULL "
            "AND r.ended_at IS NULL GROUP BY r.batch",
            person,
        )
        return tuple(Waiting(r["batch"], r["kind"], r["count"], self.local(r["due"])) for r in rows)

    def _draft(self, person: int) -> Draft | None:
        row = self.store.row("SELECT id, kind, target, text FROM drafts WHERE person = ?", person)
        return Draft(**row) if row else None

    def _asked(self, person: int, chat: str, ref: str) -> Asked | None:
        """The prompt under whose message this was pressed or replied to."""
        row = self.store.row(
            "SELECT r.*, c.id AS own FROM prompts r "  # noqa: S608 - ours
            "LEFT JOIN canvases c ON c.id = r.canvas AND c.person = r.person "
            f"WHERE r.outbox IN (SELECT id FROM outbox WHERE {ASKED}) AND r.person = :person",
            person=person, **asked(chat, ref),
        )  # fmt: skip
        if row is None:
            return None
        walk = self.store.walk(row["own"]) if row["own"] else None
        guide = self.guide_of(row["own"]) if row["own"] else None
        return Asked(row["id"], row["kind"], row["about"], row["own"], row["seat"],
                     row["ended_at"] is None, walk, guide)  # fmt: skip

    def _prompting(self, person: int) -> dict[str, Any]:
        row = self.store.row("SELECT * FROM prompting WHERE person = ?", person) or {}
        return {"stopped": bool(row.get("stopped_at")), "less": bool(row.get("less_at"))}


def link_of(row: dict[str, Any], trajectory: Trajectory | None) -> Link:
    return Link(
        row["id"], row["kind"], row["by"], row["made_by"], trajectory, row["municipality"],
        row["name"], row["seat"], datetime.fromisoformat(row["expires_at"]),
        time_of(row["used_at"]), time_of(row["withdrawn_at"]), bool(row["stands"]), row["named"],
        row["used_by"], mark_of(row["hash"]),
    )  # fmt: skip


def link_to(store: Store, chat: str = "") -> str:
    """The address of a link where this chat is, up to its secret; where it is nowhere, the first.

    A chat's number is Telegram's; all others bear their channel's name before them.
    """
    channel, named, _ = chat.partition(":")
    own = store.fact(f"{ADDRESS} {channel}") if named else None
    return own or store.fact(ADDRESS) or ""
