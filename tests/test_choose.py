"""What a page says in one go: several choices at once, or words written under one question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.people import Person

if TYPE_CHECKING:
    from pathlib import Path

    from storage.conversations.outbox import Outgoing


class Visitor(Person):
    """Somebody whose channel says under which question something was done."""

    def chooses(self, *keys: str, of: Outgoing | None = None) -> list[Outgoing]:
        return self._does("choose", 20, text=" ".join(keys), ref=(of or self.question).ref)

    def writes(self, text: str, of: Outgoing | None = None) -> list[Outgoing]:
        return self._does("text", 20, text=text, ref=(of or self.question).ref)

    @property
    def question(self) -> Outgoing:
        return next(o for o in reversed(self.seen) if o.message.choices)

    def goes_to(self, key: str) -> None:
        self.types(f"/wijzig {key}")
        assert self.asked == key


@pytest.fixture
def anna(tmp_path: Path) -> Visitor:
    anna = Visitor(tmp_path)
    anna.starts()
    anna.types("akkoord")
    return anna


def test_words_that_are_a_command_elsewhere_are_an_answer_here(anna: Visitor) -> None:
    """Red before: "later" was the pause, and the pilot had no name."""
    anna.writes("later")
    assert anna.values["pilot.name"] == "later"
    anna.writes("/stop")
    assert anna.values["pilot.organisation"] == "/stop"


def test_words_under_a_question_of_before_go_nowhere_else(anna: Visitor) -> None:
    name = anna.question
    anna.writes("Buurtteams")
    anna.writes("Zutphen", of=name)
    assert anna.values == {"pilot.name": "Buurtteams"}
    assert anna.asked == "pilot.organisation"


def test_all_that_is_ticked_is_the_answer(anna: Visitor) -> None:
    anna.goes_to("routes.anchored")
    anna.chooses("plan", "budget")
    assert anna.values["routes.anchored"] == ["plan", "budget"]
    anna.goes_to("routes.anchored")
    anna.chooses("process")
    assert anna.values["routes.anchored"] == ["process"], "not beside what stood there"


def test_nothing_ticked_is_asked_again(anna: Visitor) -> None:
    anna.goes_to("routes.anchored")
    anna.chooses()
    assert "routes.anchored" not in anna.values
    assert anna.asked == "routes.anchored"


@pytest.mark.parametrize("keys", [("nonsense",), ("/done",), ("unknown",), ("plan", "/explain")])
def test_what_is_no_box_is_no_answer(anna: Visitor, keys: tuple[str, ...]) -> None:
    anna.goes_to("routes.anchored")
    anna.chooses(*keys)
    assert "routes.anchored" not in anna.values


def test_boxes_of_before_tick_nothing_now(anna: Visitor) -> None:
    anna.goes_to("routes.anchored")
    old = anna.question
    anna.chooses("plan")
    anna.chooses("budget", of=old)
    assert anna.values["routes.anchored"] == ["plan"]
