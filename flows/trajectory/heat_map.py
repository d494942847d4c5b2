"""What recurs in the municipalities of a trajectory, and where it is weakest: from views only."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flows.model.canvas import UNKNOWN
from flows.model.effects import Looked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flows.exchange import Exchange
    from flows.model.trajectory import Seat

ROWS = 15  # municipalities in one heat map on a phone; the spreadsheet of /portfolio has them all
LEVELS = ("no", "unknown", "partly", "yes", "not_applicable")  # of an ingredient, the weakest first
LEADING = ("fits", "first")  # how a route fits that is worth going


def patterns(x: Exchange) -> None:
    """What recurs across municipalities, of what is shared."""
    sharing = [s for s in x.desk.seats if s.view.ingredients or s.view.routes]
    if not sharing:
        x.tell("patterns_none")
        return
    x.do(Looked(tuple(s.id for s in sharing), "patterns"))
    every, keys = heat_rows(x), x.newest.canvas.ingredients
    rows = [row for row in every if any(v is not None for v in row[1].values())][:ROWS]
    x.tell("heat", rows=rows, more=len(every) - len(rows), keys=keys)
    x.tell("heat_picture", rows=every)
    lacked = [(key, seat.municipality, level) for seat in sharing
              for key, level in (seat.view.ingredients or {}).items()]  # fmt: skip
    weak = _most((key, town) for key, town, level in lacked if level in ("no", "unknown"))
    routes = _leading(sharing)
    same = _same((key, town) for key, town, level in lacked if level in ("no", "partly"))
    of_weak = len({s.municipality for s in sharing if s.view.ingredients})
    of_routes = len({s.municipality for s in sharing if s.view.routes})
    x.tell("patterns", "home", weak=weak, routes=routes, shared=len(sharing), same=same,
              of_weak=of_weak, of_routes=of_routes,
              seats=len(x.desk.seats))  # fmt: skip


def heat_rows(x: Exchange) -> list[tuple[str, dict[str, str | None]]]:
    """Per municipality the weakest of what its advisers share; None is not shared."""
    keys = x.newest.canvas.ingredients
    return [(name, heat(seats, keys)) for town in x.towns.items() for name, seats in _rows(*town)]


def _rows(town: str, seats: Sequence[Seat]) -> Iterator[tuple[str, Sequence[Seat]]]:
    """One for each pilot of which something is shared; one where nothing is."""
    shared = [some for some in by_pilot(seats) if any(s.view.ingredients for s in some)]
    if len(shared) < 2:  # noqa: PLR2004 - nothing to tell apart
        yield town, seats
    else:
        yield from ((f"{town}: {called(some)}", some) for some in shared)


def by_pilot(seats: Sequence[Seat]) -> list[list[Seat]]:
    """Who fills the same canvas is together; a canvas of one person is a pilot of its own."""
    found: dict[tuple[str, int], list[Seat]] = {}
    for seat in seats:
        key = ("pilot", seat.pilot) if seat.pilot else ("seat", seat.id)
        found.setdefault(key, []).append(seat)
    return list(found.values())


def called(seats: Sequence[Seat]) -> str:
    """A pilot by its name, as far as that is shared; else by who fills it."""
    names = (seat.view.values.get("pilot.name") for seat in seats)
    known = next((name for name in names if name and name != UNKNOWN), None)
    return str(known or ", ".join(seat.person for seat in seats))


def heat(seats: Sequence[Seat], ingredients: Sequence[str]) -> dict[str, str | None]:
    """One row of the heat map: the weakest shared answer per ingredient."""
    found: dict[str, str | None] = {}
    for key in ingredients:
        given = [s.view.ingredients.get(key, "") for s in seats if s.view.ingredients is not None]
        known = [level for level in LEVELS if level in given]
        found[key] = known[0] if known else ("" if given else None)
    return found


def _leading(sharing: Sequence[Seat]) -> list[tuple[str, str, int]]:
    """(route, how it fits, municipalities that have it so): each that fits, then what comes first.

    How it fits goes along, so that it is said as its adviser reads it.
    """
    towns = {(fit, route, seat.municipality) for seat in sharing
             for route, fit in seat.view.routes or () if fit in LEADING}  # fmt: skip
    counts = Counter(sorted((fit, route) for fit, route, _ in towns)).most_common()
    return [(route, fit, n) for one in LEADING for (fit, route), n in counts if fit == one]


def _most(found: Iterable[tuple[str, str]]) -> list[tuple[str, int]]:
    """(ingredient, municipalities that it was found in), most first."""
    return Counter(sorted(key for key, _ in set(found))).most_common(3)


def _same(found: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """(ingredient, municipalities that lack it): who could work on it together."""
    towns: dict[str, set[str]] = {}
    for key, town in found:
        towns.setdefault(key, set()).add(town)
    pairs = [(key, sorted(those)) for key, those in towns.items() if len(those) > 1]
    return sorted(pairs, key=lambda pair: (-len(pair[1]), pair[0]))[:3]
