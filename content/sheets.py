"""What fits on one sheet: the card for a phone, the canvas for the wall. Facts only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from content.summary import actions, document
from content.words import lower_first, main_clause, short_text, upper_first
from flows.answers import units
from flows.canvas import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.words import Words
    from flows.advice import Route

THEORY = ("input", "activities", "output", "outcome", "impact")
NOTE, STEP = 700, 160
"""Characters of a note on the canvas, and of a step on both; the sheet cuts what does not fit."""

MOST_CAPTION = 1_024
"""UTF-16 units that Telegram allows under a photo."""

CUTS = (80, 60, 45, 34, 24)


@dataclass(frozen=True)
class Standing:
    """One ingredient, route or pitfall: `mark` is its status' key, `word` says the same."""

    name: str
    mark: str
    word: str
    text: str = ""
    aside: str = ""


@dataclass(frozen=True)
class Sheet:
    """Everything that the card and the canvas show."""

    theory: tuple[tuple[str, str], ...]
    routes: tuple[Standing, ...]
    ingredients: tuple[Standing, ...]
    pitfalls: tuple[Standing, ...]
    gate: tuple[str, str]
    steps: tuple[tuple[str, str], ...]
    ends: tuple[str, ...]
    no_routes: str


def sheet(words: Words) -> Sheet:
    gate = words.words_of_gate()
    return Sheet(
        theory=tuple(_theory(words)),
        routes=tuple(_route(words, route) for route in words.advice.routes),
        ingredients=tuple(_ingredient(words, key) for key in words.canvas.ingredients),
        pitfalls=tuple(_pitfalls(words)),
        gate=(gate["title"], gate["text"]),
        steps=tuple(_steps(words)),
        ends=tuple(_ends(words)),
        no_routes=_no_routes(words),
    )


def sheet_data(words: Words, kind: str) -> dict[str, Any]:
    """As JSON holds it, under the pilot's name and date."""
    head = asdict(document(words, kind, ()))
    told = {**words.documents["page"], **words.documents["sheet"]}
    return {**head, **asdict(sheet(words)), "words": told}


def _theory(words: Words) -> Iterator[tuple[str, str]]:
    for name in THEORY:
        key = f"impact.{name}"
        text = short_text(words.given(key), NOTE)
        yield words.short(key), text or words.documents["sheet"]["no_answer"]


def _route(words: Words, route: Route) -> Standing:
    """The person's own way of it, or what comes first, or what it is."""
    told, how = words.route(route), words.given(f"routes.how_{route.route}")
    first = main_clause(words.first_text(route, route.first[0])) if route.first else ""
    return Standing(
        f"{told['name']} ({told['label']})", route.fit, words.fit(route),
        text=first or told["what"], aside=_aside(words, "own_way", how),
    )  # fmt: skip


def _aside(words: Words, name: str, text: str) -> str:
    pattern = words.documents["sheet"][name]
    return str(pattern.format(text=short_text(text, NOTE))) if text else ""


def _no_routes(words: Words) -> str:
    small = words.advice.gate.outcome == "small"
    return str(words.documents["sheet"]["no_routes" if small else "no_routes_yet"])


def _ingredient(words: Words, key: str) -> Standing:
    value = words.values.get(key, "none")
    done = {about: rest for about, *rest in actions(words)}.get(words.short(key), ())
    action = ", ".join(short_text(field, STEP) for field in done if field)
    note = short_text(words.given(f"{key}_note"), NOTE)
    word = words.documents["status"].get(value, "")
    return Standing(words.short(key), str(value), word, note, _aside(words, "action", action))


def _pitfalls(words: Words) -> Iterator[Standing]:
    levels = {item.key: item.level for item in words.advice.attention if item.kind == "pitfall"}
    told = words.documents["sheet"]
    for pitfall in words.canvas.pitfalls:
        named = words.advice_words["pitfall"][pitfall.key]
        asked = any(key in words.values for key in pitfall.checks)
        level = levels.get(pitfall.key, "yes" if asked else "none")
        word = words.advice_words["attention"].get(level, told["calm" if asked else "unasked"])
        answer = words.given(f"pitfalls.{pitfall.key}_answer")
        aside = _aside(words, "pitfall_answer", answer)
        yield Standing(named["name"], level, word, named["text"], aside)


def _steps(words: Words) -> Iterator[tuple[str, str]]:
    """(what, who and when): the first step, the actions, what meetings agreed, then the advice."""
    chosen = words.given("closing.small_win")
    if chosen:
        yield short_text(upper_first(chosen), STEP), _who_when(words, "closing.small_win")
    for name in words.acted_on():
        base = f"ingredients.actions.{name}"
        what = words.given(f"{base}.what") or words.short(f"ingredients.{name}")
        yield short_text(what, STEP), _who_when(words, base)
    for one in words.agreed:
        day = words.day(date.fromisoformat(one.due)) if one.due else one.due_text
        yield short_text(words.agreed_what(one), STEP), f"{one.who}, {day}"
    for step in words.advice.next_steps:
        yield str(words.words_of_step(step)["label"]), ""


def _who_when(words: Words, base: str) -> str:
    when = words.values.get(f"{base}.when")
    said = isinstance(when, Mapping) and when.get("date")
    day = words.day(date.fromisoformat(str(said))) if said else words.given(f"{base}.when")
    return ", ".join(filter(None, (words.given(f"{base}.who"), day)))


def _ends(words: Words) -> Iterator[str]:
    told, recheck = words.documents["sheet"], words.values.get("closing.recheck")
    insight = words.given("closing.insight")
    if insight:
        yield told["insight"].format(text=short_text(insight, NOTE))
    if recheck not in (None, UNKNOWN, "never"):
        yield told["recheck"].format(when=lower_first(words.value("closing.recheck", recheck)))


# ---------------------------------------------------------------- the caption


def card_caption(words: Words) -> str:
    """What the card shows, in words: for who cannot see it. Fits under a photo."""
    texts = (_caption(words, cut) for cut in CUTS)
    return next((text for text in texts if units(text) <= MOST_CAPTION), "")


def _caption(words: Words, cut: int) -> str:
    shown, head = sheet(words), document(words, "card", ())
    about = ", ".join(short_text(part, cut) for part in (head.subtitle, head.date_text) if part)
    told = words.documents["sheet"]
    routes = [f"• {r.name}: {r.word}" for r in shown.routes if r.mark != "not_now"]
    steps = [f"• {', '.join(short_text(part, cut) for part in s if part)}" for s in shown.steps[:3]]
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
