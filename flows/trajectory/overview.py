"""Overseeing: trajectories, who is how far, and what recurs. From views only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flows.intents.choices import cut, match
from flows.intents.text import clean
from flows.intents.towns import town_named, towns_near
from flows.model.effects import ChangeTrajectory, GoTo, LeaveTrajectory, Looked, NewTrajectory
from flows.model.journey import changed
from flows.model.lists import LONGEST_TEXT, MOST_TRAJECTORIES, paged
from flows.model.messages import LANGUAGES, Choice
from flows.trajectory.heat_map import by_pilot
from flows.trajectory.invitations import make_link, short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.exchange import Exchange
    from flows.model.trajectory import Meeting, Seat, Trajectory

LINES = 5  # advisers on one page: it must stay readable on a phone
RENEWABLE = 3  # expired invitations with a button under the overview; /uitnodigen has them all
OPEN_LISTED = 10  # open invitations named under the overview; /uitnodigen has them all
LONGEST_SILENCE = 90


@dataclass(frozen=True)
class Adviser:
    """One adviser in the overview, or all who fill one canvas: `seats`.

    `days`: since the last prompt, None for never. `since`: the last meeting, where something
    that is shared became another after it.
    """

    seat: Seat
    first: bool
    meeting: Meeting | None
    days: int | None
    since: datetime | None = None
    seats: tuple[int, ...] = ()


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
    """With a setting's word that setting; else go to, or make."""
    word, _, rest = x.argument.partition(" ")
    known = x.newest.steering["settings"].get(word.casefold().strip(":"))
    if known == "new":
        _make(x, rest)
    elif known and x.desk.current is None:
        x.tell("no_trajectory")
    elif known:
        _set(x, known, rest)
    elif not x.desk.trajectories:
        _make(x, x.argument)
    else:
        _find(x)


def list_page(x: Exchange) -> None:
    found = paged(x.desk.trajectories, x.number)
    labels = {f"go {t.id}": t for t in found.items} | found.turns("list_page")
    x.tell_page("trajectories", found, labels, seats=len(x.desk.seats), current=x.desk.current,
                keepers=x.desk.keepers)  # fmt: skip


def _find(x: Exchange) -> None:
    found = match(x.argument, [Choice(str(t.id), t.name) for t in x.desk.trajectories])
    if found:
        go(x, next(t for t in x.desk.trajectories if t.id == int(found)))
    else:
        x.tell("trajectory_unknown", said=short(x.argument))


def _make(x: Exchange, said: str) -> None:
    name = short(said)
    if not name:
        x.tell("trajectory_none")
    elif len(x.desk.trajectories) >= MOST_TRAJECTORIES:
        x.tell("trajectories_full", most=MOST_TRAJECTORIES)
    else:
        x.do(NewTrajectory(name, x.desk.language))
        x.tell("trajectory_new", name=name)


def kept_one(x: Exchange) -> Trajectory | None:
    return next((one for one in x.desk.trajectories if one.id == x.number), None)


def go(x: Exchange, found: Trajectory) -> None:
    x.do(GoTo(found.id))
    x.tell("trajectory_now", trajectory=found)


def _set(x: Exchange, field: str, said: str) -> None:
    here = x.trajectory
    if field in ("together", "handover"):
        make_link(x, "t" if field == "together" else "h", here)
    elif field != "leave":
        _change(x, field, said)
    elif len(x.desk.keepers) > 1:
        x.do(LeaveTrajectory(here.id))
        x.tell("trajectory_left", trajectory=here)
    else:  # without a kwartiermaker it helps nobody
        x.tell("trajectory_last", trajectory=here)


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
        nobody_yet(x)
    else:
        _page(x, 0, x.argument)


def table(x: Exchange) -> None:
    """All of it at once, where there is room."""
    if not x.desk.seats:
        nobody_yet(x)
    else:
        _page(x, 0, "", len(x.desk.seats))


def nobody_yet(x: Exchange) -> None:
    """Only invitations, where there are any."""
    labels = _renewable(x)
    x.tell("overview_empty", *labels, labels=labels, trajectory=x.trajectory, **still_open(x))


def page(x: Exchange) -> None:
    asked = (seat.municipality for seat in x.desk.seats if str(seat.id) == x.rest)
    _page(x, x.number, next(asked, ""))


