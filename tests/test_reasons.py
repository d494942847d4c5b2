"""A reason is a sentence, in every language, for whoever and however far it is."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from content.loader import newest
from content.words.vocabulary import Words
from flows.model.journey import Cursor, Given, Walk
from flows.model.messages import LANGUAGES
from flows.model.rules import keys_of, reasoning
from tests.kinds import ANY_OF, ONE_OF
from tests.test_cases import CASES, answers_of

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTENT = newest()
CANVAS = CONTENT.guide.canvas
TOLD = [key for key in keys_of(reasoning(CONTENT.guide.rules)) if key in CANVAS]


def words(answers: Mapping[str, Any], language: Any = "nl") -> Words:
    given = {key: Given(key, v, datetime(2026, 11, 23, tzinfo=UTC)) for key, v in answers.items()}
    return Words(CONTENT, language, Walk(1, "done", "full", Cursor(), given))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("origin", CANVAS["pilot.origin"].choices)
def test_every_answer_that_is_told_is_a_sentence(origin: str, language: str) -> None:
    for stage, key in product(CANVAS["pilot.stage"].choices, TOLD):
        said = words({"pilot.origin": origin, "pilot.stage": stage}, language)
        question = CANVAS[key]
        assert question.kind in ONE_OF | ANY_OF, key
        for choice in question.choices:
            sentence = said.because(key, [choice] if question.kind in ANY_OF else choice)
            assert sentence.endswith("."), (key, choice)
            assert said.short(key) not in sentence.partition(":")[0], (key, choice)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_a_case_is_told_in_sentences(name: str, language: str) -> None:
    said = words(answers_of(CASES[name]), language)
    advice = said.advice
    for route in advice.suggested:
        assert said.reasons(route.because)
        assert all(said.first_text(route, first) for first in route.first)
    for step in advice.steps:
        assert all(sentence.endswith(".") for sentence in said.reasons(step.because))
        assert all(said.words_of_step(step)[name] for name in ("label", "text", "first_move"))


def test_a_list_names_what_is_missing_from_it() -> None:
    said = words({})
    assert said.because("routes.anchored", ["plan", "budget"]) == (
        "Het staat nog niet in: werkproces, functie of rol."
    )
    assert said.because("routes.anchored", ["none"]) == "Het heeft nog nergens een vaste plek."


def test_who_takes_over_is_told_in_words_of_their_own() -> None:
    adopting, started = words({"pilot.origin": "adopting"}), words({"pilot.origin": "started"})
    assert adopting.because("routes.demand", "concrete") == "Het staat bij jullie op de agenda."
    assert started.because("routes.demand", "concrete").startswith("Andere gemeenten of")


def test_a_text_is_told_as_it_was_asked() -> None:
    assert words({}).because("impact.issue", "Schulden") == "Vraagstuk: Schulden."
