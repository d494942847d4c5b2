"""When a canvas goes, and when that is announced: from its times alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal

ANNOUNCED = (14, 3)  # days before an end at which it is announced

FIRST, SECOND = (timedelta(days=days) for days in ANNOUNCED)


@dataclass(frozen=True)
class Keep:
    """What the privacy text promises, in days. `unfinished`: from the last change.

    `sessions`: of a device that nobody uses.
    """

    strangers: int = 1
    unfinished: int = 90
    finished: int = 548
    records: int = 30
    audit: int = 365
    backups: int = 35
    sessions: int = 90

    server: ClassVar[bool] = False
    """Whether the answers stand on a server, whose log and backups somebody else looks after."""


class KeepAtServer(Keep):
    """The same days, of which less can be promised by the guide itself."""

    server = True


@dataclass(frozen=True)
class Aging:
    """A canvas as time sees it. `since`: its end, or else its last change.

    `warned` counts the announcements since then, the last one `warned_at`.
    """

    canvas: int
    chat: str
    name: str
    finished: bool
    since: datetime
    warned: int = 0
    warned_at: datetime | None = None
    held: bool = False


@dataclass(frozen=True)
class Disposal:
    """What happens next to it, and when."""

    what: Literal["announce", "erase"]
    at: datetime
    aging: Aging


def end(aging: Aging, keep: Keep) -> datetime:
    """Its last day, if it is announced in time."""
    days = keep.finished if aging.finished else keep.unfinished
    return aging.since + timedelta(days=days)


def next_step(aging: Aging, keep: Keep, now: datetime) -> Disposal:
    """Open: never without two announcements, however late. Finished: never later than promised."""
    last = end(aging, keep)
    warned = aging.warned_at or aging.since
    steps: tuple[tuple[Literal["announce", "erase"], datetime], ...] = (
        ("announce", last - FIRST),
        ("announce", max(last - SECOND, warned + FIRST - SECOND)),
        ("erase", max(last, warned + SECOND)),
    )
    what, at = steps[min(aging.warned, 2)]
    if aging.finished and max(now, at) >= last:
        return Disposal("erase", last, aging)
    return Disposal(what, at, aging)


def last_day(aging: Aging, keep: Keep, now: datetime) -> datetime:
    """When it goes if it is announced now: later than its end where the announcement is late."""
    last = end(aging, keep)
    return last if aging.finished else max(last, now + (SECOND if aging.warned else FIRST))


def due(agings: list[Aging], keep: Keep, now: datetime) -> list[Disposal]:
    """What must happen by now; what is held is left alone."""
    steps = [next_step(aging, keep, now) for aging in agings if not aging.held]
    return [step for step in steps if step.at <= now]
