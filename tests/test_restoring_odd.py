"""What is no backup, what was left behind, and lists and databases that do not fit together."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import pytest

from bot.clock import now
from storage.database.connection import connect, open_database
from storage.database.errors import StoreError
from storage.database.keys import fresh_key, read_keys
from storage.database.tombstones import Erased, listing
from storage.privacy import watermark
from tests.test_cli import Terminal

if TYPE_CHECKING:
    from pathlib import Path

ZONE = "Europe/Amsterdam"


@pytest.fixture
def desk(tmp_path: Path) -> Terminal:
    """Anna and Bram, a backup of both, and Anna erased since."""
    terminal = Terminal(tmp_path)
    for person in ("anna", "bram"):
        terminal.typed(f"akkoord\nProef van {person}\n".encode(), person=person)
    does(terminal, "backup")
    shutil.copy(terminal.database, terminal.folder / "older.db")
    does(terminal, "forget", "--chat", "terminal:anna")
    return terminal


def does(desk: Terminal, *arguments: str) -> str:
    found = desk.run(*arguments)
    assert (found.returncode, found.stderr) == (0, b""), found
    return found.stdout.decode()


def the_list(desk: Terminal) -> Path:
    return desk.database.with_name("guide.db.erased")


def the_backup(desk: Terminal) -> Path:
    return next((desk.database.parent / "backups").glob("*.db"))


def whole(desk: Terminal) -> bool:
    keys = read_keys(desk.database, desk.key)
    return listing(the_list(desk).read_bytes(), keys).how == "whole"


# ---------------------------------------------------------------- what is no backup


def other_database(desk: Terminal, path: Path) -> None:
    connection = connect(path, desk.key.read_text().strip())
    connection.execute("CREATE TABLE other(x)")
    connection.close()


def test_what_is_no_backup_is_refused_by_its_name(desk: Terminal) -> None:
    """Expected: code 2, the file's own name, what to do, and the database as it was."""
    path = desk.folder / "odd.db"
    for content, why in (
        (b"", "is empty"), (b"hello", "odd.db"), (b"x" * 100_000, "the key is not the one"),
        (None, "no database of opschaalgids"),
    ):  # fmt: skip
        path.unlink(missing_ok=True)
        if content is None:
            other_database(desk, path)
        else:
            path.write_bytes(content)
        said = desk.refuses("restore", str(path))
        assert why in said
        assert str(path) in said
        assert ".part" not in said
        assert "take another backup" in said
    assert "is the database itself" in desk.refuses("restore", str(desk.database))
    assert "Proef van bram" in does(desk, "export", "--format", "json")


def test_what_a_killed_restore_left_hinders_none(desk: Terminal) -> None:
    """Also of a version before, which always used the same name."""
    folder = desk.database.parent
    for name in ("guide.db.part", "guide.db.part-wal", "guide.db.0a1b2c3d.part"):
        (folder / name).write_bytes(the_backup(desk).read_bytes()[:50_000])
    assert "guide.db.part " in desk.run("doctor").stderr.decode()
    assert "is the database now" in does(desk, "restore", str(the_backup(desk)))
    assert not list(folder.glob("*.part*"))
    assert desk.run("doctor").returncode == 0


def test_what_was_put_aside_can_be_put_back(desk: Terminal) -> None:
    """It is one file: nothing of it stays in a log that has another name then."""
    desk.typed(b"Gemeente Ede\n", person="bram")
    said = does(desk, "restore", str(the_backup(desk)))
    aside = said.partition("kept as ")[2].partition(";")[0]
    assert "Gemeente Ede" not in does(desk, "export", "--format", "json")
    found = desk.run("restore", aside)
    assert (found.returncode, b"no manifest" in found.stderr) == (0, True)
    assert "Gemeente Ede" in does(desk, "export", "--format", "json")


# ---------------------------------------------------------------- keys


def test_after_a_leaked_key_a_restore_ends_under_the_newest(desk: Terminal) -> None:
    (leaked,) = read_keys(desk.database, desk.key)
    does(desk, "rekey")
    does(desk, "restore", str(the_backup(desk)))
    newest = read_keys(desk.database, desk.key)[0]
    connect(desk.database, newest).close()
    with pytest.raises(StoreError, match="does not open"):
        connect(desk.database, leaked)
    assert desk.run("doctor").returncode == 0


def test_doctor_finds_a_database_under_an_older_key(desk: Terminal) -> None:
    desk.key.write_text(f"{fresh_key()}\n{desk.key.read_text().strip()} 2026-11-23\n")
    found = desk.run("doctor")
    assert found.returncode == 1
    assert b"not under the newest key" in found.stderr
    does(desk, "rekey")
    assert desk.run("doctor").returncode == 0


