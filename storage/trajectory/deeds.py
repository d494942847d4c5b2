"""What steering changes, done: each deed once, inside the transaction of its turn."""

from __future__ import annotations

import json
from functools import singledispatchmethod
from typing import TYPE_CHECKING

from flows.model import effects
from storage import audit
from storage.database.rows import text_of, utc
from storage.trajectory import changes
from storage.trajectory.places import Seating

if TYPE_CHECKING:
    from flows.model.turn import Given

INVITES = {"k": audit.OPERATOR, "m": audit.PERSON}
"""Who makes a link: a kwartiermaker, but for these."""


class Doing(Seating):
    """Does the deeds of one person at one moment."""

    @singledispatchmethod
    def do(self, deed: effects.Deed) -> None:
        raise NotImplementedError(type(deed).__name__)

    # ------------------------------------------------------------ links

    @do.register
    def _(self, deed: effects.MakeLink) -> None:
        made = self.store.db.execute(
            "INSERT INTO links(hash, kind, made_by, trajectory, municipality, name, seat, made_at, "
            "expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                deed.hash, deed.kind, self.person or None, deed.trajectory, deed.municipality,
                deed.name, deed.seat, self.now, text_of(deed.expires_at),
            ],
        ).lastrowid  # fmt: skip
        seat = made if deed.kind == "s" else deed.seat
        self.note(INVITES.get(deed.kind, audit.KEEPER), f"invited {deed.kind}", seat)

    @do.register
    def _(self, deed: effects.WithdrawLink) -> None:
        self.run(
            "UPDATE links SET withdrawn_at = ? WHERE id = ? AND used_at IS NULL",
            self.now, deed.link,
        )  # fmt: skip
        self.note(audit.KEEPER, "withdrew", deed.link)

    @do.register
    def _(self, deed: effects.Follow) -> None:
        self.run("UPDATE people SET invitation = ? WHERE id = ?", deed.link, self.person)

    @do.register
    def _(self, deed: effects.Redeem) -> None:
        """One of a hundred wins: the row changes once."""
        won = self.run(
            "UPDATE links SET used_at = ?, used_by = ? WHERE id = ? AND used_at IS NULL "
            "AND withdrawn_at IS NULL",
            self.now, self.person, deed.link,
        )  # fmt: skip
        link = self.store.row("SELECT * FROM links WHERE id = ?", deed.link) or {}
        if won:
            getattr(self, f"_give_{link['kind']}")(link, deed.canvas)
            if link["kind"] != "m":
                seat = link["id"] if link["kind"] == "s" else link["seat"]
                self.note(audit.PERSON, f"joined {link['kind']}", seat)

    @do.register
    def _(self, deed: effects.GrantMove) -> None:
        """Once; and no older link moves the place again."""
        link = self.store.row("SELECT * FROM links WHERE id = ?", deed.link) or {}
        if deed.yes and self.run(changes.MOVE[True], self.now, deed.link):
            self.move(link)
            self.run(
                "UPDATE links SET withdrawn_at = ? WHERE kind = 'm' AND seat = ? "
                "AND granted_at IS NULL AND withdrawn_at IS NULL",
                self.now, link["seat"],
            )  # fmt: skip
        elif not deed.yes:
            self.run(changes.MOVE[False], self.now, deed.link)
        who = audit.KEEPER if deed.keeper else audit.PERSON
        self.note(who, "admitted m" if deed.yes else "refused m", link["seat"])

    @do.register
    def _(self, deed: effects.ConfirmKeeper) -> None:
        self.run(changes.KEEPER[deed.yes], self.now, deed.person)
        self.note(audit.OPERATOR, "admitted k" if deed.yes else "refused k")

    @do.register
    def _(self, deed: effects.Dismiss) -> None:
        self.run(
            "UPDATE kwartiermakers SET ended_at = ? WHERE person = ? AND ended_at IS NULL",
            self.now, deed.person,
        )  # fmt: skip
        self.run(
            "UPDATE keepers SET until_at = ? WHERE person = ? AND until_at IS NULL",
            self.now, deed.person,
        )  # fmt: skip
        self.run(
            "UPDATE prompts SET ended_at = ?, ended = 'dismissed' WHERE made_by = ? "
            "AND sent_at IS NULL AND ended_at IS NULL",
            self.now, deed.person,
        )  # fmt: skip
        self.note(audit.OPERATOR, "dismissed")

    @do.register
    def _(self, deed: effects.ConfirmSeat) -> None:
        self.run(changes.SEAT[deed.yes], self.now, deed.seat)
        self.note(audit.KEEPER, "admitted" if deed.yes else "refused", deed.seat)
        self.plan_anew("seat", deed.seat)

    # ------------------------------------------------------------ trajectories

    @do.register
    def _(self, deed: effects.NewTrajectory) -> None:
        made = self.store.db.execute(
            "INSERT INTO trajectories(name, language, created_at) VALUES (?, ?, ?)",
            [deed.name, deed.language, self.now],
        ).lastrowid
        self.run(
            "INSERT INTO keepers(trajectory, person, from_at) VALUES (?, ?, ?)",
            made, self.person, self.now,
        )  # fmt: skip
        self.run("UPDATE people SET trajectory = ? WHERE id = ?", made, self.person)

    @do.register
    def _(self, deed: effects.ChangeTrajectory) -> None:
        self.run(changes.TRAJECTORY[deed.field], deed.value, deed.trajectory)
        self.plan_anew("trajectory", deed.trajectory)

    @do.register
    def _(self, deed: effects.GoTo) -> None:
        self.run("UPDATE people SET trajectory = ? WHERE id = ?", deed.trajectory, self.person)

    @do.register
    def _(self, deed: effects.LeaveTrajectory) -> None:
        self.run(
            "UPDATE keepers SET until_at = ? WHERE trajectory = ? AND person = ? "
            "AND until_at IS NULL",
            self.now, deed.trajectory, self.person,
        )  # fmt: skip

    # ------------------------------------------------------------ sharing

    @do.register
    def _(self, deed: effects.Share) -> None:
        self.run(
            "INSERT OR IGNORE INTO shares(seat, what, at) VALUES (?, ?, ?)",
            deed.seat, deed.what, self.now,
        )  # fmt: skip
        self.note(audit.PERSON, f"shared {deed.what}", deed.seat)

    @do.register
    def _(self, deed: effects.TakeBack) -> None:
        self.run(
            "UPDATE shares SET until_at = ? WHERE seat = ? AND until_at IS NULL "
            "AND (? IS NULL OR what = ?)",
            self.now, deed.seat, deed.what, deed.what,
        )  # fmt: skip
        self.note(audit.PERSON, f"took_back {deed.what or 'all'}", deed.seat)

    @do.register
    def _(self, deed: effects.LeaveSeat) -> None:
        self.do(effects.TakeBack(deed.seat))
        self.run(
            "UPDATE seats SET left_at = ? WHERE id = ? AND left_at IS NULL", self.now, deed.seat
        )
        self.run(
            "UPDATE prompts SET ended_at = ?, ended = 'left' WHERE seat = ? AND sent_at IS NULL "
            "AND ended_at IS NULL",
            self.now, deed.seat,
        )  # fmt: skip
        self.note(audit.PERSON, "left", deed.seat)

    @do.register
    def _(self, deed: effects.Looked) -> None:
        done = "exported" if deed.what == "portfolio" else "looked"
        self.note(audit.KEEPER, f"{done} {deed.what}", *deed.seats)

    # ------------------------------------------------------------ meetings

    @do.register
    def _(self, deed: effects.PlanMeeting) -> None:
        self.run(
            "INSERT INTO meetings(trajectory, municipality, starts_at, place, made_by, made_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            deed.trajectory, deed.municipality, utc(deed.at), deed.place, self.person, self.now,
        )  # fmt: skip
        self.plan_anew("town", deed.trajectory, deed.municipality)

    @do.register
    def _(self, deed: effects.CancelMeeting) -> None:
        self.run("UPDATE meetings SET cancelled_at = ? WHERE id = ?", self.now, deed.meeting)
        self.run(
            "UPDATE prompts SET ended_at = ?, ended = 'meeting' WHERE sent_at IS NULL "
            "AND ended_at IS NULL AND mark IN (?, ?)",
            self.now, *(f"meeting {deed.meeting} {when}" for when in ("before", "after")),
        )  # fmt: skip

    @do.register
    def _(self, deed: effects.NoteAgreed) -> None:
        self.run(
            "INSERT INTO agreed(seat, what, who, due_text, due, noted_by, noted_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            deed.seat, deed.what, deed.who, deed.due_text, deed.due, self.person, self.now,
        )  # fmt: skip

    @do.register
    def _(self, deed: effects.SettleAgreed) -> None:
        self.run(changes.AGREED[deed.how], self.now, deed.agreed)
        self.plan_anew("agreed", deed.agreed)

    # ------------------------------------------------------------ prompts

    @do.register
    def _(self, deed: effects.KeepDraft) -> None:
        self.run("DELETE FROM drafts WHERE person = ?", self.person)
        self.run(
            "INSERT INTO drafts(person, kind, target, text) VALUES (?, ?, ?, ?)",
            self.person, deed.kind, deed.target, deed.text,
        )  # fmt: skip

    @do.register
    def _(self, _: effects.DropDraft) -> None:
        self.run("DELETE FROM drafts WHERE person = ?", self.person)

    @do.register
    def _(self, deed: effects.SendPrompts) -> None:
        for seat in deed.seats:
            self.run(
                "INSERT INTO prompts(person, canvas, seat, kind, about, text, batch, made_by, "
                "made_at, due_at) SELECT person, canvas, id, ?, ?, ?, ?, ?, ?, ? "
                "FROM seats WHERE id = ?",
                deed.kind, deed.about, deed.text, deed.batch, self.person, utc(self.at),
                utc(deed.due), seat,
            )  # fmt: skip

    @do.register
    def _(self, deed: effects.CancelPrompts) -> None:
        self.run(
            "UPDATE prompts SET ended_at = ?, ended = 'called off' WHERE batch = ? "
            "AND sent_at IS NULL AND ended_at IS NULL",
            self.now, deed.batch,
        )  # fmt: skip

    @do.register
    def _(self, deed: effects.PutOff) -> None:
        self.run(
            "UPDATE prompts SET sent_at = NULL, outbox = NULL, due_at = ? WHERE id = ? "
            "AND ended_at IS NULL",
            utc(deed.due), deed.prompt,
        )  # fmt: skip

    @do.register
    def _(self, deed: effects.EndPrompt) -> None:
        self.run(
            "UPDATE prompts SET ended_at = ?, ended = ? WHERE id = ? AND ended_at IS NULL",
            self.now, deed.how, deed.prompt,
        )  # fmt: skip

    @do.register
    def _(self, deed: effects.SetPrompting) -> None:
        stopped = self.now if deed.how == "stop" else None
        less = self.now if deed.how == "less" else None
        self.run(
            "INSERT INTO prompting(person, stopped_at, less_at) VALUES (?, ?, ?) "
            "ON CONFLICT(person) DO UPDATE SET stopped_at = excluded.stopped_at, "
            "less_at = excluded.less_at",
            self.person, stopped, less,
        )  # fmt: skip
        if stopped:
            self.run(
                "UPDATE prompts SET ended_at = ?, ended = 'stopped' WHERE person = ? "
                "AND sent_at IS NULL AND ended_at IS NULL",
                self.now, self.person,
            )  # fmt: skip
            self.run(
                "UPDATE outbox SET failed = 'recalled' WHERE sent_at IS NULL AND failed IS NULL "
                "AND id IN (SELECT outbox FROM prompts WHERE person = ?)",
                self.person,
            )
        else:
            self.plan_anew("person", self.person)

    @do.register
    def _(self, deed: effects.SetZone) -> None:
        self.run("UPDATE people SET zone = ? WHERE id = ?", deed.zone, self.person)
        self.plan_anew("person", self.person)

    @do.register
    def _(self, deed: effects.Answer) -> None:
        owner = self.store.row(
            "SELECT p.pseudonym FROM canvases c JOIN people p ON p.id = c.person "
            "WHERE c.id = ? AND c.person = ?",
            deed.canvas, self.person,
        )  # fmt: skip
        if owner:
            self._answer(deed.canvas, deed.given, owner["pseudonym"])

    def _answer(self, canvas: int, given: Given, by: str) -> None:
        self.run(
            "INSERT INTO answers(canvas, id, question, value, at, by, message, size) "
            "SELECT id, answered + 1, ?, ?, ?, ?, ?, ? FROM canvases WHERE id = ?",
            given.question, json.dumps(given.value, ensure_ascii=False), text_of(given.at),
            by, given.message, given.size, canvas,
        )  # fmt: skip
        self.run("UPDATE canvases SET changed_at = ? WHERE id = ?", self.now, canvas)
