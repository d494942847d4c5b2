"""No command holds the database while it waits: for who types, for who reads, for a document."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.database.connection import connect
from tests.commands import commands
from tests.desks import Room
from tests.installed import Installed

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says who waits")

ARGUMENTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "chat": (("--person", "Cas"), ("--person", "Cas", "--jsonl")),
    "telegram": ((),),
    "serve": ((),),
    "export": (
        ("--format", "json"), ("--format", "pdf", "--canvas", "1"), ("--format", "xlsx"),
        ("--format", "json", "--what", "record"), ("--format", "pdf", "--what", "record"),
        ("--format", "csv", "--traject", "1"), ("--format", "pdf", "--traject", "1"),
        ("--format", "json", "--output", "pipe"),
    ),
    "traject list": ((), ("--json",)),
    "traject appoint": (("Lotte",),),
    "traject dismiss": (("Karin",),),
    "traject add": (("Noord", "--keeper", "Karin"),),
    "traject invite": (
        ("1", "-"), ("1", "pipe"), ("1", "-", "--json"), ("1", "towns", "--pdf", "out.pdf"),
        ("1", "-", "--pdf", "out.pdf"),
    ),
    "traject move": (("1", "Zutphen"),),
    "traject confirm": (("ABCD",),),
    "traject overview": (("1",), ("1", "--json")),
    "traject prompt": (("1",), ("1", "--send")),
    "backup": ((), ("--to", "elsewhere")),
    "restore": (("pipe",), ("backups/COPY",)),
    "forget": (("--chat", "test:Anna"), ("--canvas", "1")),
    "hold": (("--canvas", "1", "--who", "Cas", "--why", "archief"),),
    "rekey": ((),),
    "move": (("guide.db", "moved.db"),),
    "doctor": ((), ("--retry",), ("--sweep",)),
    "check": ((),),
    "draw": (("dialogue",), ("canvas",)),
}  # fmt: skip
"""Each way of a command that might wait; `pipe` is a file that nobody writes or reads."""

WAITS = {
    "who types": {"chat", "-", "pipe"},
    "who reads": {*ARGUMENTS},
    "a document": {"pdf", "xlsx", "--pdf"},
}
"""Which words make a command wait for that; `make prove` tries all with all."""

EVERY = bool(os.environ.get("EVERY"))  # noqa: TID251 - how long `make prove` looks

CASES = [
    pytest.param(words, arguments, waits, id=f"{' '.join((words, *arguments))}, {waits}")
    for words, several in ARGUMENTS.items()
    for arguments in several
    for waits, by in WAITS.items()
    if words not in ("check", "draw")  # they open no database
    if EVERY or {words, *arguments} & by
]

SOON = 3
"""Seconds for a command that only looked as if it stood still; what waits here waits for ever."""

WITHOUT_END = """
import asyncio, sys
from bot import making
async def for_ever(*_): await asyncio.sleep(3600)
if sys.argv.pop(1) == "a document": making._made = for_ever
from bot.cli import main
main()
"""


def test_every_command_is_here() -> None:
    assert set(ARGUMENTS) == set(commands())


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """A trajectory with an adviser who answered, a backup, a pipe, a list of towns."""
    room = Room(tmp_path)
    anna = room.adviser(room.kwartiermaker("Karin", "Jongeren Zuid"), "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    room.operator.store.remember("link", "https://t.me/proefbot?start=")
    for person in (anna, room.operator):
        person.store.close()
    (tmp_path / "towns").write_text("Ede\nEpe\n")
    os.mkfifo(tmp_path / "pipe")
    return Installed(tmp_path)


@pytest.mark.parametrize(("words", "arguments", "waits"), CASES)
def test_who_waits_holds_nothing(
    words: str, arguments: tuple[str, ...], waits: str, installed: Installed
) -> None:
    """Expected: when it stands still, another program writes, and empties the log."""
    if any("COPY" in one for one in arguments):
        assert installed.runs("backup")[0] == 0
        (copy,) = (installed.folder / "backups").glob("*.db")
        arguments = tuple(one.replace("COPY", copy.name) for one in arguments)
    key = (installed.folder / "key").read_text().split()[0]
    with standing(installed, waits, *words.split(), *arguments):
        if words == "rekey":
            key = (installed.folder / "key").read_text().split()[0]
        other = connect(installed.database, key, busy=SOON)
        other.execute("BEGIN IMMEDIATE")
        other.execute("COMMIT")
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        other.close()


@contextmanager
def standing(installed: Installed, waits: str, *arguments: str) -> Iterator[None]:
    """The command, once it goes no further; ended afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        telegram = {
            "TELEGRAM_BOT_TOKEN": "1:nobody",
            "TELEGRAM_API_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
        }
        (heard, typed), (read, said) = os.pipe(), os.pipe()
        if waits == "who reads":
            fill(said)
        if waits != "who types":
            os.write(typed, b"Ede\n")
            os.close(typed)
        process = subprocess.Popen(
            [sys.executable, "-c", WITHOUT_END, waits, *arguments], cwd=installed.folder,
            env=installed.environment() | telegram, stdin=heard, stdout=said,
        )  # fmt: skip
        try:
            stands_still(process)
            yield
        finally:
            process.kill()
            process.wait()
            for end in (heard, read, said, *((typed,) if waits == "who types" else ())):
                os.close(end)


def fill(pipe: int) -> None:
    """Nobody reads, and nothing fits any more."""
    os.set_blocking(pipe, False)
    try:
        while True:
            os.write(pipe, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(pipe, True)


def stands_still(process: subprocess.Popen[bytes]) -> None:
    """It sleeps, and used no processor for a moment; or it has ended."""
    since, before = time.monotonic(), None
    end = since + 60
    while process.poll() is None and time.monotonic() - since < 0.3:
        assert time.monotonic() < end, "it goes on and on"
        found = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        now = found[11:13] if found[0] == "S" else None
        if now is None or now != before:
            since, before = time.monotonic(), now
        time.sleep(0.02)
