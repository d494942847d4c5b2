"""What fits on one sheet: the card for a phone, the canvas for the wall, a slide. Facts only."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from content.documents.executive import request_of
from content.documents.standing import (
    NONE,
    by_day,
    document,
    first_steps,
    keys_of_route,
    look_back,
    of_ingredient,
    of_route,
    outcome,
    whole,
)
from content.words.phrases import main_clause, short_text, upper_first
from flows.advice.undertakings import FIRST_STEP
from flows.intents.choices import units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from content.documents.blocks import Document
    from content.words.vocabulary import Words
    from flows.advice.advice import Route

THEORY = ("input", "activities", "output", "outcome", "impact")
NOTE, STEP = 4_000, 160
"""Characters of a note on the canvas, and of a step on both; the sheet cuts what does not fit."""

ON_CARD, ON_CANVAS = 4, 8  # steps and actions that are told; the rest are counted
NEAR = {
    "ingredients.collaboration": (
        "ingredients.agreements", "ingredients.interests", "ingredients.neutral",
    ),
    "ingredients.governance": ("routes.mandate",),
    "ingredients.value": ("routes.purse",),
    "ingredients.funding": ("routes.upfront",),
    "ingredients.skills": ("routes.hours", "routes.hinges"),
}
"""Answers that say more about an ingredient, told in its box."""

MOST_CAPTION = 1_024  # UTF-16 units that Telegram allows under a photo
CUTS = (80, 60, 45, 34, 24)  # characters of a text in the caption, tried one after the other
ON_CARD_ROUTES = ("fits", "first", "possible")
"""Statuses of a route that stands on the card: those that say something for it."""


@dataclass(frozen=True)
class Box:
    """One box: `mark` is its status' key and `word` says the same, both empty without one.

    `asides`: what somebody does about it, apart from what is said of it; `prompt`: the
    question that it answers, for who fills it in on paper.
    """

    name: str
    mark: str = ""
    word: str = ""
    text: str = ""
    asides: tuple[str, ...] = ()
    prompt: str = ""


def sheet_data(words: Words, kind: str) -> dict[str, Any]:
    """As JSON holds it, under the pilot's name and date; the numbered parts by their names."""
    named = words.for_others()
    parts = [words.part_name(part.key) for part in words.canvas.parts][1:-1]
    return {
        **asdict(document(named, kind)), **_sheet(named, kind),
        "blank": kind == "workshop", "parts": parts,
        "words": {**words.documents["page"], **words.documents["sheet"]},
    }  # fmt: skip


def workshop_data(words: Words) -> dict[str, Any]:
    """The canvas with its questions and nothing else: to fill in together, on paper."""
    empty = type(words)(words.content, words.language)
    data = sheet_data(empty, "workshop")
    return {**data, "title": data["kind"], "date_text": "", "steps": []}


def _sheet(words: Words, kind: str) -> dict[str, Any]:
    told, steps = words.documents["sheet"], list(_steps(words, kind))
    shown = steps[: ON_CARD if kind == "card" else ON_CANVAS]
    left = len(steps) - len(shown)
    small = words.advice.gate.outcome == "small"
    return {
        **_boxes(words, kind),
        "gate": outcome(words),
        "steps": shown,
        "ends": list(_ends(words)),
        "no_routes": told["no_routes" if small else "no_routes_yet"],
        "more": told["more"].format(count=left) if left else "",
    }


def _boxes(words: Words, kind: str) -> dict[str, Any]:
    """By what they are about; routes in the method's order, but on the card the best first."""
    order = [rule.key for rule in words.content.guide.rules.routes]
    best = words.advice.routes
    routes = best if kind == "card" else sorted(best, key=lambda one: order.index(one.route))
    boxes = {
        "basis": _basis(words),
        "theory": (_answer(words, f"impact.{name}") for name in THEORY),
        "routes": (_route(words, route) for route in routes),
        "ingredients": (_ingredient(words, key) for key in words.canvas.ingredients),
        "pitfalls": _pitfalls(words),
    }
    return {name: [asdict(box) for box in some] for name, some in boxes.items()}


# ---------------------------------------------------------------- part 1: what it is for


def _basis(words: Words) -> Iterator[Box]:
    """The issue, for whom, and what is known about the effect: on top of everything."""
    yield _answer(words, "impact.issue", "impact.why")
    yield _answer(words, "impact.for_whom")
    evidence = _answer(words, "impact.evidence", "impact.evidence_note")
    yield replace(evidence, asides=_named(words, "impact.places", "impact.working_part"))


def _answer(words: Words, key: str, more: str = "") -> Box:
    """A box of what was said; one that was not asked says so."""
    own = words.more(key) if more == f"{key}_note" else words.given(more) if more else ""
    parts = (words.given(key), own or words.note(key))
    text = upper_first("\n".join(short_text(part, NOTE) for part in parts if part))
    mark = "" if text else "unknown" if key in words.values else NONE
    word = words.documents["status"][mark] if mark else ""
    return Box(words.short(key), mark, word, text, prompt=words.text(key))


def _named(words: Words, *keys: str) -> tuple[str, ...]:
    """What was answered to these, each by its name, as one line."""
    given = {key: words.noted(key) for key in keys if key in words.canvas}
    found = [f"{words.short(key)}: {value}" for key, value in given.items() if value]
    return (f"{'. '.join(found)}.",) if found else ()


