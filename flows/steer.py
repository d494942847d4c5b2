"""One turn at the desk of trajectories: what changes and what is said, collected.

Nothing here sends or keeps. One Steer lives for one turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.model.lists import number_in
from flows.model.turn import Asking, Reply

if TYPE_CHECKING:
    from datetime import datetime

    from flows.model.effects import Deed
    from flows.model.trajectory import Desk, Seat, Trajectory
    from flows.model.turn import Guide, Session, Update

STEER = "steer."
"""How the key of an asking begins that belongs here and not to the dialogue."""


@dataclass(frozen=True)
class Wish:
    """What a person means: a verb of the closed list, and what it is about."""

    verb: str
    argument: str = ""
    asking: Asking | None = None


@dataclass(frozen=True)
class Steered:
    """What one turn changes and says. `then`: what the dialogue hears after it.

    `switched`: the canvas to go on with; `walked`: its question is to be asked.
    """

    deeds: tuple[Deed, ...] = ()
    replies: tuple[Reply, ...] = ()
    then: str = ""
    switched: int | None = None


class Steer:
    """What every verb needs."""

    def __init__(self, desk: Desk, session: Session, update: Update, wish: Wish) -> None:
        self.desk, self.session, self.update, self.wish = desk, session, update, wish
        self.deeds: list[Deed] = []
        self.replies: list[Reply] = []
        self.made: list[dict[str, str]] = []
        """Invitations of this turn."""
        self.then = ""
        self.switched: int | None = None

    def turn(self) -> Steered:
        return Steered(tuple(self.deeds), tuple(self.replies), self.then, self.switched)

    @property
    def now(self) -> datetime:
        return self.update.at

    @property
    def guide(self) -> Guide:
        if self.desk.guide is None:
            raise AssertionError("a desk comes with the newest content")
        return self.desk.guide

    @property
    def argument(self) -> str:
        return self.wish.argument.strip()

    @property
    def number(self) -> int:
        """The number in a button's key; 0 is nobody's."""
        return number_in(self.argument.partition(" ")[0])

    @property
    def rest(self) -> str:
        """What follows the number in a button's key."""
        return self.argument.partition(" ")[2]

    @property
    def here(self) -> Trajectory:
        """The current trajectory; `needs_trajectory` is asked before."""
        if self.desk.current is None:
            raise AssertionError("asked for without a trajectory")
        return self.desk.current

    # ------------------------------------------------------------ doing and saying

    def do(self, *deeds: Deed) -> None:
        self.deeds.extend(deeds)

    def tell(
        self, name: str, /, *choices: str, key: str = "", joins: bool = False, **data: Any
    ) -> None:
        """A sentence of content/*/steering.toml, with its buttons."""
        asking = f"{STEER}{key or name}" if choices else None
        self.replies.append(Reply(name, data, asking, choices, joins=joins))

    # ------------------------------------------------------------ who is meant

    def towns(self) -> dict[str, list[Seat]]:
        """The municipalities of the current trajectory with their advisers, by name."""
        towns: dict[str, list[Seat]] = {}
        for seat in sorted(self.desk.seats, key=lambda s: (s.municipality.casefold(), s.id)):
            towns.setdefault(seat.municipality, []).append(seat)
        return towns
