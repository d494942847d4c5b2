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
    day = _friday(today) if key == "this_week" else _month_end(today.year, today.month)
    return {"text": label, "date": day.isoformat()}


def _friday(today: date) -> date:
    return today + timedelta(max(0, 4 - today.weekday()))


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _fixed(words: str, today: date, moments: Moments) -> date | None:
    """The day in the year that was said, or else the next one that is still to come."""
    matches = ((re.fullmatch(phrase, words), day) for phrase, day in moments.phrases.items())
    found, meaning = next(((found, day) for found, day in matches if found), (None, ""))
    if found is None:
        return None
    said = found.groupdict()
    if meaning == "friday":
        return _friday(today)
    if meaning == "weeks":
        return today + timedelta(weeks=int(said.get("n") or 1))
    if "+" in meaning[:-1]:
        return _counted(meaning, int(said.get("n") or 1), today)
    if meaning.endswith("+"):
        return _in_year(meaning[:-1], found, today.year + 1)
    years = [int(said["year"])] if said.get("year") else [today.year, today.year + 1]
    days = [_in_year(meaning, found, year) for year in years]
    return next((day for day in days if day >= today), days[-1])


def _counted(meaning: str, n: int, today: date) -> date:
    """So many weeks or months on: the end of that month, or a weekday, never before today."""
    span, _, rest = meaning.partition("+")
    count, _, weekday = rest.partition(" ")
    ahead = n if count == "n" else int(count)
    if span == "month":
        months = today.month - 1 + ahead
        return _month_end(today.year + months // 12, months % 12 + 1)
    days = int(weekday) - today.weekday()
    days = days % 7 if span == "later" else days
    found = today + timedelta(days, weeks=ahead)
    return found if found >= today else found + timedelta(weeks=1)


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