# ---------------------------------------------------------------- parts 2, 3 and 4


def _route(words: Words, route: Route) -> Box:
    """What it is or what comes first, and the person's own way of it."""
    mark, word = of_route(words, route)
    firsts = route.first if mark == route.fit else ()
    first = main_clause(words.first_text(route, firsts[0])) if firsts else ""
    text, prompt = first or words.route(route)["what"], words.text(keys_of_route(words, route)[0])
    asides = _asides(words, "own_way", f"routes.how_{route.route}")
    return Box(words.route_names([route])[0], mark, word, text, asides, prompt)


def _asides(words: Words, name: str, key: str) -> tuple[str, ...]:
    pattern, text = words.documents["sheet"][name], words.given(key)
    return (str(pattern.format(text=short_text(text, NOTE))),) if text else ()


def _ingredient(words: Words, key: str) -> Box:
    """Its note; what is done about it stands among the actions, with who and when."""
    note = short_text(words.more(key), NOTE)
    asides = _named(words, *NEAR.get(key, ()))
    return Box(words.short(key), *of_ingredient(words, key), note, asides, words.text(key))


def _pitfalls(words: Words) -> Iterator[Box]:
    levels = {item.key: item.level for item in words.advice.attention if item.kind == "pitfall"}
    told = words.documents["sheet"]
    for pitfall in words.canvas.pitfalls:
        named = words.advice_words["pitfall"][pitfall.key]
        asked = any(key in words.values for key in pitfall.checks)
        level = levels.get(pitfall.key, "yes" if asked else NONE)
        word = words.advice_words["attention"].get(level, told["calm" if asked else "unasked"])
        asides = _asides(words, "pitfall_answer", f"pitfalls.{pitfall.key}_answer")
        prompt = words.text(next(iter(pitfall.checks)))
        yield Box(named["name"], level, word, named["text"], asides, prompt)


# ---------------------------------------------------------------- who does what, and when


def _steps(words: Words, kind: str) -> Iterator[tuple[str, str, str]]:
    """The own first step, on the canvas all actions in order of time, then the advice's first."""
    for one in by_day(words):
        if kind != "card" or one.key == FIRST_STEP:
            yield short_text(one.what, STEP), one.who, one.when
    yield from _advised(words)


def _advised(words: Words) -> Iterator[tuple[str, str, str]]:
    """The advice's first steps, of which nobody said yet who and when."""
    return ((words.words_of_step(step)["label"], "", "") for step in first_steps(words))


def _ends(words: Words) -> Iterator[tuple[str, str]]:
    """(name, text) of the insight, what is done about pitfalls, and the day to look back."""
    day = look_back(words)
    told = {
        "insight": short_text(words.given("closing.insight"), NOTE),
        "answered": short_text(words.given("pitfalls.answer"), NOTE),
        "recheck": words.day(day) if day else "",
    }
    return ((words.documents["summary"][name], text) for name, text in told.items() if text)


# ---------------------------------------------------------------- the caption


def card_caption(words: Words) -> str:
    """What the card shows, in words: for who cannot see it. Fits under a photo."""
    named = words.for_others()
    shown, head = _sheet(named, "card"), document(named, "card")
    texts = (_caption(words.documents["sheet"], shown, head, cut) for cut in CUTS)
    return next((text for text in texts if units(text) <= MOST_CAPTION), "")


def _caption(told: Mapping[str, str], shown: Mapping[str, Any], head: Document, cut: int) -> str:
    about = (short_text(part, cut) for part in (head.subtitle, head.date_text) if part)
    cells = ((short_text(cell, cut) for cell in step if cell) for step in shown["steps"])
    steps = [f"• {', '.join(step)}" for step in cells]
    return (
        told["caption"]
        .strip()
        .format(
            title=short_text(head.title, cut),
            about=", ".join(about),
            ingredients=_lines(shown["ingredients"]),
            routes=_lines(box for box in shown["routes"] if box["mark"] in ON_CARD_ROUTES)
            or shown["no_routes"],
            steps="\n".join(steps) or told["no_steps"],
        )
    )


def _lines(boxes: Iterable[Mapping[str, str]]) -> str:
    return "\n".join(f"• {box['name']}: {box['word']}" for box in boxes)


# ---------------------------------------------------------------- the slide

SAID, NAME, WHO, ROWS = 190, 70, 34, 4
"""Characters of a text, of what is done and by whom on the slide, and rows of its table."""


def slide(words: Words) -> dict[str, Any]:
    """For a meeting: what it is for, how it stands, what is asked, who does what."""
    named = words.for_others()
    said, told = named.documents["executive"], named.documents["sheet"]
    about = {"problem": named.given("impact.issue"), "goal": named.given("impact.impact")}
    routes = [] if named.early else named.told_routes[:3]
    rows = [(short_text(a.what, NAME), short_text(a.who, WHO), a.when) for a in by_day(named)]
    return {
        **asdict(document(named, "slide")),
        "about": [(said[name], whole(text, SAID)) for name, text in about.items() if text],
        "outcome": outcome(named)[0],
        "routes": [(*of_route(named, r), named.route_names([r])[0]) for r in routes],
        "asked": (said["asked"], *request_of(named)),
        "header": [told["what"], told["who"], told["when"]],
        "rows": [*rows, *_advised(named)][:ROWS],
    }
