"""Canvases as JSON, as docs/export.schema.json says."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flows.advice.advice import AT_MOST_STEPS
from flows.model.canvas import UNKNOWN
from storage import reports

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.engine.conversation import Conversation
    from content.words.canvas import Words
    from flows.advice.advice import First, Route, Step
    from flows.model.canvas import Because
    from storage.reports import Record


def as_json(conversation: Conversation, canvases: Iterable[tuple[Record, Words]]) -> bytes:
    """Every canvas with its answers, their history, and the advice with its reasons."""
    found = [_canvas(conversation, words, record) for record, words in canvases]
    tree = {"format": "opschaalgids", "version": 1, "canvases": found}
    return (json.dumps(tree, ensure_ascii=False, indent=2) + "\n").encode()


def _canvas(conversation: Conversation, words: Words, record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "pilot": _known(words, "pilot.name"),
        "organisation": _known(words, "pilot.organisation"),
        "language": record.language,
        "depth": record.depth,
        "content_version": record.content,
        "state": record.state,
        "created_at": record.created_at,
        "completed_at": record.completed_at,
        "answers": _answers(words, record),
        "open_points": list(words.advice.open_points),
        "actions": [*_actions(words), *_agreed(conversation, record)],
        "advice": _advice(words),
    }


def _known(words: Words, key: str) -> Any:
    value = words.values.get(key)
    return None if value == UNKNOWN else value


def _answers(words: Words, record: Record) -> dict[str, Any]:
    """What applies, each with all that was given before; an action's fields are in actions."""
    found = {}
    for key in words.values:
        given = [e for e in record.history if e.question == key and e.value is not None]
        if words.canvas[key].of is None:
            *_, newest = entries = [{"value": e.value, "at": e.at, "by": e.by} for e in given]
            found[key] = {**newest, "history": entries}
    return found


def _actions(words: Words) -> Iterator[dict[str, Any]]:
    for name in words.acted_on():
        base = f"ingredients.actions.{name}"
        yield _action(words, base, _known(words, f"{base}.what"), f"ingredients.{name}")
    small_win = _known(words, "closing.small_win")
    if small_win:
        what = words.value("closing.small_win", small_win)
        yield _action(words, "closing.small_win", what, "closing.small_win")


def _agreed(conversation: Conversation, record: Record) -> Iterator[dict[str, Any]]:
    """What a meeting agreed and the adviser confirmed."""
    for one in reports.agreed(conversation.store, record.id):
        yield {**one, "about": "meeting"}


def _action(words: Words, base: str, what: Any, about: str) -> dict[str, Any]:
    when = _known(words, f"{base}.when") or {"date": None, "text": None}
    return {
        "what": what,
        "who": _known(words, f"{base}.who"),
        "when": when["date"],
        "when_text": when["text"],
        "about": about,
        "done_at": None,
    }


def _advice(words: Words) -> dict[str, Any]:
    advice, told = words.advice, words.advice.told
    return {
        "gate": {
            "outcome": advice.gate.outcome,
            "because": _because(advice.gate.because),
            "lacking": list(advice.gate.lacking),
            "route": advice.gate.route,
        },
        "routes": [_route(words, route) for route in advice.routes],
        "attention": [
            {"kind": a.kind, "key": a.key, "level": a.level, "because": _because(a.because)}
            for a in advice.attention
        ],
        "next_steps": [_step(words, step) for step in told[:AT_MOST_STEPS]],
        "first_steps": [step.step for step in advice.first_steps],
        "also": [_step(words, step) for step in (*told[AT_MOST_STEPS:], *advice.also)],
    }


def _because(because: Because) -> list[dict[str, Any]]:
    return [{"question": key, "answer": value} for key, value in because]


def _route(words: Words, route: Route) -> dict[str, Any]:
    return {
        "route": route.route,
        "fit": route.fit,
        "because": _because(route.because),
        "first": [_first(first) for first in route.first],
        "changes_if": [asdict(change) for change in words.changes[route.route]],
        "way_here": route.way_here,
        "way_elsewhere": route.way_elsewhere,
        "asks": list(route.asks),
    }


def _first(first: First) -> dict[str, Any]:
    return {"rule": first.rule, "because": _because(first.because)}


def _step(words: Words, step: Step) -> dict[str, Any]:
    own = step.step == "small_win"
    when = _known(words, "closing.small_win.when") if own else None
    return {
        "step": step.step,
        "because": _because(step.because),
        "source": step.source,
        "who": _known(words, "closing.small_win.who") if own else None,
        "when": when["date"] if when else None,
    }
