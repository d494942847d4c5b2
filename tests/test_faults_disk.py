"""A full disk, a file that takes no writes, a lock: nothing is lost, nobody hears twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.cli import FOR_NOW, TO_MEND
from storage.database.connection import open_database
from tests.crossing import Launched
from tests.standin import StandIn
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
from tests.faults import REFUSES, Here, first, room_on_disk


async def test_a_full_disk_is_waited_out(here: Here) -> None:
    phone = await here.begun(2)
    room_on_disk(here, 4096)
    await phone.types("Gemeente Ede")
    await here.tells(REFUSES, times=2)
    assert len(here.standin.world.updates.waiting()) == 1
    assert here.kept() == first(1)
    room_on_disk(here)
    await here.hears(phone)
    await here.walks(phone, "started")
    assert here.kept() == first(3)


async def test_a_disk_that_is_full_after_sending_doubles_nothing(here: Here) -> None:
    phone = await here.begun(2)
    here.standin.faults.seconds = 2.0  # room for a busy machine between arriving and recording
    # Of this call alone: the menu may still be on its way.
    here.standin.faults.methods = frozenset({"sendMessage"})
    here.standin.faults.then("slow")
    await phone.types("Gemeente Ede")
    await phone.asked(quiet=0)
    room_on_disk(here, 4096)
    await here.tells(REFUSES)
    before = phone.view
    room_on_disk(here)
    await here.hears(phone)
    assert phone.view == before


async def test_a_full_disk_and_a_kill_lose_nothing(here: Here) -> None:
    phone = await here.begun(2)
    room_on_disk(here, 4096)
    await phone.types("Gemeente Ede")
    await here.tells(REFUSES)
    here.look.close()
    await here.program.kill()
    await here.program.start()
    await here.hears(phone)
    assert here.kept() == first(2)


async def test_a_full_disk_at_the_first_start_ends_it_in_one_sentence(tmp_path: Path) -> None:
    """Expected: a code after which a service starts again, since it may pass."""
    async with StandIn() as standin:
        program = Launched(tmp_path, standin, standin.token, {"FILE_LIMIT": "4096"})
        await program.launch()
        assert await program.ends() == FOR_NOW
        assert len(program.said) == 1
        assert program.said[0].startswith("opschaalgids: ")


async def test_a_database_that_takes_no_writes_is_waited_out(here: Here) -> None:
    phone = await here.begun(2)
    await here.restarts(READ_ONLY="1")
    await phone.types("Gemeente Ede")
    await here.tells(REFUSES, times=2)
    assert len(here.standin.world.updates.waiting()) == 1
    await here.restarts()
    await here.hears(phone)
    assert here.kept() == first(2)


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """By its permissions; for root, whom they do not bind, by the file system's own mark."""
    mode, root = path.stat().st_mode, os.geteuid() == 0
    path.chmod(mode & 0o555)
    try:
        if root and subprocess.run(["chattr", "+i", path], check=False, capture_output=True).stderr:
            pytest.skip("nothing here is read-only to root")
        yield
    finally:
        if root:
            subprocess.run(["chattr", "-i", path], check=False, capture_output=True)
        path.chmod(mode)


@pytest.mark.parametrize(("what", "code"), [("guide.db", TO_MEND), (".", FOR_NOW)])
async def test_a_read_only_file_or_folder_ends_it_in_one_sentence(
    what: str, code: int, here: Here
) -> None:
    await here.begun(2)
    here.look.close()
    await here.program.stop()
    with read_only(here.folder / what):
        await here.program.launch()
        assert await here.program.ends() == code
    assert [line[:14] for line in here.program.said] == ["ready", "opschaalgids: "]
    await here.program.start()
    assert here.kept() == first(1)


# ---------------------------------------------------------------- a lock


async def test_a_locked_database_is_waited_for(here: Here) -> None:
    """Expected: all waits while another program writes, and then goes on."""
    phone = await here.begun(2)
    other = open_database(here.folder / "guide.db", here.folder / "key")
    other.conn.execute("BEGIN EXCLUSIVE")
    await phone.types("Gemeente Ede")
    await asyncio.sleep(1.5)  # for so long it is held
    assert here.kept() == first(1)
    other.conn.execute("ROLLBACK")
    other.close()
    await here.hears(phone)
    assert here.kept() == first(2)


async def test_a_locked_database_does_not_hold_up_the_end(here: Here) -> None:
    """Expected: SIGTERM ends it in seconds, and what was not kept comes again."""
    phone = await here.begun(2)
    other = open_database(here.folder / "guide.db", here.folder / "key")
    other.conn.execute("BEGIN EXCLUSIVE")
    await phone.types("Gemeente Ede")
    await until(lambda: phone.room.handed is not None)
    os.kill(here.program.running.pid, signal.SIGTERM)
    assert await here.program.ends(within=5) == 0
    other.conn.execute("ROLLBACK")
    other.close()
    await here.program.start()
    await here.hears(phone)
    assert here.kept() == first(2)
