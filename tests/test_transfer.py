"""`opschaalgids move`: from a file to a server and back, every row as it was."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli import run
from storage.database.connection import open_database
from storage.database.keys import read_keys
from storage.database.place import Server
from storage.database.tombstones import erased_beside, erased_within
from storage.transfer import OWN, form
from tests.desks import Room, text_of
from tests.people import Person
from tests.storages import POSTGRESQL, cluster, needs_server

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = [
    pytest.mark.skipif(POSTGRESQL, reason="it opens files and servers by itself"),
    needs_server,
]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OPSCHAALGIDS_KEY_FILE", str(tmp_path / "key"))
    return cluster().url(f"t{os.urandom(6).hex()}")


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A trajectory in which one answered and shared, and one was erased."""
    found = Room(tmp_path)
    keeper = found.kwartiermaker("Karin", "Oost")
    anna = found.adviser(keeper, "Zutphen", "Anna")
    for said in ("Buurtteam aan zet", "Ouders weten 🇳🇱 niet waar.", "'; DROP TABLE x; --\t%s $1"):
        anna.types(said)
    gone = Person(tmp_path, "test:gone")
    gone.starts()
    gone.presses("agree")
    gone.types("Weg ermee")
    gone.types("/erase all")
    gone.presses("/erase all")
    return found


def live_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes from here on, or again, does so on that server."""
    for module in ("people", "desks"):
        name = f"tests.{module}.opened"
        monkeypatch.setattr(name, lambda folder: open_database(Server(url), folder / "key"))


def rows(place: Any, key: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, read by another way than the move's own."""
    db = open_database(place, key)
    found = {
        table.name: sorted(
            map(tuple, db.execute(f"SELECT {', '.join(table.columns)} FROM {table.name}")),  # noqa: S608
            key=repr,
        )
        for table in form()
    }
    db.close()
    found["facts"] = [row for row in found["facts"] if row[0] not in OWN]
    return found


@pytest.mark.usefixtures("room")
def test_every_row_goes_there_and_back(
    tmp_path: Path, url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    file, key, back = tmp_path / "guide.db", tmp_path / "key", tmp_path / "back.db"
    before = rows(file, key)
    assert run(["move", str(file), url]) == 0
    assert "each as it was" in capfd.readouterr().out
    assert rows(Server(url), key) == before
    assert run(["move", url, str(back)]) == 0
    assert rows(back, key) == before
    assert sum(map(len, before.values())) > 60


@pytest.mark.usefixtures("room")
def test_what_was_erased_stays_on_the_list(tmp_path: Path, url: str) -> None:
    """And under the same keys, so that an older copy of the file is cleaned by it too."""
    file, key, back = tmp_path / "guide.db", tmp_path / "key", tmp_path / "back.db"
    keys = read_keys(file, key)
    listed = erased_beside(file, keys).read()
    assert (listed.how, listed.count) == ("whole", 1)
    assert run(["move", str(file), url]) == 0
    db = open_database(Server(url), key)
    assert erased_within(db).read() == listed
    assert not {*keys} & {value for _, value in db.execute("SELECT * FROM facts").fetchall()}
    db.close()
    assert run(["move", url, str(back)]) == 0
    assert erased_beside(back, keys).read() == listed


def test_what_was_erased_on_a_server_since_a_copy_goes_from_the_copy_too(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Red before: a server's own key did not come along, so no line of it said anything here."""
    live_at(url, monkeypatch)
    anna = Person(tmp_path, "test:1")
    anna.store.erased = erased_within(anna.store.db)
    for said in ("/start", "akkoord", "Weg ermee"):
        anna.types(said)
    copy = tmp_path / "copy.db"
    assert run(["move", url, str(copy)]) == 0
    with caplog.at_level("INFO", "opschaalgids.erased"):
        anna.types("/vergeet")
        anna.presses("/erase all")
    log = tmp_path / "log"
    log.write_text("\n".join(json.dumps({"what": one.message}) for one in caplog.records))
    assert "Weg" not in log.read_text()
    monkeypatch.setenv("OPSCHAALGIDS_DATABASE", str(copy))
    assert "Weg ermee" in str(rows(copy, tmp_path / "key"))
    assert run(["forget", "--log", str(log)]) == 0
    assert "Weg ermee" not in str(rows(copy, tmp_path / "key"))
    assert run(["forget", "--log", str(tmp_path / "nothing")]) == 2


def test_a_conversation_goes_on_there(
    room: Room, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = room.people["test:Anna"]
    asked, canvas = anna.asked, anna.canvas
    assert run(["move", str(tmp_path / "guide.db"), url]) == 0
    live_at(url, monkeypatch)
    anna.restart()
    assert anna.canvas == canvas
    choice = next(c.key for o in reversed(anna.seen) for c in o.message.choices)
    assert anna.presses(choice), "a button of before"
    assert asked in anna.values
    new = room.person("test:new")
    new.starts()
    assert "akkoord" in text_of(new.seen)


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize("what", ["full", "absent", "itself"])
def test_where_it_cannot_go_it_says_why(
    what: str, tmp_path: Path, url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "guide.db")
    wrong = {"full": (file, url), "absent": (str(tmp_path / "no.db"), url), "itself": (file, file)}
    if what == "full":
        assert run(["move", file, url]) == 0
    says = {"full": "holds something already", "absent": "no database at", "itself": "already"}
    before = rows(tmp_path / "guide.db", tmp_path / "key")
    assert run(["move", *wrong[what]]) == 2
    assert says[what] in capfd.readouterr().err
    assert rows(tmp_path / "guide.db", tmp_path / "key") == before


@pytest.mark.usefixtures("room")
def test_a_row_that_is_not_as_it_was_moves_nothing(
    tmp_path: Path, url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "key"
    db: Any = open_database(Server(url), key)
    db.says(
        "CREATE FUNCTION spoils() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.value = '\"else\"'; RETURN NEW; END $$"
    )
    db.says(
        "CREATE TRIGGER spoils BEFORE INSERT ON answers FOR EACH ROW "
        "WHEN (NEW.id = 2) EXECUTE FUNCTION spoils()"
    )
    db.close()
    assert run(["move", str(tmp_path / "guide.db"), url]) == 2
    assert "of answers is not in postgresql://" in capfd.readouterr().err
    assert not any(found for name, found in rows(Server(url), key).items() if name != "facts")
