"""What an operator sees of the running program, and what its logs never hold."""

from __future__ import annotations

import json
import re
import socket
from typing import TYPE_CHECKING

import aiohttp

from tests.faults import POISON, REFUSES, room_on_disk, running
from tests.storages import of_a_file
from tests.walkers import until

if TYPE_CHECKING:
    from pathlib import Path


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def fetched(port: int, page: str) -> tuple[int, str]:
    url = f"http://127.0.0.1:{port}/{page}"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


async def test_the_program_can_be_watched(tmp_path: Path) -> None:
    """Expected: well while it hears Telegram, with figures and no words or chats in them."""
    port = free_port()
    settings = {"OPSCHAALGIDS_WATCH": f"127.0.0.1:{port}", "POISON": POISON}
    async with running(tmp_path, **settings) as here:
        phone = await here.begun(2)
        await phone.types(POISON)
        await phone.waits()
        code, health = await fetched(port, "healthz")
        assert (code, json.loads(health)["ok"]) == (200, True)
        await until(lambda: not here.look.unsaid("1001"))
        code, figures = await fetched(port, "metrics")
        assert code == 200
        known = dict(line.rsplit(" ", 1) for line in figures.splitlines() if line[0] != "#")
        assert float(known['opschaalgids_updates_total{kind="text"}']) == 3
        assert float(known['opschaalgids_updates_total{kind="press"}']) == 1
        assert float(known["opschaalgids_set_aside"]) == 1
        assert float(known["opschaalgids_outbox_messages"]) == 0
        assert float(known["opschaalgids_turn_seconds_count"]) >= 4
        # Not among a fraction's digits either: those may be anything.
        assert not re.search(r"(?<![\d.])1001(?![\d.])", figures + health)
        assert POISON not in figures


@of_a_file  # somebody else locks it
async def test_logs_hold_no_word_and_no_token(tmp_path: Path) -> None:
    """Expected in all kinds of trouble: JSON lines, nothing typed, no chat, no token."""
    async with running(tmp_path, POISON=POISON) as here:
        phone = await here.begun(2)
        here.standin.faults.then("bad_gateway", "cut_before", "too_many")
        await phone.types(POISON)
        await phone.waits()
        here.standin.world.tells(phone.room, "message", {"text": "Vertrouwelijk woord"})
        await here.tells("cannot be read")
        room_on_disk(here, 4096)
        await phone.types("Vertrouwelijk woord")
        await here.tells(REFUSES)
        room_on_disk(here)
        await here.hears(phone)
        assert await here.program.stop() == 0
        lines = [line for line in here.program.said if line != "ready"]
        assert len(lines) >= 3
        for line in lines:
            assert {"at", "level", "from", "what"} <= set(json.loads(line))
            for secret in (POISON, "Vertrouwelijk", "1001", here.program.token):
                assert secret not in line
