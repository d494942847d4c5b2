"""The table of all moves, the machine that holds it, and one turn.

The states are the parts of the canvas with what comes before and after; the
question is a cursor inside the part, so new content never migrates a state.
Every state hears every trigger: nothing a person does can raise.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from transitions import Machine

from flows.consent import held_up
from flows.exchange import Exchange
from flows.intents.heard import hear
from flows.interview import answering, asking, onward, privacy, showing

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.model.turn import Guide, Session, Turn, Update

    Handler = Callable[[Exchange], None]

WALKED = ("pilot", "impact", "routes", "ingredients", "pitfalls", "closing")
"""The parts of the canvas; a test holds that content/canvas.toml has just these."""

STARTED = [*WALKED[:-1], "advice", "closing", "done"]
STATES = ["new", *STARTED]

HANDLERS: dict[str, Handler | None] = {
    "start": showing.start,
    "agree": privacy.agree,
    "answer": answering.answer,
    "tick": answering.tick,
    "done": answering.done,
    "skip": answering.skip,
    "back": answering.back,
    "next": answering.go_next,
    "unknown": answering.unknown,
    "other": answering.other,
    "explain": showing.explain,
    "forward": showing.forward,
    "where": showing.where,
    "pause": showing.pause,
    "stop": showing.stop,
    "help": showing.tell_help,
    "privacy": privacy.privacy,
    "again": asking.again,
    "misfit": asking.misfit,
    "summary": showing.summary,
    "look": showing.look,
    "half_pages": showing.half_pages,
    "document": showing.document,
    "change": answering.change,
    "sure": answering.sure,
    "language": showing.language_switch,
    "depth": showing.depth,
    "five": showing.five,
    "new": showing.new,
    "pilots": showing.pilots,
    "strange": showing.strange,
    "stale": asking.stale,
    "elsewhere": showing.elsewhere,
    "answered": showing.answered,
    "piece": answering.piece,
    "edit": answering.edit,
    "quiet": None,
    "twice": asking.twice,
    "forget": privacy.forget,
    "erase": privacy.erase,
    "my_data": privacy.my_data,
}
"""What each verb of the dialogue does once somebody agreed; nothing for a press repeated."""

BEFORE_AKKOORD: dict[str, Handler | None] = {
    "privacy": onward.privacy_new,
    "language": onward.language_new,
    "stop": showing.stop,
    "quiet": None,
    "forget": privacy.forget_new,
    "erase": privacy.erase_new,
    "my_data": privacy.my_data_new,
}
"""What is heard before akkoord; everything else gets the welcome again."""

TABLE = (
    # trigger                from      to        then
    ("agree",                "new",    "pilot",  onward.begin),
    *((f"open_{part}",       STARTED,  part,     None) for part in WALKED),
    ("give_advice",          STARTED,  "advice", None),
    ("finish",               STARTED,  "done",   None),
    ("leave",                STARTED,  "new",    None),
    ("renew",                STARTED,  None,     privacy.renew),
    ("renew",                "new",    None,     privacy.renew_new),
    # All else leaves the state, and may pull one of the four above.
    ("start",                "new",    None,     onward.welcome),
    *((verb,                 "new",    None,     BEFORE_AKKOORD.get(verb, onward.welcome_again))
      for verb in HANDLERS if verb not in ("agree", "start")),
    *((verb,                 STARTED,  None,     then) for verb, then in HANDLERS.items()),
)  # fmt: skip


def _machine() -> Machine:
    machine = Machine(
        model=None, states=STATES, initial="new", auto_transitions=False, send_event=False
    )
    for trigger, source, dest, then in TABLE:
        machine.add_transition(trigger, source, dest, after=then)  # type: ignore[arg-type]
    return machine


MACHINE = _machine()
"""One for all conversations; an Exchange is its model, and what its verbs are given."""


def pull(x: Exchange, trigger: str) -> None:
    """Let the machine hear a trigger of the closed list."""
    MACHINE.events[trigger].trigger(x, x)


def take_turn(guide: Guide, session: Session, update: Update) -> Turn:
    """What this update changes and what is said. Pure: the same in, the same out."""
    x = Exchange(guide, session, update, hear(guide, session, update))
    x.trigger = partial(pull, x)
    verb = x.intent.verb
    # Without a pilot the table would take a yes for the first one, and open a pilot.
    renewing = session.outdated and x.state == "new" and verb == "agree"
    pull(x, "renew" if renewing or held_up(session, verb) else verb)
    return x.turn()
