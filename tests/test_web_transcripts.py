"""Every transcript once more on the web, without script: the same answers, the same advice.

The terminal's conversation (tests/test_transcripts.py) and the web's are played at the same
moments, each in a database of its own; then what was kept and what was said is compared.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from content.messages.html import plain
from tests.people import Person
from tests.test_transcripts import FOLDER, MOVE, _does, _spelled
from tests.web import Housed
from tests.web_player import Player

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.conversations.outbox import Outgoing

TEXTS = (
    *sorted(FOLDER.glob("*.txt")),
    *sorted((FOLDER.parent / "cases/transcripts").glob("*.txt")),
)
SAME = {"advice", "finished", "summary"}
"""What must be said in the same words, by the name of the part of a message."""

ELSEWHERE: dict[str, str] = {
    "pieces": "a field holds a text of any length; nothing has to be cut",
    "edits": "a form that was sent is not edited there; its page is answered anew",
}
"""Transcripts that are about something that the web has not, and why."""


@pytest.mark.parametrize(
    "path", [p for p in TEXTS if p.stem not in ELSEWHERE], ids=lambda p: p.stem
)
async def test_a_transcript_on_the_web(path: Path, tmp_path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()  # noqa: ASYNC240 - small
    language: Any = "en" if "# language: en" in lines else "nl"
    folders = [tmp_path / "terminal", tmp_path / "web"]
    for folder in folders:
        folder.mkdir()
    person = Person(folders[0], language=language)
    async with Housed(folders[1], language) as house, house.visitor() as visitor:
        player = Player(house, visitor)
        for line in (one for one in lines if MOVE.match(one)):
            said = _does(person, line)
            if line.startswith("[content"):
                house.files = person.files
                await house.restart()
            else:
                page = await player.plays(_spelled(line))
                assert page is None or page.status < 500
                for text in must_be_said(said):
                    assert text in (page.text if page else ""), line
            assert kept(house) == person.answers_by_canvas(), f"{line}\n{visitor.page.text}"
        assert visitor.wrong == []


def kept(house: Housed) -> dict[int, list[tuple[str, Any]]]:
    found: dict[int, list[tuple[str, Any]]] = {}
    sql = "SELECT canvas, question, value FROM answers ORDER BY canvas, id"
    for canvas, question, value in house.store.db.execute(sql).fetchall():
        found.setdefault(canvas, []).append((question, value))
    return found


def must_be_said(said: list[Outgoing]) -> Iterator[str]:
    for outgoing in said:
        for part in outgoing.message.parts:
            if part.name in SAME:
                for line in plain(part.html).splitlines():
                    yield " ".join(re.sub(r"^(• |\d+\. )", "", line).split())
