"""What is shared: an adviser sees exactly that and who looked, a kwartiermaker takes it along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.exchange import Exchange, at_desk
from flows.model.effects import LeaveSeat, Looked, SayTo, Share, TakeBack, TakeBackRemarks
from flows.model.lists import paged
from flows.trajectory.overview import still_open
from flows.trajectory.views import ALL, SUMMARY, shareable

if TYPE_CHECKING:
    from flows.model.desk import Desk
    from flows.model.trajectory import OwnSeat
    from flows.model.turn import Intent


SEATS = 3  # places of one adviser that are shown at once, a message each
LINES = 8  # lines on one page of the logbook: it must stay readable on a phone
TAKEN_ALONG = 60  # advisers whose documents are made while somebody waits; more by the command line
TEXTS, TABLES = ("pdf", "zip"), ("xlsx", "csv")  # of the shared summaries; of the rows of all


def sharing(x: Exchange) -> None:
    """Every seat with what its kwartiermaker can see now; its button names a page."""
    found = paged(x.desk.own, x.number, SEATS)
    for seat in found.items:
        _show(x, seat, seat.shares)
    if turns := found.turns("share_page"):
        x.tell_page("more_seats", found, turns)


def _show(x: Exchange, seat: OwnSeat, shares: tuple[str, ...]) -> None:
    # The summary, the parts with questions of substance, all of it.
    done = shareable(x.newest.canvas) if ALL in shares else (*shares, "pilot", "closing")
    left = [what for what in shareable(x.newest.canvas) if what not in done]
    keys = [*(f"take_back {seat.id} {w}" for w in shares),
            *(f"share {seat.id} {w}" for w in left),
            *([f"remark_to {seat.id}"] if seat.confirmed and seat.keepers else []),
            f"leave {seat.id}"]  # fmt: skip
    labels: dict[str, object] = {key: key.rpartition(" ")[2] for key in keys}
    labels |= {key: "write" for key in keys if key.startswith("remark_to")}
    x.tell("sharing", *keys, labels=labels, seat=seat, shares=shares, looks=seat.looks)


def own_seat(x: Exchange) -> OwnSeat | None:
    return next((seat for seat in x.desk.own if seat.id == x.number), None)


def own_share(x: Exchange) -> OwnSeat | None:
    """The seat of what a button shares or takes back."""
    return own_seat(x) if x.rest in shareable(x.newest.canvas) else None


def share(x: Exchange, seat: OwnSeat) -> None:
    x.do(Share(seat.id, x.rest))
    x.tell("shared", joins=True, share=x.rest, seat=seat)
    _show(x, seat, tuple(dict.fromkeys((*seat.shares, x.rest))))


def take_back(x: Exchange, seat: OwnSeat) -> None:
    x.do(TakeBack(seat.id, x.rest))
    x.tell("taken_back", joins=True, share=x.rest, seat=seat)
    _show(x, seat, tuple(what for what in seat.shares if what != x.rest))


def offer_sharing(x: Exchange) -> None:
    """At the end of a walk, once: whether the summary may be seen where only progress is."""
    here = x.session.walk.id if x.session.walk else None
    for seat in x.desk.own:
        if seat.canvas == here and seat.keepers and not {SUMMARY, ALL} & {*seat.shares}:
            keys = (f"share_summary {seat.id}", f"keep_private {seat.id}")
            x.tell("offer_sharing", *keys, seat=seat)


def share_summary(x: Exchange, seat: OwnSeat) -> None:
    x.do(Share(seat.id, SUMMARY))
    x.tell("offer_taken", seat=seat)
    x.go("again")


def keep_private(x: Exchange) -> None:
    x.tell("offer_left", seat=own_seat(x))
    x.go("again")


def leave(x: Exchange, seat: OwnSeat) -> None:
    x.tell("leave_sure", f"left {seat.id}", "drop_leave", key="leaving", seat=seat)


def stays(x: Exchange) -> None:
    """In a trajectory, or on a canvas that several fill."""
    x.tell("stayed")
    x.go("again")


def left(x: Exchange, seat: OwnSeat) -> None:
    """The answers stay the adviser's; the kwartiermaker only hears that the place is free."""
    told = at_desk("seat_left", seat=seat, trajectory=seat.trajectory)
    x.do(TakeBackRemarks(seat.id), LeaveSeat(seat.id), SayTo("keepers", seat.trajectory.id, told))
    x.tell("left_seat", seat=seat)


def logbook(x: Exchange) -> None:
    """Who looked at, shared, exported or held this person's pilots, newest first."""
    log = x.desk.log
    if log.items:
        x.tell_page("logbook", log, log.turns("log_page"), lines=log.items)
    else:
        x.tell("logbook_empty")


def takes_along(desk: Desk, intent: Intent) -> bool:
    """Whether this needs the shared answers of a whole trajectory, and may have them here."""
    return intent.verb == "take" and len(desk.seats) <= TAKEN_ALONG


def portfolio(x: Exchange) -> None:
    """What can be taken along, and in which forms."""
    if len(x.desk.seats) > TAKEN_ALONG:
        x.tell("portfolio_large", trajectory=x.trajectory)
    elif not x.desk.seats:
        x.tell("overview_empty", trajectory=x.trajectory, **still_open(x))
    else:
        sharing = sum(bool(seat.view.shares) for seat in x.desk.seats)
        forms = [*(TEXTS if sharing else ()), *TABLES]
        x.tell("portfolio", *(f"take {form}" for form in forms), sharing=sharing,
                  seats=len(x.desk.seats), trajectory=x.trajectory)  # fmt: skip


def takeable(x: Exchange) -> bool:
    """Whether this form can be made, here and now."""
    return x.argument in (*TEXTS, *TABLES) and bool(x.desk.near)


def take(x: Exchange) -> None:
    """Made from what is shared at this moment, whenever the button was shown."""
    seats, form = x.desk.near, x.argument
    if form in TEXTS and not any(seat.view.shares for seat in seats):
        x.tell("taken_none")
    else:
        x.do(Looked(tuple(seat.id for seat in seats), "portfolio"))
        x.tell(f"take_{form}", seats=seats, trajectory=x.trajectory, at=x.now)
