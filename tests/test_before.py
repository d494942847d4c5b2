"""A database made before the advice was renewed: its canvases keep what was asked and said.

`before/guide.db.gz` was made by walking two people through the program as it stood at
commit 09b351a: one to the end of the full round, who said of one pitfall "I do not know
yet" and then how to deal with it; one half way the quick round, who takes over and has
nobody with hours. It is stored open, and encrypted here with a key of its own.
"""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.documents.requests import words_of
from bot.operators.exports import Export
from content.loader import newest
from flows.model.messages import Update
from storage.database.connection import connect
from storage.reports import Reports
from tests.people import START, Person, transcript
from tests.test_export import CHECK, lines_for

if TYPE_CHECKING:
    from content.words.vocabulary import Words

BEFORE = Path(__file__).parent / "before" / "guide.db.gz"
RENEWED = "De gids is vernieuwd sinds je begon."


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The folder of that guide: its database, encrypted, and its key."""
    plain, key = tmp_path / "plain.db", "5" * 64
    plain.write_bytes(gzip.decompress(BEFORE.read_bytes()))
    (tmp_path / "key").write_text(f"{key}\n", encoding="utf-8")
    (tmp_path / "key").chmod(0o600)
    sealed = connect(tmp_path / "guide.db", key)
    sealed.execute(f"ATTACH '{plain}' AS plain KEY ''")
    sealed.execute("SELECT sqlcipher_export('main', 'plain')")
    sealed.close()
    return tmp_path


def returning(house: Path, chat: str) -> Person:
    """Somebody of that time, a week later; what they send now is new to the guide."""
    person = Person(house, chat=chat, now=START + timedelta(days=7))
    person.sent += [Update(f"earlier{n}", chat, START, "text") for n in range(1_000)]
    return person


def words(person: Person, number: int) -> Words:
    record = Reports(person.store).canvases(number)[0]
    return words_of(person.conversation, record)


def test_a_finished_canvas_keeps_its_questions_and_every_answer(house: Path) -> None:
    anna = returning(house, "before:full")
    said = words(anna, anna.canvas)
    assert "impact.why" in said.canvas
    assert "routes.mandate" not in said.canvas
    given = anna.store.walk(anna.canvas).values
    assert set(said.values) == set(given)
    assert said.given("pitfalls.scope_answer").startswith("In Lochem vragen we")


def test_a_finished_canvas_gets_the_new_advice(house: Path) -> None:
    advice = words(anna := returning(house, "before:full"), 1).advice
    assert anna.canvas == 1
    assert advice.own is not None
    assert [s.step for s in advice.first_steps] == ["money", "bundle", "handover"]
    assert "second_try" not in [s.step for s in advice.steps]
    assert {item.key: item.level for item in advice.attention if item.kind == "pitfall"} == {
        "coherence": "raised", "conditions": "mild", "partners": "mild",
    }  # fmt: skip
    assert advice.gate.outcome in {"go", "go_first"}


def test_it_is_said_once_that_the_advice_is_new(house: Path) -> None:
    anna = returning(house, "before:full")
    first = transcript(anna.types("/samenvatting")).replace("\n", " ")
    again = transcript(anna.types("/samenvatting")).replace("\n", " ")
    assert RENEWED in first
    assert RENEWED not in again


def test_who_is_half_way_goes_on_with_the_same_questions(house: Path) -> None:
    bram = returning(house, "before:half")
    bram.types("start")
    asked: list[str] = []
    while bram.asked not in {"advice", "finished"}:
        asked.append(bram.asked)
        shown = next(o.message for o in reversed(bram.seen) if o.message.choices)
        for line in lines_for(shown.key, [c.key for c in shown.choices], {}):
            bram.types(line)
    assert "ingredients.collaboration" in asked
    assert not {"ingredients.agreements", "routes.hours", "routes.mandate"} & set(asked)


def test_who_is_half_way_lacks_nothing_that_was_never_asked(house: Path) -> None:
    """Hours are a question of today; then "nobody has hours" said as much."""
    bram = returning(house, "before:half")
    advice = words(bram, bram.canvas).advice
    assert advice.gate.outcome == "find_out"
    assert advice.gate.lacking == ("ingredients.governance",)
    assert [s.step for s in advice.first_steps] == ["quartermaster", "story", "money"]


def test_the_export_of_old_canvases_holds_to_the_schema(house: Path) -> None:
    anna = returning(house, "before:full")
    tree: Any = json.loads(Export(anna.conversation, "json", "summary").made(None) or b"")
    CHECK.validate(tree)
    versions = {canvas["content_version"] for canvas in tree["canvases"]}
    assert len(tree["canvases"]) == 2
    assert newest().version not in versions
