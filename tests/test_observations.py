"""One sentence back that joins two answers: true, varied, and not for everyone."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from content.loader import newest
from content.messages.render import render
from flows.advice.advice import observe
from flows.model.canvas import UNKNOWN
from flows.model.effects import Say, Turn
from flows.model.turn import Cursor, Reply, Session, Walk
from tests.test_walks import Walker

CONTENT = newest()
RULES = CONTENT.guide.rules
SPEAKS_OF_OPEN = {"both_open", "much_open"}
"""These say themselves that something is not known yet."""

MOMENTS = [
    ("pilot", "end"), ("impact", "end"), ("routes", "middle"), ("routes", "end"),
    ("ingredients", "end"), ("pitfalls", "end"),
]  # fmt: skip
PEOPLE = 60


def test_what_is_unknown_is_never_said_as_found() -> None:
    resting = {rule.key for rule in RULES.observations for clause in rule.when.clauses
               for _, wanted in clause.needs if {UNKNOWN, "*", ""} & set(wanted)}  # fmt: skip
    assert resting == SPEAKS_OF_OPEN


def test_each_joins_two_answers() -> None:
    for rule in RULES.observations:
        assert all(len(clause.needs) > 1 for clause in rule.when.clauses), rule.key


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_is_a_sentence_or_two(language: str) -> None:
    for key, told in CONTENT.words[language]["advice"]["observation"].items():  # type: ignore[index]
        for text in [told["text"]] if isinstance(told["text"], str) else told["text"]:
            assert text.endswith((".", "?")), key
            assert len(text.split()) <= 28, key


def test_both_languages_have_as_many() -> None:
    nl, en = (CONTENT.words[lang]["advice"]["observation"] for lang in ("nl", "en"))
    for key, told in nl.items():
        assert isinstance(told["text"], str) == isinstance(en[key]["text"], str), key
        assert isinstance(told["text"], str) or len(told["text"]) == len(en[key]["text"]), key


@pytest.mark.parametrize("depth", ["quick", "full"])
def test_no_observation_comes_in_every_conversation(depth: str) -> None:
    seen, silent = Counter[str](), Counter[tuple[str, str]]()
    for seed in range(PEOPLE):
        walker = Walker({}, pick=random.Random(seed), depth=depth, longest=False).walk()  # noqa: S311
        assert walker.session.walk
        values = CONTENT.guide.canvas.relevant(walker.session.walk.values)
        for part, at in MOMENTS:
            found = observe(RULES, part, at, values)
            seen.update([found.rule] if found else [])
            silent.update([] if found else [(part, at)])
    assert seen.most_common(1)[0][1] < PEOPLE / 2
    assert len(seen) > len(RULES.observations) / 2
    assert sum(silent.values()) > PEOPLE / 2


def test_of_several_texts_each_canvas_keeps_to_one() -> None:
    first, second = (said("demand_one_person", canvas) for canvas in (1, 2))
    assert first != second
    assert said("demand_one_person", 3) == first
    assert said("demand_no_hours", 1) == said("demand_no_hours", 2)


def said(key: str, canvas: int) -> str:
    walk = Walk(canvas, "routes", "quick", Cursor())
    session = Session("test", "nl", agreed=True, walk=walk)
    turn = Turn(session, (Say(Reply("observation", {"key": key, "because": ()})),))
    return render(CONTENT, turn)[0].html
