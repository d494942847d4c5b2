"""Whether a prompt still matters, and which ones come by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.advice import progress
from flows.advice.undertakings import undertakings
from flows.model.canvas import UNKNOWN, Question
from flows.timing.hours import BEFORE_MEETING, OPENS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.advice.undertakings import Undertaking
    from flows.model.guidebook import Guide
    from flows.model.journey import Walk
    from flows.model.trajectory import OwnSeat

PLACE = "pilot.organisation"  # an invitation fills it in: nobody began by that
SILENCE = 14  # days without a change before the guide itself asks, where no kwartiermaker chose
LATER = timedelta(days=2)
REST = timedelta(days=7)  # after any prompt, before a reminder of a pause: that prompt was one too

AFTER_MEETING = timedelta(days=2)
RECHECK = {"month": 30, "quarter": 91, "half_year": 182}
"""Days until the person wants to look back."""

KINDS = ("open", "actions", "again", "text")  # what a kwartiermaker can send by hand


@dataclass(frozen=True)
class Planned:
    """A prompt that comes by itself. `mark`: once per person, whatever happens."""

    kind: str
    about: str
    mark: str
    due: datetime


# ---------------------------------------------------------------- what matters


def important(guide: Guide, walk: Walk) -> Question | None:
    """The open question that can change the advice most; else the next that is missing."""
    for key in progress.five_minutes(guide.canvas, guide.rules, walk):
        return guide.canvas[key]
    return next(iter(progress.missing(guide.canvas, walk)), None)


def open_now(guide: Guide, walk: Walk, key: str) -> bool:
    """Whether this question applies and has no answer, or only "I do not know yet"."""
    asked = guide.canvas.asked_keys(walk.values, walk.depth)
    return key in asked and walk.values.get(key, UNKNOWN) == UNKNOWN


# ---------------------------------------------------------------- what comes by itself


def plan(guide: Guide, walk: Walk, began: datetime, seats: Sequence[OwnSeat]) -> Iterator[Planned]:
    """After a pause, at the date of an action, at a date to look back, around a meeting.

    `began`: when the canvas was made, in the person's zone; `seats`: where it is shared.
    """
    zone = began.tzinfo
    yield from _pause(walk, began, seats)
    yield from _dated(guide, walk, zone)
    yield from _recheck(walk, zone)
    for meeting in (one for seat in seats for one in seat.meetings):
        mark = f"meeting {meeting.id}"
        yield Planned("before", mark, f"{mark} before", meeting.at - BEFORE_MEETING)
        yield Planned("after", mark, f"{mark} after", meeting.at + AFTER_MEETING)
    for agreed in (one for seat in seats for one in seat.agreed):
        if agreed.due and agreed.confirmed and not agreed.over:
            day = date.fromisoformat(agreed.due)
            mark = f"agreed {agreed.id} {day}"
            yield Planned("agreed", str(agreed.id), mark, _morning(day, zone))


def _pause(walk: Walk, began: datetime, seats: Sequence[OwnSeat]) -> Iterator[Planned]:
    """Once per silence; nobody is reminded of a canvas that nobody began or is waited for."""
    begun = walk.given.keys() - {PLACE}
    if walk.cursor.question and (begun or seats):
        last = max((given.at for given in walk.given.values()), default=began)
        silence = min((seat.trajectory.silence for seat in seats), default=SILENCE)
        # A mark in UTC: who travels meanwhile is not reminded twice of one silence.
        mark = f"pause {walk.id} {last.astimezone(UTC).date()}"
        due = last.astimezone(began.tzinfo) + timedelta(days=silence)
        yield Planned("pause", "", mark, due)


def _dated(guide: Guide, walk: Walk, zone: Any) -> Iterator[Planned]:
    for one in () if walk.only_reads else undertakings(guide, walk):
        if one.date and one.open and one.agreed is None and _concerned(walk, one):
            mark = f"action {walk.id} {one.action} {one.date}"
            yield Planned("action", one.action, mark, _morning(date.fromisoformat(one.date), zone))


def _concerned(walk: Walk, one: Undertaking) -> bool:
    """Of several people: who set its date, and who is to do it."""
    called = walk.joint.names.get(walk.joint.me, "") if walk.joint else ""
    theirs = bool(called) and str(one.who).casefold() == called.casefold()
    return theirs or walk.stands_behind(f"{one.action}.when")


def _recheck(walk: Walk, zone: Any) -> Iterator[Planned]:
    given = walk.given.get("closing.recheck")
    days = RECHECK.get(str(given.value)) if given else None
    if given and days and not walk.only_reads and walk.stands_behind("closing.recheck"):
        day = given.at.date() + timedelta(days)
        yield Planned("recheck", "", f"recheck {walk.id} {day}", _morning(day, zone))


def _morning(day: date, zone: Any) -> datetime:
    return datetime.combine(day, OPENS, zone)
