"""What is shared, on paper: summaries, the portfolio, the page for a meeting. From views only."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from content.documents.blocks import (
    Bullets,
    Document,
    Heading,
    Item,
    Note,
    Paragraph,
    section,
    to_data,
)
from content.documents.markdown import markdown, slug
from content.documents.portfolio import worksheet
from content.words.phrases import lower_first, short_text, upper_first
from content.words.undertaken import success

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from content.documents.blocks import Block
    from content.words.steering import SteeringWords
    from flows.model.journey import Attempt
    from flows.model.trajectory import Seat

LINES, TEXT, MOST = 48, 110, 6
"""Lines on the page, letters of one item, and items under most headings."""

TITLE, ABOUT = 13, 56
"""Letters that surely fit on a line of the page's title, and of what stands under it."""

WIDE, NARROW, NAME = 84, 56, 27
"""Letters of middling width on a line: of the page, and of its two columns."""

BROAD = 1.5  # how many of those a capital takes, at most
HEAD, GAP = 2.0, 0.4  # what a heading takes, and the space under an item, in lines


def rows(
    said: SteeringWords, seats: Iterable[Seat], *, changes: bool = False
) -> Iterator[dict[str, str]]:
    """One row per adviser, in words by column; what is not shared is said to be so.

    By key, so that two exports fit whatever the words are. `changes`: with what became another.
    """
    for seat in seats:
        seen, hidden = seat.view, said.tree["said"]["not_shared"]
        routes = [said.words.route(r)["label"] for r, fit in seen.routes or () if fit == "fits"]
        levels = {key: said.value(key, level) for key, level in (seen.ingredients or {}).items()}
        unsaid = hidden if seen.ingredients is None else ""
        yield {
            "municipality": seat.municipality,
            "name": seat.name,
            "part": said.part(seen.part),
            "settled": str(seen.settled),
            "asked": str(seen.asked),
            "week": seen.week.isoformat() if seen.week else "",
            "shared": ", ".join(map(said.what, seen.shares)),
            "gate": said.words.advice_words["gate"][seen.gate]["title"] if seen.gate else hidden,
            "routes": hidden if seen.routes is None else ", ".join(routes),
            "open_points": hidden if seen.open_points is None else str(len(seen.open_points)),
            **{key: levels.get(key, unsaid) for key in said.words.canvas.ingredients},
            **({"since": said.anew(seen)} if changes else {}),
        }


def portfolio(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """All advisers on one sheet, the ingredients coloured as in the heat map."""
    keys, told = said.words.canvas.ingredients, said.documents
    columns = {**told["column"], **{key: said.short(key) for key in keys}}
    day = facts.get("since")
    columns |= {"since": told["since"].format(day=said.words.day(day))} if day else {}
    shared = (seat.view.ingredients for seat in facts["seats"])
    hidden = dict.fromkeys(keys, "hidden")
    marks = (hidden if levels is None else levels for levels in shared)
    found = rows(said, facts["seats"], changes=bool(day))
    sheet = worksheet(told["portfolio"], columns, found, marks)
    return {
        "sheets": [sheet], "flat": sheet, "title": facts["trajectory"].name,
        "file": told["file"]["portfolio"],
    }  # fmt: skip


# ---------------------------------------------------------------- summaries


def summaries(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """One document of everyone who shares more than progress."""
    day = facts.get("since")
    blocks = [b for s in _sharing(facts) for b in (Heading(s.called), *_blocks(said, s, 3, day))]
    about = facts["trajectory"]
    document = titled(said, "shared", about.name, about.subject, facts["at"], blocks)
    return {**to_data(document), "file": said.documents["file"]["shared"]}


def files(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same as texts, one per adviser."""
    texts, about = [], facts["trajectory"].name
    for seat in _sharing(facts):
        blocks = _blocks(said, seat, 2, facts.get("since"))
        document = titled(said, "shared", seat.called, about, facts["at"], blocks)
        name = f"{seat.id}-{slug(seat.called) or 'gemeente'}.md"
        texts.append([name, markdown(document)])
    return {"files": texts, "file": said.documents["file"]["shared"]}


def titled(  # noqa: PLR0913, PLR0917 - the parts of a page's head
    said: SteeringWords, kind: str, title: str, subtitle: str, at: Any, blocks: Iterable[Block]
) -> Document:
    """Blocks under a title; its day is the day on which somebody asked for it."""
    page = said.words.documents["page"]
    day = said.documents["seen"].format(day=said.words.day(at))
    return Document(
        title, subtitle, said.documents[kind], said.words.language, at.date().isoformat(), day,
        tuple(blocks), dict(page),
    )  # fmt: skip


def _sharing(facts: Mapping[str, Any]) -> Sequence[Seat]:
    return [seat for seat in facts["seats"] if seat.view.shares]


def progress(said: SteeringWords, seat: Seat) -> str:
    """Where an adviser is, which the kwartiermaker always sees, and what they share."""
    seen, told = seat.view, said.documents
    line = told["progress"].format(part=said.part(seen.part), n=seen.settled, m=seen.asked)
    week = told["changed"].format(week=said.week(seen.week)) if seen.week else ""
    shared = ", ".join(lower_first(said.what(what)) for what in seen.shares)
    kept = told["shares"].format(what=shared) if shared else told["shares_none"]
    return f"{upper_first(line)}{week}. {kept}"


def _blocks(
    said: SteeringWords, seat: Seat, level: int, day: date | None = None
) -> Iterator[Block]:
    """`day`: what became another since is said first."""
    seen, told, words = seat.view, said.documents, said.words.advice_words
    yield Paragraph(progress(said, seat))
    if day:
        changed, since = said.anew(seen), said.words.day(day)
        pattern = said.tree["anew"]["since"] if changed else told["same_since"]
        yield Paragraph(pattern.format(day=since, what=changed))
    if seen.gate:
        gate = words["gate"][seen.gate]
        yield from (Heading(gate["title"], level), Paragraph(gate["text"]))
    routes = (
        Item(words["fit"][fit], said.route_label(key), mark=fit) for key, fit in seen.routes or ()
    )
    levels = (
        Item(said.value(key, given), said.short(key), mark=given)
        for key, given in (seen.ingredients or {}).items()
    )
    steps = (Item(words["step"][key]["label"]) for key in seen.steps or ())
    points = (Item(said.point(key)) for key in seen.open_points or ())
    given = (Item(said.with_note(key, one), said.short(key)) for key, one in seen.given.items())
    yield from section(told["routes"], routes, level, pairs=True)
    yield from section(told["ingredients"], levels, level, pairs=True)
    yield from section(told["steps"], steps, level)
    for title, how in (("wins", "done"), ("stuck", "failed")):
        went = (Item(success(said.words, one)) for one in seen.attempts if one.how == how)
        yield from section(told[title], went, level)
    yield from section(told["open_points"], points, level)
    yield from section(told["given"], given, level, pairs=True)


# ---------------------------------------------------------------- the page for a meeting


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
        yield Item(_short(f"{by}{said.with_note(one.key, one.given)}"), said.short(one.key))


def _turns(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Item]:
    for one in facts["turns"]:
        what, now = said.turned(one)
        yield Item(_short(f"{one.by}: {now}" if one.by else now), what)


def _eight(said: SteeringWords, facts: Mapping[str, Any]) -> Iterator[Item]:
    for side, found in facts["eight"]:
        texts = (f"{said.short(s.key)}: {said.with_note(s.key, s.given)}" for s in found)
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
