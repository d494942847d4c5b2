"""What doctor says of the copies that the running program makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.operators.copying import LATE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.config import Settings
    from storage.health import Minutely


def told(found: Minutely, settings: Settings, at: datetime) -> tuple[list[str], list[str]]:
    """(lines of the report, findings)."""
    since = found.as_of.astimezone(at.tzinfo).isoformat(timespec="seconds") if found.as_of else ""
    lines = [f"copies: {len(found.copies.made)} in {settings.copies}, as of {since or 'never'}"]
    return lines, [*_findings(found, settings, at)]


def _findings(found: Minutely, settings: Settings, at: datetime) -> Iterator[str]:
    folder = settings.copies
    if not found.reached:
        yield f"{folder}, where copies go, cannot be reached; put that disk back, or make it."
        return
    if not found.apart:
        yield f"{folder} is on the same disk as the database; choose a folder on another disk."
    if found.open:
        yield f"{folder} can be read by others; run: chmod 700 {folder}"
    if not found.as_of:
        yield f"There is no copy in {folder}; is the guide running? Its log says what is wrong."
    elif abs(age := (at - found.as_of).total_seconds()) > LATE * settings.copies_every:
        when = "old" if age > 0 else "ahead of the clock"
        yield (
            f"The newest copy in {folder} is {abs(age):.0f} seconds {when}; is the guide running? "
            "Its log says what is wrong."
        )
