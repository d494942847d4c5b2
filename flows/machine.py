"""The machine that holds the table, and one turn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from transitions import EventData, Machine

from flows.exchange import Exchange
from flows.table import STATES, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.model.context import Context
    from flows.model.messages import Update
    from flows.model.turn import Intent, Turn


class Moves(Machine):
    """The table as a machine; what it calls are functions of an Exchange, called as they are."""

    def callbacks(self, funcs: Iterable[Any], event_data: EventData) -> None:
        for func in funcs:
            func(*event_data.args)


MACHINE = Moves(model=None, states=list(STATES), initial="new", auto_transitions=False)
"""One for all conversations; an Exchange is its model, and what guards and verbs are given."""

NEEDED: dict[tuple[str, str], set[str]] = {}
"""What must be read before a verb can be taken in a state."""

for _row in TABLE:
    MACHINE.add_transition(
        _row.verb, list(_row.source), _row.to, conditions=list(_row.guards), after=_row.then
    )
    for _state in _row.source:
        NEEDED.setdefault((_row.verb, _state), set()).update(_row.needs)
_MOVES = {
    (verb, state): tuple(moves)
    for verb, event in MACHINE.events.items()
    for state, moves in event.transitions.items()
}


def pull(x: Exchange, verb: str) -> None:
    """Let the machine hear a verb of the closed list: it makes the first move that may be."""
    # Without Event.trigger's own steps, of which this table needs none: a third of its time.
    heard = EventData(None, MACHINE.events[verb], MACHINE, x, (x,), {})
    for move in _MOVES[verb, x.state]:
        if move.execute(heard):
            return


def take_turn(context: Context, update: Update, intent: Intent) -> Turn:
    """What this changes and what is said. Pure: the same in, the same out."""
    x = Exchange(context, update, intent)
    x.trigger = partial(pull, x)
    pull(x, intent.verb)
    return x.turn()
