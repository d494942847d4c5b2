"""Meeting: one page beforehand, three lines afterwards. From views only."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from flows.exchange import Exchange, at_desk
from flows.intents import dates
from flows.intents.choices import Misfit
from flows.intents.text import clean
from flows.intents.towns import town_named
from flows.model.effects import CancelMeeting, Looked, NoteAgreed, PlanMeeting, SayTo, SettleAgreed
from flows.model.lists import MOST_AGREED, TOWNS_LISTED
from flows.needs import OF_A_TOWN
from flows.timing.hours import BEFORE_MEETING, next_moment
from flows.timing.outlooks import BEFORE, snags
from flows.trajectory import correspondence
from flows.trajectory.agenda import on_the_table
from flows.trajectory.invitations import short
from flows.trajectory.overview import nobody_yet, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.model.desk import Desk
    from flows.model.journey import Agreed
    from flows.model.trajectory import Meeting, Seat
    from flows.model.turn import Intent

CLOCK = re.compile(r"(?:om |at )?\b([01]?\d|2[0-3])(?:[:.]([0-5]\d)\b(?: uur)?| uur\b)")
LISTED = ("turns", "fresh", "said", "open_points", "seats", "agreed", "wins", "stuck")
"""Of each a chat shows the first."""

ALL_DAY = time(10)  # where no time was said: a meeting still needs a place in a calendar
THREE = 3
SHOWN = 8
AT_ONCE = 10  # agreed actions in one report


def town_of(desk: Desk, intent: Intent) -> str | None:
    """The municipality whose shared answers this needs."""
    said = str(intent.argument).strip()
    if intent.verb in OF_A_TOWN:
        return next((s.municipality for s in desk.seats if str(s.id) == said), None)
    return town_named(desk, re.split(r"[,\n]", said)[0]) if intent.verb == "meeting" else None


def meeting(x: Exchange) -> None:
    """`Zutphen` gives the page; `Zutphen, 3 maart 10:00, stadhuis` plans a meeting."""
    town, _, rest = x.argument.partition(",")
    name = town_named(x.desk, town.partition("\n")[0])
    if name is None and (begun := _begun(x)):
        name, rest = begun, x.argument[len(begun) :]
    if not x.argument:
        _towns(x)
    elif name is None:
        unknown(x, town)
    elif rest.strip():
        _plan(x, name, rest)
    else:
        page_of(x, name)


def _begun(x: Exchange) -> str:
    """The municipality that the words begin with where no comma followed it."""
    said = x.argument.casefold()
    begun = [name for name in x.towns if said.startswith(f"{name.casefold()} ")]
    return max(begun, key=len, default="")


def this_town(x: Exchange) -> str | None:
    return town_of(x.desk, x.intent)


def _towns(x: Exchange) -> None:
    towns = list(x.towns.items())[:TOWNS_LISTED]
    if not towns:
        nobody_yet(x)
        return
    labels = {f"town {seats[0].id}": name for name, seats in towns}
    x.tell("meeting_whom", *labels, labels=labels)


# ------------------------------------------------------------ planning


def _plan(x: Exchange, town: str, said: str) -> None:
    """When, then where: a date and a time as people type them."""
    day, _, place = said.partition(",")
    then, _, after = place.partition(",")
    if CLOCK.fullmatch(then.strip()):
        day, place = f"{day} {then}", after
    clock = CLOCK.search(day)
    words = CLOCK.sub(" ", day).strip()
    found = dates.understand(words, x.now, x.newest.moments)
    hour = time(int(clock[1]), int(clock[2] or 0)) if clock else ALL_DAY
    on = None if isinstance(found, Misfit) else found["date"]
    at = datetime.combine(date.fromisoformat(on), hour, x.now.tzinfo) if on else None
    if at is None or at < x.now:
        tell_there(x, "meeting_unclear", town, key="plan_day")
    else:
        planned(x, town, at, short(place))


def plan_said(x: Exchange, seat: Seat) -> None:
    """Another day than the buttons have, as people type it."""
    _plan(x, seat.municipality, x.argument)


def planned(x: Exchange, town: str, at: datetime, place: str) -> None:
    standing = x.desk.next_meeting(town, x.now)
    if standing:
        x.do(CancelMeeting(standing.id))
    x.do(PlanMeeting(x.trajectory.id, town, at, place, max(x.now, at - BEFORE_MEETING)))
    facts: dict[str, Any] = {"at": at, "place": place, "trajectory": x.trajectory, "town": town}
    tell_there(x, "meeting_planned", moved=standing is not None,
               **asked_before(x.towns[town], x.now, at), **facts)  # fmt: skip
    for seat in x.towns[town]:
        x.do(SayTo("seat", seat.id, at_desk("meeting_told", **facts)))


def asked_before(seats: Sequence[Seat], now: datetime, at: datetime) -> dict[str, Any]:
    """From when those of a municipality are asked something for a meeting, and who will not be."""
    wanted = max(now, at - BEFORE_MEETING)
    due = next_moment(wanted)
    found = snags(seats, BEFORE, due, at) if due < at else []
    return {"before": due, "in_time": due < at, "as_wont": wanted > now, "snags": found}


def tell_there(x: Exchange, name: str, town: str, *keys: str, **facts: Any) -> None:
    """Something of one municipality, with the button that leads back to all of it."""
    back = f"there {x.towns[town][0].id}"
    labels = facts.pop("labels", {})
    x.tell(name, *keys, back, labels={**labels, back: town}, town=town, **facts)


def ahead(x: Exchange) -> Meeting | None:
    return next((m for m in x.desk.meetings if m.id == x.number and m.at >= x.now), None)


def unmeet(x: Exchange, found: Meeting) -> None:
    x.do(CancelMeeting(found.id))
    x.tell("meeting_cancelled", meeting=found)
    for seat in x.towns.get(found.municipality, ()):
        x.do(SayTo("seat", seat.id, at_desk("meeting_off", meeting=found)))


# ------------------------------------------------------------ the page


def page_of(x: Exchange, town: str) -> None:
    """What is shared on one page; what is not shared is not there."""
    facts = _facts(x, town)
    ahead, said = facts["ahead"], facts["said"]
    keys = [f"paper {seat.id}" for seat in x.desk.near[:1]]
    keys += [f"reporting {seat.id}" for seat in x.desk.near[:1]]
    keys += [f"unmeet {ahead.id}"] if ahead else []
    few: dict[str, Any] = {name: facts[name][:SHOWN] for name in LISTED}
    few["eight"] = [(side, found[:SHOWN]) for side, found in facts["eight"]]
    few["differ"] = [(key, found[:SHOWN]) for key, found in facts["differ"]]
    few["left"] = {name: len(facts[name][SHOWN:]) for name in ("seats", "agreed")}
    facts |= few
    x.tell("page_head", **facts)
    x.tell("page_answers", **facts, more=len(said[SHOWN:]))
    correspondence.on_the_page(x, town)
    tell_there(x, "page_table", facts.pop("town"), *keys, key="meeting",
               labels=dict.fromkeys(keys, ahead), **facts)  # fmt: skip


def paper(x: Exchange, town: str) -> None:
    """The same page to print, as it is now."""
    x.tell("meeting_paper", **_facts(x, town))


def _facts(x: Exchange, town: str) -> dict[str, Any]:
    """All that a page before a meeting says; somebody looked, and that is noted."""
    seats, last = x.desk.near, x.desk.last_meeting(town, x.now)
    x.do(Looked(tuple(seat.id for seat in seats), "meeting"))
    return {
        "town": town, "trajectory": x.trajectory, "at": x.now, "last": last,
        "ahead": x.desk.next_meeting(town, x.now),
        **on_the_table(x.newest.canvas, seats, last.at if last else None, x.now),
    }  # fmt: skip


# ------------------------------------------------------------ afterwards


def report(x: Exchange) -> None:
    """`/verslag Zutphen` and three lines: agreed, who, when. More threes may follow."""
    head, _, body = x.argument.partition("\n")
    town = town_named(x.desk, head)
    if town is not None:
        _note(x, town, body)
    elif body.strip():
        unknown(x, head)
    else:
        x.tell("report_how", town=next(iter(x.towns), "Zutphen"), tapped=False)


def report_said(x: Exchange, seat: Seat) -> None:
    """What was agreed, written under the button."""
    _note(x, seat.municipality, x.argument)


def _note(x: Exchange, town: str, body: str) -> None:
    """Three lines for each action, or one line with two commas."""
    lines = [short(line) for line in clean(body).split("\n") if line.strip()]
    if lines and all(line.count(",") == THREE - 1 for line in lines):
        lines = [part.strip() for line in lines for part in line.split(",")]
    if not all(lines) or not lines or len(lines) % THREE:
        tell_there(x, "report_how", town, tapped=True)
        return
    # Nobody there gets more actions that are not done than can be overseen.
    left = max(sum(not one.over for one in seat.agreed) for seat in x.towns[town])
    if len(lines) > THREE * AT_ONCE or left + len(lines) // THREE > MOST_AGREED:
        x.tell("report_full", most=AT_ONCE, open=MOST_AGREED, town=town)
        return
    for at in range(0, len(lines), THREE):
        _note_agreed(x, town, *lines[at : at + THREE])


def _note_agreed(x: Exchange, town: str, what: str, who: str, said: str) -> None:
    """Each adviser of the municipality confirms it in the own canvas."""
    found = dates.understand(said, x.now, x.newest.moments)
    due = None if isinstance(found, Misfit) else found["date"]
    seats = x.towns[town]
    facts: dict[str, Any] = {"what": what, "who": who, "due_text": said}
    tell_there(x, "noted_agreed", town, count=len(seats), **facts)
    for seat in seats:
        x.do(NoteAgreed(seat.id, what, who, said, due))
        told = at_desk("confirm_agreed", "settle", "refuse_agreed", what=what, who=who,
                       due_text=said, by=x.desk.keeper)  # fmt: skip
        x.do(SayTo("seat", seat.id, told, newest=True))


def unsettled(x: Exchange) -> Agreed | None:
    """Once; and only of a seat of this adviser's."""
    own = (one for seat in x.desk.own for one in seat.agreed)
    return next((one for one in own if one.id == x.number and not one.confirmed), None)


def settle(x: Exchange, one: Agreed) -> None:
    yes = x.intent.verb == "settle"
    x.do(SettleAgreed(one.id, "confirmed_at" if yes else "refused_at"))
    x.tell("agreed_kept" if yes else "agreed_refused", one=one)
