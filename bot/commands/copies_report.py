"""What doctor says of the copies that the running program makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config import OVERDUE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.config import Settings
    from storage.health import Examination


def told(found: Examination, settings: Settings, at: datetime) -> tuple[list[str], list[str]]:
    """(lines of the report, findings)."""
    as_of = found.minutely.as_of if found.minutely else None
    since = as_of.astimezone(at.tzinfo).isoformat(timespec="seconds") if as_of else "never"
    count = len(found.folders[-1].made)
    lines = [f"copies: {count} in {settings.copies}, as of {since}"]
    return lines, [*_place(found, settings), *_age(found, settings, at)]


def _place(found: Examination, settings: Settings) -> Iterator[str]:
    folder, minutely = settings.copies, found.minutely
    if not minutely or not minutely.reached:
        yield f"{folder}, where copies go, cannot be reached; put that disk back, or make it."
        return
    if not minutely.apart:
        yield f"{folder} is on the same disk as the database; choose a folder on another disk."
    if minutely.open:
        yield f"{folder} can be read by others; run: chmod 700 {folder}"
    for path in sorted({*minutely.copies.left} - {*found.copies.left}):
        yield f"{path} was left by a program that was stopped; the running guide removes it."


def _age(found: Examination, settings: Settings, at: datetime) -> Iterator[str]:
    """It counts from when the newest began: what came later is not in it."""
    ask = "is the guide running? Its log says what is wrong."
    if not found.minutely or not found.minutely.reached:
        return
    if not found.minutely.as_of:
        yield f"There is no copy in {settings.copies}; {ask}"
        return
    age = (at - found.minutely.as_of).total_seconds()
    if abs(age) > OVERDUE * settings.copies_every:
        when = "old" if age > 0 else "ahead of the clock"
        yield f"The newest copy in {settings.copies} is {abs(age):.0f} seconds {when}; {ask}"
