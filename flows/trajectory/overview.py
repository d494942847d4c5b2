"""Overseeing: trajectories, who is how far, and what recurs. From views only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.intents.choices import cut, match
from flows.intents.text import clean
from flows.model.effects import ChangeTrajectory, GoTo, LeaveTrajectory, Looked, NewTrajectory
from flows.model.lists import LONGEST_TEXT, MOST_TRAJECTORIES, paged
from flows.model.messages import LANGUAGES, Choice
from flows.trajectory.invitations import make_link, short, tell_link
from flows.trajectory.roles import no_trajectory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.exchange import Exchange
    from flows.model.trajectory import Meeting, Seat, Trajectory

LINES = 5
"""Advisers on one page: it must stay readable on a phone."""

ROWS = 15
"""Municipalities in one heat map on a phone; the spreadsheet of /portfolio has them all."""

OPEN_LISTED = 10
"""Open invitations named under the overview; /uitnodigen has them all."""

LONGEST_SILENCE = 90


@dataclass(frozen=True)
class Adviser:
    """One adviser in the overview. `days`: since the last prompt, None for never."""

    seat: Seat
    first: bool
    meeting: Meeting | None
    days: int | None


def hello(x: Exchange) -> None:
    """A kwartiermaker who answers about no pilot is at the desk."""
    if x.desk.keeper is None:
        x.tell("keeper_waits")
    else:
        x.tell("hello", current=x.desk.current, name=x.desk.keeper,
                  pilot=x.session.walk is not None)  # fmt: skip


def help_here(x: Exchange) -> None:
    """What only these people can type, before what everybody can."""
    if x.desk.keeper is not None:
        hello(x)
    if x.desk.own:
        x.tell("help_adviser")
    if x.session.walk:
        x.go("help")


# ------------------------------------------------------------ trajectories


def trajectory(x: Exchange) -> None:
    """Without words the list; with a setting's word that setting; else go to, or make."""
    word, _, rest = x.argument.partition(" ")
    known = x.newest.steering["settings"].get(word.casefold().strip(":"))
    if not x.argument:
        _trajectories(x)
    elif known == "new":
        _make(x, rest)
    elif known and x.desk.current is None:
        no_trajectory(x)
    elif known:
        _set(x, known, rest)
    else:
        _find(x)


def _trajectories(x: Exchange) -> None:
    if x.desk.trajectories:
        _listed(x, 0)
    else:
        x.tell("trajectory_none")


def list_page(x: Exchange) -> None:
    _listed(x, x.number)


def _listed(x: Exchange, at: int) -> None:
    found = paged(x.desk.trajectories, at)
    labels: dict[str, Any] = {f"go {t.id}": t for t in found.items}
    labels |= found.turns("list_page")
    x.tell(
        "trajectories", *labels, labels=labels, seats=len(x.desk.seats),
        current=x.desk.current, keepers=x.desk.keepers, page=found.at + 1,
        pages=found.pages,
    )  # fmt: skip


def _find(x: Exchange) -> None:
    names = [Choice(f"{t.id}", t.name) for t in x.desk.trajectories]
    found = match(x.argument, names)
    if found:
        go(x, next(t for t in x.desk.trajectories if t.id == int(found)))
    elif x.desk.trajectories:
        x.tell("trajectory_unknown", said=short(x.argument))
    else:
        _make(x, x.argument)


def _make(x: Exchange, said: str) -> None:
    name = short(said)
    if not name:
        x.tell("trajectory_none")
        return
    if len(x.desk.trajectories) >= MOST_TRAJECTORIES:
        x.tell("trajectories_full", most=MOST_TRAJECTORIES)
        return
    x.do(NewTrajectory(name, x.desk.language))
    x.tell("trajectory_new", name=name)


def kept_one(x: Exchange) -> Trajectory | None:
    return next((one for one in x.desk.trajectories if one.id == x.number), None)


