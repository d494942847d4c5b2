"""On PostgreSQL everybody hears the same, word for word; all tests do with STORAGE=postgresql."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from storage.database.errors import StoreTrouble
from tests import storages, test_traject_transcript, test_transcripts
from tests.postgres import LACKS, tool

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import Person

pytestmark = [
    pytest.mark.skipif(tool("initdb") is None, reason=LACKS),
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
    storages.cluster().sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                           "WHERE pid <> pg_backend_pid()")  # fmt: skip
    with pytest.raises(StoreTrouble):
        anna.types("Buurtteam aan zet")
    assert own.cut
    assert anna.repeats(anna.sent[-1]), "nothing of it was kept, so it comes again"
    assert anna.values["pilot.name"] == "Buurtteam aan zet"
