"""Following a link: who invites and for what, a yes or a no, and what comes after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.model.canvas import UNKNOWN
from flows.model.effects import Follow, GrantMove, Redeem, Tell
from flows.model.lists import MOST_PILOTS, MOST_SEATS, MOST_TRAJECTORIES
from flows.trajectory.invitations import Inviting
from flows.trajectory.roles import KEEPER, roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.model.trajectory import Link


class Following(Inviting):
    """A link is used up only by a yes; a no leaves it as it was."""

    def follow(self) -> None:
        """Who follows a link sees who invites, for what, and what they will see."""
        self._follow(self.desk.followed)

    def invited(self) -> None:
        """Akkoord without a yes to the invitation would leave the kwartiermaker waiting."""
        self._follow(self.desk.invitation)

    def _follow(self, followed: Link | None) -> None:
        link = self._usable(followed)
        if link is None:
            return
        self.do(Follow(link.id))
        self.tell(f"follow_{link.kind}", link=link, trajectory=link.trajectory)
        self._offer(link)

    def _usable(self, link: Link | None) -> Link | None:
        """The link, or None after saying why it cannot be used."""
        reason = self._useless(link)
        if link is not None and not reason:
            return link
        self.do(Follow(None))
        most = {"seats_full": MOST_SEATS, "trajectories_full": MOST_TRAJECTORIES}.get(reason, 0)
        self.tell(reason or "link_dead", most=most)
        self.then = "start"
        return None

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
        return self._seated(link) or self._no_room(link)

    def _no_room(self, link: Link) -> str:
        if link.kind in ("s", "m") and len(self.desk.own) >= MOST_SEATS:
            return "seats_full"
        if link.kind in ("t", "h") and len(self.desk.trajectories) >= MOST_TRAJECTORIES:
            return "trajectories_full"
        return ""

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
            anew = () if self._full else ("join 0",)
            name = walk.values.get("pilot.name", "")
            labels = {f"join {walk.id}": "" if name == UNKNOWN else name, "join 0": ""}
            keys = (f"join {walk.id}", *anew, "decline")
            self.tell("join_with", *keys, key="joining", labels=labels)
        else:
            self.tell("join_or_not", "join 0", "decline", key="joining")

    @property
    def _full(self) -> bool:
        """No room for a new pilot; the one under way is used where it is still empty."""
        walk = self.session.walk
        return self.session.pilots.count >= MOST_PILOTS and walk is not None and bool(walk.given)

    def decline(self) -> None:
        """The link stays as it was, for whoever it was meant for."""
        self.do(Follow(None))
        self.tell("declined")
        self.then = "start"

    def join(self) -> None:
        """Only now the link is used up; whoever was first has it."""
        link = self._usable(self.desk.invitation)
        if link is None:
            return
        own = self.session.pilots.named
        canvas = own.id if own else None
        if link.kind == "s" and canvas is None and self._full:
            self.tell("no_place", most=MOST_PILOTS)
            return
        self.do(Redeem(link.id, canvas), Follow(None))
        self.tell(f"joined_{link.kind}", link=link, trajectory=link.trajectory)
        self.do(*self._told(link))
        self.then = self._next(link, canvas)

    def _told(self, link: Link) -> Iterator[Tell]:
        about = {"link": link, "trajectory": link.trajectory}
        if link.kind == "k":
            to = f"person {link.made_by}" if link.made_by else "operators"
            keys = (f"appoint_yes {self.desk.person}", f"appoint_no {self.desk.person}")
            told = {"name": link.name, "mark": link.mark}
            yield Tell(to, "appoint_waits", told, keys, "appoint_waits")
        elif link.kind == "s" and link.trajectory:
            to = f"keepers {link.trajectory.id}"
            keys = (f"admit {link.id}", f"refuse {link.id}")
            if self.desk.known:
                yield Tell(to, "has_joined", about)
            else:
                yield Tell(to, "wants_in", about, keys, "wants_in")
        elif link.kind == "m":
            yield from self._asked_to_move(link)
        elif link.kind in ("t", "h") and link.made_by:
            yield Tell(f"person {link.made_by}", f"taken_{link.kind}", about)
            yield from self._to_advisers(link)

    def _asked_to_move(self, link: Link) -> Iterator[Tell]:
        """The yes is never of who holds the link: of the old account, which may say no anyway.

        A lost account cannot say it. Then an operator made the link after seeing who asks
        for it, and the kwartiermaker, who knows the person, says the yes.
        """
        keys = (f"move_yes {link.id}", f"move_no {link.id}")
        facts = {"link": link, "trajectory": link.trajectory}
        yield Tell(f"seat {link.seat}", "move_asked", facts, keys, "move_asked", near=True)
        if link.made_by is None and link.trajectory:
            to = f"keepers {link.trajectory.id}"
            yield Tell(to, "move_vouch", facts, keys, "move_asked", near=True)

    def _to_advisers(self, link: Link) -> Iterator[Tell]:
        """Who shares hears who sees it from now on, and where that ends."""
        if link.trajectory:
            facts = {"keeper": self.desk.keeper, "together": link.kind == "t"}
            told = {**facts, "trajectory": link.trajectory}
            yield Tell(f"seats {link.trajectory.id}", "keeper_new", told)

    def _next(self, link: Link, canvas: int | None) -> str:
        if link.kind in ("k", "m"):  # a kwartiermaker need not answer, and a move has to wait
            return ""
        if not self.desk.agreed:
            return "/agree"
        if link.kind == "s":
            return "/again" if canvas else "/new"
        return ""

    def move_yes(self) -> None:
        self._moved(yes=True)

    def move_no(self) -> None:
        self._moved(yes=False)

    def _moved(self, *, yes: bool) -> None:
        link = next((link for link in self.desk.moving if link.id == self.number), None)
        if link is None or link.trajectory is None:
            self.tell("settled")
            return
        own = any(seat.id == link.seat for seat in self.desk.own)
        facts: dict[str, Any] = {"link": link, "trajectory": link.trajectory}
        # Before the place has moved: afterwards it is the new account that sits there.
        self.do(Tell(f"seat {link.seat}", "moved_away" if yes else "move_off", facts, near=True))
        self.do(GrantMove(link.id, yes, keeper=not own))
        self.do(Tell(f"person {link.used_by}", "moved_here" if yes else "move_refused", facts,
                     near=True))  # fmt: skip
        if yes or link.made_by is None:
            to = f"keepers {link.trajectory.id}"
            self.do(Tell(to, "seat_moved" if yes else "move_off", facts, near=True))
        self.tell("moved_away" if yes else "move_off", **facts)

    def moving(self) -> None:
        """To a new Telegram account, with the canvas: only from the old account."""
        seat = self.desk.own[0]
        wanted = [s for s in self.desk.own if s.municipality.casefold() == self.argument.casefold()]
        seat = wanted[0] if wanted else seat
        self.move_link(seat.id, seat.municipality, seat.name, seat.trajectory.id)

    def move_link(self, seat: int, municipality: str, name: str, trajectory: int = 0) -> None:
        """`trajectory` 0 is the current one."""
        secret = self.link("m", trajectory=trajectory or self.here.id, seat=seat,
                           municipality=municipality, name=name)  # fmt: skip
        self.tell_link("move", "m", secret, municipality=municipality, name=name)
