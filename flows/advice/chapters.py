"""The line of one pilot: when it began, each time it was filled in, meetings, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.advice.comparison import compare, landmarks, stood, walks
from flows.advice.undertakings import small_wins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from flows.advice.comparison import Comparison
    from flows.model.guidebook import Guide
    from flows.model.journey import Attempt, Past, Walk


@dataclass(frozen=True)
class Chapter:
    """One moment: `kind` is began, walk, look_back, meeting or done.

    `count`: the answers that were given then; `compared`: with the walk before; `done`: what
    was done.
    """

    kind: str
    at: datetime
    count: int = 0
    compared: Comparison | None = None
    done: Attempt | None = None


def chapters(guide: Guide, past: Past, walk: Walk, zone: tzinfo | None) -> tuple[Chapter, ...]:
    """All of them in order of time, on one clock, meetings that are planned too.

    It began before all else, though what was answered then took until later.
    """
    found = [*_walks(guide, past, walk, zone)]
    marks = landmarks(past, walk, zone)
    found += [Chapter("meeting", one.at) for one in marks if one.kind == "meeting"]
    found += [
        Chapter("done", one.at.astimezone(zone), done=one) for one in small_wins(walk)
    ]
    return tuple(sorted(found, key=lambda one: (one.kind != "began", one.at)))


def _walks(guide: Guide, past: Past, walk: Walk, zone: tzinfo | None) -> Iterator[Chapter]:
    marks = landmarks(past, walk, zone)
    looked = {one.at.date() for one in marks if one.kind == "look_back"}
    before: datetime | None = None
    for start, end in walks(past.given):
        then = stood(past.given, before) if before else {}
        count = len({one.question for one in past.given if start <= one.at <= end})
        day = end.astimezone(zone)
        kind = "began" if before is None else "look_back" if day.date() in looked else "walk"
        yield Chapter(kind, day, count, compare(guide, then, stood(past.given, end)))
        before = end
