"""Several programs over one PostgreSQL: one leads, the others wait and follow it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from storage.database.connection import open_database
from storage.database.place import Server
from storage.database.rows import Rows
from tests.people import START
from tests.program import ROOT, Program, free_port
from tests.standin import StandIn
from tests.storages import needs_server
from tests.walkers import stage, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tests.phones import Phone
    from tests.postgres import Cluster
    from tests.walkers import Stage

pytestmark = needs_server
WAITS = "waiting (another opschaalgids leads)"
SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"


@pytest.fixture
async def here(postgres: Cluster, tmp_path: Path) -> AsyncIterator[Stage]:
    """One that leads, in a database of its own."""
    url = postgres.url(f"t{abs(hash(tmp_path))}")
    async with stage(tmp_path, OPSCHAALGIDS_DATABASE=url) as found:
        found.look.place = Server(url)
        yield found


class Later(Program):
    """One of a later release, with a change of the database's form."""

    command = (sys.executable, "-m", "tests.later", "telegram")


async def another(here: Stage, stack: AsyncExitStack, kind: type[Program] = Program) -> Program:
    """One more program, which waits."""
    first = here.program
    more = {"OPSCHAALGIDS_WATCH": f"127.0.0.1:{free_port()}", "LATER": "1"}
    found = kind(first.folder, first.standin, first.token, {**first.settings, **more})
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


async def test_it_waits_for_a_server_that_is_not_there(tmp_path: Path) -> None:
    """Red for an hour: it ended with a traceback, so an upgrade beside a death failed."""
    async with StandIn() as standin:
        url = f"postgresql://postgres@127.0.0.1:{free_port()}/postgres"
        one = Program(tmp_path, standin, standin.token, {"OPSCHAALGIDS_DATABASE": url})
        await one.launch()
        await until(lambda: any("waiting (connection failed" in line for line in one.said))
        assert await one.stop() == 0


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
        await until(lambda: here.look.answers("1001") == {"pilot.name": "Buurtteam aan zet"})
        await until(lambda: not here.look.unsaid("1001"))
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


async def test_a_release_of_before_writes_nothing_beside_a_later_form(here: Stage) -> None:
    """An upgrade with a migration: under the lock, and what came meanwhile is answered after it."""
    async with AsyncExitStack() as stack:
        old, later = here.program, await another(here, stack, Later)
        phone = here.phone()
        await begins(phone)
        await phone.presses(key="agree")
        await phone.asked()
        assert not here.look.answers("1001")
        await phone.types("Buurtteam aan zet")
        assert await old.stop() == 0
        await later.ready.wait()
        await until(lambda: here.look.answers("1001") == {"pilot.name": "Buurtteam aan zet"})
        await until(lambda: not here.look.unsaid("1001"))
        await old.launch()
        await until(lambda: WAITS in old.said[-1])
        await later.kill()
        await phone.types("Gemeente Zutphen")
        assert await old.ends(30) == 2
        assert "was written by a newer version of opschaalgids; install that" in old.said[-1]
        assert here.look.heard("1001") == 3, "the old one took nothing"
        await later.start()
        await until(lambda: len(here.look.answers("1001")) == 2)


SAYS = ("akkoord", "Buurtteam aan zet", "1", "overslaan", "2", "Niets.", "nee", "klaar")
SAID = "SELECT body FROM outbox WHERE chat = ? ORDER BY id"
ROUNDS = int(os.environ.get("ROUNDS", "6"))  # noqa: TID251 - how tests run


def updates(chat: str) -> list[dict[str, str]]:
    """What somebody does, from the first /start."""
    kinds = [("start", ""), *(("text", text) for text in SAYS)]
    return [
        {
            "id": f"u{n}", "chat": chat, "kind": kind, "text": text, "message": str(n),
            "at": (START + timedelta(minutes=n)).isoformat(),
        }
        for n, (kind, text) in enumerate(kinds)
    ]  # fmt: skip


def heard(url: str, chat: str) -> tuple[list[Any], ...]:
    """Answers, what came and what goes out in one chat, in their order."""
    look = Rows(open_database(Server(url), Path()))
    answers = """SELECT a.question || COALESCE(a.value, '') FROM answers a JOIN canvases c
        ON c.id = a.canvas JOIN people p ON p.id = c.person WHERE p.chat = ? ORDER BY a.id"""
    found = (
        look.column(answers, chat),
        look.column("SELECT id FROM updates WHERE chat = ? ORDER BY at", chat),
        [json.loads(body)["html"] for body in look.column(SAID, chat)],
    )
    look.db.close()
    return found


async def twin(url: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    found = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.twins", url, stdin=pipe, stdout=pipe, cwd=ROOT
    )
    assert found.stdout
    assert await found.stdout.readline() == b"ready\n"
    return found


async def take(twins: Sequence[asyncio.subprocess.Process], update: dict[str, str]) -> list[int]:
    """Whether it was new to each, handed to all of them at the same instant."""
    for one in twins:
        assert one.stdin
        one.stdin.write(f"{json.dumps(update)}\n".encode())
    return [int(await one.stdout.readline()) for one in twins if one.stdout]


async def test_the_same_updates_at_the_same_instant_are_taken_once(postgres: Cluster) -> None:
    """By two programs that both write, in every round by whichever is first."""
    url = postgres.url(f"t{os.urandom(6).hex()}")
    twins = [await twin(url), await twin(url)]
    first: Counter[int] = Counter()
    for number in range(ROUNDS):
        for update in updates(f"test:{number}"):
            new = await take(twins, update)
            assert sorted(new) == [0, 1], (number, update)
            first[new.index(1)] += 1
    for update in updates("test:alone"):
        assert await take(twins[:1], update) == [1]
    for one in twins:
        one.kill()
        await one.wait()
    alone = heard(url, "test:alone")
    assert [len(alone[0]) > 2, len(alone[1]), len(alone[2]) > 8] == [True, len(SAYS) + 1, True]
    for number in range(ROUNDS):
        assert heard(url, f"test:{number}") == alone
    assert min(first.values()) > ROUNDS, f"one was always first: {first}"
