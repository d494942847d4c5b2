"""Inviting: kwartiermakers by operators, advisers by kwartiermakers, and who follows a link."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flows.answers import clean, cut
from flows.deeds import (
    ConfirmKeeper,
    ConfirmSeat,
    Follow,
    MakeLink,
    Redeem,
    Tell,
    WithdrawLink,
)
from flows.desk import LIVES, Link, hashed
from flows.roles import KEEPER, roles
from flows.steer import Steer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.desk import LinkKind, Seat

LONGEST_NAME = 60
AT_ONCE = 20
"""Invitations from one message; the command line takes whole files."""


def named(line: str) -> tuple[str, str]:
    """`Zutphen, Anna` -> municipality and name; the name may be left out."""
    municipality, _, name = re.sub(r"[;\t]", ",", line).partition(",")
    return short(municipality), short(name)


def short(text: str) -> str:
    return cut(" ".join(clean(text).split()), LONGEST_NAME)


class Inviting(Steer):
    """Links: made, followed, used up, withdrawn."""

    def link(self, kind: LinkKind, number: int = 0, **about: Any) -> str:
        """Make a link of this kind; its secret, to be said and never kept."""
        secret = self.desk.secret(kind, number)
        made = MakeLink(kind, hashed(secret), self.now + LIVES[kind], **about)
        self.do(made)
        return secret

    def tell_link(
        self, what: str, kind: LinkKind, secret: str, /, *, picture: bool = True, **data: Any
    ) -> None:
        """What it is for, then the text to pass on, then the same as a picture."""
        until = (self.now + LIVES[kind]).date()
        self.tell(f"{what}_made", until=until, **data)
        self.tell(f"{what}_text", secret=secret, until=until, by=self.desk.keeper, **data)
        if picture and self.desk.bot_name:
            self.tell("link_picture", secret=secret, about=data.get("municipality", ""), what=what)

    # ------------------------------------------------------------ kwartiermakers

    def appoint(self) -> None:
        """An operator makes a kwartiermaker, or sees who waits for a yes."""
        name = short(self.argument)
        if name:
            self.tell_link("appoint", "k", self.link("k", name=name), name=name)
        elif self.desk.appointing:
            for person, waiting in self.desk.appointing:
                self.tell(
                    "appoint_waits", f"appoint_yes {person}", f"appoint_no {person}", name=waiting
                )
        else:
            self.tell("appoint_how")

    def appoint_yes(self) -> None:
        self._appointed(yes=True)

    def appoint_no(self) -> None:
        self._appointed(yes=False)

    def _appointed(self, *, yes: bool) -> None:
        name = dict(self.desk.appointing).get(self.number)
        if name is None:
            self.tell("settled")
            return
        self.do(ConfirmKeeper(self.number, yes))
        self.tell("appointed" if yes else "not_appointed", name=name)
        if yes:
            self.do(Tell(f"person {self.number}", "you_are_keeper", {"name": name}))

    # ------------------------------------------------------------ advisers

    def invite(self) -> None:
        """`Zutphen`, `Zutphen, Anna`, or several lines; without words, who was invited."""
        if self.desk.current is None:
            self.tell("no_trajectory")
        elif self.argument:
            self._invite(self.argument)
        else:
            self._list()

    def _invite(self, said: str) -> None:
        wanted = [pair for line in said.split("\n") if (pair := named(line))[0]]
        for number, (municipality, name) in enumerate(wanted[:AT_ONCE]):
            self.one(number, municipality, name, picture=len(wanted) == 1)
        self.on_paper()
        if wanted[AT_ONCE:]:
            self.tell("too_many_lines", most=AT_ONCE, left=len(wanted) - AT_ONCE)

    def one(self, number: int, municipality: str, name: str, *, picture: bool = True) -> None:
        secret = self.link(
            "s", number, trajectory=self.here.id, municipality=municipality, name=name
        )
        facts: dict[str, Any] = {
            "municipality": municipality,
            "name": name,
            "trajectory": self.here,
        }
        self.tell_link("invite", "s", secret, picture=picture, **facts)
        self.made.append({"municipality": municipality, "name": name, "secret": secret})

    def on_paper(self) -> None:
        """The same links as sheets to hand over; in a terminal there is nothing to scan."""
        if self.made and self.desk.bot_name:
            self.tell("invitation_paper", **self.sheets())

    def sheets(self) -> dict[str, Any]:
        """What the sheets of this turn's invitations say."""
        until = (self.now + LIVES["s"]).date()
        return {
            "trajectory": self.here, "invitations": self.made, "by": self.desk.keeper,
            "at": self.now, "until": until,
        }  # fmt: skip

    def _list(self) -> None:
        for seat in self.desk.admitting:
            self._ask_admission(seat)
        links = [link for link in self.desk.links if link.kind == "s"]
        if not links:
            self.tell("invite_how")
            return
        keys = [f"withdraw {link.id}" for link in links[:AT_ONCE]]
        again = [f"renew {link.id}" for link in links[:AT_ONCE]]
        labels = {f"{verb} {k.id}": k for k in links for verb in ("withdraw", "renew")}
        self.tell("invitations", *keys, *again, links=links, labels=labels)

    def _ask_admission(self, seat: Seat) -> None:
        self.tell("admission", f"admit {seat.id}", f"refuse {seat.id}", seat=seat)

    def _found(self) -> Link | None:
        return next((link for link in self.desk.links if link.id == self.number), None)

    def withdraw(self) -> None:
        link = self._found()
        if link is None:
            self.tell("settled")
        else:
            self.do(WithdrawLink(link.id))
            self.tell("withdrawn", municipality=link.municipality, name=link.name)

    def renew(self) -> None:
        """Only hashes are kept, so the old text cannot be shown again: a new link instead."""
        link = self._found()
        if link is None:
            self.tell("settled")
        else:
            self.do(WithdrawLink(link.id))
            self.one(0, link.municipality, link.name)
            self.on_paper()

    def admit(self) -> None:
        self._admitted(yes=True)

    def refuse(self) -> None:
        self._admitted(yes=False)

    def _admitted(self, *, yes: bool) -> None:
        seat = next((s for s in self.desk.admitting if s.id == self.number), None)
        if seat is None:
            self.tell("settled")
            return
        self.do(ConfirmSeat(seat.id, yes))
        self.tell("admitted" if yes else "refused_seat", seat=seat)
        self.do(Tell(f"seat {seat.id}", "you_are_in" if yes else "you_are_out"))

    # ------------------------------------------------------------ following a link

    def follow(self) -> None:
        """Who follows a link sees who invites, for what, and what they will see."""
        self._follow(self.desk.followed)

    def invited(self) -> None:
        """Akkoord without a yes to the invitation would leave the kwartiermaker waiting."""
        self._follow(self.desk.invitation)

    def _follow(self, link: Link | None) -> None:
        reason = self._useless(link)
        if link is None or reason:
            self.do(Follow(None))
            self.tell(reason or "link_dead")
            self.then = "start"
            return
        self.do(Follow(link.id))
        self.tell(f"follow_{link.kind}", link=link, trajectory=link.trajectory)
        self._offer(link)

    def _useless(self, link: Link | None) -> str:
        """Why this person can do nothing with it; nothing where they can."""
        if link is None or not link.open(self.now):
            return "link_dead"
        if link.made_by == self.desk.person and link.kind != "m":
            return "link_own"
        if link.kind in ("t", "h") and KEEPER not in roles(self.desk):
            return "link_for_keeper"
        if link.kind == "k" and self.desk.keeper is not None:
            return "keeper_before"
        return self._seated(link)

    def _seated(self, link: Link) -> str:
        here = [s for s in self.desk.own if link.trajectory and s.trajectory == link.trajectory]
        if link.kind == "s" and any(s.municipality == link.municipality for s in here):
            return "seat_before"
        if link.kind == "m" and any(seat.id == link.seat for seat in self.desk.own):
            return "link_own"
        return ""

    def _offer(self, link: Link) -> None:
        walk = self.session.walk
        if not self.desk.agreed:
            self.tell("join_and_agree", "join 0", "decline", key="joining")
        elif link.kind == "s" and walk and walk.given:
            keys = (f"join {walk.id}", "join 0", "decline")
            name = next((p.name for p in self.session.pilots if p.id == walk.id), "")
            labels = {f"join {walk.id}": name, "join 0": ""}
            self.tell("join_with", *keys, key="joining", labels=labels)
        else:
            self.tell("join_or_not", "join 0", "decline", key="joining")

    def decline(self) -> None:
        """The link stays as it was, for whoever it was meant for."""
        self.do(Follow(None))
        self.tell("declined")
        self.then = "start"

    def join(self) -> None:
        """Only now the link is used up; whoever was first has it."""
        link = self.desk.invitation
        reason = self._useless(link)
        if link is None or reason:
            self.do(Follow(None))
            self.tell(reason or "link_dead")
            self.then = "start"
            return
        own = {pilot.id for pilot in self.session.pilots}
        canvas = self.number if self.number in own else None
        self.do(Redeem(link.id, canvas), Follow(None))
        self.tell(f"joined_{link.kind}", link=link, trajectory=link.trajectory)
        self.do(*self._told(link))
        self.then = self._next(link, canvas)

    def _told(self, link: Link) -> Iterator[Tell]:
        about = {"link": link, "trajectory": link.trajectory}
        if link.kind == "k":
            to = f"person {link.made_by}" if link.made_by else "operators"
            keys = (f"appoint_yes {self.desk.person}", f"appoint_no {self.desk.person}")
            yield Tell(to, "appoint_waits", {"name": link.name}, keys, "appoint_waits")
        elif link.kind == "s" and link.trajectory:
            to = f"keepers {link.trajectory.id}"
            keys = (f"admit {link.id}", f"refuse {link.id}")
            if self.desk.known:
                yield Tell(to, "has_joined", about)
            else:
                yield Tell(to, "wants_in", about, keys, "wants_in")
        elif link.kind in ("t", "h") and link.made_by:
            yield Tell(f"person {link.made_by}", f"taken_{link.kind}", about)
            yield from self._to_advisers(link)

    def _to_advisers(self, link: Link) -> Iterator[Tell]:
        """Who shares hears who sees it from now on, and where that ends."""
        if link.trajectory:
            facts = {"keeper": self.desk.keeper, "together": link.kind == "t"}
            told = {**facts, "trajectory": link.trajectory}
            yield Tell(f"seats {link.trajectory.id}", "keeper_new", told)

    def _next(self, link: Link, canvas: int | None) -> str:
        if link.kind == "m":
            return "start"
        if link.kind == "k":  # a kwartiermaker need not answer anything
            return ""
        if not self.desk.agreed:
            return "/agree"
        if link.kind == "s":
            return "/again" if canvas else "/new"
        return ""

    def moving(self) -> None:
        """To a new Telegram account, with the canvas: only from the old account."""
        seat = self.desk.own[0]
        wanted = [s for s in self.desk.own if s.municipality.casefold() == self.argument.casefold()]
        seat = wanted[0] if wanted else seat
        secret = self.link("m", trajectory=seat.trajectory.id, seat=seat.id,
                           municipality=seat.municipality, name=seat.name)  # fmt: skip
        self.tell_link("move", "m", secret, municipality=seat.municipality)
