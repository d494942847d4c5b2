"""What is known beforehand of a prompt that is planned: to whom it will not go, or go later."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.model.fates import Fate
from flows.timing.hours import when

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from flows.model.fates import Outlook
    from flows.model.trajectory import Seat

SOON = timedelta(days=1)  # what goes within it goes when it was promised
BEFORE = "before"
LATE, PAGE, MISSED = "late", "page", "missed"
NOWHERE = ("stopped", "gone", "left", "not begun", MISSED)
"""Where nothing goes at all."""


def reaches(seat: Seat, kind: str) -> bool:
    """Whether something of this kind can go to somebody at all."""
    return not seat.off and not seat.outlook.refused and (kind == "text" or seat.outlook.begun)


def snags(
    seats: Sequence[Seat], kind: str, due: datetime, starts: datetime | None = None
) -> list[Fate]:
    """To whom it will not go as planned, and why; to whom nothing goes first.

    `starts`: the meeting that it must come before.
    """
    found = list(_snags(seats, kind, due, starts))
    return sorted(found, key=lambda one: one.how not in NOWHERE)


def _snags(
    seats: Sequence[Seat], kind: str, due: datetime, starts: datetime | None
) -> Iterator[Fate]:
    for seat in seats:
        at = expected(seat.outlook, due, kind)
        if how := _snag(seat, kind, at, due, starts):
            yield Fate(seat.id, seat.called, how, due, at)


def _snag(seat: Seat, kind: str, at: datetime, due: datetime, starts: datetime | None) -> str:
    """What keeps it from going when it is due; nothing where nothing does."""
    outlook = seat.outlook
    if not reaches(seat, kind):
        return outlook.refused or ("stopped" if seat.off else "not begun")
    if starts and at >= starts:
        return MISSED
    return LATE if at > due + SOON else PAGE if outlook.fetched else ""


def expected(outlook: Outlook, due: datetime, kind: str) -> datetime:
    """When it would go, on the clock of who plans it: after what waits already for that person."""
    here = due.astimezone(outlook.zone) if outlook.zone else due
    moment = _first(outlook, here, kind)
    for at, what in sorted(outlook.ahead):
        if at <= moment:  # it was there before, so it goes before
            went = _first(outlook, at.astimezone(here.tzinfo), what)
            met = (*outlook.met, went) if what == BEFORE else outlook.met
            outlook = replace(outlook, handed=(*outlook.handed, went), met=met)
            moment = _first(outlook, here, kind)
    return moment.astimezone(due.tzinfo)


def _first(outlook: Outlook, at: datetime, kind: str) -> datetime:
    less, met = outlook.less, outlook.met
    return when(at, outlook.handed, less=less, met=met, meets=kind == BEFORE)
