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
from flows.intents.heard import VERBS, hear
from flows.interview.answering import Answering
from flows.interview.privacy import Trusting
from flows.interview.showing import Telling

if TYPE_CHECKING:
    from flows.model.turn import Guide, Session, Turn, Update

WALKED = ("pilot", "impact", "routes", "ingredients", "pitfalls", "closing")
"""The parts of the canvas; a test holds that content/canvas.toml has just these."""

STARTED = [*WALKED[:-1], "advice", "closing", "done"]
STATES = ["new", *STARTED]

BEFORE_AKKOORD = {
    "privacy": "privacy_new",
    "language": "language_new",
    "stop": "stop",
    "quiet": "quiet",
    "forget": "forget_new",
    "erase": "erase_new",
    "my_data": "my_data_new",
}
"""What is heard before akkoord; everything else gets the welcome again."""

TABLE = (
    # trigger                from      to        then
    ("agree",                "new",    "pilot",  "begin"),
    *((f"open_{part}",       STARTED,  part,     None) for part in WALKED),
    ("give_advice",          STARTED,  "advice", None),
    ("finish",               STARTED,  "done",   None),
    ("leave",                STARTED,  "new",    None),
    ("renew",                STARTED,  None,     "renew"),
    ("renew",                "new",    None,     "renew_new"),
    # All else leaves the state, and may pull one of the four above.
    ("start",                "new",    None,     "welcome"),
    *((verb,                 "new",    None,     BEFORE_AKKOORD.get(verb, "welcome_again"))
      for verb in VERBS if verb not in ("agree", "start")),
    *((verb,                 STARTED,  None,     {"language": "language_switch"}.get(verb, verb))
      for verb in VERBS),
)  # fmt: skip


def _machine() -> Machine:
    machine = Machine(
        model=None, states=STATES, initial="new", auto_transitions=False, send_event=False
    )
    for trigger, source, dest, then in TABLE:
        machine.add_transition(trigger, source, dest, after=then)  # type: ignore[arg-type]
    return machine


MACHINE = _machine()
"""One for all conversations; a Talk is its model for one turn."""


class Conversing(Answering, Telling, Trusting):
    """The machine's model: light, made for one turn, then forgotten."""

    __slots__ = ()


def pull(talk: Conversing, trigger: str) -> None:
    """Let the machine hear a trigger of the closed list."""
    MACHINE.events[trigger].trigger(talk)


def take_turn(guide: Guide, session: Session, update: Update) -> Turn:
    """What this update changes and what is said. Pure: the same in, the same out."""
    talk = Conversing(guide, session, update, hear(guide, session, update))
    talk.trigger = partial(pull, talk)
    verb = talk.move.verb
    # Without a pilot the table would take a yes for the first one, and open a pilot.
    renewing = session.outdated and talk.state == "new" and verb == "agree"
    pull(talk, "renew" if renewing or held_up(session, verb) else verb)
    return talk.turn()
