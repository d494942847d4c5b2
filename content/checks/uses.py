"""What every question is for, found by trying: nothing is asked for nothing.

An answer counts as used where it decides advice, is said back, opens a question,
lies on the table at a meeting, or shows in a document or in the summary in the
chat. That the list of all answers repeats it is no use.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from content.documents.executive import executive
from content.documents.half_pages import practice
from content.documents.sheets import sheet_data
from content.words.vocabulary import Words
from flows.model.journey import Cursor, Given, Walk
from flows.model.kinds import KIND
from flows.model.rules import keys_of, used_keys
from flows.trajectory.agenda import CLASHES, EIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from content.loader import Content
    from flows.model.canvas import Canvas, Question

AT = datetime(2026, 11, 23, tzinfo=UTC)
OPENERS = {
    "pilot.origin": "started", "pilot.stage": "running", "impact.evidence": "stories",
    "impact.working_part": "yes", "routes.hinges": "no", "routes.demand": "concrete",
    "routes.more_here": "many", "routes.purse": "yes", "routes.behaviour": "yes",
    "ingredients.collaboration": "partly",
}  # fmt: skip
"""Answers that open other questions; of all else what is weakest."""


def idle(content: Content) -> Iterator[str]:
    """The questions that are for nothing; only where no rule names one is the rest tried."""
    found = named(content)
    for question in content.guide.canvas.questions:
        if not question.of and not found[question.key] and not any(shown(content, question)):
            yield question.key


def named(content: Content) -> dict[str, tuple[str, ...]]:
    """Question -> what rules and meetings name it for: `advice`, `observation` and so on."""
    canvas, rules = content.guide.canvas, content.guide.rules
    checks = {key for pitfall in canvas.pitfalls for key in pitfall.checks}
    opened = (q.condition(depth) for q in canvas.questions for depth in ("quick", "full"))
    by_name = {
        "advice": {*used_keys(rules), *checks, *canvas.ingredients},
        "observation": keys_of(seen.when for seen in rules.observations),
        "question": keys_of(filter(None, opened)),
        "meeting": {*chain(*EIGHT.values()), *(key for pair in CLASHES for key, _ in pair)},
    }
    return {
        q.key: tuple(name for name, keys in by_name.items() if q.key in keys)
        for q in canvas.questions
    }


def shown(content: Content, question: Question) -> Iterator[str]:
    """Where two answers to it show differently."""
    canvas, some = content.guide.canvas, range(len(question.choices) or 2)
    seen = [_papers(content, _answers(canvas, question.key, at)) for at in some]
    yield from (name for name in seen[0] if len({papers[name] for papers in seen}) > 1)


def _answers(canvas: Canvas, key: str, at: int) -> dict[str, Any]:
    """Something said on every question that these answers open, and on this one its answer `at`."""
    given: dict[str, Any] = {}
    for question in canvas.questions:
        if canvas.applies(question, given, "full") or question.depth == "paper":
            given[question.key] = _answer(question, at if question.key == key else None)
    return given


def _answer(question: Question, at: int | None) -> Any:
    kind = KIND[question.kind]
    if kind.some:
        return [question.choices[at or 0]]
    if kind.one:
        weak = (OPENERS.get(question.key, "no"), *reversed(question.choices))
        ordinary = next(choice for choice in weak if choice in question.choices)
        return ordinary if at is None else question.choices[at]
    if kind.reads == "date":
        return {"text": "1 maart", "date": "2027-03-01"}
    return f"About {question.key} {at or ''}"


def _papers(content: Content, answers: Mapping[str, Any]) -> dict[str, str]:
    given = {key: Given(key, value, AT) for key, value in answers.items()}
    words = Words(content, "nl", Walk(1, "done", "full", Cursor(), given))
    told = ("pilot.name", "closing.insight", "closing.recheck")
    made: dict[str, Any] = {
        "canvas": sheet_data(words, "canvas"),
        "executive": asdict(executive(words)),
        "practice": asdict(practice(words)),
        # What the summary in the chat tells beside the advice.
        "summary": [*map(words.given, told), words.advice.own, words.own_view()],
    }
    return {name: json.dumps(facts, sort_keys=True, default=str) for name, facts in made.items()}