def any_seats(x: Exchange) -> bool:
    return x.desk.current is not None and bool(x.desk.seats)


def _page(x: Exchange, number: int, town: str, size: int = LINES) -> None:
    found = paged(list(_lines(x, town)), number, size)
    if not found.items:
        unknown(x, town)
        return
    x.do(Looked(tuple(one for line in found.items for one in line.seats), "overview"))
    turns = found.turns("page", f" {found.items[0].seat.id}" if town else "")
    last = found.at == found.pages - 1 and not town
    x.tell_page(
        "overview", found, (_renewable(x) if last else {}) | turns, lines=found.items,
        trajectory=x.trajectory, towns=len(x.towns), **still_open(x, here=last),
    )  # fmt: skip


def _renewable(x: Exchange) -> dict[str, Any]:
    """A button for the first of those that expired."""
    return {f"renew {link.id}": link for link in x.desk.lapsed[:RENEWABLE]}


def still_open(x: Exchange, *, here: bool = True) -> dict[str, Any]:
    """Where an invitation is still open or expired, and how many more; nothing where not `here`."""
    names = _invited(x) if here else []
    lapsed = [link.called for link in x.desk.lapsed] if here else []
    return {
        "invited": names[:OPEN_LISTED], "more": len(names[OPEN_LISTED:]),
        "lapsed": lapsed[:OPEN_LISTED], "more_lapsed": len(lapsed[OPEN_LISTED:]),
    }  # fmt: skip


def _invited(x: Exchange) -> list[str]:
    return list(dict.fromkeys(k.municipality for k in x.desk.links if k.kind == "s"))


def unknown(x: Exchange, town: str) -> None:
    """No municipality that takes part; perhaps one that was invited, or that is spelled so."""
    wanted = town.strip().casefold()
    invited = [name for name in _invited(x) if name.casefold() == wanted]
    near = [] if invited else towns_near(x.desk, town)
    labels = {f"municipality {x.towns[name][0].id}": name for name in near}
    x.tell("town_unknown", *labels, town=town, invited="".join(invited[:1]), near=near,
              labels=labels)  # fmt: skip


def _lines(x: Exchange, town: str) -> Iterator[Adviser]:
    towns = x.towns
    if town:
        found = town_named(x.desk, town)
        towns = {found: towns[found]} if found else {}
    for name in sorted(towns, key=lambda n: min(_need(x, one) for one in towns[n])):
        pilots = by_pilot(sorted(towns[name], key=lambda one: _need(x, one)))
        for number, seats in enumerate(pilots):
            seat = _together(seats)
            days = (x.now.date() - seat.nudged.date()).days if seat.nudged else None
            since, ids = _since(x, seat), tuple(one.id for one in seats)
            yield Adviser(seat, number == 0, x.desk.next_meeting(name, x.now), days, since, ids)


def _together(seats: Sequence[Seat]) -> Seat:
    """Who fills one canvas is one line, under all their names: as who of them shares most."""
    if len(seats) == 1:
        return seats[0]
    shows = max(seats, key=lambda one: (one.view.gate is not None, len(one.view.shares)))
    last = max(seats, key=lambda one: (one.view.week or date.min, one.view.settled)).view
    names = ", ".join(one.name for one in seats if one.name)
    far = {"part": last.part, "settled": last.settled, "asked": last.asked, "week": last.week}
    return replace(
        shows, view=changed(shows.view, **far), name=names,
        nudged=max((one.nudged for one in seats if one.nudged), default=None),
        off=all(one.off for one in seats),
    )  # fmt: skip


def _since(x: Exchange, seat: Seat) -> datetime | None:
    last, seen = x.desk.last_meeting(seat.municipality, x.now), seat.view
    if last is None or not seen.since or not (seen.moved or seen.revised):
        return None
    return last.at if datetime.fromisoformat(seen.since) == last.at else None


def _need(x: Exchange, seat: Seat) -> tuple[Any, ...]:
    """What lay still longest first; who is done, or asked not to be prompted, last."""
    week = seat.view.week
    done = seat.view.part == "done"
    return (done, seat.off, week is not None, week or x.now.date(), seat.id)
