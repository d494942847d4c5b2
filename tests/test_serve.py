"""`opschaalgids serve`: what is set is served, and what fails is no matter of the others."""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.error
import urllib.request
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.lines import Beside, Caller
from tests.phones import Phone
from tests.program import INSTALLED, Program, free_port
from tests.standin import StandIn
from tests.test_program import relays
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("cold")


class Serving(Beside):
    command = (sys.executable, "-m", "tests.lines", "serve")


class Bare(Program):
    command = (INSTALLED, "serve")


@asynccontextmanager
async def served(
    folder: Path, standin: StandIn, token: str = "", api: str = ""
) -> AsyncIterator[tuple[Serving, Caller]]:
    """Telegram beside the lines; Bram is on the line and has his first question."""
    settings = {"LINES_PORT": str(free_port()), "OPSCHAALGIDS_WATCH": f"127.0.0.1:{free_port()}"}
    settings |= {"TELEGRAM_API_URL": api} if api else {}
    program, bram = Serving(folder, standin, token or standin.token, settings), Caller("bram")
    async with AsyncExitStack() as stack:
        await program.launch()
        stack.push_async_exit(program)
        await until(lambda: "ready lines" in program.said)
        await bram.joins(int(settings["LINES_PORT"]))
        await begins(bram)
        yield program, bram
        await bram.hangs_up()


async def begins(caller: Caller) -> None:
    caller.types("/start")
    await until(lambda: bool(caller.asked["choices"]))
    caller.presses("agree")
    await until(lambda: "vraag 1" in caller.screen)


async def healthz(program: Serving) -> tuple[int, dict[str, object]]:
    url = f"http://{program.settings['OPSCHAALGIDS_WATCH']}/healthz"

    def ask() -> tuple[int, dict[str, object]]:
        try:
            with urllib.request.urlopen(url) as told:
                return 200, json.load(told)
        except urllib.error.HTTPError as told:
            with told:
                return told.code, json.load(told)

    return await asyncio.to_thread(ask)


async def metrics(program: Serving) -> list[str]:
    def ask() -> str:
        url = f"http://{program.settings['OPSCHAALGIDS_WATCH']}/metrics"
        with urllib.request.urlopen(url) as told:
            return str(told.read().decode())

    return (await asyncio.to_thread(ask)).splitlines()


async def doctor(program: Serving) -> str:
    ran = await asyncio.create_subprocess_exec(
        INSTALLED, "doctor", env=program.environment(), cwd=program.folder,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    return (await ran.communicate())[0].decode()


async def test_a_channel_that_is_down_holds_up_no_other(tmp_path: Path) -> None:
    """Expected: Bram answers while Telegram cannot be reached; that is told as it comes."""
    port = free_port()
    async with (
        StandIn() as standin,
        served(tmp_path, standin, api=f"http://127.0.0.1:{port}") as (program, bram),
    ):
        bram.types("Proef van Bram")
        await until(lambda: "vraag 2" in bram.screen)
        assert "ready" not in program.said
        await until(lambda: any("Telegram cannot be reached" in line for line in program.said))
        assert (await healthz(program))[0] == 503
        relay = await asyncio.start_server(partial(relays, standin.port), "127.0.0.1", port)
        await until(program.ready.is_set)
        told = [line for line in program.said if line.startswith("ready")]
        assert told == ["ready lines", "ready telegram", "ready"]
        assert (await healthz(program))[0] == 200
        assert await program.stop() == 0
        relay.close()


async def test_a_revoked_channel_ends_alone(tmp_path: Path) -> None:
    async with StandIn() as standin, served(tmp_path, standin) as (program, bram):
        await until(program.ready.is_set)
        anna = Phone(standin, 1001)
        await anna.starts()
        await anna.asked()
        standin.revoke()
        standin.world.updates.interrupt("the connection ends")
        await until(lambda: any("The other channels go on." in line for line in program.said))
        calls = len(standin.calls)
        bram.types("Proef van Bram")
        await until(lambda: "vraag 2" in bram.screen)
        assert len(standin.calls) == calls, "nobody asks Telegram any more"
        code, told = await healthz(program)
        assert (code, told["ok"]) == (503, False)
        figures = await metrics(program)
        assert "opschaalgids_telegram_reaches 0.0" in figures
        assert "opschaalgids_lines_reaches 1.0" in figures
        report = await doctor(program)
        assert "put the right one in TELEGRAM_BOT_TOKEN" in report
        assert program.said.count("ready") == 1
        assert await program.stop() == 0
        assert standin.token not in "".join(program.said)


async def test_a_channel_that_was_never_known_does_not_keep_the_rest_from_ready(
    tmp_path: Path,
) -> None:
    wrong = "654321:TEST-another-token-of-35-characters-"
    async with StandIn() as standin, served(tmp_path, standin, token=wrong) as (program, bram):
        await until(program.ready.is_set)
        assert "ready telegram" not in program.said
        bram.types("Proef van Bram")
        await until(lambda: "vraag 2" in bram.screen)
        assert await program.stop() == 0


async def test_with_nothing_set_it_says_what_to_set(tmp_path: Path) -> None:
    async with StandIn() as standin:
        program = Bare(tmp_path, standin, "")
        await program.launch()
        assert await program.ends() == 2
    [said] = program.said
    assert said.startswith("opschaalgids: ")
    assert "TELEGRAM_BOT_TOKEN" in said
    assert "OPSCHAALGIDS_WEB_URL" in said
    made = [*tmp_path.iterdir()]  # noqa: ASYNC240 - the program has ended
    assert made == []


async def test_with_telegram_alone_it_is_as_it_was(tmp_path: Path) -> None:
    async with StandIn() as standin, Bare(tmp_path, standin, standin.token) as program:
        assert program.said == ["ready"]
        assert await program.stop() == 0


async def test_a_port_that_is_taken_is_told_in_one_sentence(tmp_path: Path) -> None:
    async with StandIn() as standin:
        place = standin.url.removeprefix("http://")
        program = Bare(tmp_path, standin, standin.token, {"OPSCHAALGIDS_WATCH": place})
        await program.launch()
        assert await program.ends() == 2
    [said] = program.said
    assert said.startswith(f"opschaalgids: Nothing can listen on {place} (")
