"""All pilots side by side: rows for the spreadsheet, marks for the picture.

A column is a question's key, which stays the same across versions of the content.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from content.documents.standing import (
    SMALL_WIN,
    actions,
    look_back,
    of_ingredient,
    of_route,
    outcome,
)
from content.words.phrases import short_text
from flows.model.canvas import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from content.words.vocabulary import Words
    from flows.model.canvas import Question

MOST_ROWS, NAME = 25, 60
"""Rows of the picture, and characters of a name in it."""


@dataclass(frozen=True)
class CanvasEntry:
    """One canvas: its number, where it stands, its words in the reader's language."""

    id: int
    state: str
    words: Words


@dataclass(frozen=True)
class Worksheet:
    """A table: `keys` under `header`, both as wide as each row.

    `marks`: the status behind each cell of each row, for its colour; none where empty.
    `kinds`: per column what its cells are where they can be read as that: `date` or
    `number`; all text where empty.
    """

    name: str
    header: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marks: tuple[tuple[str, ...], ...] = ()
    kinds: tuple[str, ...] = ()


def portfolio(entries: Sequence[CanvasEntry], newest: Words) -> dict[str, Any]:
    """An overview, a sheet per part, a legend; `flat` is all of it in one table."""
    questions = _questions(entries, newest)
    parts = dict.fromkeys(q.part for q in questions)
    entries = [replace(entry, words=entry.words.for_others()) for entry in entries]
    sheets = [_overview(entries, newest), _actions(entries, newest)]
    for part in parts:
        own = [q for q in questions if q.part == part]
        sheets.append(_sheet(newest.part_name(part), entries, newest, own))
    flat = _sheet("", entries, newest, questions)
    return {
        "sheets": [asdict(sheet) for sheet in (*sheets, _legend(newest, questions))],
        "flat": asdict(flat),
        "title": newest.documents["kind"]["portfolio"],
    }


def _questions(entries: Sequence[CanvasEntry], newest: Words) -> list[Question]:
    """Of every version in use, in the order of the newest; gone ones at their part's end."""
    found = {q.key: q for q in newest.canvas.questions}
    for entry in entries:
        for question in entry.words.canvas.questions:
            found.setdefault(question.key, question)
    order = [part.key for part in newest.canvas.parts]
    return sorted(found.values(), key=lambda q: order.index(q.part) if q.part in order else 99)


def _sheet(
    name: str, entries: Sequence[CanvasEntry], newest: Words, questions: Sequence[Question]
) -> Worksheet:
    told = newest.documents["portfolio"]
    first = ("id", "organisation", "pilot")
    shorts = _shorts([newest, *(entry.words for entry in entries)], questions)
    return Worksheet(
        name,
        (*(told[key] for key in first), *shorts),
        (*first, *(q.key for q in questions)),
        tuple((*_who(e), *_row(e.words, questions)) for e in entries),
        kinds=("number", *("" for _ in (*first[1:], *questions))),
    )


def _shorts(some: Sequence[Words], questions: Sequence[Question]) -> Iterator[str]:
    for question in questions:
        knows = next(words for words in some if question.key in words.canvas)
        yield knows.short(question.key)


def _who(entry: CanvasEntry) -> tuple[str, str, str]:
    words = entry.words
    return str(entry.id), words.organisation or _none(words), words.pilot_name


def _row(words: Words, questions: Sequence[Question]) -> Iterator[str]:
    """What was said; empty where the question does not apply to this canvas."""
    asked = {q.key for q in words.canvas.asked(words.values, "full")}
    for question in questions:
        given = question.key in asked or question.key in words.values
        yield _cell(words, question.key) if given else ""


def _none(words: Words) -> str:
    return str(words.documents["portfolio"]["no_answer"])


def _cell(words: Words, key: str) -> str:
    value = words.values.get(key)
    return _none(words) if value is None else words.value(key, value)


# ---------------------------------------------------------------- the overview


TYPED = {"id": "number", "open_points": "number", "updated": "date", "first_when": "date",
         "recheck": "date", "when": "date"}  # fmt: skip
"""Columns that a spreadsheet can reckon with."""


def _overview(entries: Sequence[CanvasEntry], newest: Words) -> Worksheet:
    told = newest.documents["portfolio"]
    routes = [rule.key for rule in newest.content.guide.rules.routes]
    own = {f"route.{key}": str(newest.route(key)["name"]) for key in routes}
    parts = {key: newest.short(key) for key in newest.canvas.ingredients}
    named = {key: told[key] for key in ("id", "organisation", "pilot", "state", "updated", "gate")}
    last = ("open_points", "first_step", "first_who", "first_when", "recheck")
    columns = {**named, **own, **parts, **{key: told[key] for key in last}}
    facts = [_facts(entry, newest) for entry in entries]
    return Worksheet(
        told["overview"], tuple(columns.values()), tuple(columns),
        tuple(tuple(one.get(key, ("", ""))[0] for key in columns) for one in facts),
        tuple(tuple(one.get(key, ("", ""))[1] for key in columns) for one in facts),
        tuple(TYPED.get(key, "") for key in columns),
    )  # fmt: skip


