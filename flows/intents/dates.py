"""When a person means: words -> the words and, where it is clear, a date."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flows.intents.choices import Misfit, cut
from flows.model.kinds import LONGEST_LINE

if TYPE_CHECKING:
    from flows.model.guidebook import Moments


def understand(text: str, now: datetime, moments: Moments) -> dict[str, str | None] | Misfit:
    """`{"text": the person's words, "date": ISO date or None where it is not clear}`.

    `now` carries the person's zone. A bare number is refused: 3 may be a day, a
    month or a choice.
    """
    said = cut(" ".join(text.split()), LONGEST_LINE)
    if not any(c.isalnum() for c in said):
        return Misfit("no_date")
    if said.isdecimal():
        return Misfit("bare_number")
    read = " ".join(moments.words.get(w, w) for w in said.casefold().strip(" .").split())
    words = " ".join(read.split())
    found = _fixed(words, now.date(), moments) or _parsed(words, now)
    return {"text": said, "date": found.isoformat() if found else None}


def named(key: str, label: str, today: date) -> dict[str, str | None]:
    """The buttons: this week ends on Friday (or today, later on), this month on its last day."""
    if key == "this_week":
        return {"text": label, "date": (today + timedelta(max(0, 4 - today.weekday()))).isoformat()}
    return {"text": label, "date": _month_end(today.year, today.month).isoformat()}


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _fixed(words: str, today: date, moments: Moments) -> date | None:
    for phrase, meaning in moments.phrases.items():
        found = re.fullmatch(phrase, words)
        if found:
            return _day(meaning, found, today)
    return None


def _day(meaning: str, found: re.Match[str], today: date) -> date:
    """The day in the year that was said, or else the next one that is still to come."""
    if meaning == "friday":
        return date.fromisoformat(str(named("this_week", "", today)["date"]))
    if meaning.endswith("+"):
        return _in_year(meaning[:-1], found, today.year + 1)
    said = found.groupdict().get("year")
    years = [int(said)] if said else [today.year, today.year + 1]
    days = [_in_year(meaning, found, year) for year in years]
    return next((day for day in days if day >= today), days[-1])


def _in_year(meaning: str, found: re.Match[str], year: int) -> date:
    month, _, day = meaning.partition("-")
    if month == "quarter":
        quarter = int(found["n"])
        return _month_end(year, 3 * quarter) if day == "end" else date(year, 3 * quarter - 2, 1)
    return _month_end(year, int(month)) if day == "end" else date(year, int(month), int(day))


def _parsed(words: str, now: datetime) -> date | None:
    """Dateparser's reading, within the five years for which plans are made."""
    import dateparser  # noqa: PLC0415 - heavy, and most conversations name no day

    found = dateparser.parse(
        words,
        languages=["nl", "en"],
        settings={
            "RELATIVE_BASE": now.replace(tzinfo=None),
            "PREFER_DATES_FROM": "future",
            "DATE_ORDER": "DMY",
        },
    )
    day = found.date() if found else None
    return day if day and now.date() <= day and day.year - now.year <= 5 else None  # noqa: PLR2004
