"""A message in parts, and how it names what a person can do, for any channel."""

from __future__ import annotations

import re
from typing import Any

import pytest

from content.loader import newest
from content.messages.html import plain
from content.messages.render import render, sentence
from flows.machine import take_turn
from flows.model.context import Context
from flows.model.journey import Cursor, Walk
from flows.model.messages import Asks, Update
from flows.model.turn import Intent, Session
from tests.people import START, Person

PAGE = newest().to("web:0123456789abcdef")
"""As a browser says it."""


def test_a_question_leaves_the_outbox_taken_apart(anna: Person) -> None:
    anna.starts()
    said = anna.types("akkoord")[-1].message
    words = newest().words["nl"]["questions"]["pilot.name"]
    progress = "Vooraf · vraag 1 van hooguit 4"
    assert said.asks == Asks("pilot.name", "line", progress, words["text"])
    assert [part.name for part in said.parts] == ["agreed", "part_opened", "question"]
    assert said.html == "\n\n".join(part.html for part in said.parts)


def test_what_was_answered_and_how_to_choose_stand_apart(anna: Person) -> None:
    anna.starts()
    for text in ("akkoord", "Samen fietsen"):
        anna.types(text)
    said = anna.types("/wijzig pilot.name")[-1].message
    assert said.asks
    assert said.asks.old == "Je antwoord nu: Samen fietsen"
    assert plain(said.parts[-1].html).endswith(said.asks.old)


def test_a_blanked_message_has_no_part_left(anna: Person) -> None:
    anna.starts()
    said = anna.types("akkoord")[-1]
    anna.store.db.execute(
        "UPDATE outbox SET sent_at = NULL, body = json_patch(body, ?) WHERE id = ?",
        ['{"html": "…"}', said.id],
    )
    (left,) = anna.flush()
    assert (left.message.html, left.message.asks) == ("…", None)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_sentence_names_a_command_by_itself(language: Any) -> None:
    """What a person types differs by channel: a template asks for it."""
    tree = newest().words[language]
    for stem in ("messages", "steering"):
        for name, text in tree[stem]["say"].items():
            assert not re.search(r"(?<![\w</])/[a-z]{3,}", re.sub(r"<[^>]+>", " ", text)), name


@pytest.mark.parametrize("table", ["say", "buttons"])
def test_the_dialogue_and_a_desk_share_no_name(table: str) -> None:
    tree = newest().words["nl"]
    assert not tree["messages"][table].keys() & tree["steering"][table].keys()


def test_each_channel_points_in_its_own_way() -> None:
    assert "Typ /privacy om" in sentence(newest(), "nl", "privacy_news")
    assert "<v privacy>" in sentence(PAGE, "nl", "privacy_news")


@pytest.mark.parametrize("chat", ["42", "terminal:anna", "lines:1", "website:1", ""])
def test_whoever_has_no_words_of_their_own_hears_the_common_ones(chat: str) -> None:
    assert newest().to(chat) is newest()


def test_a_whole_turn_points_in_one_way() -> None:
    walk = Walk(1, "pilot", "quick", Cursor("pilot.name"))
    session = Session("c", "nl", agreed=True, walk=walk)
    context = Context(session, newest().guide, newest().guide)
    turn = take_turn(context, Update("u", "c", START, "text"), Intent("help"))
    assert "/samenvatting" in render(newest(), turn)[0].html
    assert "<v summary>" in render(PAGE, turn)[0].html
    assert "/" not in plain(render(PAGE, turn)[0].html)
