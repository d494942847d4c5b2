"""Several programs over one PostgreSQL: one leads, the others wait and follow it."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import aiohttp
import pytest

from storage.database.place import Server
from tests.postgres import LACKS, server, tool
from tests.program import Program, free_port
from tests.walkers import stage, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.phones import Phone
    from tests.postgres import Cluster
    from tests.walkers import Stage

WAITS = "waiting (another opschaalgids leads)"
SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    if tool("initdb") is None:
        pytest.skip(LACKS)
    with server() as found:
        yield found


@pytest.fixture
async def here(postgres: Cluster, tmp_path: Path) -> AsyncIterator[Stage]:
    """One that leads, in a database of its own."""
    url = postgres.url(f"t{abs(hash(tmp_path))}")
    async with stage(tmp_path, OPSCHAALGIDS_DATABASE=url) as found:
        found.look.place = Server(url)
        yield found


async def another(here: Stage, stack: AsyncExitStack) -> Program:
    """One more program, which waits."""
    first = here.program
    watch = {"OPSCHAALGIDS_WATCH": f"127.0.0.1:{free_port()}"}
    found = Program(first.folder, first.standin, first.token, {**first.settings, **watch})
    await found.launch()
    stack.push_async_exit(found.__aexit__)
    await until(lambda: any(WAITS in line for line in found.said))
    return found


async def asked(program: Program, path: str) -> tuple[int, dict[str, bool]]:
    async with aiohttp.ClientSession() as session:
        where = f"http://{program.settings['OPSCHAALGIDS_WATCH']}{path}"
        async with session.get(where) as answer:
            return answer.status, await answer.json()


async def begins(phone: Phone) -> None:
    await phone.starts()
    await phone.asked()


async def test_a_second_program_waits_and_says_that_it_lives(here: Stage) -> None:
    async with AsyncExitStack() as stack:
        second = await another(here, stack)
        assert await asked(second, "/livez") == (200, {"alive": True})
        assert await asked(second, "/healthz") == (200, {"ok": True, "leads": False})
        assert "ready" not in second.said
        await begins(here.phone())
        assert await second.stop() == 0, "told to end while it waits"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_the_next_goes_on_where_the_first_ends(here: Stage, how: int) -> None:
    async with AsyncExitStack() as stack:
        second = await another(here, stack)
        phone = here.phone()
        await begins(phone)
        await phone.presses(key="agree")
        await phone.asked()
        await phone.types("Buurtteam aan zet")
        await here.program.stop(how)
        await second.ready.wait()
        await phone.asked()
        await asyncio.wait_for(until(lambda: not here.look.unsaid("1001")), 30)
        assert here.look.answers("1001") == {"pilot.name": "Buurtteam aan zet"}
        await phone.types("Iets anders")
        await phone.asked()


async def test_who_loses_the_lock_ends_with_a_sentence(here: Stage, postgres: Cluster) -> None:
    async with AsyncExitStack() as stack:
        second = await another(here, stack)
        phone = here.phone()
        await begins(phone)
        postgres.sql(SESSIONS)
        await phone.presses(key="agree")
        assert await here.program.ends(30) == 75
        assert "with it the lock of the program that leads" in here.program.said[-1]
        assert not [line for line in here.program.said if "Traceback" in line]
        await second.ready.wait()
        await phone.asked()
        assert "postgres@" not in "".join(here.program.said + second.said)
