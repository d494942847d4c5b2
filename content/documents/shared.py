"""What is shared, on paper: summaries and the portfolio. From views only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from content.documents.blocks import Document, Heading, Item, Paragraph, section, to_data
from content.documents.markdown import markdown, slug
from content.documents.portfolio import worksheet
from content.words.phrases import lower_first, upper_first
from content.words.undertaken import success

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from content.documents.blocks import Block
    from content.words.steering import SteeringWords
    from flows.model.trajectory import Seat


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
    given = (Item(said.with_note(key, one, seat.person), said.short(key))
             for key, one in seen.given.items())  # fmt: skip
    yield from section(told["routes"], routes, level, pairs=True)
    yield from section(told["ingredients"], levels, level, pairs=True)
    yield from section(told["steps"], steps, level)
    for title, how in (("wins", "done"), ("stuck", "failed")):
        went = (Item(success(said.words, one)) for one in seen.attempts if one.how == how)
        yield from section(told[title], went, level)
    yield from section(told["open_points"], points, level)
    yield from section(told["given"], given, level, pairs=True)
