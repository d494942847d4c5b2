"""How the program begins and ends, and what it tells its operator."""

from __future__ import annotations

import asyncio
import secrets
import socket
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.program import Program
from tests.standin import TOKEN, StandIn
from tests.storages import of_a_file
from tests.walkers import stage, until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("cold")
WRONG = "654321:TEST-another-token-of-35-characters-"


async def ended(folder: Path, token: str, standin: StandIn) -> Program:
    program = Program(folder, standin, token)
    await program.launch()
    assert await program.ends() == 2
    assert len(program.said) == 1
    assert program.said[0].startswith("opschaalgids: ")
    assert not token or (token.partition(":")[2] or token) not in program.said[0]
    return program


@pytest.mark.parametrize("token", [WRONG, "no token at all", ""])
async def test_a_wrong_token_ends_it_in_one_sentence(token: str, tmp_path: Path) -> None:
    async with StandIn() as standin:
        program = await ended(tmp_path, token, standin)
        assert "TELEGRAM_BOT_TOKEN" in program.said[0]


@pytest.mark.parametrize("busy", [False, True])
async def test_a_revoked_token_ends_it_in_one_sentence(busy: bool, tmp_path: Path) -> None:  # noqa: FBT001
    async with stage(tmp_path) as here:
        phone = here.phone()
        await phone.starts()
        await phone.asked()
        here.standin.revoke()
        if busy:
            await phone.types("akkoord")
        else:
            here.standin.world.updates.interrupt("the connection ends")
        assert await here.program.ends() == 2
        assert TOKEN not in "".join(here.program.said)
        ready, *told = here.program.said
        assert (ready, told[-1][:14]) == ("ready", "opschaalgids: ")


@of_a_file  # at a server it waits: test_replicas
async def test_a_second_program_leaves_the_first_alone(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        second = await ended(tmp_path, TOKEN, here.standin)
        assert "Another opschaalgids runs on" in second.said[0]
        phone = here.phone()
        await phone.starts()
        assert (await phone.asked()).buttons


async def test_it_waits_for_telegram_to_appear(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with StandIn() as standin, AsyncExitStack() as stack:
        program = Program(tmp_path, standin, TOKEN)
        program.settings["TELEGRAM_API_URL"] = f"http://127.0.0.1:{port}"
        await program.launch()
        stack.push_async_exit(program)
        await until(lambda: bool(program.said))
        assert "trying again" in program.said[0]
        relay = await asyncio.start_server(partial(relays, standin.port), "127.0.0.1", port)
        await until(program.ready.is_set)
        assert program.said[-1] == "ready"
        assert await program.stop() == 0
        relay.close()


async def relays(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, handed through."""
    far, there = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(hands(reader, there), hands(far, writer))


async def hands(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while some := await source.read(65536):
            target.write(some)
            await target.drain()
    target.close()


async def test_the_operator_reads_no_token_and_no_words(tmp_path: Path) -> None:
    """Whatever goes wrong on the way."""
    word = f"Geheim{secrets.token_hex(4)}"
    async with stage(tmp_path) as here:
        here.standin.faults.then("bad_gateway", "cut_before", "cut_after")
        phone = here.phone()
        await phone.starts()
        await phone.asked()
        await phone.types("akkoord")
        await phone.asked()
        await phone.types(f"{word} <b>")
        await phone.asked()
        here.standin.faults.bad_gateway = 1
        await phone.types(word)
        await asyncio.sleep(0.5)
        assert await here.program.stop() == 0
        said = "\n".join(here.program.said)
        assert word not in said
        assert TOKEN not in said
        assert TOKEN.partition(":")[2] not in said
