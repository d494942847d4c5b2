"""What happened with one canvas: the record for the archive, and two days side by side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from content.documents.blocks import (
    Block,
    Bullets,
    Document,
    Heading,
    Item,
    Paragraph,
    Table,
    section,
)
from content.documents.portfolio import cell, part_or_state
from content.documents.standing import actions, document, of_ingredient, of_route, outcome
from content.words.compared import MOST, about, landmark, results, revision, steps, why
from content.words.phrases import lower_first, short_text
from flows.advice.comparison import GATE, compare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from content.words.vocabulary import Words
    from flows.advice.comparison import Comparison

    Row = tuple[str, str, str, str]
    """What changed, how it was and how it is, and the status behind that last one."""

LINE = 300  # characters of an answer; the summary has it whole


@dataclass(frozen=True)
class Said:
    """One message. `author` is empty for the guide, a pseudonym for a person; `text` is plain.

    `part`: the part of the canvas that the guide was at; a person's message has none.
    """

    at: datetime
    author: str
    text: str
    choices: tuple[str, ...] = ()
    part: str = ""


def record(said: Sequence[Said], about: Words) -> Document:
    """Every message in order, a heading for each day and for each part of the canvas."""
    return document(about, "record", _blocks(said, about))


def record_tree(said: Sequence[Said], about: Words, canvas: int) -> dict[str, Any]:
    """The same as JSON; an empty author is the guide."""
    messages = [
        {"at": s.at.isoformat(), "author": s.author, "text": s.text, "choices": list(s.choices)}
        for s in said
    ]
    return {
        "format": "opschaalgids-record", "version": 1, "canvas": canvas,
        "pilot": about.pilot_name, "organisation": about.organisation, "messages": messages,
    }  # fmt: skip


def _blocks(said: Sequence[Said], about: Words) -> Iterator[Block]:
    told = about.documents["record"]
    if not said:
        yield Paragraph(told["nothing"])
        return
    yield Paragraph(told["about"].format(zone=said[-1].at.tzname() or "UTC"))
    for day, messages in groupby(said, key=lambda s: s.at.date()):
        yield Heading(about.day(day))
        part = ""
        for message in messages:
            if message.part not in ("", part):
                part = message.part
                name = part_or_state(about, part)
                yield from [Heading(name, 3)] if name else []
            who = f"{told['person']} {message.author}" if message.author else told["guide"]
            yield Paragraph(message.text, f"{message.at:%H:%M:%S} {who}")
            if message.choices:
                yield Paragraph(" · ".join(message.choices), told["choices"], quiet=True)


# ---------------------------------------------------------------- two days


def since(before: Words, after: Words) -> Document:
    """Both days beside each other; what stayed the same is left out."""
    then, now = before.for_others(), after.for_others()
    return document(now, "changes", _changes(then, now))


def _changes(then: Words, now: Words) -> Iterator[Block]:
    said, day, last = now.documents["changes"], then.updated, now.updated
    if day is None or last is None or day == last:
        yield Paragraph(said["one_day"])
        return
    days = (now.day(day), now.day(last))
    yield Paragraph(said["compared"].format(then=days[0], now=days[1]))
    header = (now.documents["summary"]["about"], *days)
    found = {name: tuple(compared(then, now)) for name, compared in PARTS.items()}
    for name, rows in found.items():
        if rows:
            cells, marks = tuple(row[:3] for row in rows), tuple(row[3] for row in rows)
            yield Heading(said[name])
            yield Table(header, cells, said[name], marks=marks, shares=(1.1, 1.5, 1.5))
            yield from _reasons(then, now) if name == "advice" else ()
    done = (Item(f"{one.what}, {one.who}", mark="done") for one in actions(now) if one.done)
    yield from section(said["done"], done)
    if not any(found.values()):
        yield Paragraph(said["nothing"])


def _reasons(then: Words, now: Words) -> Iterator[Block]:
    """Which answers made the outcome and the routes another, or that a rule did."""
    given = [words.walk.given if words.walk else {} for words in (then, now)]
    shifts = compare(now.content.guide, *given).shifts
    told = (Item(why(now, one), about(now, one)) for one in shifts if why(now, one))
    yield from section(now.documents["changes"]["why"], told, 3)


def since_last(words: Words) -> Iterator[Block]:
    """What a paper says of what changed since the last time, and what that meant."""
    found, earlier = words.compared, words.earlier
    if found is None or earlier is None or (found.same and not found.confirmed):
        return
    said = words.documents["changes"]
    yield Heading(said["since"].format(mark=landmark(words, earlier.mark)))
    if found.same:
        yield Paragraph(said["still"].format(count=len(found.confirmed)))
        return
    yield from _shifted(words, found)
    answers = [Item(revision(words, one)) for one in found.revisions[:MOST]]
    yield from section(said["answers"], answers, 3)
    more = len(found.revisions) - len(answers)
    yield from [Paragraph(said["more"].format(count=more), quiet=True)] if more else []
    for name, labels in steps(words, found):
        yield Paragraph(", ".join(map(lower_first, labels)) + ".", name)


def _shifted(words: Words, found: Comparison) -> Iterator[Block]:
    items = []
    for one in found.shifts:
        then, now = map(lower_first, results(words, one))
        line = words.documents["changes"]["shift"].format(then=then, now=now)
        mark = "" if one.about == GATE else one.now
        items.append(Item(f"{line} {why(words, one)}".strip(), about(words, one), mark))
    if items:
        yield Bullets(tuple(items))
    else:
        yield Paragraph(words.documents["changes"]["same_routes"])


def _advice(then: Words, now: Words) -> Iterator[Row]:
    first, last = outcome(then)[0], outcome(now)[0]
    if first != last:
        yield now.documents["changes"]["outcome"], first, last, ""
    old = {route.route: of_route(then, route)[1] for route in then.advice.routes}
    for route in now.advice.routes:
        mark, word = of_route(now, route)
        if old.get(route.route, word) != word:
            yield now.route_names([route])[0], old[route.route], word, mark


def _ingredients(then: Words, now: Words) -> Iterator[Row]:
    for key in now.canvas.ingredients:
        old, new = of_ingredient(then, key), of_ingredient(now, key)
        if old != new:
            yield now.short(key), old[1], new[1], new[0]


def _answers(then: Words, now: Words) -> Iterator[Row]:
    """All other answers that were given anew, in the order of the canvas."""
    asked = [q.key for q in now.canvas.questions if q.of is None]
    for key in (key for key in asked if key not in now.canvas.ingredients):
        if then.values.get(key) != now.values.get(key):
            old, new = (short_text(cell(words, key), LINE) for words in (then, now))
            yield now.short(key), old, new, ""


PARTS = {"advice": _advice, "ingredients": _ingredients, "answers": _answers}
