"""Where a kwartiermaker begins: the municipalities, and all that can be done for each, by tapping.

Nothing here is of anybody who did not share it: it is the overview's, one municipality at a time.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from flows.model.effects import Looked
from flows.model.lists import paged
from flows.trajectory import overview
from flows.trajectory.agenda import once
from flows.trajectory.meetings import planned, tell_there
from flows.trajectory.overview import hello, still_open

if TYPE_CHECKING:
    from flows.exchange import Exchange
    from flows.model.trajectory import Seat

TOWNS = 6  # municipalities on one page of a home: a thumb reaches the buttons under them
DAYS = 8  # working days that a meeting can be planned on by tapping; later ones are typed
SATURDAY = 5
HOURS = range(9, 17)  # a meeting begins within office hours; other times are typed
PEOPLE = 5  # advisers of one municipality who have a button of their own
ALONE = ("overview", "patterns", "ask", "invite", "portfolio", "manage")
"""What is about all municipalities together."""


def home(x: Exchange) -> None:
    """The municipalities, then what is about all of them."""
    if x.desk.keeper is None or x.desk.current is None:
        hello(x)
    else:
        towns = list(x.towns.items())
        found = paged(towns, x.number, TOWNS)
        labels: dict[str, object] = {f"municipality {ss[0].id}": name for name, ss in found.items}
        labels |= found.turns("home_page") | dict.fromkeys(ALONE)
        x.tell_page("home", found, labels, towns=len(towns),
                    trajectory=x.trajectory, admitting=len(x.desk.admitting),
                    waiting=len(x.desk.waiting), **still_open(x))  # fmt: skip


def trajectory(x: Exchange) -> None:
    """Without words the home of the current one; with them what they say of it, or of another."""
    if x.argument or x.desk.current is None:
        overview.trajectory(x)
    else:
        home(x)


def seat_there(x: Exchange) -> Seat | None:
    """The adviser that a button names: by it the municipality is meant."""
    return next((seat for seat in x.desk.seats if seat.id == x.number), None)


def municipality(x: Exchange, seat: Seat) -> None:
    """Who is there and how far, the next meeting, what was agreed; and a button for each deed."""
    name, seats = seat.municipality, x.towns[seat.municipality]
    x.do(Looked(tuple(one.id for one in seats), "overview"))
    agreed = once(one for there in seats for one in there.agreed if not one.over)
    people = {f"ask_one {one.id}": one.person for one in seats[:PEOPLE] if not one.off}
    labels: dict[str, object] = {f"meeting_page {seat.id}": name}
    if any(one.view.shares for one in seats):
        labels[f"shared_of {seat.id}"] = name
    said = [one for one in x.desk.remarks
            if (one.trajectory, one.municipality) == (x.trajectory.id, name)]  # fmt: skip
    if said:
        labels[f"remarks_of {said[0].seat}"] = sum(not one.read for one in said)
    labels |= people
    ahead = x.desk.next_meeting(name, x.now)
    labels |= {f"plan {seat.id}": ahead, f"reporting {seat.id}": name, "home": None}
    x.tell("municipality", *labels, labels=labels, town=name, seats=seats,
           ahead=ahead, agreed=agreed)  # fmt: skip


def shared_of(x: Exchange, seat: Seat) -> None:
    """The shared summaries of one municipality."""
    if not any(one.view.shares for one in x.desk.near):
        x.tell("taken_none")
        return
    x.do(Looked(tuple(one.id for one in x.desk.near), "portfolio"))
    tell_there(x, "take_pdf", seat.municipality, seats=x.desk.near, trajectory=x.trajectory,
               at=x.now)  # fmt: skip


def reporting(x: Exchange, seat: Seat) -> None:
    tell_there(x, "report_how", seat.municipality, tapped=True)


# ------------------------------------------------------------ planning by tapping


def plan(x: Exchange, seat: Seat) -> None:
    """First the day, then the hour; then it stands."""
    day, _, hour = x.rest.partition(" ")
    back = {f"there {seat.id}": seat.municipality}
    if hour:
        at = datetime.combine(date.fromisoformat(day), time(int(hour)), x.now.tzinfo)
        planned(x, seat.municipality, at, "")
    elif day:
        hours = {f"plan {seat.id} {day} {h}": f"{h}:00" for h in HOURS}
        x.tell("plan_hour", *hours, *back, labels=hours | back, town=seat.municipality,
               on=date.fromisoformat(day))  # fmt: skip
    else:
        days = {f"plan {seat.id} {on.isoformat()}": on for on in _days(x)}
        x.tell("plan_day", *days, *back, labels=days | back, town=seat.municipality)


def plannable(x: Exchange) -> Seat | None:
    """Whose button still names a day to come, and an hour of a working day."""
    day, _, hour = x.rest.partition(" ")
    days = {on.isoformat() for on in _days(x)}
    good = (not day or day in days) and (not hour or hour in map(str, HOURS))
    return seat_there(x) if good else None


def _days(x: Exchange) -> list[date]:
    """Working days from tomorrow on."""
    ahead = (x.now.date() + timedelta(n) for n in range(1, 2 * DAYS))
    return [on for on in ahead if on.weekday() < SATURDAY][:DAYS]
