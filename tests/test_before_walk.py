"""A canvas that began under older questions keeps them, and gets the newest advice."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.turn import Update
from storage.database import connect
from storage.keys import read_key
from tests.people import START, Person, transcript
from tests.test_export import exported

if TYPE_CHECKING:
    from storage.outbox import Outgoing

BEFORE = Path(__file__).parent / "before" / "unfinished.db.gz"
NEW = "De gids is vernieuwd sinds je begon."


@pytest.fixture
def anna(tmp_path: Path) -> Person:
    """The person of that database, under this version."""
    plain = tmp_path / "plain.db"
    plain.write_bytes(gzip.decompress(BEFORE.read_bytes()))
    connection = connect(tmp_path / "guide.db", read_key(tmp_path / "none.db", tmp_path / "key"))
    connection.execute("ATTACH DATABASE ? AS plain KEY ''", [str(plain)])
    connection.execute("SELECT sqlcipher_export('main', 'plain')")
    connection.close()
    person = Person(tmp_path)
    person.sent = [Update("", "", START, "other")] * 1000  # numbers that were not used before
    return person


def told(said: list[Outgoing]) -> str:
    return " ".join(transcript(said).split())


def test_it_goes_on_with_its_own_questions(anna: Person) -> None:
    assert "Vragen ook mensen buiten je eigen kring hierom?" in told(anna.starts())
    anna.types("deels")
    assert anna.asked == "ingredients.needs_note"
    assert "Wie vraagt hierom, en wie juist niet?" in told(anna.types("uitleg"))


def test_it_gets_the_new_advice_and_hears_so_once(anna: Person) -> None:
    anna.starts()
    first, again = told(anna.types("samenvatting")), told(anna.types("samenvatting"))
    assert NEW in first
    assert NEW not in again
    assert "Andere gemeenten of organisaties vragen hier concreet om." in first


def test_a_new_pilot_beside_it_has_the_new_questions(anna: Person) -> None:
    anna.starts()
    anna.types("/nieuw")
    for line in ("Koffiepunt", "Zutphen", "wij begonnen ermee", "we overwegen het"):
        anna.types(line)
    assert anna.asked == "pilot.size"
    assert NEW not in told(anna.types("samenvatting"))


def test_what_is_no_longer_asked_stays_in_exports(anna: Person) -> None:
    anna.starts()
    (canvas,) = exported(anna)["canvases"]
    assert canvas["answers"]["routes.window"]["value"] == "De vervoersregio schrijft een plan."
    assert canvas["answers"]["impact.side_effects"]["value"] == "De buurtbus verliest reizigers."
    assert canvas["answers"]["pilot.role"]["value"] == "adviser"


def test_it_can_still_be_walked_to_the_end(anna: Person) -> None:
    anna.starts()
    for _ in range(80):
        if anna.state == "done":
            break
        shown = next(o for o in reversed(anna.seen) if o.message.choices)
        keys = [choice.key for choice in shown.message.choices]
        wanted = ("/next", "/skip", "partly", "mixed", "never", "unknown")
        anna.presses(next(key for key in (*wanted, keys[0]) if key in keys))
    assert anna.state == "done"
