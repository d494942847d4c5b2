"""The line of one pilot on one page: what happened when, the routes at each point, what comes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeVar

from content.documents.blocks import Document, Heading, Paragraph, Table
from content.documents.standing import by_day, document, look_back
from content.words.compared import about, results
from content.words.phrases import lower_first, short_text
from content.words.undertaken import doer_of, followed, what_of
from flows.advice.chapters import chapters
from flows.advice.undertakings import small_wins

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from content.documents.blocks import Block
    from content.words.vocabulary import Words
    from flows.advice.advice import Advice
    from flows.advice.chapters import Chapter
    from flows.advice.comparison import Shift
    from flows.model.journey import Attempt

T = TypeVar("T")

POINTS, EVENTS, COMING = 8, 12, 6
"""Walks in the drawing, moments under it, and what comes: as many as one page holds."""

NAME = 40  # characters of a name
NOBODY = "–"
SHARES = (0.95, 3.0, 0.9)  # of the columns: when, what, who
TEXT, SHIFTS, REASONS = 120, 3, 2
"""Characters of one line, shifts told of one walk, and answers named as the reason of each."""

OUTCOMES = {
    "go": "yes", "go_first": "partly", "find_out": "possible", "small": "not_now",
    "too_early": "open",
}  # fmt: skip
"""Outcome -> the status whose shape and colour it has in a drawing."""


def year(words: Words) -> Document:
    """On one page; of a canvas without answers only that there is nothing yet."""
    named = words.for_others()
    return document(named, "year", _blocks(named), one_page=True)


def _blocks(words: Words) -> Iterator[Block]:
    said, past = words.documents["year"], words.past
    if words.walk is None or past is None or not past.given:
        yield Paragraph(said["nothing"])
        return
    times = [one.at for one in past.given] + [one.at for one in small_wins(words.walk)]
    newest = max(times)
    told = chapters(words.content.guide, past, words.walk, newest.tzinfo)
    walked = [one for one in told if one.compared]
    yield _lanes(words, _few(walked, POINTS))
    yield Heading(said["happened"])
    every = [one for one in told if one.at <= newest]
    happened = _few(every, EVENTS)
    rows = tuple((words.day(one.at.date()), _what(words, one), _by(words, one)) for one in happened)
    yield _line(words, "happened", rows)
    left = len(every) - len(happened)
    yield from [Paragraph(said["left"].format(count=left), quiet=True)] if left else []
    yield from _coming(words, [one for one in told if one.at > newest], newest)


def _few(told: Sequence[T], most: int) -> list[T]:
    """The first, and of the others the last ones."""
    return [*told[:1], *told[1:][-(most - 1) :]]


# ---------------------------------------------------------------- the drawing


def _lanes(words: Words, walked: Sequence[Chapter]) -> Table:
    """The outcome and each route at every walk: in words a table, on paper lanes through time."""
    said = words.documents["year"]
    days = [one.at.date() for one in walked]
    advices = [one.compared.after for one in walked if one.compared]
    routes = [rule.key for rule in words.content.guide.rules.routes]
    rows = [(said["outcome"], *(_gate(words, one) for one in advices))]
    marks = [tuple(OUTCOMES[one.gate.outcome] for one in advices)]
    for key in routes:
        fits = [_fit(one, key) for one in advices]
        told = (str(words.advice_words["fit"][fit]) for fit in fits)
        rows.append((words.route_names([key])[0], *told))
        marks.append(tuple(fits))
    return Table(
        (said["about"], *(_short_day(words, day) for day in days)),
        tuple(rows), said["drawing"], lanes=tuple(marks),
        places=tuple((day - days[0]).days for day in days),
    )  # fmt: skip


def _gate(words: Words, advice: Advice) -> str:
    return str(words.told(words.advice_words["gate"][advice.gate.outcome])["title"])


def _fit(advice: Advice, route: str) -> str:
    """Nothing is said of a route before anything is."""
    if advice.gate.outcome == "too_early":
        return "open"
    return next(one.fit for one in advice.routes if one.route == route)


def _short_day(words: Words, day: date) -> str:
    return f"{day.day} {words.documents['year']['months'].split()[day.month - 1]} {day.year}"


# ---------------------------------------------------------------- what happened, and what comes


def _what(words: Words, one: Chapter) -> str:
    """What it was, and under it what became another."""
    said, found = words.documents["year"], one.compared
    if one.kind == "meeting":
        return str(said["meeting"])
    if one.done:
        return _done(words, one.done)
    if found is None or one.kind == "began":
        return str(said["began"]).format(count=one.count)
    changed, still = len(found.revisions), len(found.confirmed)
    head = str(said[one.kind]).format(changed=changed)
    more = [str(said["still"]).format(still=still)] if still else []
    shifts = [s for s in found.shifts if s.then != "open"]
    return "\n".join([", ".join([head, *more]), *(_shift(words, s) for s in shifts[:SHIFTS])])


def _done(words: Words, one: Attempt) -> str:
    """What was done, and under it what it opened and what is next."""
    said = words.documents["year"]
    head = str(said["done"]).format(about=short_text(what_of(words, one), TEXT))
    return "\n".join([head, *(short_text(line, TEXT) for line in followed(words, one))])


def _by(words: Words, one: Chapter) -> str:
    return short_text(doer_of(words, one.done), NAME) if one.done else NOBODY


def _shift(words: Words, shift: Shift) -> str:
    said, (then, now) = words.documents["year"], map(lower_first, results(words, shift))
    line = str(said["shift"]).format(about=about(words, shift), then=then, now=now)
    names = [lower_first(words.short(one.question)) for one in shift.because[:REASONS]]
    return f"{line} {str(said['by']).format(names=', '.join(names))}" if names else line


def _coming(words: Words, planned: Sequence[Chapter], newest: datetime) -> Iterator[Block]:
    """After the newest answer: meetings, actions with a day, and looking back."""
    said = words.documents["year"]
    meetings = (one for one in planned if one.kind == "meeting")
    rows = [(one.at.date(), str(said[one.kind]), NOBODY) for one in meetings]
    for action in by_day(words):
        day = date.fromisoformat(action.day) if action.day else None
        if day and day > newest.date() and not action.over:
            rows.append((day, short_text(action.what, TEXT), action.who or NOBODY))
    again = look_back(words)
    if again and again > newest.date():
        rows.append((again, said["looks_back"], NOBODY))
    rows.sort(key=lambda row: row[0])
    told = tuple((words.day(day), what, who) for day, what, who in rows[:COMING])
    if told:
        yield Heading(said["coming"])
        yield _line(words, "coming", told)


def _line(words: Words, name: str, rows: tuple[tuple[str, ...], ...]) -> Table:
    """Without a column for who did it where that is said of nothing."""
    said = words.documents["year"]
    told = 3 if any(who != NOBODY for *_, who in rows) else 2
    header = (said["when"], said["what"], said["who"])[:told]
    few = tuple(row[:told] for row in rows)
    return Table(header, few, said[name], line=True, shares=SHARES[:told])
