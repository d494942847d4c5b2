"""What is done one after the other: statements, and lines in the audit, over values with names.

What a statement returns is named for those after it; where it was to return something and
found nothing, those are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from flows.model.values import value
from storage import audit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.database.rows import Rows


@value
class Noted:
    """A line in the audit: who did what, about the seat or seats that a value names.

    Both may name values in braces. Without `seat` it is about none.
    """

    who: str
    what: str
    seat: str = "seat"


@value
class Cases:
    """What is done for each of the things that one value may be."""

    of: str
    steps: Mapping[Any, Steps]


@value
class Each:
    """A statement for each of the `seats`, which is `:seat` there.

    `own`: the name of a value that each of them has one of.
    """

    statement: str
    own: str = ""


Step: TypeAlias = str | Noted | Cases | Each
Steps: TypeAlias = Step | tuple[Step, ...]


def run(store: Rows, steps: Steps, values: dict[str, Any], instead: str) -> None:
    """Do them in this order. `instead`: who does it in the place of whom the lines name."""
    for step in steps if isinstance(steps, tuple) else (steps,):
        match step:
            case Noted():
                _note(store, step, values, instead)
            case Cases():
                run(store, step.steps[values[step.of]], values, instead)
            case Each():
                for seat in values["seats"]:
                    own = {step.own: values[step.own][seat]} if step.own else {}
                    store.db.execute(step.statement, {**values, "seat": seat, **own})
            case _:
                if not _done(store, step, values):
                    return


def _done(store: Rows, statement: str, values: dict[str, Any]) -> bool:
    """Whether a statement found what it was to return, if anything; that has names from here on."""
    found = store.db.execute(statement, values)
    if not found.description:
        return True
    rows = found.fetchall()  # all of them: what is still being read holds up the commit
    if rows:
        values |= zip((column[0] for column in found.description), rows[0], strict=True)
    return bool(rows)


def _note(store: Rows, line: Noted, values: Mapping[str, Any], instead: str) -> None:
    """A line for each seat, or one about none."""
    said = {"who": instead or line.who.format_map(values), "what": line.what.format_map(values)}
    seats = values.get(line.seat)
    for seat in seats if isinstance(seats, tuple) and seats else (seats or None,):
        store.db.execute(audit.SEAT_LINE, {**values, **said, "seat": seat})
