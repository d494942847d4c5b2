"""What is remembered of what was said is nobody's own: two people never hear of each other."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.loader import load, newest, read
from content.messages.render import render
from content.words.steering import PERSONAL, SteeringWords
from content.words.vocabulary import Anybody, Personal, Words
from flows.model.journey import Cursor, Given, Walk
from tests.people import START
from tests.test_walks import Walker

if TYPE_CHECKING:
    from flows.model.messages import Language, Message
    from flows.model.turn import Turn

WALKS = int(os.environ.get("WALKS", "15"))  # noqa: TID251 - how long `make prove` looks
WARM, FORGETFUL = newest(), load(read())
OWN = ("Kanariegeel", "Papegaaigroen")
COMMANDS = (
    "/samenvatting", "/waar", "/wijzig", "/uitleg", "/help", "/privacy", "/look", "/look out",
    "/half_pages", "/document", "/terug", "/overslaan", "/wijzig pilot.name", "/wijzig impact",
    "/taal", "/next", "/again", "/five", "/diepte", "/pauze", "nee nee",
)  # fmt: skip


@dataclass
class Apart(Walker):
    """Says one word that nobody else says; all that is heard must be the same without a memory."""

    own: str = ""
    other: str = ""

    def types(self, text: str) -> None:
        super().types(f"{text.rstrip('.')} {self.own}." if " " in text else text)

    def hears(self, turn: Turn) -> tuple[Message, ...]:
        FORGETFUL.spoken.clear()
        said = render(WARM, turn)
        assert said == render(FORGETFUL, turn)
        assert self.other not in repr(said)
        return said

    def acts(self, command: str) -> None:
        """Goes on, or types a command where one is given."""
        if self.state == "new":
            self.presses("agree")
        elif command:
            self.types(command)
        elif self.state != "done":
            self.goes_on()


@st.composite
def people(draw: st.DrawFn) -> tuple[Apart, Apart]:
    def person(own: str, other: str) -> Apart:
        language: Language = draw(st.sampled_from(["nl", "en"]))
        wish = {
            "pilot.origin": draw(st.sampled_from(["started", "adopting", "helping"])),
            "pilot.stage": draw(st.sampled_from(["considering", "running", "spread"])),
        }
        pick = random.Random(draw(st.integers(0, 99)))  # noqa: S311 - a choice, repeatable
        doubts = draw(st.sampled_from([0, 0.3]))
        return Apart(
            wish, language=language, pick=pick, doubts=doubts, longest=False, own=own, other=other
        )

    return person(*OWN), person(*reversed(OWN))


@settings(max_examples=WALKS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(people(), st.lists(st.tuples(st.booleans(), st.sampled_from(("", "", "", *COMMANDS))),
                          min_size=40, max_size=160))  # fmt: skip
def test_two_people_who_take_turns_hear_what_each_would_hear_alone(
    both: tuple[Apart, Apart], moves: list[tuple[bool, str]]
) -> None:
    for person in both:
        person.does("start", "")
    for second, command in moves:
        both[second].acts(command)
    kept = repr(WARM.spoken)
    assert not [own for own in OWN if own in kept]


def of(name: str) -> Words:
    answers = {
        key: Given(key, value, START)
        for key, value in {"pilot.name": name, "pilot.origin": "started"}.items()
    }
    return Words(newest(), "nl", Walk(1, "pilot", "quick", Cursor(), answers))


@pytest.mark.parametrize("looks", ["walk", "values", "pilots", "keep", "advice", "pilot_name"])
def test_anybody_has_no_answers_to_look_at(looks: str) -> None:
    with pytest.raises(Personal):
        getattr(Anybody(newest(), "nl", of("Samen fietsen").voices), looks)


def test_only_what_looks_at_nobody_is_remembered() -> None:
    def named(said: SteeringWords, greeting: str) -> str:
        return f"{greeting}, {said.words.pilot_name}"

    def voiced(said: SteeringWords) -> Any:
        return said.words.voices

    content = load(read())
    for name in ("Samen fietsen", "Meer groen"):
        said = SteeringWords(content, "nl", words=of(name))
        said.words.content = content
        assert said.remembered(named, "Dag") == f"Dag, {name}"
        assert said.remembered(voiced) == ("started_None", "started")
    assert list(content.spoken.values()).count(PERSONAL) == 3
    assert "fietsen" not in repr(content.spoken)
