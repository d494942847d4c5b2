"""iCalendar files: a meeting, and of a canvas the actions and the day to look back."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from content.documents.standing import by_day, document, look_back

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from icalendar import Calendar, Event

    from content.words.vocabulary import Words

LASTS = timedelta(hours=1)
"""A length of a meeting that fits in a calendar; nobody said how long it takes."""


def calendar_file(summary: str, facts: Mapping[str, Any]) -> str:
    """The same moment gives the same name in every zone, so that a calendar knows it again."""
    at: datetime = facts["at"]
    where = {"location": facts["place"]} if facts["place"] else {}
    name = f"{at.astimezone(UTC).isoformat()} {summary}"
    event = _event(name, summary=summary, dtstamp=at, dtstart=at, dtend=at + LASTS, **where)
    whole = _calendar("NL", [event])
    whole.add_missing_timezones()
    return str(whole.to_ical().decode())


def diary(words: Words) -> dict[str, Any]:
    """The text of the file of a canvas.

    The same actions give the same bytes and the same names of events, so that a
    calendar that takes it in again changes what it has.
    """
    named = words.for_others()
    title = document(named, "calendar").name
    whole = _calendar(named.language.upper(), _events(named), {"x-wr-calname": title})
    return {"text": whole.to_ical().decode()}


def _events(words: Words) -> Iterator[Event]:
    said, pilot = words.documents["calendar"], document(words, "calendar").title
    for one in by_day(words):
        if one.day and not one.over:
            who = said["who"].format(who=one.who) if one.who else ""
            about = "\n".join(filter(None, (who, f"{pilot}, {one.about}")))
            yield _day(words, one.key, one.what, about, date.fromisoformat(one.day))
    day = look_back(words)
    if day:
        title = said["look_back"].format(pilot=pilot)
        yield _day(words, "closing.recheck", title, said["look_back_about"], day)


def _day(words: Words, key: str, title: str, about: str, day: date) -> Event:
    """A whole day; it is named by the canvas and the question, whatever the answer becomes."""
    began = min((given.at for given in words.walk.given.values()), default="") if words.walk else ""
    return _event(
        f"{words.walk.id if words.walk else 0} {began} {key}",
        summary=title, description=about,
        dtstamp=datetime.combine(words.updated or day, time(), UTC),
        dtstart=day, dtend=day + timedelta(days=1), transp="TRANSPARENT",
    )  # fmt: skip


def _event(name: str, **facts: Any) -> Event:
    from icalendar import Event  # noqa: PLC0415 - heavy, and asked for by few

    event = Event()
    event.add("uid", f"{hashlib.sha256(name.encode()).hexdigest()[:24]}@opschaalgids")
    for fact, value in facts.items():
        event.add(fact, value)
    return event


def _calendar(
    language: str, events: Iterable[Event], facts: Mapping[str, str] | None = None
) -> Calendar:
    from icalendar import Calendar  # noqa: PLC0415 - likewise

    whole = Calendar()
    about = {"prodid": f"-//opschaalgids//{language}", "version": "2.0", **(facts or {})}
    for fact, value in about.items():
        whole.add(fact, value)
    for event in events:
        whole.add_component(event)
    return whole
