"""One exchange under way: what is known of it, and all that it changes and says, collected.

The table in machine.py calls the verbs, each a function of an Exchange. Nothing is sent
or kept here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flows.advice.advice import Advice, advise
from flows.advice.undertakings import done_steps
from flows.model.effects import Effect, OpenCanvas, Say, Switch
from flows.model.journey import Cursor, Given, Walk, changed
from flows.model.lists import Page, number_in
from flows.model.messages import LANGUAGES, STEER, Asking, Reply, Update
from flows.model.turn import Intent, Session, Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flows.model.canvas import Depth, Question
    from flows.model.context import Acting, Context, DuePrompt
    from flows.model.desk import Desk
    from flows.model.forwarded import Forwarding
    from flows.model.trajectory import Seat, Trajectory


NEW_WALK = -1  # the id of a canvas that the store has yet to make


class Exchange:
    """The model of the state machine: light, made for one turn, then forgotten.

    `here`: the walk under way, None before a person agreed; `desk` and `due`: there where
    the verb is about trajectories, or a timer's; `newest`: what somebody at the desk works
    with, whatever their own canvas began with.
    """

    def __init__(self, context: Context, update: Update, intent: Intent) -> None:
        self.context, self.update, self.intent = context, update, intent
        self.session, self.guide, self.newest = context.session, context.guide, context.newest
        # The table asks for no verb without what it is about: state, needs and guards see to it.
        self.here = cast("Walk", context.session.walk)
        self.desk, self.due = cast("Desk", context.desk), cast("DuePrompt", context.due)
        self.forwarding = cast("Forwarding", context.forwarding)
        self.acting = cast("Acting", context.acting)
        self.state = state_of(context.session)
        self.language = context.session.language
        self.now = update.at
        self.effects: list[Effect] = []
        self.replies: list[Reply] = []
        self.answers: list[Given] = []
        self.then: Intent | None = None
        self.trigger: Callable[[str], object] = str

    def turn(self) -> Turn:
        """All that this exchange changes and says."""
        walk = changed(self.here, state=self.state) if self.here else None
        agreed = self.state != "new"
        session = changed(self.session, language=self.language, walk=walk, agreed=agreed)
        return Turn(session, tuple(self.effects), self.intent, self.then)

    # ------------------------------------------------------------ what is known

    @property
    def question(self) -> Question | None:
        key = self.here.cursor.question
        return self.guide.canvas[key] if key else None

    @property
    def shown(self) -> Asking | None:
        """What the person looks at, as far as it is of the interview."""
        shown = self.session.shown
        return None if shown and shown.key.startswith(STEER) else shown

    @property
    def trajectory(self) -> Trajectory:
        """The current one; the verbs that need it are asked for with it only."""
        return cast("Trajectory", self.desk.current)

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
        self.reply(Reply(name, data, joins=joins))

    def menu(self, name: str, /, *choices: str, key: str = "", **data: Any) -> None:
        self.reply(Reply(name, data, key or name, choices))

    def tell(
        self, name: str, /, *choices: str, key: str = "", joins: bool = False, **data: Any
    ) -> None:
        """A sentence of content/*/steering.toml, with its buttons."""
        self.reply(at_desk(name, *choices, key=key, joins=joins, **data))

    def tell_page(self, name: str, page: Page[Any], labels: Mapping[str, Any], **data: Any) -> None:
        """The same of a page of a list; `labels`: its buttons, and those to the pages beside it."""
        self.tell(name, *labels, labels=labels, page=page.at + 1, pages=page.pages, **data)

    def reply(self, reply: Reply) -> None:
        self.replies.append(reply)
        self.effects.append(Say(reply))

    def do(self, *effects: Effect) -> None:
        self.effects.extend(effects)

    def open(self, depth: Depth) -> None:
        """A new canvas, with the newest questions."""
        self.do(OpenCanvas())
        self.guide = self.context.newest
        self.here = Walk(NEW_WALK, self.state, depth, Cursor())

    def leave(self) -> None:
        """No canvas is under way any more."""
        self.here = cast("Walk", None)

    def switch(self, canvas: int) -> None:
        """On with another canvas, which then greets."""
        self.do(Switch(canvas))
        self.go("start")

    def go(self, verb: str, argument: str = "") -> None:
        """What follows by itself, once this is kept."""
        self.then = Intent(verb, argument)

    def point(self, **fields: Any) -> None:
        self.here = changed(self.here, cursor=changed(self.here.cursor, **fields))

    def tell_once(self, mark: str) -> bool:
        if mark in self.here.cursor.told:
            return False
        self.point(told=(*self.here.cursor.told, mark))
        return True

    def advice(self) -> Advice:
        found = advise(self.guide.canvas, self.guide.rules, self.here.values)
        return found.without(done_steps(self.here)) if self.here.attempts else found

    def switch_language(self) -> None:
        wanted = str(self.intent.argument)
        others = [code for code in LANGUAGES if code != self.language]
        self.language = next((c for c in LANGUAGES if c == wanted), others[0])


def state_of(session: Session) -> str:
    """The state of the machine that a conversation is in."""
    return session.walk.state if session.walk and session.agreed else "new"


def seat_behind(x: Exchange) -> Seat | None:
    """Whom a menu of one municipality is about, by its button that leads back to all of it."""
    asking = x.intent.asking
    back = {choice.key for choice in asking.choices} if asking else set()
    return next((seat for seat in x.desk.seats if f"there {seat.id}" in back), None)


def at_desk(name: str, /, *choices: str, key: str = "", joins: bool = False, **data: Any) -> Reply:
    """A sentence about trajectories."""
    asking = f"{STEER}{key or name}" if choices else None
    return Reply(name, data, asking, choices, joins=joins, at_desk=True)
