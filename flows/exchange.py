"""One exchange under way: what is known of it, and all that it changes and says, collected.

The table in machine.py calls the verbs, each a function of an Exchange. Nothing is sent
or kept here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.advice.advice import Advice, advise
from flows.model.lists import number_in
from flows.model.turn import LANGUAGES, STEER, Given, Reply, Turn, Walk

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flows.model.canvas import Question
    from flows.model.effects import Deed
    from flows.model.trajectory import Desk, Seat, Trajectory
    from flows.model.turn import Erasure, Guide, Intent, Session, Update

NEW_WALK = -1
"""The id of a canvas that the store has yet to make."""


class Exchange:
    """The model of the state machine: light, made for one turn, then forgotten.

    `desk`: there where the verb is about trajectories.
    """

    def __init__(
        self, guide: Guide, session: Session, update: Update, intent: Intent,
        known: Desk | None = None,
    ) -> None:  # fmt: skip
        self.guide, self.session, self.update, self.intent = guide, session, update, intent
        self.known = known
        self.walk = session.walk
        self.state = session.walk.state if session.walk and session.agreed else "new"
        self.language = session.language
        self.replies: list[Reply] = []
        self.answers: list[Given] = []
        self.deeds: list[Deed] = []
        self.opened = False
        self.switched: int | None = None
        self.erases: Erasure | None = None
        self.agrees = False
        self.then = ""
        self.made: list[dict[str, str]] = []
        """Invitations of this turn."""
        self.trigger: Callable[[str], object] = str

    def turn(self) -> Turn:
        """All that this exchange changes and says."""
        walk = replace(self.walk, state=self.state) if self.walk else None
        session = replace(
            self.session, language=self.language, walk=walk, agreed=self.state != "new"
        )
        return Turn(
            session, tuple(self.replies), tuple(self.answers), self.opened, self.switched,
            self.erases, self.agrees, tuple(self.deeds), self.then,
        )  # fmt: skip

    # ------------------------------------------------------------ what is known

    @property
    def here(self) -> Walk:
        if self.walk is None:
            raise AssertionError("a state other than new has a walk")
        return self.walk

    @property
    def question(self) -> Question | None:
        key = self.here.cursor.question
        return self.guide.canvas[key] if key else None

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(part.key for part in self.guide.canvas.parts)

    @property
    def now(self) -> datetime:
        return self.update.at

    @property
    def desk(self) -> Desk:
        if self.known is None:
            raise AssertionError("the verbs about trajectories come with a desk")
        return self.known

    @property
    def newest(self) -> Guide:
        """What somebody at the desk works with, whatever their own canvas began with."""
        if self.desk.guide is None:
            raise AssertionError("a desk comes with the newest content")
        return self.desk.guide

    @property
    def trajectory(self) -> Trajectory:
        """The current one; the verbs that need it are asked for with it only."""
        if self.desk.current is None:
            raise AssertionError("asked for without a trajectory")
        return self.desk.current

    @property
    def towns(self) -> dict[str, list[Seat]]:
        """The municipalities of the current trajectory with their advisers, by name."""
        towns: dict[str, list[Seat]] = {}
        for seat in sorted(self.desk.seats, key=lambda s: (s.municipality.casefold(), s.id)):
            towns.setdefault(seat.municipality, []).append(seat)
        return towns

    # ------------------------------------------------------------ what it is about

    @property
    def argument(self) -> str:
        return str(self.intent.argument).strip()

    @property
    def number(self) -> int:
        """The number in a button's key; 0 is nobody's."""
        return number_in(self.argument.partition(" ")[0])

    @property
    def rest(self) -> str:
        """What follows the number in a button's key."""
        return self.argument.partition(" ")[2]

    # ------------------------------------------------------------ saying and doing

    def say(self, name: str, /, *, joins: bool = False, **data: Any) -> None:
        self.replies.append(Reply(name, data, joins=joins))

    def menu(self, name: str, /, *choices: str, key: str = "", **data: Any) -> None:
        self.replies.append(Reply(name, data, key or name, choices))

    def tell(
        self, name: str, /, *choices: str, key: str = "", joins: bool = False, **data: Any
    ) -> None:
        """A sentence of content/*/steering.toml, with its buttons."""
        asking = f"{STEER}{key or name}" if choices else None
        self.replies.append(Reply(name, data, asking, choices, joins=joins))

    def do(self, *deeds: Deed) -> None:
        self.deeds.extend(deeds)

    def point(self, **fields: Any) -> None:
        self.walk = replace(self.here, cursor=replace(self.here.cursor, **fields))

    def tell_once(self, mark: str) -> bool:
        if mark in self.here.cursor.told:
            return False
        self.point(told=(*self.here.cursor.told, mark))
        return True

    def advice(self) -> Advice:
        return advise(self.guide.canvas, self.guide.rules, self.here.values)

    def switch_language(self) -> None:
        wanted = str(self.intent.argument)
        others = [code for code in LANGUAGES if code != self.language]
        self.language = next((c for c in LANGUAGES if c == wanted), others[0])
