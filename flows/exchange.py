"""What every verb speaks with. The table in dialogue.py calls the verbs.

One Talk lives for one turn. It changes its own copy of the walk and collects
replies and answers; nothing is sent or kept here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.advice.advice import Advice, advise
from flows.model.turn import LANGUAGES, Given, Reply, Turn, Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.intents.heard import Move
    from flows.model.canvas import Question
    from flows.model.turn import Erasure, Guide, Session, Update

NEW_WALK = -1
"""The id of a canvas that the store has yet to make."""

RENEWAL = ("agree", "/my_data", "/forget")
"""What can be done about a changed privacy text."""

NEXT_ASKED = 2
"""Questions that a too early advice offers to answer."""

SUMMARY_MENU = ("/look", "/half_pages", "/document", "/change")


class Talk:
    """The model of the state machine: light, made for one turn, then forgotten."""

    __slots__ = (
        "agrees", "answers", "erases", "guide", "language", "move", "opened", "replies", "session",
        "state", "switched", "trigger", "update", "walk",
    )  # fmt: skip

    def __init__(self, guide: Guide, session: Session, update: Update, move: Move) -> None:
        self.guide, self.session, self.update, self.move = guide, session, update, move
        self.walk = session.walk
        self.state = session.walk.state if session.walk and session.agreed else "new"
        self.language = session.language
        self.replies: list[Reply] = []
        self.answers: list[Given] = []
        self.opened = False
        self.switched: int | None = None
        self.erases: Erasure | None = None
        self.agrees = False
        self.trigger: Callable[[str], object] = str

    def turn(self) -> Turn:
        """All that this turn changed."""
        walk = replace(self.walk, state=self.state) if self.walk else None
        session = replace(
            self.session, language=self.language, walk=walk, agreed=self.state != "new"
        )
        return Turn(
            session, tuple(self.replies), tuple(self.answers), self.opened, self.switched,
            self.erases, self.agrees,
        )  # fmt: skip

    # ------------------------------------------------------------ small words

    @property
    def here(self) -> Walk:
        if self.walk is None:
            raise AssertionError("a state other than new has a walk")
        return self.walk

    @property
    def question(self) -> Question | None:
        key = self.here.cursor.question
        return self.guide.canvas[key] if key else None

    def say(self, name: str, /, *, joins: bool = False, **data: Any) -> None:
        self.replies.append(Reply(name, data, joins=joins))

    def menu(self, name: str, /, *choices: str, key: str = "", **data: Any) -> None:
        self.replies.append(Reply(name, data, key or name, choices))

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
        wanted = str(self.move.argument)
        others = [code for code in LANGUAGES if code != self.language]
        self.language = next((c for c in LANGUAGES if c == wanted), others[0])

    # ------------------------------------------------------------ menus

    def advice_menu(self) -> None:
        deeper = () if self.here.depth == "full" else ("/depth full",)
        self.menu("routes", *self.next_asked(), "/next", "/look", "/change", *deeper, key="advice")

    def done_menu(self) -> None:
        deeper = () if self.here.depth == "full" else ("/depth full",)
        menu = (*self.next_asked(), "/summary", *SUMMARY_MENU, *deeper, "/new")
        self.menu("done", *menu, key="finished")

    def tell_summary(self) -> None:
        """In three messages that each make sense; a menu must follow, in the last of them."""
        self.tell_renewed()
        self.say("summary")
        self.say("routes", joins=True)
        self.say("attention")
        self.say("steps", joins=True)

    def tell_renewed(self) -> None:
        """A canvas keeps its questions and gets the newest advice: that is said once."""
        if self.guide.renewed and self.tell_once("renewed"):
            self.say("renewed", joins=True)

    def next_asked(self) -> tuple[str, ...]:
        """Buttons for what the advice waits for, where it is too early for one."""
        gate = self.advice().gate
        wanted = gate.lacking if gate.outcome == "too_early" else ()
        asked = self.guide.canvas.asked_keys(self.here.values, self.here.depth)
        return tuple(f"/change {key}" for key in wanted if key in asked)[:NEXT_ASKED]
