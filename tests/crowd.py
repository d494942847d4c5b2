"""Hundreds of municipalities, straight into the tables: no two advisers with the same answers."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

from content.loader import newest
from content.messages.render import PRIVACY_VERSION
from flows.model.canvas import UNKNOWN
from tests.kinds import ONE_OF
from tests.people import START

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.model.canvas import Question
    from storage.store import Store

FIRST = 1_001
"""The lowest number of a person, of their canvas and of their seat."""

CONTENT = newest()
AT = START.isoformat()
QUESTIONS = [q for q in CONTENT.guide.canvas.questions if q.depth == "quick" and q.of is None]


def crowd(
    store: Store, towns: int, each: int, chat: Callable[[int], str] = lambda n: f"test:c{n}"
) -> None:
    """So many advisers in trajectory 1; `chat`: where each can be reached, by their number."""
    dice = random.Random(7)  # noqa: S311 - a crowd, repeatable
    run = store.db.execute
    with store.transaction():
        for number in range(FIRST, FIRST + towns * each):
            _sits(store, number, chat(number), f"Gemeente {number % towns:03}")
            rows = [
                (number, place, key, json.dumps(said), AT, f"c{number}")
                for place, (key, said) in enumerate(_said(dice), 1)
            ]
            run("UPDATE canvases SET answered = ? WHERE id = ?", [len(rows), number])
            store.db.conn.executemany(
                "INSERT INTO answers(canvas, id, question, value, at, by, message, size) "
                "VALUES (?, ?, ?, ?, ?, ?, '', 0)",
                rows,
            )


def _sits(store: Store, number: int, chat: str, town: str) -> None:
    run = store.db.execute
    run(
        "INSERT INTO people(id, chat, pseudonym, language, agreed_at, agreed_version, canvas) "
        "VALUES (?, ?, ?, 'nl', ?, ?, ?)",
        [number, chat, f"c{number}", AT, PRIVACY_VERSION, number],
    )
    run("INSERT INTO chats(chat, person, seen_at) VALUES (?, ?, ?)", [chat, number, AT])
    run(
        "INSERT INTO canvases(id, person, content, depth, state, question, picked, plan, told, "
        "created_at, changed_at) VALUES (?, ?, ?, 'quick', 'ingredients', 'ingredients.value', "
        "'[]', '[]', '[]', ?, ?)",
        [number, number, CONTENT.version, AT, AT],
    )
    run(
        "INSERT INTO seats(id, trajectory, municipality, name, person, canvas, joined_at, "
        "confirmed_at) VALUES (?, 1, ?, ?, ?, ?, ?, ?)",
        [number, town, f"A{number}", number, number, AT, AT],
    )
    run("INSERT INTO shares(seat, what, at) VALUES (?, 'ingredients', ?)", [number, AT])


def _said(dice: random.Random) -> Iterator[tuple[str, Any]]:
    """Some of the walk's first questions, and five ingredients; the last question stays open."""
    given = QUESTIONS[: dice.randrange(len(QUESTIONS) - 1)]
    first = CONTENT.guide.canvas.ingredients[:5]
    for question in QUESTIONS:
        if question in given or question.key in first:
            yield question.key, _answer(dice, question)


def _answer(dice: random.Random, question: Question) -> Any:
    if question.kind in ONE_OF:
        return dice.choice([*question.choices, UNKNOWN])
    if question.choices:
        return [dice.choice(question.choices)]
    if question.kind == "when":
        return {"text": "na de zomer", "date": None}
    return f"Wat adviseur {dice.randrange(10**6)} vertelt."
