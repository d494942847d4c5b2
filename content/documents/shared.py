"""What is taken along from a trajectory: shared summaries and the portfolio. From views only."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from content.documents.blocks import Bullets, Document, Heading, Item, Paragraph, to_data
from content.documents.markdown import markdown
from content.documents.portfolio import Worksheet
from content.words.phrases import lower_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from content.documents.blocks import Block
    from content.words.steering import SteeringWords
    from flows.model.trajectory import Seat

HEAD = (
    "municipality", "name", "part", "settled", "asked", "week", "shared", "gate", "routes",
    "open_points",
)  # fmt: skip

TYPED = {"settled": "number", "asked": "number", "open_points": "number", "week": "date"}
"""Columns that a spreadsheet can reckon with."""

LETTERS = 48
"""Of a name in the name of a file."""


# ---------------------------------------------------------------- rows


def columns(said: SteeringWords) -> tuple[str, ...]:
    """By key, so that two exports fit whatever the words are."""
    return (*HEAD, *said.words.canvas.ingredients)


def rows(said: SteeringWords, seats: Iterable[Seat]) -> Iterator[list[str]]:
    """One row per adviser, in words; what is not shared is said to be so."""
    for seat in seats:
        seen, hidden = seat.view, said.tree["said"]["not_shared"]
        routes = [said.words.route(r)["label"] for r, fit in seen.routes or () if fit == "fits"]
        gate = said.words.advice_words["gate"][seen.gate]["title"] if seen.gate else hidden
        yield [
            seat.municipality, seat.name, said.part(seen.part), str(seen.settled), str(seen.asked),
            seen.week.isoformat() if seen.week else "", ", ".join(map(said.what, seen.shares)),
            gate, hidden if seen.routes is None else ", ".join(routes),
            hidden if seen.open_points is None else str(len(seen.open_points)),
            *(_level(said, seat, key) for key in said.words.canvas.ingredients),
        ]  # fmt: skip


def _level(said: SteeringWords, seat: Seat, key: str) -> str:
    shared = seat.view.ingredients
    if shared is None:
        return str(said.tree["said"]["not_shared"])
    return said.value(key, shared[key]) if key in shared else ""


def portfolio(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """All advisers on one sheet, the ingredients coloured as in the heat map."""
    seats, keys = facts["seats"], columns(said)
    sheet = asdict(Worksheet(
        said.documents["portfolio"], tuple(_header(said)), keys,
        tuple(map(tuple, rows(said, seats))), tuple(tuple(_marks(said, s)) for s in seats),
        tuple(TYPED.get(key, "") for key in keys),
    ))  # fmt: skip
    return {
        "sheets": [sheet], "flat": sheet, "title": facts["trajectory"].name,
        "file": said.documents["file"]["portfolio"],
    }  # fmt: skip


def _header(said: SteeringWords) -> Iterator[str]:
    yield from (said.documents["column"][key] for key in HEAD)
    yield from map(said.short, said.words.canvas.ingredients)


def _marks(said: SteeringWords, seat: Seat) -> Iterator[str]:
    """The status behind each cell, for its colour; the word is in the cell."""
    yield from ("" for _ in HEAD)
    shared = seat.view.ingredients
    for key in said.words.canvas.ingredients:
        yield "hidden" if shared is None else shared.get(key, "")


# ---------------------------------------------------------------- summaries


def summaries(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """One document of everyone who shares more than progress."""
    blocks = [b for s in _sharing(facts) for b in (Heading(s.called), *_blocks(said, s, 3))]
    about = facts["trajectory"]
    document = titled(said, "shared", about.name, about.subject, facts["at"], tuple(blocks))
    return {**to_data(document), "file": said.documents["file"]["shared"]}


def files(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same as texts, one per adviser."""
    texts = [[_file_name(s), markdown(summary(said, s, facts))] for s in _sharing(facts)]
    return {"files": texts, "file": said.documents["file"]["shared"]}


def summary(said: SteeringWords, seat: Seat, facts: Mapping[str, Any]) -> Document:
    """What one adviser shares."""
    blocks = tuple(_blocks(said, seat, 2))
    about = facts["trajectory"].name
    return titled(said, "shared", seat.called, about, facts["at"], blocks)


def titled(  # noqa: PLR0913, PLR0917 - the parts of a page's head
    said: SteeringWords, kind: str, title: str, subtitle: str, at: Any, blocks: tuple[Block, ...]
) -> Document:
    """Blocks under a title; its day is the day on which somebody asked for it."""
    page = said.words.documents["page"]
    day = said.documents["seen"].format(day=said.day(at))
    return Document(
        title, subtitle, said.documents[kind], said.words.language, at.date().isoformat(), day,
        blocks, dict(page),
    )  # fmt: skip


def _sharing(facts: Mapping[str, Any]) -> Sequence[Seat]:
    return [seat for seat in facts["seats"] if seat.view.shares]


def _file_name(seat: Seat) -> str:
    return f"{seat.id}-{slug(seat.called) or 'gemeente'}.md"


def slug(name: str) -> str:
    """A name as every system takes it in the name of a file; may be empty."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:LETTERS]


def progress(said: SteeringWords, seat: Seat) -> str:
    """Where an adviser is, which the kwartiermaker always sees, and what they share."""
    seen, told = seat.view, said.documents
    line = str(told["progress"]).format(part=said.part(seen.part), n=seen.settled, m=seen.asked)
    line = line[:1].upper() + line[1:]
    week = str(told["changed"]).format(week=said.week(seen.week)) if seen.week else ""
    shared = ", ".join(lower_first(said.what(what)) for what in seen.shares)
    kept = told["shares"].format(what=shared) if shared else told["shares_none"]
    return f"{line}{week}. {kept}"


def _blocks(said: SteeringWords, seat: Seat, level: int) -> Iterator[Block]:
    seen, told, words = seat.view, said.documents, said.words
    yield Paragraph(progress(said, seat))
    if seen.gate:
        gate = words.advice_words["gate"][seen.gate]
        yield from (Heading(gate["title"], level), Paragraph(gate["text"]))
    routes = [Item(words.advice_words["fit"][fit], said.route_label(key), mark=fit)
              for key, fit in seen.routes or ()]  # fmt: skip
    levels = [Item(said.value(key, given), said.short(key), mark=given)
              for key, given in (seen.ingredients or {}).items()]  # fmt: skip
    steps = [Item(words.advice_words["step"][key]["label"]) for key in seen.steps or ()]
    points = [Item(said.question(key)) for key in seen.open_points or ()]
    given = [Item(said.value(key, one.value), said.short(key)) for key, one in seen.given.items()]
    for name, items in (
        ("routes", routes), ("ingredients", levels), ("steps", steps), ("open_points", points),
        ("given", given),
    ):  # fmt: skip
        if items:
            yield Heading(told[name], level)
            yield Bullets(tuple(items), pairs=bool(items[0].label))
