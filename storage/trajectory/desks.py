"""Somebody's desk, read from the database: only what this person may work with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.model.desk import Appointing, Desk, Draft, Waiting
from flows.model.fates import ANYTIME
from flows.model.trajectory import (
    Asked,
    Contact,
    Remark,
    Seat,
    Trajectory,
    Unplaced,
    hashed,
    mark_of,
)
from storage.database.rows import ASKED, asked, text_of
from storage.trajectory import remarks
from storage.trajectory.forwards import Forwards
from storage.trajectory.links import (
    ASKED_ALONG,
    BY_HASH,
    BY_NUMBER,
    CONNECTING,
    MOVING,
    OPEN_LINKS,
    Links,
    link_to,
    links_to,
)
from storage.trajectory.seats import KNOWN
from storage.trajectory.sent_off import outlooks

if TYPE_CHECKING:
    from datetime import datetime

    from flows.model.messages import Language

ASKED_OF = f"""SELECT r.*, c.id AS own FROM prompts r
    LEFT JOIN canvases c ON c.id = r.canvas AND c.person = r.person
    WHERE r.outbox IN (SELECT id FROM outbox WHERE {ASKED}) AND r.person = :person"""  # noqa: S608 - ours
UNPLACED = """SELECT u.*, r.seat, r.about, r.ended_at, r.outbox FROM unplaced u
    LEFT JOIN prompts r ON r.id = u.prompt WHERE u.chat = ? AND (u.canvas IS NULL OR u.canvas IN
    (SELECT c.id FROM canvases c JOIN chats h ON h.person = c.person WHERE h.chat = u.chat))
    ORDER BY u.at, u.key"""
ME = "SELECT * FROM people WHERE id = (SELECT person FROM chats WHERE chat = ?)"
KEEPER = """SELECT name FROM kwartiermakers WHERE person = ? AND confirmed_at IS NOT NULL
    AND ended_at IS NULL"""
KEEPS = """SELECT t.id, t.name, t.subject, t.welcome, t.language, t.silence FROM trajectories t
    JOIN keepers k ON k.trajectory = t.id WHERE k.person = ? AND k.until_at IS NULL ORDER BY t.id"""


class Desks(Links):
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
