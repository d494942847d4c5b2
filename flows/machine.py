"""The machine that holds the table, and one turn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from transitions import EventData, Machine, Transition

from flows.exchange import Exchange
from flows.table import STATES, TABLE, Row

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
"""One for all conversations; an Exchange is its model, and what guards and verbs are given.

It hears of a verb's rows when the verb is first heard: five thousand moves are 14 ms and 4 MB,
and most are made in no conversation.
"""

ROWS: dict[str, list[Row]] = {}
for _row in TABLE:
    ROWS.setdefault(_row.verb, []).append(_row)


class Heard(dict[tuple[str, str], tuple[Transition, ...]]):
    """(verb, state) -> the moves that may be made there, the first one first."""

    def __missing__(self, at: tuple[str, str]) -> tuple[Transition, ...]:
        verb, state = at
        if verb not in MACHINE.events:
            for row in ROWS[verb]:
                MACHINE.add_transition(
                    verb, list(row.source), row.to, conditions=list(row.guards), after=row.then
                )
        self[at] = tuple(MACHINE.events[verb].transitions[state])
        return self[at]


class Needed(dict[tuple[str, str], set[str]]):
    """(verb, state) -> what must be read before the verb can be taken there."""

    def __missing__(self, at: tuple[str, str]) -> set[str]:
        verb, state = at
        rows = (row for row in ROWS[verb] if state in row.source)
        self[at] = {need for row in rows for need in row.needs}
        return self[at]


MOVES, NEEDED = Heard(), Needed()


def pull(x: Exchange, verb: str) -> None:
    """Let the machine hear a verb of the closed list: it makes the first move that may be."""
    # Without Event.trigger's own steps, of which this table needs none: a third of its time.
    moves = MOVES[verb, x.state]
    heard = EventData(None, MACHINE.events[verb], MACHINE, x, (x,), {})
    for move in moves:
        if move.execute(heard):
            return


def take_turn(context: Context, update: Update, intent: Intent) -> Turn:
    """What this changes and what is said. Pure: the same in, the same out."""
    x = Exchange(context, update, intent)
    x.trigger = partial(pull, x)
    pull(x, intent.verb)
    return x.turn()
