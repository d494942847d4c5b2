"""Allowing: an adviser sees exactly what is shared and who looked, and takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.model.effects import LeaveSeat, Share, TakeBack, Tell
from flows.model.lists import paged
from flows.steer import Steer
from flows.trajectory.views import ALL, SUMMARY, shareable

if TYPE_CHECKING:
    from flows.model.trajectory import OwnSeat


LOGBOOK = frozenset({"logbook", "log_page"})
"""The verbs that need the account of who did what."""

SEATS = 3
"""Places of one adviser that are shown at once, a message each."""

LINES = 8
"""Lines on one page of the logbook: it must stay readable on a phone."""


class Allowing(Steer):
    """What is shared is the adviser's own."""

    def sharing(self) -> None:
        """Every seat with what its kwartiermaker can see now."""
        self._seats(0)

    def share_page(self) -> None:
        self._seats(self.number)

    def _seats(self, at: int) -> None:
        found = paged(self.desk.own, at, SEATS)
        for seat in found.items:
            self._show(seat, seat.shares)
        if turns := found.turns("share_page"):
            self.tell("more_seats", *turns, labels=turns, page=found.at + 1, pages=found.pages)

    def _show(self, seat: OwnSeat, shares: tuple[str, ...]) -> None:
        open_now = [] if ALL in shares else [w for w in self._whats() if w not in shares]
        keys = [*(f"take_back {seat.id} {w}" for w in shares),
                *(f"share {seat.id} {w}" for w in open_now), f"leave {seat.id}"]  # fmt: skip
        labels = {key: key.rpartition(" ")[2] for key in keys}
        self.tell("sharing", *keys, labels=labels, seat=seat, shares=shares, looks=seat.looks)

    def _whats(self) -> tuple[str, ...]:
        """The summary, the parts with questions of substance, all of it."""
        whole = shareable(self.guide.canvas)
        return (SUMMARY, *(w for w in whole if w not in (SUMMARY, ALL, "pilot", "closing")), ALL)

    def _seat(self) -> OwnSeat | None:
        return next((seat for seat in self.desk.own if seat.id == self.number), None)

    def share(self) -> None:
        seat = self._seat()
        if seat is None or self.rest not in shareable(self.guide.canvas):
            self.tell("settled")
            return
        self.do(Share(seat.id, self.rest))
        self.tell("shared", joins=True, share=self.rest, seat=seat)
        self._show(seat, tuple(dict.fromkeys((*seat.shares, self.rest))))

    def take_back(self) -> None:
        seat = self._seat()
        if seat is None or self.rest not in shareable(self.guide.canvas):
            self.tell("settled")
            return
        self.do(TakeBack(seat.id, self.rest))
        self.tell("taken_back", joins=True, share=self.rest, seat=seat)
        self._show(seat, tuple(what for what in seat.shares if what != self.rest))

    def leave(self) -> None:
        seat = self._seat()
        if seat is None:
            self.tell("settled")
        else:
            self.tell("leave_sure", f"left {seat.id}", key="leaving", seat=seat)

    def left(self) -> None:
        """The answers stay the adviser's; the kwartiermaker only hears that the place is free."""
        seat = self._seat()
        if seat is None:
            self.tell("settled")
            return
        self.do(LeaveSeat(seat.id), Tell(f"keepers {seat.trajectory.id}", "seat_left",
                {"seat": seat, "trajectory": seat.trajectory}))  # fmt: skip
        self.tell("left_seat", seat=seat)

    # ------------------------------------------------------------ who did what

    def logbook(self) -> None:
        """Who looked at, shared, exported or held this person's pilots, newest first."""
        log = self.desk.log
        if not log.items:
            self.tell("logbook_empty")
            return
        turns = log.turns("log_page")
        self.tell("logbook", *turns, labels=turns, lines=log.items, page=log.at + 1,
                  pages=log.pages)  # fmt: skip

    def log_page(self) -> None:
        self.logbook()
