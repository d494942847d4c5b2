"""Taking along: the shared summaries and the rows of all. From views only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.model.effects import Looked
from flows.trajectory.overview import still_open

if TYPE_CHECKING:
    from flows.exchange import Exchange
    from flows.model.trajectory import Desk
    from flows.model.turn import Intent

TAKEN_ALONG = 60
"""Advisers whose documents are made while somebody waits; more by the command line."""

TEXTS, TABLES = ("pdf", "zip"), ("xlsx", "csv")
"""Forms of the shared summaries, and of the rows of all."""


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
