"""What changed since the last time, in the papers and in the export."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from pypdfium2 import PdfDocument

from bot.documents.house import read_house
from bot.documents.requests import request
from bot.documents.worker import make
from bot.operators.exports import Export
from content import loader
from content.documents.markdown import markdown
from content.documents.year import year
from content.words.vocabulary import Words
from flows.model.journey import Attempt, Cursor, Given, Landmark, Past, Walk
from tests.canvases import REALISTIC
from tests.people import Person

SCHEMA = Path(__file__).parents[1] / "docs" / "export.schema.json"


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Two answers, three months, another answer: the gate is another then."""
    found = Person(tmp_path_factory.mktemp("then"))
    found.starts()
    found.presses("agree")
    for said in ("Wijkwijzer", "Almere"):
        found.types(said)
    for choice in ("started", "running"):
        found.presses(choice)
    found.types("Ouderen komen niet buiten.")
    found.types("Ouderen doen mee.")
    for choice in ("stories", "partly", "one", "fully"):
        found.presses(choice)
    found.now = found.now.replace(month=12, day=28)
    found.types("/change impact.evidence")
    found.presses("measured")
    return found


def made(person: Person, form: str, what: str, day: date | None = None) -> str:
    found = Export(person.conversation, form, what, day=day).made(person.canvas)
    assert found
    return found.decode()


def test_a_summary_tells_what_changed_since_the_last_time(person: Person) -> None:
    told = made(person, "md", "summary")
    assert "Sinds je antwoorden van 23 november 2026" in told
    assert "Bewijs: was verhalen of eerste cijfers, nu gemeten, het werkt" in told


def test_since_a_day_of_the_reader(person: Person) -> None:
    told = made(person, "md", "summary", date(2026, 12, 1))
    assert "Sinds 1 december 2026" in told
    assert "Sinds" not in made(person, "md", "summary", date(2026, 12, 29))
    assert "## Antwoorden" in made(person, "md", "changes", date(2026, 12, 1))


def test_the_export_for_programs_has_it_where_it_is_asked_for(person: Person) -> None:
    plain = json.loads(made(person, "json", "summary"))["canvases"][0]
    assert "since" not in plain
    whole = json.loads(made(person, "json", "summary", date(2026, 12, 1)))
    jsonschema.validate(whole, json.loads(SCHEMA.read_text(encoding="utf-8")))
    found = whole["canvases"][0]["since"]
    assert found["answers"] == [
        {"question": "impact.evidence", "then": "stories", "now": "measured"}
    ]


def long_year() -> Words:
    """Twenty walks, each with an answer that was another, meetings and deeds with long words."""
    began = datetime(2026, 1, 5, 10, tzinfo=UTC)
    days = [began + timedelta(days=14 * number) for number in range(20)]
    given = [Given(key, value, began) for key, value in REALISTIC.items()]
    for number, day in enumerate(days[1:]):
        given.append(Given("routes.temporary", ("no", "fully")[number % 2], day))
    meetings = tuple(Landmark("meeting", day + timedelta(days=3)) for day in days)
    long = ("Een lang verhaal " * 9, "Naam " * 20, "Daardoor kan er meer. " * 9)
    done = tuple(
        Attempt(1, f"agreed.{n}", *long[:2], "done", day, long[2]) for n, day in enumerate(days)
    )
    newest = {one.question: one for one in given}
    walk = Walk(1, "done", "full", Cursor(), newest, attempts=done)
    words = Words(loader.newest(), "nl", walk)
    words.past = Past(tuple(given), meetings)
    return words


def test_a_year_stands_on_one_page_whatever_happened() -> None:
    made = asyncio.run(make(request(long_year(), "pdf", "year", read_house())))
    assert len(PdfDocument(made.content)) == 1


def test_a_year_begins_where_it_began_and_ends_with_what_comes() -> None:
    told = markdown(year(long_year()))
    assert told.index("| 5 januari 2026 | Begonnen") < told.index("## Wat er komt")
    assert "naar “nu niet” door tijdelijk geld of mensen" in told


def test_a_year_of_nothing_says_so(person: Person) -> None:
    content = person.conversation.newest
    assert "nog geen lijn" in markdown(year(Words(content, "nl")))
