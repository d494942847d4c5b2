"""Which municipality, or who there, is meant by a name as people type it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows.intents.choices import fold, match
from flows.model.messages import Choice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.model.desk import Desk
    from flows.model.trajectory import Seat

PERHAPS = 3  # names that somebody who is asked "do you mean" can choose from
SLIP = 5  # letters of a whole name in which one edit is a slip
DIGITS = re.compile(r"\d+")
FAR = 3  # one edit in so many letters may still be the same name: asked, never assumed


def town_named(desk: Desk, said: str) -> str | None:
    """The municipality of the current trajectory that is meant; None where it is not clear.

    Its name, its beginning, or a typing error that can be of no other.
    """
    return _named(said, (seat.municipality for seat in desk.seats))


def person_named(desk: Desk, said: str) -> Seat | None:
    """The adviser of the current trajectory that is meant: `Anna`, or `Zutphen, Anna`."""
    town, comma, name = said.partition(",")
    there = town_named(desk, town) if comma else None
    seats = [s for s in desk.seats if s.name and (not comma or s.municipality == there)]
    found = _named(name if comma else said, (seat.name for seat in seats))
    meant = [seat for seat in seats if seat.name == found]
    return meant[0] if len(meant) == 1 else None


def towns_near(desk: Desk, said: str) -> list[str]:
    """Municipalities that may be meant where it is not clear, the likeliest first."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - only where somebody mistyped

    wanted, near = fold(said), []
    for name in dict.fromkeys(seat.municipality for seat in desk.seats):
        known = fold(name)
        if len(wanted) >= FAR and known.startswith(wanted[:FAR]) and wanted in known:
            near.append((0, name))
        elif (edits := OSA.distance(wanted, known)) <= max(len(wanted), len(known)) // FAR:
            near.append((edits, name))
    return [name for _, name in sorted(near)[:PERHAPS]]


def town_like(names: Iterable[str], said: str) -> str:
    """The one of these names that is this with a slip of the fingers; nothing where none is.

    Short names are near to each other by themselves: Ede, Epe.
    """
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - only where somebody invites

    wanted, known = fold(said), {fold(name): name for name in names}
    if wanted in known:
        return ""
    numbers = DIGITS.findall(wanted)  # who counts means another one: Dorp 1, Dorp 2
    alike = [one for one in known if DIGITS.findall(one) == numbers and _slips(wanted, one)]
    near = [(OSA.distance(wanted, one), one) for one in alike]
    return known[min(near)[1]] if near else ""


def _slips(wanted: str, known: str) -> bool:
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - likewise

    allowed = min(len(wanted), len(known)) // SLIP
    return bool(allowed) and OSA.distance(wanted, known) <= allowed


def _named(said: str, names: Iterable[str]) -> str | None:
    """A number is no name here: these stand in no list that was shown."""
    wanted, known = said.strip(), list(dict.fromkeys(names))
    exact = next((name for name in known if name.casefold() == wanted.casefold()), None)
    if exact or not any(sign.isalpha() for sign in wanted):
        return exact
    return match(wanted, [Choice(name, name) for name in known])
