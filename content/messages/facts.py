"""What a template needs beyond its reply's own data, computed from the walk."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from content.words.compared import in_a_message
from content.words.phrases import short_text
from content.words.vocabulary import Words
from flows.advice.progress import missing
from flows.advice.undertakings import AGREED, FIRST_STEP, small_wins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from content.words.steering import SteeringWords
    from flows.advice.advice import Route

    Facts = Mapping[str, Any]

PART = 60  # characters of what, who and when of the own first step, each
SHOWN = 2
"""Routes that are told with their reason, one where others are still open; the rest is named."""


HIDDEN = frozenset({"value", "reason", "route"})
"""Facts that have the name of a helper: templates have them as v, refusal and r."""


def facts_of(said: SteeringWords, reply: str, data: Facts, names: Iterable[str]) -> dict[str, Any]:
    """What a template names: helpers, the reply's own facts, and what rests on those."""
    found = said.helpers(names)
    for name in names:
        fact, make = OF_FACT.get(name, ("", None))
        if name in data and name not in HIDDEN:
            found[name] = data[name]
        elif make and fact in data:
            found[name] = make(said.words, data[fact])
    return found | (OF_REPLY[reply](said.words, data) if reply in OF_REPLY else {})


def _observation(words: Words, key: str) -> str:
    """Of several texts each canvas keeps to one, so that not everyone reads the same."""
    text: str | list[str] = words.advice_words["observation"][key]["text"]
    if isinstance(text, str):
        return text
    return text[(words.walk.id if words.walk else 0) % len(text)]


def _recap(words: Words, part: str) -> list[tuple[str, Any]]:
    own = [(k, v) for k, v in words.values.items() if words.canvas[k].part == part]
    return [(k, v) for k, v in own if not k.endswith("_note")]


OF_FACT: Mapping[str, tuple[str, Callable[[Words, Any], Any]]] = {
    "v": ("value", lambda _, value: value),
    "is_when": ("value", lambda _, value: isinstance(value, dict)),
    "date": ("value", lambda _, value: value.get("date") if isinstance(value, dict) else None),
    "refusal": ("reason", lambda words, reason: words.said["refusals"][reason]),
    "question_text": ("key", Words.text),
    "help": ("key", Words.help),
    "example": ("key", Words.example),
    "observation_text": ("key", _observation),
    "part_number": ("part", Words.part_number),
    "purpose": ("part", lambda words, part: words.said["purposes"][part]),
    "recap": ("part", _recap),
    "document_name": ("name", lambda words, name: words.said["documents"][name]),
}
"""What a template may name -> the fact that it rests on, and how."""


def _misfit(words: Words, _: Facts) -> dict[str, Any]:
    key = words.walk.cursor.question if words.walk else None
    return {"choices_fit": bool(key and words.canvas[key].choices)}


def _privacy_more(words: Words, data: Facts) -> dict[str, Any]:
    at = data["at"]
    return {"day": words.day(datetime.fromisoformat(at).date()) if at else ""}


def _gate(words: Words, _: Facts) -> dict[str, Any]:
    gate = words.advice.gate
    known = {key for key, _ in gate.because}
    still = [key for key in gate.lacking if key not in known and key in words.canvas]
    return {"gate": gate, "gate_open": still}


def _summary(words: Words, data: Facts) -> dict[str, Any]:
    """The gate, how far it is, and what the person closed with."""
    recheck = words.values.get("closing.recheck")
    left = missing(words.canvas, words.walk) if words.walk else []
    return {
        **_gate(words, data),
        "unasked": sum(q.part != "closing" and q.of is None for q in left),
        "own": ", ".join(short_text(part, PART) for part in words.own_step()),
        "wins": small_wins(words.walk),
        "own_by": words.colleague(FIRST_STEP, agreed=True),
        "insight": words.given("closing.insight"),
        "insight_by": words.colleague("closing.insight", agreed=True),
        "recheck": "" if recheck == "never" else words.given("closing.recheck"),
    }