def _facts(entry: CanvasEntry, newest: Words) -> Mapping[str, tuple[str, str]]:
    """(what is told, the status behind it) of one canvas, by the overview's columns."""
    words, day = entry.words, entry.words.updated
    first = next((one for one in actions(words) if one.key == SMALL_WIN), None)
    again, none = look_back(words), _none(words)
    plain = {
        **dict(zip(("id", "organisation", "pilot"), _who(entry), strict=True)),
        "state": _state(words, entry.state),
        "updated": day.isoformat() if day else none,
        "open_points": str(len(words.advice.open_points)),
        "first_step": first.what if first else none,
        "first_who": (first.who if first else "") or none,
        "first_when": (first.day or first.when if first else "") or none,
        "recheck": again.isoformat() if again else _cell(words, "closing.recheck"),
    }
    routes = {f"route.{r.route}": of_route(words, r) for r in words.advice.routes}
    levels = {key: of_ingredient(words, key) for key in newest.canvas.ingredients}
    marked = {key: (word, mark) for key, (mark, word) in (routes | levels).items()}
    gate = (outcome(words)[0], "" if words.early else words.advice.gate.outcome)
    return {**{key: (text, "") for key, text in plain.items()}, "gate": gate, **marked}


def _actions(entries: Sequence[CanvasEntry], newest: Words) -> Worksheet:
    """Who does what, of all pilots, in order of time; what has no day comes last."""
    told, said = newest.documents["portfolio"], newest.documents["summary"]
    columns = {
        **{key: told[key] for key in ("id", "organisation", "pilot")},
        **{key: said[key] for key in ("when", "what", "who", "about")},
        "said": told["said"], "done": told["done"],
    }  # fmt: skip
    found = [(one, _who(entry)) for entry in entries for one in actions(entry.words)]
    found.sort(key=lambda pair: (not pair[0].day, pair[0].day))
    rows = tuple(
        (*who, one.day or one.when, one.what, one.who, one.about, one.said,
         told["yes"] if one.done else "")
        for one, who in found
    )  # fmt: skip
    marks = tuple(("",) * (len(columns) - 1) + ("yes" if one.done else "",) for one, _ in found)
    kinds = tuple(TYPED.get(key, "") for key in columns)
    return Worksheet(said["actions"], tuple(columns.values()), tuple(columns), rows, marks, kinds)


def _state(words: Words, state: str) -> str:
    return str(words.said["parts"].get(state, words.documents["portfolio"]["states"].get(state)))


# ---------------------------------------------------------------- the legend


def _legend(newest: Words, questions: Sequence[Question]) -> Worksheet:
    told = newest.documents["portfolio"]
    rows = [(told["no_answer"], told["about_none"], ""), ("", told["about_key"], "")]
    rows += [_meaning(newest, question) for question in questions if question.key in newest.canvas]
    header = (told["key"], told["meaning"], told["choices"])
    return Worksheet(told["legend"], header, ("", "", ""), tuple(rows))


def _meaning(newest: Words, question: Question) -> tuple[str, str, str]:
    choices = [f"{choice} = {newest.label(question, choice)}" for choice in question.choices]
    return question.key, newest.text(question.key), "\n".join(choices)


# ---------------------------------------------------------------- the picture


def heat(entries: Sequence[CanvasEntry | str], newest: Words) -> dict[str, Any]:
    """Organisations against ingredients. A bare name is an organisation that did not share."""
    return _heat([_heat_row(entry, newest) for entry in entries], newest)


def heat_of(rows: Sequence[tuple[str, Mapping[str, str | None]]], newest: Words) -> dict[str, Any]:
    """The same of shared answers, ingredient by ingredient; None is not shared."""
    return _heat([_shared_row(name, given) for name, given in rows], newest)


def _shared_row(name: str, given: Mapping[str, str | None]) -> dict[str, Any]:
    shared = any(value is not None for value in given.values())
    marks = [value or "none" for value in given.values()] if shared else []
    return {"name": short_text(name, NAME), "about": "", "marks": marks}


def _heat(every: Sequence[Mapping[str, Any]], newest: Words) -> dict[str, Any]:
    told, rows = newest.documents, every[:MOST_ROWS]
    left = len(every) - len(rows)
    return {
        "title": told["kind"]["heat"],
        "language": newest.language,
        "date": "",
        "columns": [newest.short(key) for key in newest.canvas.ingredients],
        "rows": rows,
        "more": told["heat"]["more"].format(count=left) if left else "",
        "words": {**told["page"], **told["heat"], "no_canvases": told["portfolio"]["no_canvases"]},
    }


def _heat_row(entry: CanvasEntry | str, newest: Words) -> dict[str, Any]:
    if isinstance(entry, str):
        return {"name": short_text(entry, NAME), "about": "", "marks": []}
    words = entry.words
    values = [words.values.get(key, "none") for key in newest.canvas.ingredients]
    return {
        "name": short_text(words.organisation or words.pilot_name, NAME),
        "about": short_text(words.pilot_name, NAME) if words.organisation else "",
        "marks": [v if isinstance(v, str) else UNKNOWN for v in values],
    }
