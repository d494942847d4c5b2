"""A meeting as an iCalendar file."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LASTS = timedelta(hours=1)
"""A length that fits in a calendar; nobody said how long it takes."""


def calendar_file(summary: str, facts: Mapping[str, Any]) -> str:
    """The same moment gives the same name in every zone, so that a calendar knows it again."""
    from icalendar import Calendar, Event  # noqa: PLC0415 - heavy, and asked for by few

    at: datetime = facts["at"]
    event = Event()
    moment = at.astimezone(UTC).isoformat()
    name = hashlib.sha256(f"{moment} {summary}".encode()).hexdigest()[:24]
    event.add("uid", f"{name}@opschaalgids")
    event.add("summary", summary)
    event.add("dtstamp", at)
    event.add("dtstart", at)
    event.add("dtend", at + LASTS)
    if facts["place"]:
        event.add("location", facts["place"])
    whole = Calendar()
    whole.add("prodid", "-//opschaalgids//NL")
    whole.add("version", "2.0")
    whole.add_component(event)
    whole.add_missing_timezones()
    return str(whole.to_ical().decode())
