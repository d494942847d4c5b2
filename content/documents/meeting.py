"""What lies on the table at a meeting: one page of what a municipality shares."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from content.documents.blocks import Bullets, Heading, Item, Note, Paragraph, to_data
from content.documents.shared import progress, slug, titled
from content.words.phrases import lower_first, short_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from content.documents.blocks import Block
    from content.words.steering import SteeringWords

LINES, LETTERS = 48, 110
"""Lines on the page, and letters of one item."""

TITLE, ABOUT = 13, 56
"""Letters that surely fit on a line of the page's title, and of what stands under it."""

WIDE, NARROW, NAME = 84, 56, 27
"""Letters of middling width on a line: of the page, and of its two columns."""

BROAD = 1.5
"""How many of those a capital takes, at most."""

HEAD, GAP = 2.0, 0.4
"""What a heading takes, and the space under an item, in lines."""


@dataclass(frozen=True)
class Topic:
    """One heading with its lines; `most` may stand there. Without a title it comes first."""

    title: str
    items: tuple[Item, ...]
    most: int = 6

    def within(self, room: float) -> tuple[Item, ...]:
        """The first lines, as many as the room takes."""
        kept: list[Item] = []
        for item in self.items[: self.most]:
            room -= _height(item)
            if room < 0:
                break
            kept.append(item)
        return tuple(kept)


def _height(item: Item) -> float:
    beside = ceil(_width(item.label) / NAME)
    return max(1, beside, ceil(_width(item.text) / (NARROW if beside else WIDE))) + GAP


def _width(text: str) -> float:
    return len(text) + sum((BROAD - 1) for letter in text if letter.isupper())


def agenda(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same as the chat shows before a meeting, on paper."""
    ahead, told = facts["ahead"], said.documents
    place = ", ".join(filter(None, [said.moment(ahead.at), ahead.place])) if ahead else ""
    about = " · ".join(filter(None, [facts["trajectory"].name, place]))
    room = LINES - 2.3 * (len(facts["town"]) // TITLE) - 1.5 * (len(about) // ABOUT)
    blocks = tuple(_one_page(said, room, tuple(_parts(said, facts))))
    document = titled(said, "meeting", facts["town"], about, facts["at"], blocks)
    name = "-".join(filter(None, [told["file"]["meeting"], slug(facts["town"])]))
    return {**to_data(document), "file": name, "tight": True}


def _one_page(said: SteeringWords, room: float, parts: tuple[Topic, ...]) -> Iterator[Block]:
    """First things first; what the page has no room for is counted."""
    left = 0
    for part in parts:
        kept = part.within(room - HEAD)
        left += len(part.items) - len(kept)
        if kept:
            room -= HEAD + sum(map(_height, kept))
            yield from _shown(said, part, kept)
    if left:
        yield Paragraph(said.documents["more"].format(count=left), quiet=True)


def _shown(said: SteeringWords, part: Topic, kept: tuple[Item, ...]) -> Iterator[Block]:
    if part.title == said.documents["points"]:
        yield Note(part.title, "", kept)
        return
    yield from [Heading(part.title)] if part.title else []
    yield Bullets(kept, pairs=all(item.label for item in kept))


# ---------------------------------------------------------------- what there is to say


def _parts(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Topic]:
    told = said.documents
    points = tuple(Item(said.question(key)) for key in facts["open_points"])
    yield Topic("", tuple(_who(said, facts)), 8)
    yield Topic(told["points"], points or (Item(told["no_points"]),), 5)
    yield Topic(told["eight"], tuple(_eight(said, facts)))
    yield Topic(told["agreed"], tuple(_agreed(said, facts)))
    yield Topic(told["differ"], tuple(_differ(said, facts)))
    yield Topic(told["clash"], tuple(_clash(said, facts)))
    if facts["last"]:
        new = tuple(_answers(said, facts["fresh"])) or (Item(told["no_new"]),)
        yield Topic(told["new"].format(day=said.day(facts["last"].at)), new)
    yield Topic(told["given"], tuple(_answers(said, facts["said"])), 20)


def _who(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Item]:
    """Who is how far, what they share, and what that says as a whole."""
    told, seats = said.documents, facts["seats"]
    yield from (_adviser(said, seat) for seat in seats[:5])
    if facts["weak"]:
        lacks = ", ".join(lower_first(said.short(key)) for key in facts["weak"])
        yield Item(_short(lacks), told["weak"])
    if facts["routes"]:
        yield Item(_short(", ".join(map(said.route_label, facts["routes"]))), told["leaning"])


def _adviser(said: SteeringWords, seat: Any) -> Item:
    return Item(progress(said, seat), seat.person)


def _answers(said: SteeringWords, some: Iterable[Any]) -> Iterator[Item]:
    for one in some:
        by = f"{one.by}: " if one.by else ""
        yield Item(_short(f"{by}{said.value(one.key, one.given.value)}"), said.short(one.key))


def _eight(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Item]:
    for side, found in facts["eight"]:
        texts = (f"{said.short(s.key)}: {said.value(s.key, s.given.value)}" for s in found)
        line = _short("; ".join(dict.fromkeys(texts)))
        yield Item(line or said.documents["ask"], said.tree["eight"][side])


def _agreed(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Item]:
    for one, late in facts["agreed"]:
        line = _short(f"{one.what}, {one.who}, {one.due_text}")
        yield Item(f"{line} ({said.documents['late']})" if late else line)


def _differ(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Item]:
    for key, found in facts["differ"]:
        given = "; ".join(f"{by}: {said.value(key, value)}" for by, value in found)
        yield Item(_short(given), said.short(key))


def _clash(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Item]:
    for by, pair in facts["clashes"]:
        first, second = (f"{lower_first(said.short(k))} {said.value(k, v)}" for k, v in pair)
        yield Item(_short(said.documents["but"].format(by=by, first=first, second=second)))


def _short(text: str) -> str:
    return short_text(text, LETTERS)