def go(x: Exchange, found: Trajectory) -> None:
    x.do(GoTo(found.id))
    x.tell("trajectory_now", trajectory=found)


def _set(x: Exchange, field: str, said: str) -> None:
    special = {"together": "t", "handover": "h"}
    if field in special:
        kind = special[field]
        secret = make_link(x, kind, trajectory=x.trajectory.id)  # type: ignore[arg-type]
        tell_link(x, "keep", kind, secret, kind=kind, trajectory=x.trajectory)  # type: ignore[arg-type]
    elif field == "leave":
        _leave_trajectory(x)
    else:
        _change(x, field, said)


def _leave_trajectory(x: Exchange) -> None:
    """The last one stays: a trajectory without a kwartiermaker helps nobody."""
    if len(x.desk.keepers) > 1:
        x.do(LeaveTrajectory(x.trajectory.id))
        x.tell("trajectory_left", trajectory=x.trajectory)
    else:
        x.tell("trajectory_last", trajectory=x.trajectory)


def _change(x: Exchange, field: str, said: str) -> None:
    value: Any = cut(clean(said), LONGEST_TEXT) if field == "welcome" else short(said)
    if field == "language":
        value = x.newest.steering["languages"].get(value.casefold(), value)
    if field == "silence":
        value = int(value) if value.isdecimal() and len(value) <= 2 else 0  # noqa: PLR2004
    bad = field == "language" and value not in LANGUAGES
    if bad or not value or (field == "silence" and value > LONGEST_SILENCE):
        x.tell("setting_unclear", trajectory=x.trajectory)
        return
    x.do(ChangeTrajectory(x.trajectory.id, field, value))
    x.tell("setting_kept", field=field, value=value)


# ------------------------------------------------------------ overview


def overview(x: Exchange) -> None:
    """Who is how far; what needs a nudge comes first. No rankings."""
    if not x.desk.seats:
        x.tell("overview_empty", trajectory=x.trajectory, **still_open(x))
    else:
        _page(x, 0, x.argument)


def page(x: Exchange) -> None:
    asked = (seat.municipality for seat in x.desk.seats if str(seat.id) == x.rest)
    _page(x, x.number, next(asked, ""))


def any_seats(x: Exchange) -> bool:
    return x.desk.current is not None and bool(x.desk.seats)


def _page(x: Exchange, number: int, town: str) -> None:
    found = paged(list(_lines(x, town)), number, LINES)
    if not found.items:
        unknown(x, town)
        return
    x.do(Looked(tuple(line.seat.id for line in found.items), "overview"))
    turns = found.turns("page", f" {found.items[0].seat.id}" if town else "")
    x.tell(
        "overview", *turns, labels=turns, lines=found.items, page=found.at + 1,
        pages=found.pages, trajectory=x.trajectory, towns=len(x.towns),
        **still_open(x, here=found.at == found.pages - 1 and not town),
    )  # fmt: skip


def still_open(x: Exchange, *, here: bool = True) -> dict[str, Any]:
    """Where an invitation is still open, and how many more; nothing where not `here`."""
    names = _invited(x) if here else []
    return {"invited": names[:OPEN_LISTED], "more": len(names[OPEN_LISTED:])}


def _invited(x: Exchange) -> list[str]:
    return list(dict.fromkeys(k.municipality for k in x.desk.links if k.kind == "s"))


def unknown(x: Exchange, town: str) -> None:
    """No municipality that takes part; perhaps one that was invited."""
    wanted = town.strip().casefold()
    invited = [name for name in _invited(x) if name.casefold() == wanted]
    x.tell("town_unknown", town=town, invited="".join(invited[:1]))


def _lines(x: Exchange, town: str) -> Iterator[Adviser]:
    towns = x.towns
    if town:
        found = x.town_named(town)
        towns = {found: towns[found]} if found else {}
    for name in sorted(towns, key=lambda n: min(_need(x, one) for one in towns[n])):
        for number, seat in enumerate(sorted(towns[name], key=lambda one: _need(x, one))):
            yield Adviser(seat, number == 0, next_meeting(x, name), _days(x, seat))


