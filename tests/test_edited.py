"""A message that gave a list or a date, edited afterwards, changes that answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flows.model.messages import Update
from tests.bench_script import Guide, play

if TYPE_CHECKING:
    from pathlib import Path

WHO = 1_000_001


def heard(guide: Guide, update: Update) -> list[str]:
    guide.conversation.handle(update)
    return [outgoing.message.kind for outgoing in guide.say(update.chat, update.at)]


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
