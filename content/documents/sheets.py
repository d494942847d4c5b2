"""What fits on one sheet: the card for a phone, the canvas for the wall. Facts only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from content.documents.frame import document
from content.documents.standing import (
    NONE,
    SMALL_WIN,
    Action,
    by_day,
    first_steps,
    keys_of_route,
    look_back,
    of_ingredient,
    of_route,
    outcome,
)
from content.words.phrases import main_clause, short_text
from flows.intents.choices import units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.words.vocabulary import Words
    from flows.advice.advice import Route

THEORY = ("input", "activities", "output", "outcome", "impact")
NOTE, STEP = 4_000, 160
"""Characters of a note on the canvas, and of a step on both; the sheet cuts what does not fit."""

ON_CARD, ON_CANVAS = 4, 8
"""Steps and actions that are told; the rest are counted."""

NEAR = {
    "ingredients.collaboration": ("ingredients.agreements", "ingredients.neutral"),
    "ingredients.governance": ("routes.mandate",),
    "ingredients.value": ("routes.purse",),
    "ingredients.funding": ("routes.upfront",),
    "ingredients.skills": ("routes.hours", "routes.hinges"),
}
"""Answers that say more about an ingredient, told in its box."""

MOST_CAPTION = 1_024
"""UTF-16 units that Telegram allows under a photo."""

CUTS = (80, 60, 45, 34, 24)


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


@dataclass(frozen=True)
class OnePage:
    """Everything that the card and the canvas show; `steps` are (what, who, when)."""

    basis: tuple[Box, ...]
    theory: tuple[Box, ...]
    routes: tuple[Box, ...]
    ingredients: tuple[Box, ...]
    pitfalls: tuple[Box, ...]
    gate: tuple[str, str]
    steps: tuple[tuple[str, str, str], ...]
    ends: tuple[tuple[str, str], ...]
    no_routes: str
    more: str


def sheet(words: Words, kind: str) -> OnePage:
    """In the order of the method on the canvas, best first on the card."""
    order = [rule.key for rule in words.content.guide.rules.routes]
    routes = words.advice.routes
    if kind != "card":
        routes = tuple(sorted(routes, key=lambda route: order.index(route.route)))
    steps = tuple(_steps(words, kind))
    shown = steps[: ON_CARD if kind == "card" else ON_CANVAS]
    left = len(steps) - len(shown)
    return OnePage(
        basis=tuple(_basis(words)),
        theory=tuple(_answer(words, f"impact.{name}") for name in THEORY),
        routes=tuple(_route(words, route) for route in routes),
        ingredients=tuple(_ingredient(words, key) for key in words.canvas.ingredients),
        pitfalls=tuple(_pitfalls(words)),
        gate=outcome(words),
        steps=shown,
        ends=tuple(_ends(words)),
        no_routes=_no_routes(words),
        more=words.documents["sheet"]["more"].format(count=left) if left else "",
    )


def sheet_data(words: Words, kind: str) -> dict[str, Any]:
    """As JSON holds it, under the pilot's name and date; the numbered parts by their names."""
    named = words.for_others()
    head = asdict(document(named, kind, ()))
    parts = [words.part_name(part.key) for part in words.canvas.parts]
    told = {**words.documents["page"], **words.documents["sheet"]}
    blank = {"blank": kind == "workshop", "parts": parts[1:-1]}
    return {**head, **asdict(sheet(named, kind)), **blank, "words": told}


def workshop_data(words: Words) -> dict[str, Any]:
    """The canvas with its questions and nothing else: to fill in together, on paper."""
    empty = type(words)(words.content, words.language)
    data = sheet_data(empty, "workshop")
    return {**data, "title": data["kind"], "date_text": "", "steps": []}


# ---------------------------------------------------------------- part 1: what it is for


def _basis(words: Words) -> Iterator[Box]:
    """The issue, for whom, and what is known about the effect: on top of everything."""
    yield _answer(words, "impact.issue", "impact.why")
    yield _answer(words, "impact.for_whom")
    evidence = _answer(words, "impact.evidence", "impact.evidence_note")
    reach = (_named(words, key) for key in ("impact.places", "impact.working_part"))
    aside = ". ".join(filter(None, reach))
    yield Box(
        evidence.name, text=evidence.text, asides=(f"{aside}.",) if aside else (),
        prompt=evidence.prompt, mark=evidence.mark, word=evidence.word,
    )  # fmt: skip


def _answer(words: Words, key: str, more: str = "") -> Box:
    """A box of what was said; one that was not asked says so."""
    told = words.documents["status"]
    parts = (words.given(key), words.given(more) if more else "")
    text = "\n".join(short_text(part, NOTE) for part in parts if part)
    if text:
        return Box(words.short(key), text=_capital(text), prompt=words.text(key))
    mark = "unknown" if key in words.values else NONE
    return Box(words.short(key), mark, told[mark], prompt=words.text(key))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _named(words: Words, key: str) -> str:
    value = words.given(key) if key in words.canvas else ""
    return f"{words.short(key)}: {value}" if value else ""