def _routes(words: Words, _: Facts) -> dict[str, Any]:
    routes, suggested = words.advice.routes, words.advice.suggested
    depth = words.walk.depth if words.walk else "full"
    asked = words.canvas.asked_keys(words.values, depth)
    still = [r for r in words.advice.open_routes if any(key in asked for key in r.asks)]
    most = 1 if still else SHOWN
    first = [next(key for key in r.asks if key in asked) for r in still]
    return {
        "early": words.advice.gate.outcome == "too_early",
        "small": words.advice.gate.outcome == "small",
        "shown": list(_shown(words, suggested[:most])),
        "suggested": suggested[most:],
        "open_routes": still,
        "telling": [k for k in dict.fromkeys(first) if k not in words.advice.open_points],
        "not_now": [r for r in routes if r.fit == "not_now"],
    }


def _shown(words: Words, routes: Iterable[Route]) -> Iterator[tuple[Route, str]]:
    """(route, what must come before it), where another route has not said so yet."""
    told: set[str] = set()
    for route in routes:
        obstacles = sorted(route.first, key=lambda first: first.asks is not None)
        texts = [words.first_text(route, first) for first in obstacles]
        fresh = next((text for text in texts if text not in told), "")
        told.add(fresh)
        yield route, fresh


def _attention(words: Words, _: Facts) -> dict[str, Any]:
    gate = words.advice.gate
    named = {level: [words.attention_name(item) for item in words.advice.attention
                     if item.level == level and gate.outcome != "small"]
             for level in ("no", "raised")}  # fmt: skip
    return {
        "missing": named["no"],
        "raised": named["raised"],
        "open_points": words.shorts(k for k in words.advice.open_points if k not in gate.lacking),
        "own_view": words.own_view(),
    }


def _steps(words: Words, _: Facts) -> dict[str, Any]:
    told = {one.action for one in small_wins(words.walk)}
    left = [one for one in words.agreed if f"{AGREED}{one.id}" not in told]
    return {"first_steps": words.advice.first_steps, "agreed": left}


def _route(words: Words, data: Facts) -> dict[str, Any]:
    name = data["route"]
    route = next(r for r in words.advice.routes if r.route == name)
    # The step that is this route, of those that these answers call for.
    rules = words.content.guide.rules.steps
    own = {rule.key for rule in rules if set(rule.sides) & set(route.sides)}
    step = next((step for step in words.advice.steps if step.step in own), None)
    # Answered questions first: those can still turn out otherwise; each question once.
    found = {c.question: c for c in reversed(words.changes_of(name)[name])}
    nearest = sorted(found.values(), key=lambda c: c.question not in words.values)
    return {"r": route, "step": step, "changes": nearest}


def _year(words: Words, data: Facts) -> dict[str, Any]:
    """The same lines as on its page, each as when, what and who; the drawing as how it stands."""
    from content.documents.blocks import Table  # noqa: PLC0415 - a document
    from content.documents.year import year  # noqa: PLC0415 - likewise

    words.past = data["past"]
    tables = [block for block in year(words).blocks if isinstance(block, Table)]
    drawn, lines = tables[:1], tables[1:]
    return {
        "stands": [(row[0], row[-1]) for table in drawn for row in table.rows],
        "lines": [(table.label, [_spoken(row) for row in table.rows]) for table in lines],
    }


def _spoken(row: tuple[str, ...]) -> tuple[str, str]:
    """When; what, with who does it where somebody does, then what that meant."""
    when, what, *doers = row
    who = next((one for one in doers if one != "–"), "")
    first, *more = what.split("\n")
    lines = [f"{first.rstrip('.')}, {who}" if who else first, *more]
    return when, " ".join(line if line.endswith(".") else f"{line}." for line in lines)


OF_REPLY: Mapping[str, Callable[[Words, Facts], dict[str, Any]]] = {
    "route": _route,
    "privacy_more": _privacy_more,
    "misfit": _misfit,
    "welcome_back": lambda words, _: {"at_end": bool(words.walk and not words.walk.is_asked)},
    "gate": _gate,
    "summary": _summary,
    "routes": _routes,
    "attention": _attention,
    "steps": _steps,
    "steps_brief": _steps,
    "since": in_a_message,
    "year": _year,
}
"""What a reply needs beyond its own facts: of those, or of the walk."""
