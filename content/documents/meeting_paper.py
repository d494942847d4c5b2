"""The page for a meeting, as the chat shows it and on one sheet of paper. From views only."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from content.documents.blocks import Bullets, Heading, Item, Note, Paragraph, to_data
from content.documents.markdown import slug
from content.documents.shared import progress, titled
from content.words.phrases import lower_first, short_text
from content.words.undertaken import success

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from content.documents.blocks import Block
    from content.words.steering import SteeringWords
    from flows.model.journey import Attempt

LINES, TEXT, MOST = 48, 110, 6
"""Lines on the page, letters of one item, and items under most headings."""

TITLE, ABOUT = 13, 56
"""Letters that surely fit on a line of the page's title, and of what stands under it."""

WIDE, NARROW, NAME = 84, 56, 27
"""Letters of middling width on a line: of the page, and of its two columns."""

BROAD = 1.5  # how many of those a capital takes, at most
HEAD, GAP = 2.0, 0.4  # what a heading takes, and the space under an item, in lines


def agenda(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same as the chat shows before a meeting, on paper."""
    ahead, town = facts["ahead"], facts["town"]
    place = ", ".join(filter(None, [said.moment(ahead.at), ahead.place])) if ahead else ""
    about = " · ".join(filter(None, [facts["trajectory"].name, place]))
    room = LINES - 2.3 * (len(town) // TITLE) - 1.5 * (len(about) // ABOUT)
    blocks = _one_page(said, room, facts)
    document = titled(said, "meeting", town, about, facts["at"], blocks)
    name = "-".join(filter(None, [said.documents["file"]["meeting"], slug(town)]))
    return {**to_data(document), "file": name, "tight": True}


def _one_page(said: SteeringWords, room: float, facts: Mapping[str, Any]) -> Iterator[Block]:
    """First things first; what the page has no room for is counted."""
    left, told = 0, said.documents
    for title, items, most in topics(said, facts):
        found = tuple(items)
        kept = _within(room - HEAD, found[:most])
        left += len(found) - len(kept)
        room -= HEAD + sum(map(_height, kept)) if kept else 0
        if kept and title == told["points"]:
            yield Note(title, "", kept)
        elif kept:
            yield from [Heading(title)] if title else []
            yield Bullets(kept, pairs=all(item.label for item in kept))
    if left:
        yield Paragraph(told["more"].format(count=left), quiet=True)


def _within(room: float, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The first lines, as many as the room takes."""
    for count, item in enumerate(items):
        room -= _height(item)
        if room < 0:
            return items[:count]
    return items


def _height(item: Item) -> float:
    beside = ceil(_width(item.label) / NAME)
    return max(1, beside, ceil(_width(item.text) / (NARROW if beside else WIDE))) + GAP


def _width(text: str) -> float:
    return len(text) + sum((BROAD - 1) for letter in text if letter.isupper())


# ---------------------------------------------------------------- what there is to say


Topic = tuple[str, "Iterable[Item]", int]
"""A heading, its lines, and how many of them may stand there. Without a heading it comes first."""


def topics(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Topic]:
    """All of a meeting's page, first things first; a sheet of paper takes what fits."""
    told = said.documents
    points = [Item(said.point(key)) for key in facts["open_points"]]
    yield "", _who(said, facts), 8
    if facts["last"]:
        new = [*_turns(said, facts), *_answers(said, facts["fresh"])] or [Item(told["no_new"])]
        yield told["new"].format(day=said.words.day(facts["last"].at)), new, MOST
    yield told["points"], points or [Item(told["no_points"])], 5
    yield told["eight"], _eight(said, facts), MOST
    yield told["agreed"], _agreed(said, facts), MOST
    yield told["wins"], _went(said, facts["wins"]), MOST
    yield told["stuck"], _went(said, facts["stuck"]), MOST
    yield told["differ"], _differ(said, facts), MOST
    yield told["clash"], _clash(said, facts), MOST
    yield told["given"], _answers(said, facts["said"]), 20


def _who(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Item]:
    """Who is how far, what they share, and what that says as a whole."""
    told = said.documents
    yield from (Item(progress(said, seat), seat.person) for seat in facts["seats"][:5])
    if facts.get("pilots"):
        yield Item(_short("; ".join(name for name, _ in facts["pilots"])), told["pilots_apart"])
    if facts["weak"]:
        lacks = ", ".join(lower_first(said.short(key)) for key in facts["weak"])
        yield Item(_short(lacks), told["weak"])
    if facts["routes"]:
        yield Item(_short(", ".join(map(said.route_label, facts["routes"]))), told["leaning"])


def _answers(said: SteeringWords, some: Iterable[Any]) -> Iterator[Item]:
    for one in some:
        by = f"{one.by}: " if one.by else ""
        line = said.with_note(one.key, one.given, one.person)
        yield Item(_short(f"{by}{line}"), said.short(one.key))


def _turns(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Item]:
    for one in facts["turns"]:
        what, now = said.turned(one)
        yield Item(_short(f"{one.by}: {now}" if one.by else now), what)


def _eight(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Item]:
    for side, found in facts["eight"]:
        texts = (f"{said.short(s.key)}: {said.with_note(s.key, s.given, s.person)}" for s in found)
        line = _short("; ".join(dict.fromkeys(texts)))
        yield Item(line or said.documents["ask"], said.tree["eight"][side])


def _agreed(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Item]:
    for one, late in facts["agreed"]:
        was = f" ({said.documents['was'].format(day=one.first)})" if one.first else ""
        line = _short(f"{one.what}, {one.who}, {one.due_text}{was}")
        yield Item(f"{line} ({said.documents['late']})" if late else line)


def _went(said: SteeringWords, found: Iterable[tuple[str, Attempt]]) -> Iterator[Item]:
    for by, one in found:
        yield Item(short_text(success(said.words, one), 2 * TEXT), by)


def _differ(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Item]:
    for key, found in facts["differ"]:
        given = "; ".join(f"{by}: {said.value(key, value)}" for by, value in found)
        yield Item(_short(given), said.short(key))


def _clash(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Item]:
    for by, pair in facts["clashes"]:
        first, second = (f"{lower_first(said.short(k))} {said.value(k, v)}" for k, v in pair)
        yield Item(_short(said.documents["but"].format(by=by, first=first, second=second)))


def _short(text: str) -> str:
    return short_text(text, TEXT)