# ---------------------------------------------------------------- parts 2, 3 and 4


def _route(words: Words, route: Route) -> Box:
    """What it is or what comes first, and the person's own way of it."""
    told, how = words.route(route), words.given(f"routes.how_{route.route}")
    mark, word = of_route(words, route)
    firsts = route.first if mark == route.fit else ()
    text = main_clause(words.first_text(route, firsts[0])) if firsts else told["what"]
    prompt = words.text(keys_of_route(words, route)[0])
    return Box(
        f"{told['name']} ({told['label']})", mark, word, text,
        _asides(words, "own_way", how), prompt,
    )  # fmt: skip


def _asides(words: Words, name: str, text: str) -> tuple[str, ...]:
    pattern = words.documents["sheet"][name]
    return (str(pattern.format(text=short_text(text, NOTE))),) if text else ()


def _no_routes(words: Words) -> str:
    small = words.advice.gate.outcome == "small"
    return str(words.documents["sheet"]["no_routes" if small else "no_routes_yet"])


def _ingredient(words: Words, key: str) -> Box:
    """Its note; what is done about it stands among the actions, with who and when."""
    note = short_text(words.given(f"{key}_note"), NOTE)
    mark, word = of_ingredient(words, key)
    beside = ". ".join(filter(None, (_named(words, near) for near in NEAR.get(key, ()))))
    asides = (f"{beside}.",) if beside else ()
    return Box(words.short(key), mark, word, note, asides, words.text(key))


def _pitfalls(words: Words) -> Iterator[Box]:
    levels = {item.key: item.level for item in words.advice.attention if item.kind == "pitfall"}
    told = words.documents["sheet"]
    for pitfall in words.canvas.pitfalls:
        named = words.advice_words["pitfall"][pitfall.key]
        asked = any(key in words.values for key in pitfall.checks)
        level = levels.get(pitfall.key, "yes" if asked else NONE)
        word = words.advice_words["attention"].get(level, told["calm" if asked else "unasked"])
        answer = words.given(f"pitfalls.{pitfall.key}_answer")
        asides = _asides(words, "pitfall_answer", answer)
        prompt = words.text(next(iter(pitfall.checks)))
        yield Box(named["name"], level, word, named["text"], asides, prompt)


# ---------------------------------------------------------------- who does what, and when


def _steps(words: Words, kind: str) -> Iterator[tuple[str, str, str]]:
    """The own first step, on the canvas all actions in order of time, then the advice's first."""
    for one in by_day(words):
        if kind != "card" or one.key == SMALL_WIN:
            yield short_text(one.what, STEP), *_who_when(one)
    for step in first_steps(words):
        yield str(words.words_of_step(step)["label"]), "", ""


def _who_when(one: Action) -> tuple[str, str]:
    return one.who, one.when


def _ends(words: Words) -> Iterator[tuple[str, str]]:
    """(name, text) of the insight and of the day to look back."""
    told, day = words.documents["summary"], look_back(words)
    insight = words.given("closing.insight")
    if insight:
        yield told["insight"], short_text(insight, NOTE)
    answer = words.given("pitfalls.answer")
    if answer:
        yield told["answered"], short_text(answer, NOTE)
    if day:
        yield told["recheck"], words.day(day)


# ---------------------------------------------------------------- the caption


def card_caption(words: Words) -> str:
    """What the card shows, in words: for who cannot see it. Fits under a photo."""
    named = words.for_others()
    texts = (_caption(named, cut) for cut in CUTS)
    return next((text for text in texts if units(text) <= MOST_CAPTION), "")


def _caption(words: Words, cut: int) -> str:
    shown, head = sheet(words, "card"), document(words, "card", ())
    about = ", ".join(short_text(part, cut) for part in (head.subtitle, head.date_text) if part)
    told = words.documents["sheet"]
    routes = [f"• {r.name}: {r.word}" for r in shown.routes if r.mark in ON_CARD_ROUTES]
    steps = [f"• {', '.join(short_text(part, cut) for part in s if part)}" for s in shown.steps]
    return (
        str(told["caption"])
        .strip()
        .format(
            title=short_text(head.title, cut),
            about=about,
            ingredients="\n".join(f"• {i.name}: {i.word}" for i in shown.ingredients),
            routes="\n".join(routes) or shown.no_routes,
            steps="\n".join(steps) or told["no_steps"],
        )
    )


ON_CARD_ROUTES = frozenset({"fits", "first", "possible"})
"""Statuses of a route that stands on the card: those that say something for it."""
