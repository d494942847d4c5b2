"""The house stands as it is drawn, and nothing new comes in without a place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from content.loader import newest
from flows.intents.verbs import VERBS
from flows.machine import MACHINE, MOVES
from flows.model.messages import LANGUAGES
from flows.table import INTERVIEW, STATES, TABLE, WALKED
from tests.docs import DOCS, PAGES
from tests.spine import followed
from tests.storages import of_a_file
from tests.structure import (
    House,
    above,
    circles,
    classes_twice,
    files_twice,
    floors,
    inheritance,
    kind_branches,
    taken,
)

HOUSE = House(Path(__file__).parent.parent)
FLOWS = HOUSE.root / "flows"
WEB = "bot.channels.web"
FLOORS = {"bot": 8, "content": 6, "flows": 6, "storage": 5}
CODE = "\n".join(path.read_text(encoding="utf-8") for path in FLOWS.rglob("*.py"))


def test_no_file_reaches_itself() -> None:
    assert not circles(HOUSE.imports)


@pytest.mark.parametrize("room", FLOORS)
def test_a_room_is_a_tower(room: str) -> None:
    assert not circles(above(HOUSE.imports, room))
    assert floors(HOUSE.imports, room) <= FLOORS[room]


@of_a_file  # the journeys of a server are counted in test_pipeline
def test_an_answer_goes_a_short_way() -> None:
    """From the update to its last row; `python -m tests.spine --list` names them."""
    steps = len(followed().spine)
    assert steps <= 45, "see which with --list: each that calls another counts, also a property"


def test_no_name_stands_twice_in_the_house() -> None:
    assert not {**files_twice(HOUSE), **classes_twice(HOUSE)}, "rename the newest of them"


def test_classes_stand_at_most_three_deep() -> None:
    assert inheritance(HOUSE) <= 3


def test_what_a_kind_of_question_is_stands_in_one_table() -> None:
    assert not kind_branches(HOUSE)


def test_the_program_asks_storage_for_few_things() -> None:
    """Pages are made of what is kept, so the web has names of its own to ask by."""
    assert len(taken(HOUSE, "bot", "storage", but=WEB)) <= 44
    assert len(taken(HOUSE, WEB, "storage")) <= 45


@pytest.mark.parametrize("name", PAGES)
def test_the_drawings_are_drawn_from_the_code(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run: make docs"


def test_the_parts_of_the_table_are_those_of_the_canvas() -> None:
    assert tuple(part.key for part in newest().guide.canvas.parts) == WALKED


@pytest.mark.parametrize("verb", VERBS)
def test_every_state_hears_every_verb(verb: str) -> None:
    assert all(MOVES[verb, state] for state in STATES)


def test_no_state_can_be_jumped_to() -> None:
    verbs = {row.verb for row in TABLE}
    assert all(any(MOVES[verb, state] for state in STATES) for verb in verbs)
    assert set(MACHINE.events) == verbs
    assert not [name for name in MACHINE.events if name.startswith("to_")]


def test_every_row_of_the_table_does_something() -> None:
    assert all(row.to or row.then or row.verb == "quiet" for row in TABLE)


def test_every_verb_has_a_function() -> None:
    assert set(INTERVIEW) == set(VERBS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_is_said_has_words_and_all_words_are_said(language: str) -> None:
    words = newest().words[language]["messages"]["say"]  # type: ignore[index]
    said = set(re.findall(r'(?:say|menu|Reply|say_and_ask)\(\s*(?:x, )?"(\w+)"', CODE))
    said |= {"misfit", "misfit_menu", "long", "too_long", "edit_not_here", "edit_no_answer"}
    said |= {"edited", "edited_aside", "summary", "routes", "attention", "steps"}
    said |= {"chosen", "group", "away", "set_aside"}  # said around the turns
    said |= {"privacy_news", "goes_soon", "too_fast", "colleague_gone"}  # likewise
    assert set(words) == {name for name in said if not name.startswith("half_page")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_is_a_verb(language: str) -> None:
    commands = newest().words[language]["commands"]  # type: ignore[index]
    assert {verb.partition(" ")[0] for verb in commands} <= set(VERBS)


def test_no_sentence_stands_in_the_core() -> None:
    """A sentence begins with a capital and ends with a full stop; docstrings are for engineers."""
    code = re.sub(r'""".*?"""', "", CODE, flags=re.DOTALL)
    assert not re.findall(r'"[A-Z][a-z]+ [^"]*[.?]"', code)
