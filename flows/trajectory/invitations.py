"""Inviting: kwartiermakers by operators, advisers by kwartiermakers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flows.intents.choices import cut
from flows.intents.text import one_line
from flows.model.effects import ConfirmKeeper, ConfirmSeat, MakeLink, Tell, WithdrawLink
from flows.model.lists import MOST_INVITATIONS, paged
from flows.model.trajectory import LIVES, Link, hashed, mark_of
from flows.steer import Steer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.model.trajectory import LinkKind, Seat

LONGEST_NAME = 60
ASKED = 5
"""Questions about who may come in that are asked together, a message each."""

AT_ONCE = 20
"""Invitations from one message; the command line takes whole files."""


def named(line: str) -> tuple[str, str]:
    """`Zutphen, Anna` -> municipality and name; the name may be left out."""
    municipality, _, name = re.sub(r"[;\t]", ",", line).partition(",")
    return short(municipality), short(name)


def short(text: str) -> str:
    return cut(one_line(text), LONGEST_NAME)


class Inviting(Steer):
    """Links: made, listed, withdrawn, and the yes to who used one."""

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
        if picture and self.desk.link:
            self.tell("link_picture", secret=secret, about=data.get("municipality", ""), what=what)

    # ------------------------------------------------------------ kwartiermakers

    def appoint(self) -> None:
        """An operator makes a kwartiermaker, or sees who waits for a yes."""
        name = short(self.argument)
        if name:
            secret = self.link("k", name=name)
            self.tell_link("appoint", "k", secret, name=name, mark=mark_of(hashed(secret)))
        elif self.desk.appointing:
            for one in self.desk.appointing[:ASKED]:
                keys = (f"appoint_yes {one.person}", f"appoint_no {one.person}")
                self.tell("appoint_waits", *keys, name=one.name, mark=one.mark)
            self._more(self.desk.appointing)
        else:
            self.tell("appoint_how")

    def appoint_yes(self) -> None:
        self._appointed(yes=True)

    def appoint_no(self) -> None:
        self._appointed(yes=False)

    def _appointed(self, *, yes: bool) -> None:
        waiting = {one.person: one.name for one in self.desk.appointing}
        name = waiting.get(self.number)
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
        if not self.room_for(len(wanted[:AT_ONCE])):
            self.tell("invitations_full", most=MOST_INVITATIONS)
            return
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
        if self.made and self.desk.link:
            self.tell("invitation_paper", **self.sheets())

    def sheets(self) -> dict[str, Any]:
        """What the sheets of this turn's invitations say."""
        until = (self.now + LIVES["s"]).date()
        return {
            "trajectory": self.here, "invitations": self.made, "by": self.desk.keeper,
            "at": self.now, "until": until,
        }  # fmt: skip

    def _more(self, waiting: Sequence[Any]) -> None:
        """A question each would fill the screen: the others come when these are answered."""
        if waiting[ASKED:]:
            self.tell("more_wait", count=len(waiting) - ASKED)

    def _list(self) -> None:
        for seat in self.desk.admitting[:ASKED]:
            self._ask_admission(seat)
        self._more(self.desk.admitting)
        if self._open:
            self._links(0)
        else:
            self.tell("invite_how")

    def invite_page(self) -> None:
        if self._open:
            self._links(self.number)
        else:
            self.tell("settled")

    @property
    def _open(self) -> list[Link]:
        return [link for link in self.desk.links if link.kind == "s"]

    def _links(self, at: int) -> None:
        found = paged(self._open, at)
        labels: dict[str, Any] = {f"withdraw {link.id}": link for link in found.items}
        labels |= {f"renew {link.id}": link for link in found.items}
        labels |= found.turns("invite_page")
        self.tell("invitations", *labels, labels=labels, links=found.items, page=found.at + 1,
                  pages=found.pages)  # fmt: skip

    def room_for(self, count: int) -> bool:
        """Whether so many invitations may stand open beside those that do."""
        return len(self._open) + count <= MOST_INVITATIONS

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