# ---------------------------------------------------------------- the list


@pytest.mark.parametrize("how", ["missing", "empty", "cut", "foreign", "not ASCII"])
def test_a_list_that_is_not_whole_is_said_and_mended(how: str, desk: Terminal) -> None:
    path = the_list(desk)
    content = path.read_bytes()
    path.unlink()
    if how == "foreign":
        Erased(path, (fresh_key(),)).add(["person x"], now(ZONE).date())
    elif how != "missing":
        kept = {"empty": b"", "cut": content[: len(content) // 2], "not ASCII": content}[how]
        path.write_bytes(kept.replace(b"-", b"\xff", 3) if how == "not ASCII" else kept)
    assert "--without-erasures" in desk.refuses("restore", str(the_backup(desk)))
    found = desk.run("doctor")
    assert (found.returncode, b"was missing or cut" in found.stderr) == (1, True)
    assert b"Traceback" not in found.stderr
    assert whole(desk)
    assert desk.run("doctor").returncode == 0
    does(desk, "restore", str(the_backup(desk)))
    assert "Proef van anna" not in does(desk, "export", "--format", "json")


def test_one_byte_that_is_not_ascii_stops_no_chat(desk: Terminal) -> None:
    path = the_list(desk)
    path.write_bytes(path.read_bytes() + b"\xe9\n")
    found = desk.run("chat", "--person", "bram", typed=b"Gemeente Ede\n")
    assert found.returncode == 0
    assert found.stderr.decode().splitlines() == [
        "the list of what was erased was missing or cut; it is written anew"
    ]
    assert whole(desk)


def test_cut_anywhere_it_is_never_whole(desk: Terminal) -> None:
    content, keys = the_list(desk).read_bytes(), read_keys(desk.database, desk.key)
    assert listing(content, keys).how == "whole"
    assert {listing(content[:end], keys).how for end in range(1, len(content))} == {"broken"}
    changed = (bytes([*content[:at], content[at] ^ 1, *content[at + 1 :]]) for at in range(100))
    assert "whole" not in {listing(one, keys).how for one in changed}


def put_there(desk: Terminal) -> None:
    """The older file in place of the newer one, by hand."""
    for ending in ("-wal", "-shm"):
        desk.database.with_name(f"guide.db{ending}").unlink(missing_ok=True)
    shutil.copy(desk.folder / "older.db", desk.database)


@pytest.mark.parametrize(
    "command", [("export", "--format", "json"), ("backup",), ("doctor",), ("traject", "list")]
)
def test_an_older_database_shows_nobody_who_was_erased(
    command: tuple[str, ...], desk: Terminal
) -> None:
    put_there(desk)
    found = desk.run(*command)
    assert b"Proef van anna" not in found.stdout
    if command == ("doctor",):
        assert found.returncode == 1
        assert b"are erased again" in found.stderr
    db = open_database(desk.database, desk.key)
    assert [row[0] for row in db.execute("SELECT chat FROM people").fetchall()] == ["terminal:bram"]
    db.close()


def as_before_marks(desk: Terminal, *, digest: bool = True) -> None:
    """A list, and a memory of it, as a version before marks left them."""
    lines = the_list(desk).read_text(encoding="ascii").splitlines()[1:]
    the_list(desk).write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    db = open_database(desk.database, desk.key)
    db.execute("DELETE FROM facts WHERE name = ?", [watermark.COPY])
    if digest:
        said = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        db.execute("INSERT INTO facts(name, value) VALUES (?, ?)", [watermark.AS_OF, said])
    db.close()
    manifest = the_backup(desk).with_suffix(".json")
    manifest.write_text(manifest.read_text().replace('"erased": "', '"erased": "before '))


@pytest.mark.parametrize("digest", [True, False])
def test_a_list_of_the_version_before_keeps_working(digest: bool, desk: Terminal) -> None:  # noqa: FBT001
    as_before_marks(desk, digest=digest)
    desk.typed(b"Gemeente Ede\n", person="bram")
    assert whole(desk), "from now on it is marked"
    assert desk.run("doctor").returncode == 0
    does(desk, "restore", str(the_backup(desk)))
    assert "Proef van anna" not in does(desk, "export", "--format", "json")


def test_a_cut_list_of_the_version_before_is_said(desk: Terminal) -> None:
    as_before_marks(desk)
    the_list(desk).write_text("", encoding="ascii")
    assert "--without-erasures" in desk.refuses("restore", str(the_backup(desk)))
    assert b"was not whole on" in desk.run("doctor").stderr
    said = desk.run("doctor").stderr
    assert b"may bring back" in said, "as long as there may be a backup of before"
    assert "was not whole on" in desk.refuses("restore", str(the_backup(desk)))
