"""The actions and the day to look back, as a file for any calendar."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from content.documents.actions import by_day, look_back
from content.documents.frame import document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from icalendar import Event

    from content.documents.blocks import Document
    from content.words.vocabulary import Words


def diary(words: Words) -> dict[str, Any]:
    """The text of the file.

    The same actions give the same bytes and the same names of events, so that a
    calendar that takes it in again changes what it has.
    """
    from icalendar import Calendar  # noqa: PLC0415 - heavy, and asked for by few

    named = words.for_others()
    head = document(named, "calendar", ())
    whole = Calendar()
    whole.add("prodid", f"-//opschaalgids//{named.language.upper()}")
    whole.add("version", "2.0")
    whole.add("x-wr-calname", head.name)
    for event in _events(named, head):
        whole.add_component(event)
    return {"text": whole.to_ical().decode()}


def _events(words: Words, head: Document) -> Iterator[Event]:
    said = words.documents["calendar"]
    for one in by_day(words):
        if one.day and not one.done:
            who = said["who"].format(who=one.who) if one.who else ""
            about = "\n".join(filter(None, (who, f"{head.title}, {one.about}")))
            yield _event(words, one.key, one.what, about, date.fromisoformat(one.day))
    day = look_back(words)
    if day:
        title = said["look_back"].format(pilot=head.title)
        yield _event(words, "closing.recheck", title, said["look_back_about"], day)


def _event(words: Words, key: str, title: str, about: str, day: date) -> Event:
    """A whole day; it is named by the canvas and the question, whatever the answer becomes."""
    from icalendar import Event  # noqa: PLC0415 - likewise

    began = min((given.at for given in words.walk.given.values()), default="") if words.walk else ""
    canvas = words.walk.id if words.walk else 0
    name = hashlib.sha256(f"{canvas} {began} {key}".encode()).hexdigest()[:24]
    event, stamp = Event(), words.updated or day
    event.add("uid", f"{name}@opschaalgids")
    event.add("summary", title)
    event.add("description", about)
    event.add("dtstamp", datetime.combine(stamp, time(), UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event
