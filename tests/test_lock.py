"""One lock for all programs, on the database itself: real processes, and no lock file needed."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from storage.database.connection import open_database
from storage.database.rows import Rows
from tests.faults import POISON, running
from tests.program import Program
from tests.prove_kills import doubles
from tests.standin import TOKEN
from tests.test_cli import Terminal, says, until_asked
from tests.walkers import stage, until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.phones import Phone

OPEN = "is open in another program"
REPLACED = "was replaced while this program had it open"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    desk = Terminal(tmp_path)
    desk.chat("akkoord", "Eerste proef")
    return desk


@pytest.fixture
def chatting(terminal: Terminal) -> Iterator[subprocess.Popen[bytes]]:
    """A chat that is open, after its first question was asked."""
    process = terminal.opens()
    list(until_asked(process))
    yield process
    process.kill()
    process.communicate()


def answers(database: Path, key: Path) -> list[str]:
    db = open_database(database, key)
    found = [row["value"] for row in Rows(db).rows("SELECT value FROM answers ORDER BY id")]
    db.close()
    return found


def backup(desk: Terminal) -> str:
    found = desk.run("backup")
    assert (found.returncode, found.stderr) == (0, b"")
    return found.stdout.decode().strip()


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """How a chat ended, at the end of its input."""
    _, said = process.communicate(timeout=30)
    return process.returncode, said.decode()


# ---------------------------------------------------------------- two that would answer


async def begins(phone: Phone) -> None:
    await phone.starts()
    await phone.asked(timeout=30)


@pytest.mark.parametrize("what", ["removed", "another file"])
async def test_without_the_lock_file_one_answers_still(what: str, tmp_path: Path) -> None:
    """Expected: the newest goes on, the other ends with a sentence, nobody hears a thing twice."""
    async with stage(tmp_path) as here, AsyncExitStack() as stack:
        before = [here.phone(number) for number in range(1001, 1006)]
        await asyncio.gather(*map(begins, before))
        lock = tmp_path / "guide.db.lock"
        lock.unlink()
        if what == "another file":
            lock.touch()
        second = await stack.enter_async_context(Program(tmp_path, here.standin, TOKEN))
        after = [here.phone(number) for number in range(2001, 2006)]
        await asyncio.gather(*map(begins, after))
        for phone in before:
            await phone.presses(key="agree")
            await phone.asked(timeout=30)
        assert await here.program.ends(30) == 2
        assert "Another opschaalgids has begun" in here.program.said[-1]
        assert [len(phone.view) for phone in after] == [2] * 5, "/start, and one answer"
        assert list(doubles(here.standin)) == []
        assert second.running.returncode is None


async def test_what_the_older_one_fetched_is_answered_by_the_newer(tmp_path: Path) -> None:
    """It keeps nothing any more, so it acknowledges nothing."""
    async with stage(tmp_path) as here, AsyncExitStack() as stack:
        phone = here.phone()
        await begins(phone)
        await until(lambda: not here.look.unsaid("1001"))  # else it was said, and not yet noted
        db = open_database(tmp_path / "guide.db", tmp_path / "key")
        db.execute("UPDATE facts SET value = 'somebody else' WHERE name = 'leader'")
        db.close()
        await phone.presses(key="agree")
        assert await here.program.ends(30) == 2
        assert len(phone.view) == 2
        await stack.enter_async_context(Program(tmp_path, here.standin, TOKEN))
        await phone.asked(timeout=30)
        assert list(doubles(here.standin)) == []


# ---------------------------------------------------------------- while somebody is inside


@pytest.mark.parametrize("command", ["restore", "rekey"])
@pytest.mark.parametrize("lock_file", ["", "removed"])
def test_nothing_is_replaced_while_a_chat_is_open(
    command: str, lock_file: str, terminal: Terminal, chatting: subprocess.Popen[bytes]
) -> None:
    """Expected: a refusal that says what to do, and the chat goes on; afterwards it is done."""
    arguments = (command, backup(terminal)) if command == "restore" else (command,)
    if lock_file:
        terminal.database.with_name("guide.db.lock").unlink(missing_ok=True)
    assert OPEN in terminal.refuses(*arguments)
    says(chatting, "Gemeente Ede")
    assert next(until_asked(chatting))["kind"] == "question"
    assert ended(chatting) == (0, "")
    kept = answers(terminal.database, terminal.key)
    assert kept == ['"Eerste proef"', '"Gemeente Ede"']
    assert terminal.run(*arguments).returncode == 0
    assert len(answers(terminal.database, terminal.key)) == (1 if command == "restore" else 2)


def test_a_chat_writes_into_no_file_that_was_put_aside(
    terminal: Terminal, chatting: subprocess.Popen[bytes]
) -> None:
    """Put there by hand, as no command of ours would."""
    older, aside = backup(terminal), terminal.database.with_name("aside.db")
    terminal.database.rename(aside)
    terminal.database.write_bytes(terminal.folder.joinpath(older).read_bytes())
    says(chatting, "Gemeente Ede")
    code, said = ended(chatting)
    assert (code, REPLACED in said, said.count("\n")) == (2, True, 1)
    for file in (terminal.database, aside):
        assert answers(file, terminal.key) == ['"Eerste proef"']


async def test_a_running_program_ends_where_its_file_was_replaced(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        phone = here.phone()
        await begins(phone)
        database = tmp_path / "guide.db"
        content = database.read_bytes()
        database.unlink()
        database.write_bytes(content)
        await phone.presses(key="agree")
        assert await here.program.ends(30) == 2
        assert REPLACED in here.program.said[-1]
        assert len(phone.view) == 2, "it said nothing of what it could not keep"


# ---------------------------------------------------------------- what may run side by side


def test_two_chats_and_short_commands_run_side_by_side(
    terminal: Terminal, chatting: subprocess.Popen[bytes]
) -> None:
    terminal.typed(b"akkoord\nTweede proef\n", person="anna")
    for command in (("backup",), ("export", "--format", "json"), ("doctor", "--sweep")):
        assert terminal.run(*command).returncode == 0, command
    says(chatting, "Gemeente Ede")
    assert ended(chatting) == (0, "")
    kept = answers(terminal.database, terminal.key)
    assert kept == ['"Eerste proef"', '"Tweede proef"', '"Gemeente Ede"']


async def test_what_was_set_aside_is_taken_once_by_three_at_once(tmp_path: Path) -> None:
    """`doctor --retry` beside the running program, and beside itself."""
    async with running(tmp_path, POISON=POISON) as here:
        phone = await here.begun(2)
        await phone.types(POISON)
        await until(lambda: any("nummer" in bubble.text for bubble in phone.view), 20)
        here.program.settings = {}
        retried = await asyncio.gather(*(here.runs("doctor", "--retry") for _ in range(3)))
        assert all("Traceback" not in err for _, _, err in retried)
        await here.hears(phone)
        assert [value for _, value in here.kept()].count(POISON) == 1
        assert list(doubles(here.standin)) == []
        await here.walks(phone, "started")
