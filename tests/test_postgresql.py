"""On PostgreSQL everybody hears the same, word for word; all tests do with STORAGE=postgresql."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from storage.database.connection import open_database
from storage.database.errors import StoreTrouble
from storage.database.place import Server
from storage.database.schema import FORMS
from tests import storages, test_traject_transcript, test_transcripts
from tests.people import Person

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    storages.needs_server,
    pytest.mark.skipif(storages.POSTGRESQL, reason="everything is there already"),
]
TALKS = ("unexpected", "corrections", "forget")
"""With zeros and quotes, changed answers, what is erased."""


@pytest.fixture(autouse=True)
def there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fresh.open_database", storages.on_server)


@pytest.mark.parametrize("name", TALKS)
def test_a_conversation_is_the_same(name: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    path = test_transcripts.FOLDER / f"{name}.txt"
    test_transcripts.test_conversation(path, tmp_path, pytestconfig)


def test_a_trajectory_is_the_same(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    path = test_traject_transcript.FOLDER / "together.txt"
    test_traject_transcript.test_trajectory(path, tmp_path, pytestconfig)


def test_a_lost_line_is_trouble_and_the_next_update_connects_anew(anna: Person) -> None:
    anna.starts()
    anna.presses("agree")
    own: Any = anna.store.own
    session = own.held
    storages.cluster().sql(f"SELECT pg_terminate_backend({session.info.backend_pid})")
    with pytest.raises(StoreTrouble):
        anna.types("Buurtteam aan zet")
    assert session.closed
    assert anna.repeats(anna.sent[-1]), "nothing of it was kept, so it comes again"
    assert anna.values["pilot.name"] == "Buurtteam aan zet"


def elsewhere(person: Person) -> Person:
    """The same one, at another program."""
    return Person(person.folder, person.chat, now=person.now, seen=person.seen, sent=person.sent)


def test_what_another_program_wrote_is_seen(anna: Person) -> None:
    """Though a turn goes by what is remembered, until it is known that others wrote."""
    anna.starts()
    anna.presses("agree")
    anna.types("Buurtteam aan zet")
    other = elsewhere(anna)
    other.types("Gemeente Ede")
    anna.presses("started")
    assert [*anna.values] == ["pilot.name", "pilot.organisation", "pilot.origin"]


def test_who_was_erased_by_another_program_begins_anew(anna: Person) -> None:
    """What was remembered is not there any more, so that what refers to it is refused."""
    anna.starts()
    anna.presses("agree")
    anna.types("Buurtteam aan zet")
    other = elsewhere(anna)
    other.types("/erase all")
    other.presses("/erase all")
    anna.types("Gemeente Ede")
    anna.presses("agree")
    anna.types("Gemeente Ede")
    assert anna.values == {"pilot.name": "Gemeente Ede"}


def test_programs_that_start_at_once_make_the_form_once(tmp_path: Path) -> None:
    where, together = Server(storages.cluster().url("at_once")), Barrier(4)

    def opens(_: int) -> list[Any]:
        together.wait()
        db = open_database(where, tmp_path)
        found = db.execute("SELECT name FROM _sqlite_migrations").fetchall()
        db.close()
        return sorted(found)

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(opens, range(4))
    assert len({*first}) == len(first) > len(FORMS)
    assert others == [first] * 3
