"""All pilots side by side on one sheet of A3, for the wall or the table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from content.documents.standing import by_day, look_back, of_ingredient, of_route, outcome
from content.words.phrases import short_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from content.documents.portfolio import CanvasEntry
    from content.words.vocabulary import Words

MOST, NAME, TEXT = 40, 60, 90
"""Pilots on the sheet, and characters of a name and of a text in it."""

ROUTES = 2


def pilots(entries: Sequence[CanvasEntry], newest: Words) -> dict[str, Any]:
    """One row per pilot: outcome, first routes, ingredients, what comes first, looking back."""
    told, shown = newest.documents, entries[:MOST]
    named = [replace(entry, words=entry.words.for_others()) for entry in shown]
    days = [entry.words.updated for entry in shown if entry.words.updated]
    newest_day = max(days) if days else None
    left = len(entries) - len(shown)
    return {
        "title": told["kind"]["portfolio"],
        "language": newest.language,
        "date": newest_day.isoformat() if newest_day else "",
        "date_text": told["page"]["updated"].format(date=newest.day(newest_day))
        if newest_day
        else told["page"]["nothing_yet"],
        "columns": [newest.short(key) for key in newest.canvas.ingredients],
        "rows": [_row(entry, newest) for entry in named],
        "more": told["heat"]["more"].format(count=left) if left else "",
        "words": {**told["page"], **told["heat"], **told["pilots"],
                  "no_canvases": told["portfolio"]["no_canvases"]},
    }  # fmt: skip


def _row(entry: CanvasEntry, newest: Words) -> dict[str, Any]:
    words, day = entry.words, look_back(entry.words)
    first = next(iter(by_day(words)), None)
    marks = [of_ingredient(words, key)[0] for key in newest.canvas.ingredients]
    routes = [(*of_route(words, r), str(words.route(r)["name"])) for r in words.told_routes]
    return {
        "name": short_text(words.pilot_name, NAME),
        "about": short_text(words.organisation, NAME),
        "outcome": outcome(words)[0],
        "routes": [] if words.early else routes[:ROUTES],
        "marks": marks,
        "what": short_text(first.what, TEXT) if first else "",
        "who": short_text(first.who, NAME) if first else "",
        "when": first.when if first else "",
        "again": words.day(day) if day else "",
    }
