"""A message that gave a list or a date, edited afterwards, changes that answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flows.model.messages import Update
from tests.bench_script import Guide, play
from tests.people import Person

if TYPE_CHECKING:
    from pathlib import Path

WHO = 1_000_001


def heard(guide: Guide, update: Update) -> list[str]:
    guide.conversation.handle(update)
    said = guide.say(update.chat, update.at)
    return [part.name for outgoing in said for part in outgoing.message.parts]


def value(guide: Guide, key: str) -> Any:
    found = guide.store.row("SELECT canvas FROM people WHERE chat = ?", str(WHO)) or {}
    return guide.store.walk(found["canvas"]).values[key]


def test_a_date_and_a_list_can_be_edited(tmp_path: Path) -> None:
    guide = Guide(tmp_path)
    script = play(guide, WHO)
    typed = next(n for n, step in enumerate(script) if step.said == "volgende week")
    edit = replace(script.edit(WHO, typed), text="over twee weken")
    assert heard(guide, edit)[:1] == ["edited"]
    assert value(guide, "closing.small_win.when")["text"] == "over twee weken"
    at = edit.at + timedelta(minutes=1)
    for number, text in enumerate(("/wijzig routes.anchored", "1, 2"), 900):
        at += timedelta(minutes=1)
        heard(guide, Update(str(number), str(WHO), at, "text", text, message=str(number)))
    before = value(guide, "routes.anchored")
    assert len(before) > 1
    edit = Update("902", str(WHO), at + timedelta(minutes=1), "edit", "1", message="901")
    assert heard(guide, edit)[:1] == ["edited"]
    assert len(value(guide, "routes.anchored")) == 1
    guide.store.close()


def test_after_an_edit_the_current_question_stands(tmp_path: Path) -> None:
    """With its buttons; and the old bubble gets no tick for an answer to something else."""
    person = Person(tmp_path)
    person.starts()
    person.presses("agree")
    person.types("Jongern aan zet")
    typed, (asked,) = person.sent[-1].message, person.types("Gemeente Zutphen")
    (said,) = person.edits(typed, "Jongeren aan zet")
    assert [part.name for part in said.message.parts] == ["edited", "question"]
    assert (said.message.key, said.message.choices) == (asked.message.key, asked.message.choices)
    assert (said.message.closes, said.message.chosen) == (asked.ref, "")
    (after,) = person.presses("adopting", said)
    assert after.message.key != asked.message.key


def test_an_edit_that_changes_nothing_asks_again_too(tmp_path: Path) -> None:
    person = Person(tmp_path)
    person.starts()
    person.presses("agree")
    (asked,) = person.types("Jongeren aan zet")
    (said,) = person.edits("u99", "iets anders")
    assert [part.name for part in said.message.parts] == ["edit_no_answer", "question"]
    assert said.message.choices == asked.message.choices
    assert person.values["pilot.name"] == "Jongeren aan zet"
