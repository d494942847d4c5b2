"""The machine that holds the table, and one turn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from transitions import Machine

from flows.exchange import Exchange, state_of
from flows.table import STATES, TABLE

if TYPE_CHECKING:
    from flows.model.context import Context
    from flows.model.effects import Turn
    from flows.model.turn import Intent, Session, Update


def _machine() -> Machine:
    machine = Machine(
        model=None, states=list(STATES), initial="new", auto_transitions=False, send_event=False
    )
    for row in TABLE:
        machine.add_transition(
            row.verb, list(row.source), row.to, conditions=list(row.guards), after=row.then
        )
    return machine


MACHINE = _machine()
"""One for all conversations; an Exchange is its model, and what guards and verbs are given."""


def pull(x: Exchange, verb: str) -> None:
    """Let the machine hear a verb of the closed list."""
    MACHINE.events[verb].trigger(x, x)


_NEEDED = {(row.verb, state): set[str]() for row in TABLE for state in row.source}
for _row in TABLE:
    for _state in _row.source:
        _NEEDED[_row.verb, _state].update(_row.needs)


def needs(session: Session, intent: Intent) -> set[str]:
    """What must be read before this intent can be taken."""
    return _NEEDED[intent.verb, state_of(session)]


def take_turn(context: Context, update: Update, intent: Intent) -> Turn:
    """What this changes and what is said. Pure: the same in, the same out."""
    x = Exchange(context, update, intent)
    x.trigger = partial(pull, x)
    pull(x, intent.verb)
    return x.turn()
