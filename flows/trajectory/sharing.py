"""Allowing: an adviser sees exactly what is shared and who looked, and takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.model.effects import LeaveSeat, Share, TakeBack, Tell
from flows.model.lists import paged
from flows.trajectory.views import ALL, SUMMARY, shareable

if TYPE_CHECKING:
    from flows.exchange import Exchange
    from flows.model.trajectory import OwnSeat


LOGBOOK = frozenset({"logbook", "log_page"})
"""The verbs that need the account of who did what."""

SEATS = 3
"""Places of one adviser that are shown at once, a message each."""

LINES = 8
"""Lines on one page of the logbook: it must stay readable on a phone."""


def sharing(x: Exchange) -> None:
    """Every seat with what its kwartiermaker can see now."""
    _seats(x, 0)


def share_page(x: Exchange) -> None:
    _seats(x, x.number)


def _seats(x: Exchange, at: int) -> None:
    found = paged(x.desk.own, at, SEATS)
    for seat in found.items:
        _show(x, seat, seat.shares)
    if turns := found.turns("share_page"):
        x.tell("more_seats", *turns, labels=turns, page=found.at + 1, pages=found.pages)


def _show(x: Exchange, seat: OwnSeat, shares: tuple[str, ...]) -> None:
    open_now = [] if ALL in shares else [w for w in _whats(x) if w not in shares]
    keys = [*(f"take_back {seat.id} {w}" for w in shares),
            *(f"share {seat.id} {w}" for w in open_now), f"leave {seat.id}"]  # fmt: skip
    labels = {key: key.rpartition(" ")[2] for key in keys}
    x.tell("sharing", *keys, labels=labels, seat=seat, shares=shares, looks=seat.looks)


def _whats(x: Exchange) -> tuple[str, ...]:
    """The summary, the parts with questions of substance, all of it."""
    whole = shareable(x.newest.canvas)
    return (SUMMARY, *(w for w in whole if w not in (SUMMARY, ALL, "pilot", "closing")), ALL)


def _seat(x: Exchange) -> OwnSeat | None:
    return next((seat for seat in x.desk.own if seat.id == x.number), None)


def share(x: Exchange) -> None:
    seat = _seat(x)
    if seat is None or x.rest not in shareable(x.newest.canvas):
        x.tell("settled")
        return
    x.do(Share(seat.id, x.rest))
    x.tell("shared", joins=True, share=x.rest, seat=seat)
    _show(x, seat, tuple(dict.fromkeys((*seat.shares, x.rest))))


def take_back(x: Exchange) -> None:
    seat = _seat(x)
    if seat is None or x.rest not in shareable(x.newest.canvas):
        x.tell("settled")
        return
    x.do(TakeBack(seat.id, x.rest))
    x.tell("taken_back", joins=True, share=x.rest, seat=seat)
    _show(x, seat, tuple(what for what in seat.shares if what != x.rest))


def leave(x: Exchange) -> None:
    seat = _seat(x)
    if seat is None:
        x.tell("settled")
    else:
        x.tell("leave_sure", f"left {seat.id}", key="leaving", seat=seat)


def left(x: Exchange) -> None:
    """The answers stay the adviser's; the kwartiermaker only hears that the place is free."""
    seat = _seat(x)
    if seat is None:
        x.tell("settled")
        return
    x.do(LeaveSeat(seat.id), Tell(f"keepers {seat.trajectory.id}", "seat_left",
            {"seat": seat, "trajectory": seat.trajectory}))  # fmt: skip
    x.tell("left_seat", seat=seat)


# ------------------------------------------------------------ who did what


def logbook(x: Exchange) -> None:
    """Who looked at, shared, exported or held this person's pilots, newest first."""
    log = x.desk.log
    if not log.items:
        x.tell("logbook_empty")
        return
    turns = log.turns("log_page")
    x.tell("logbook", *turns, labels=turns, lines=log.items, page=log.at + 1,
              pages=log.pages)  # fmt: skip


def log_page(x: Exchange) -> None:
    logbook(x)
