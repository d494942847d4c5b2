"""All pilots side by side: rows for the spreadsheet, marks for the picture, a sheet of A3.

A column is a question's key, which stays the same across versions of the content.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from content.documents.standing import (
    actions,
    by_day,
    look_back,
    of_ingredient,
    of_route,
    outcome,
    own_step,
    updated,
)
from content.words.compared import about, landmark, results
from content.words.phrases import short_text
from flows.model.canvas import UNKNOWN, Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from content.words.vocabulary import Words

MOST_ROWS, MOST_PILOTS = 25, 40  # rows of the picture, and pilots on the sheet of A3
NAME, TEXT, ROUTES = 60, 90, 2  # characters of a name and of a text on both, and routes of a pilot


@dataclass(frozen=True)
class CanvasEntry:
    """One canvas: its number, where it stands, its words in the reader's language."""

    id: int
    state: str
    words: Words


TYPED = {"id": "number", "open_points": "number", "settled": "number", "asked": "number",
         "updated": "date", "first_when": "date", "recheck": "date", "when": "date",
         "week": "date"}  # fmt: skip
"""Columns that a spreadsheet can reckon with."""


def worksheet(
    name: str,
    columns: Mapping[str, str],
    rows: Iterable[Mapping[str, str]],
    marks: Iterable[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """A table of rows by column; `columns`: their headers, in order.

    `marks`: the status behind cells, for their colour. The `kinds` are what the cells of a
    column are where they can be read as that: `date` or `number`.
    """
    return {
        "name": name,
        "header": tuple(columns.values()),
        "keys": tuple(columns),
        "rows": [[row.get(key, "") for key in columns] for row in rows],
        "marks": [[row.get(key, "") for key in columns] for row in marks],
        "kinds": [TYPED.get(key, "") for key in columns],
    }


def portfolio(entries: Sequence[CanvasEntry], newest: Words) -> dict[str, Any]:
    """An overview, a sheet per part, a legend; `flat` is all of it in one table."""
    questions = _questions(entries, newest)
    entries = [replace(entry, words=entry.words.for_others()) for entry in entries]
    sheets = [_overview(entries, newest), _actions(entries, newest)]
    for part in dict.fromkeys(q.part for q in questions):
        own = [q for q in questions if q.part == part]
        sheets.append(_sheet(newest.part_name(part), entries, newest, own))
    return {
        "sheets": [*sheets, _legend(newest, questions)],
        "flat": _sheet("", entries, newest, questions),
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
) -> dict[str, Any]:
    some, columns = (newest, *(entry.words for entry in entries)), _columns(newest)
    for question in questions:
        knows = next(words for words in some if question.key in words.canvas)
        columns[question.key] = knows.short(question.key)
    return worksheet(name, columns, ({**_who(e), **_row(e.words, questions)} for e in entries))


def _columns(newest: Words, *more: str) -> dict[str, str]:
    told = newest.documents["portfolio"]
    return {key: told[key] for key in ("id", "organisation", "pilot", *more)}


def _who(entry: CanvasEntry) -> dict[str, str]:
    words = entry.words
    none = words.documents["portfolio"]["no_answer"]
    named = words.organisation or none
    return {"id": str(entry.id), "organisation": named, "pilot": words.pilot_name}


def _row(words: Words, questions: Sequence[Question]) -> dict[str, str]:
    """What was said; nothing where the question does not apply to this canvas."""
    asked = {q.key for q in words.canvas.asked(words.values, "full")}
    return {q.key: cell(words, q.key) for q in questions if q.key in asked or q.key in words.values}


def cell(words: Words, key: str) -> str:
    """An answer in a table, which says it where there is none."""
    value = words.values.get(key)
    none = str(words.documents["portfolio"]["no_answer"])
    return none if value is None else words.value(key, value)


def part_or_state(words: Words, key: str) -> str:
    """Where a canvas is, as it is called; empty where it has no name."""
    states = words.documents["portfolio"]["states"]
    return str(words.said["parts"].get(key) or states.get(key, ""))


# ---------------------------------------------------------------- the overview


def _overview(entries: Sequence[CanvasEntry], newest: Words) -> dict[str, Any]:
    routes = [rule.key for rule in newest.content.guide.rules.routes]
    columns = {
        **_columns(newest, "state", "updated", "gate"),
        **{f"route.{key}": str(newest.route(key)["name"]) for key in routes},
        **{key: newest.short(key) for key in newest.canvas.ingredients},
        **_columns(newest, "open_points", "first_step", "first_who", "first_when", "recheck"),
        **_columns(newest, "changed"),
    }
    rows, marks = [], []
    for entry in entries:
        told = _told(entry.words, newest)
        rows.append({**_facts(entry), **{key: word for key, (_, word) in told.items()}})
        marks.append({key: mark for key, (mark, _) in told.items()})
    return worksheet(newest.documents["portfolio"]["overview"], columns, rows, marks)


def _facts(entry: CanvasEntry) -> dict[str, str]:
    """What is told of one canvas, by the overview's columns."""
    words, none = entry.words, str(entry.words.documents["portfolio"]["no_answer"])
    day, again, first = words.updated, look_back(words), own_step(words)
    return {
        **_who(entry),
        "state": part_or_state(words, entry.state),
        "updated": day.isoformat() if day else none,
        "open_points": str(len(words.advice.open_points)),
        "first_step": first.what if first else none,
        "first_who": (first.who if first else "") or none,
        "first_when": (first.day or first.when if first else "") or none,
        "recheck": again.isoformat() if again else cell(words, "closing.recheck"),
        "changed": _changed(words) or none,
    }


def _changed(words: Words) -> str:
    """The outcome and the routes that became another since the last time."""
    found, earlier = words.compared, words.earlier
    if found is None or earlier is None:
        return ""
    told = [f"{about(words, one)}: {' → '.join(results(words, one))}" for one in found.shifts]
    return "; ".join([landmark(words, earlier.mark), *told]) if told else ""


def _told(words: Words, newest: Words) -> dict[str, tuple[str, str]]:
    """(the status behind it, what is told), likewise."""
    routes = {f"route.{route.route}": of_route(words, route) for route in words.advice.routes}
    levels = {key: of_ingredient(words, key) for key in newest.canvas.ingredients}
    mark = "" if words.early else words.advice.gate.outcome
    return {"gate": (mark, outcome(words)[0]), **routes, **levels}


def _actions(entries: Sequence[CanvasEntry], newest: Words) -> dict[str, Any]:
    """Who does what, of all pilots, in order of time; what has no day comes last."""
    told, said = newest.documents["portfolio"], newest.documents["summary"]
    own = {key: said[key] for key in ("when", "what", "who", "about")}
    columns = {**_columns(newest), **own, "said": told["said"], "done": told["done"]}
    found = [(one, entry) for entry in entries for one in actions(entry.words)]
    found.sort(key=lambda pair: (not pair[0].day, pair[0].day))
    rows = [
        {**_who(entry), **asdict(one), "when": one.day or one.when,
         "done": told["yes"] if one.done else ""}
        for one, entry in found
    ]  # fmt: skip
    return worksheet(
        said["actions"], columns, rows, ({"done": "yes"} if one.done else {} for one, _ in found)
    )


def _legend(newest: Words, questions: Sequence[Question]) -> dict[str, Any]:
    told = newest.documents["portfolio"]
    columns = {key: told[key] for key in ("key", "meaning", "choices")}
    rows = [{"key": told["no_answer"], "meaning": told["about_none"]},
            {"meaning": told["about_key"]}]  # fmt: skip
    for q in questions:
        if q.key in newest.canvas:
            choices = "\n".join(f"{choice} = {newest.label(q, choice)}" for choice in q.choices)
            rows.append({"key": q.key, "meaning": newest.text(q.key), "choices": choices})
    return {**worksheet(told["legend"], columns, rows), "keys": ("",) * len(columns)}


# ---------------------------------------------------------------- the picture and the sheet


def heat(entries: Sequence[CanvasEntry | str], newest: Words) -> dict[str, Any]:
    """Organisations against ingredients. A bare name is an organisation that did not share."""
    rows = [_marked(e) if isinstance(e, str) else _heat(e.words, newest) for e in entries]
    return _beside("heat", rows, MOST_ROWS, newest)


def _heat(words: Words, newest: Words) -> dict[str, Any]:
    values = (words.values.get(key, "none") for key in newest.canvas.ingredients)
    marks = [value if isinstance(value, str) else UNKNOWN for value in values]
    about = words.pilot_name if words.organisation else ""
    return _marked(words.organisation or words.pilot_name, about, marks)


def heat_of(
    rows: Sequence[tuple[str, Mapping[str, str | None]]], newest: Words, most: int = MOST_ROWS
) -> dict[str, Any]:
    """The same of shared answers, ingredient by ingredient; None is not shared."""
    told = []
    for name, given in rows:
        shared = any(value is not None for value in given.values())
        marks = [value or "none" for value in given.values()] if shared else ()
        told.append(_marked(name, marks=marks))
    return _beside("heat", told, most, newest)


def _marked(name: str, about: str = "", marks: Sequence[str] = ()) -> dict[str, Any]:
    return {"name": short_text(name, NAME), "about": short_text(about, NAME), "marks": marks}


def _beside(kind: str, every: Sequence[Any], most: int, newest: Words) -> dict[str, Any]:
    """Rows against ingredients; those over `most` are counted."""
    told, left = newest.documents, len(every[most:])
    return {
        "title": told["kind"][kind],
        "language": newest.language,
        "date": "",
        "columns": [newest.short(key) for key in newest.canvas.ingredients],
        "rows": every[:most],
        "more": told["heat"]["more"].format(count=left) if left else "",
        "words": {**told["page"], **told["heat"], "no_canvases": told["portfolio"]["no_canvases"]},
    }


def pilots(entries: Sequence[CanvasEntry], newest: Words) -> dict[str, Any]:
    """One row per pilot: outcome, first routes, ingredients, what comes first, looking back."""
    days = [entry.words.updated for entry in entries[:MOST_PILOTS] if entry.words.updated]
    day = max(days, default=None)
    data = _beside("portfolio", entries, MOST_PILOTS, newest)
    return {
        **data,
        "date": day.isoformat() if day else "",
        "date_text": updated(newest, day),
        "rows": [_pilot(entry.words.for_others(), newest) for entry in data["rows"]],
        "words": {**data["words"], **newest.documents["pilots"]},
    }


def _pilot(words: Words, newest: Words) -> dict[str, Any]:
    day, first = look_back(words), next(iter(by_day(words)), None)
    marks = [of_ingredient(words, key)[0] for key in newest.canvas.ingredients]
    routes = [] if words.early else words.told_routes[:ROUTES]
    return {
        **_marked(words.pilot_name, words.organisation, marks),
        "outcome": outcome(words)[0],
        "routes": [(*of_route(words, route), words.route(route)["name"]) for route in routes],
        "what": short_text(first.what, TEXT) if first else "",
        "who": short_text(first.who, NAME) if first else "",
        "when": first.when if first else "",
        "again": words.day(day) if day else "",
    }
