"""Taking along: the shared summaries and the rows of all. From views only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.model.effects import Looked
from flows.prompts.broadcast import Prompting

if TYPE_CHECKING:
    from flows.model.trajectory import Desk
    from flows.steer import Wish

TAKEN_ALONG = 60
"""Advisers whose documents are made while somebody waits; more by the command line."""

TEXTS, TABLES = ("pdf", "zip"), ("xlsx", "csv")
"""Forms of the shared summaries, and of the rows of all."""


def takes_along(desk: Desk, wish: Wish) -> bool:
    """Whether this needs the shared answers of a whole trajectory, and may have them here."""
    return wish.verb == "take" and len(desk.seats) <= TAKEN_ALONG


class Taking(Prompting):
    """What a kwartiermaker leaves with."""

    def portfolio(self) -> None:
        """What can be taken along, and in which forms."""
        if self.desk.current is None:
            self.tell("no_trajectory")
        elif len(self.desk.seats) > TAKEN_ALONG:
            self.tell("portfolio_large", trajectory=self.here)
        elif not self.desk.seats:
            self.tell("overview_empty", trajectory=self.here, **self.still_open())
        else:
            sharing = sum(bool(seat.view.shares) for seat in self.desk.seats)
            forms = [*(TEXTS if sharing else ()), *TABLES]
            self.tell("portfolio", *(f"take {form}" for form in forms), sharing=sharing,
                      seats=len(self.desk.seats), trajectory=self.here)  # fmt: skip

    def take(self) -> None:
        """Made from what is shared at this moment, whenever the button was shown."""
        seats, form = self.desk.near, self.argument
        if form not in (*TEXTS, *TABLES) or not seats:
            self.tell("settled")
        elif form in TEXTS and not any(seat.view.shares for seat in seats):
            self.tell("taken_none")
        else:
            self.do(Looked(tuple(seat.id for seat in seats), "portfolio"))
            self.tell(f"take_{form}", seats=seats, trajectory=self.here, at=self.now)
