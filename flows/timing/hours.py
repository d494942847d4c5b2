"""When a prompt may go out.

The rules cannot be switched off: working days from nine to five on the person's own
clock, not on a Dutch public holiday there, at most two in any seven days for one
person, a day apart. One question before a meeting has a place beside those two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

OPENS = time(9)
HANDED_UNTIL = time(16, 45)  # what is handed out by then has gone before five
SATURDAY = 5
A_DAY = timedelta(hours=20)
OFTEN = (2, timedelta(days=7))  # how many prompts in how long
SELDOM = (1, timedelta(days=14))  # the same after "Minder vaak"
BEFORE_MEETING = timedelta(days=3)


@lru_cache(maxsize=32)
def _free(year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - nothing but a prompt asks for it

    return frozenset(holidays.country_holidays("NL", years=year))


def works(day: date) -> bool:
    """Whether people in Dutch public service work on this day."""
    return day.weekday() < SATURDAY and day not in _free(day.year)


def allowed(at: datetime) -> bool:
    """Whether a prompt may be handed out at this local time."""
    return works(at.date()) and OPENS <= at.time() < HANDED_UNTIL


def next_moment(at: datetime) -> datetime:
    """The first allowed moment, now or later."""
    if allowed(at):
        return at
    day = at.date() if at.time() < OPENS else at.date() + timedelta(1)
    while not works(day):
        day += timedelta(1)
    return datetime.combine(day, OPENS, at.tzinfo)


def when(
    at: datetime,
    handed: Sequence[datetime],
    *,
    less: bool,
    met: Sequence[datetime] = (),
    meets: bool = False,
) -> datetime:
    """The first moment that both the hours and the weekly limit allow.

    `met`: those of `handed` that were for a meeting; `meets`: so is this one. Compared in UTC:
    two local times may be an hour more or less apart than they look.
    """
    most, span = SELDOM if less else OFTEN
    every, own = sorted(moment.astimezone(UTC) for moment in handed), beside(met, less=less)
    counted = [moment for moment in every if moment not in own]
    first = at.astimezone(UTC)
    if every:
        first = max(first, every[-1] + A_DAY)
    placed = meets and not less and (not own or first - own[-1] >= OFTEN[1])
    if len(counted) >= most and not placed:
        first = max(first, counted[-most] + span)
    return next_moment(first.astimezone(at.tzinfo))


def beside(met: Sequence[datetime], *, less: bool) -> list[datetime]:
    """Questions for a meeting that had a place of their own beside the limit, in UTC.

    One in any seven days; none for who asked for fewer messages.
    """
    found: list[datetime] = []
    for moment in sorted(moment.astimezone(UTC) for moment in met):
        if not less and (not found or moment - found[-1] >= OFTEN[1]):
            found.append(moment)
    return found
