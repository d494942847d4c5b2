"""Damaged files: the program works or refuses in one sentence."""

from __future__ import annotations

import asyncio
import json
import os
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from bot import cli
from storage.database.errors import StoreError, in_one_sentence
from tests.crossing import Launched
from tests.people import Person
from tests.phones import Phone
from tests.standin import StandIn

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = range(int(os.environ.get("DAMAGES", "8")))  # noqa: TID251


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with answers, closed."""
    folder = tmp_path_factory.mktemp("sound")
    person = Person(folder)
    person.starts()
    person.presses("agree")
    for name in ("Jongeren aan zet", "Gemeente Ede"):
        person.types(name)
    for choice in ("started", "running"):
        person.presses(choice)
    person.types("Wachten duurt lang. " * 150)
    person.store.close()
    return folder


def damaged(sound: Path, folder: Path, seed: int) -> None:
    """A copy in which bytes changed, or a stretch is zeros, or the end is missing."""
    pick = random.Random(seed)  # noqa: S311 - repeatable
    content = bytearray((sound / "guide.db").read_bytes())
    at = pick.randrange(len(content))
    if seed % 3 == 0:
        for _ in range(pick.randint(1, 40)):
            content[pick.randrange(len(content))] ^= pick.randint(1, 255)
    elif seed % 3 == 1:
        stretch = min(pick.choice([16, 512, 4096, 20_000]), len(content) - at)
        content[at : at + stretch] = bytes(stretch)
    else:
        del content[at:]
    (folder / "guide.db").write_bytes(content)
    (folder / "key").write_bytes((sound / "key").read_bytes())


def exported(folder: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> tuple[int, Any]:
    """The code of an export, and the answers."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("OPSCHAALGIDS_DATABASE", str(folder / "guide.db"))
    monkeypatch.setenv("OPSCHAALGIDS_KEY_FILE", str(folder / "key"))
    code = cli.run(["export", "--format", "json", "--all"])
    out, err = capfdbinary.readouterr()
    if code:
        assert err.startswith(b"opschaalgids: ")
        assert err.count(b"\n") == 1
        return code, None
    return code, [canvas["answers"] for canvas in json.loads(out)["canvases"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_database_works_or_refuses(
    seed: int,
    sound: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    _, answers = exported(sound, monkeypatch, capfdbinary)
    damaged(sound, tmp_path, seed)
    code, found = exported(tmp_path, monkeypatch, capfdbinary)
    assert (code, found) in ((0, answers), (2, None))
    with suppress(StoreError), in_one_sentence(tmp_path):
        person = Person(tmp_path)
        person.types("Nog een antwoord")
        person.store.close()


def test_whichever_page_is_damaged_nothing_else_is_read(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any
) -> None:
    """The rest of a long answer read as zeros, and the export ended in a traceback."""
    _, answers = exported(sound, monkeypatch, capfdbinary)
    content = bytearray((sound / "guide.db").read_bytes())
    for at in range(100, len(content), 4096):
        changed = bytearray(content)
        changed[at] ^= 1
        (tmp_path / "guide.db").write_bytes(changed)
        (tmp_path / "key").write_bytes((sound / "key").read_bytes())
        assert exported(tmp_path, monkeypatch, capfdbinary) in ((0, answers), (2, None))
        assert not (tmp_path / "guide.db-wal").exists()


@pytest.mark.parametrize("seed", range(5))
async def test_the_program_over_a_damaged_database_works_or_ends(
    seed: int, sound: Path, tmp_path: Path
) -> None:
    damaged(sound, tmp_path, seed)
    async with StandIn() as standin:
        program = Launched(tmp_path, standin, standin.token)
        await program.launch()
        await program.ready.wait()
        if program.said[-1] == "ready":
            phone = Phone(standin, 1001)
            await phone.starts()
            ended = asyncio.ensure_future(program.running.wait())
            hears = asyncio.ensure_future(phone.asked(timeout=20))
            await asyncio.wait({ended, hears}, return_when=asyncio.FIRST_COMPLETED)
            hears.cancel()
        code = await program.stop()
        # A damaged page may look like a refusal that passes: a line in the log, no more.
        told = [line for line in program.said if line != "ready" and not line.startswith("{")]
    assert (code, [line[:14] for line in told]) in ((0, []), (2, ["opschaalgids: "]))


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_log_loses_at_most_its_end(seed: int, tmp_path: Path) -> None:
    """Expected, as SQLite has it: what stands after the damage is gone, nothing is changed."""
    anna = Person(tmp_path)
    anna.starts()
    anna.presses("agree")
    for text in ("Jongeren aan zet", "Gemeente Ede"):
        anna.types(text)
    copy = tmp_path / "copy"
    copy.mkdir()
    pick = random.Random(seed)  # noqa: S311 - repeatable
    for name in ("guide.db", "guide.db-wal", "key"):
        content = bytearray((tmp_path / name).read_bytes())
        if name == "guide.db-wal":
            content[pick.randrange(len(content))] ^= 255
        (copy / name).write_bytes(content)
    whole = anna.answer_rows()
    anna.store.close()
    with suppress(StoreError):
        bram = Person(copy)
        rows = bram.answer_rows()
        bram.store.close()
        assert rows == whole[: len(rows)]