def _need(x: Exchange, seat: Seat) -> tuple[Any, ...]:
    """What lay still longest first; who is done, or asked not to be prompted, last."""
    done = seat.view.part == "done"
    week = seat.view.week
    return (done, seat.off, week is not None, week or x.now.date(), seat.id)


def _days(x: Exchange, seat: Seat) -> int | None:
    return (x.now.date() - seat.nudged.date()).days if seat.nudged else None


def next_meeting(x: Exchange, municipality: str) -> Meeting | None:
    ahead = [m for m in x.desk.meetings if m.municipality == municipality]
    return min((m for m in ahead if m.at >= x.now), key=lambda m: m.at, default=None)


def last_meeting(x: Exchange, municipality: str) -> Meeting | None:
    past = [m for m in x.desk.meetings if m.municipality == municipality]
    return max((m for m in past if m.at < x.now), key=lambda m: m.at, default=None)


# ------------------------------------------------------------ patterns


def patterns(x: Exchange) -> None:
    """What recurs across municipalities, of what is shared."""
    sharing = [s for s in x.desk.seats if s.view.ingredients or s.view.routes]
    if not sharing:
        x.tell("patterns_none")
        return
    x.do(Looked(tuple(s.id for s in sharing), "patterns"))
    rows = [row for row in heat_rows(x) if any(v is not None for v in row[1].values())]
    x.tell("heat", rows=rows[:ROWS], more=len(x.towns) - len(rows[:ROWS]),
              keys=x.newest.canvas.ingredients)  # fmt: skip
    x.tell("heat_picture", rows=heat_rows(x))
    x.tell(
        "patterns", weak=_weak(sharing), routes=_routes(sharing), shared=len(sharing),
        same=_same(sharing), seats=len(x.desk.seats),
    )  # fmt: skip


def heat_rows(x: Exchange) -> list[tuple[str, dict[str, str | None]]]:
    """Per municipality the weakest of what its advisers share; None is not shared."""
    return [(town, heat(seats, x.newest.canvas.ingredients))
            for town, seats in x.towns.items()]  # fmt: skip


LEVELS = ("no", "unknown", "partly", "yes", "not_applicable")


def heat(seats: Sequence[Seat], ingredients: Sequence[str]) -> dict[str, str | None]:
    """One row of the heat map: the weakest shared answer per ingredient."""
    found: dict[str, str | None] = {}
    for key in ingredients:
        given = [s.view.ingredients.get(key, "") for s in seats if s.view.ingredients is not None]
        known = [level for level in LEVELS if level in given]
        found[key] = known[0] if known else ("" if given else None)
    return found


def _weak(seats: Sequence[Seat]) -> list[tuple[str, int]]:
    """(ingredient, municipalities where it is not arranged), most first."""
    towns = {(k, s.municipality) for s in seats for k, v in (s.view.ingredients or {}).items()
             if v in ("no", "unknown")}  # fmt: skip
    return Counter(sorted(k for k, _ in towns)).most_common(3)


def _routes(seats: Sequence[Seat]) -> list[tuple[str, int]]:
    leading = {(r, s.municipality) for s in seats for r, fit in (s.view.routes or ())
               if fit in ("fits", "first")}  # fmt: skip
    return Counter(sorted(route for route, _ in leading)).most_common(3)


def _same(seats: Sequence[Seat]) -> list[tuple[str, list[str]]]:
    """(ingredient, municipalities that lack it): who could work on it together."""
    found: dict[str, set[str]] = {}
    for seat in seats:
        for key, value in (seat.view.ingredients or {}).items():
            if value in ("no", "partly"):
                found.setdefault(key, set()).add(seat.municipality)
    pairs = [(key, sorted(towns)) for key, towns in found.items() if len(towns) > 1]
    return sorted(pairs, key=lambda pair: (-len(pair[1]), pair[0]))[:3]
