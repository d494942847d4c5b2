"""What is taken along from a trajectory: shared summaries and the portfolio. From views only."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from content.documents.blocks import Document, Heading, Item, Paragraph, section, to_data
from content.documents.markdown import markdown, slug
from content.documents.portfolio import worksheet
from content.words.phrases import lower_first, upper_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from content.documents.blocks import Block
    from content.words.steering import SteeringWords
    from flows.model.trajectory import Seat

LETTERS = 48
"""Of a name in the name of a file."""


def rows(said: SteeringWords, seats: Iterable[Seat]) -> Iterator[dict[str, str]]:
    """One row per adviser, in words by column; what is not shared is said to be so.

    By key, so that two exports fit whatever the words are.
    """
    for seat in seats:
        seen, hidden = seat.view, said.tree["said"]["not_shared"]
        routes = [said.words.route(r)["label"] for r, fit in seen.routes or () if fit == "fits"]
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
            **{key: _level(said, seat, key) for key in said.words.canvas.ingredients},
        }


def _level(said: SteeringWords, seat: Seat, key: str) -> str:
    shared = seat.view.ingredients
    if shared is None:
        return str(said.tree["said"]["not_shared"])
    return said.value(key, shared[key]) if key in shared else ""


def portfolio(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """All advisers on one sheet, the ingredients coloured as in the heat map."""
    keys, told = said.words.canvas.ingredients, said.documents
    columns = {**told["column"], **{key: said.short(key) for key in keys}}
    shared = (seat.view.ingredients for seat in facts["seats"])
    hidden = dict.fromkeys(keys, "hidden")
    marks = (hidden if levels is None else levels for levels in shared)
    sheet = asdict(worksheet(told["portfolio"], columns, rows(said, facts["seats"]), marks))
    return {
        "sheets": [sheet], "flat": sheet, "title": facts["trajectory"].name,
        "file": told["file"]["portfolio"],
    }  # fmt: skip


# ---------------------------------------------------------------- summaries


def summaries(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """One document of everyone who shares more than progress."""
    blocks = [b for s in _sharing(facts) for b in (Heading(s.called), *_blocks(said, s, 3))]
    about = facts["trajectory"]
    document = titled(said, "shared", about.name, about.subject, facts["at"], blocks)
    return {**to_data(document), "file": said.documents["file"]["shared"]}


def files(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same as texts, one per adviser."""
    texts, about = [], facts["trajectory"].name
    for seat in _sharing(facts):
        document = titled(said, "shared", seat.called, about, facts["at"], _blocks(said, seat, 2))
        name = f"{seat.id}-{slug(seat.called, LETTERS) or 'gemeente'}.md"
        texts.append([name, markdown(document)])
    return {"files": texts, "file": said.documents["file"]["shared"]}


def titled(  # noqa: PLR0913, PLR0917 - the parts of a page's head
    said: SteeringWords, kind: str, title: str, subtitle: str, at: Any, blocks: Iterable[Block]
) -> Document:
    """Blocks under a title; its day is the day on which somebody asked for it."""
    page = said.words.documents["page"]
    day = said.documents["seen"].format(day=said.day(at))
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


def _blocks(said: SteeringWords, seat: Seat, level: int) -> Iterator[Block]:
    seen, told, words = seat.view, said.documents, said.words.advice_words
    yield Paragraph(progress(said, seat))
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
    points = (Item(said.question(key)) for key in seen.open_points or ())
    given = (Item(said.value(key, one.value), said.short(key)) for key, one in seen.given.items())
    yield from section(told["routes"], routes, level, pairs=True)
    yield from section(told["ingredients"], levels, level, pairs=True)
    yield from section(told["steps"], steps, level)
    yield from section(told["open_points"], points, level)
    yield from section(told["given"], given, level, pairs=True)
