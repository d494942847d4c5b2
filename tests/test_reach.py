"""Whether Telegram reaches the webhook: in /healthz, in the figures, in doctor; and strangers."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.bending import refusal
from tests.crossing import Launched
from tests.faults import Here
from tests.program import Look
from tests.prove_answers import hook
from tests.standin import StandIn
from tests.test_faults import clock
from tests.test_program import relays
from tests.test_watching import fetched, free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from aiohttp import web

    from tests.standin import Answers

FILES, STRANGERS = 200, 260
TRANSIENT = "Bad Request: bad webhook: Failed to resolve host: Name or service not known"


@asynccontextmanager
async def hooked(folder: Path, **settings: str) -> AsyncIterator[tuple[Here, int]]:
    """A program by webhook, not started yet, and the port where it can be watched."""
    port = free_port()
    ours = {**hook(), "OPSCHAALGIDS_WATCH": f"127.0.0.1:{port}", **settings}
    async with StandIn() as standin:
        program = Launched(folder, standin, standin.token, ours)
        here = Here(folder, standin, program, Look(folder))
        try:
            yield here, port
        finally:
            here.look.close()
            if program.process and program.running.returncode is None:
                await program.kill()
        assert not [line for line in program.said if "Traceback" in line]


async def health(port: int) -> tuple[int, dict[str, Any]]:
    code, said = await fetched(port, "healthz")
    return code, json.loads(said)


async def becomes(port: int, code: int) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            found, said = await health(port)
            if found == code:
                return said
            await asyncio.sleep(0.05)


async def test_a_webhook_that_is_not_reached_is_seen(tmp_path: Path) -> None:
    """Expected: 503, a figure, a finding that says what to do; and well again by itself."""
    async with hooked(tmp_path) as (here, port):
        listens = int(here.program.settings["OPSCHAALGIDS_LISTEN"].rpartition(":")[2])
        outside = free_port()
        here.program.settings["OPSCHAALGIDS_WEBHOOK_URL"] = f"http://127.0.0.1:{outside}/hook"
        await here.program.start()
        await becomes(port, 200)
        phone = here.phone()
        await phone.starts()
        await here.tells("does not reach the webhook")
        said = (await becomes(port, 503))["telegram"]
        assert (said["waiting"], said["deaf"]) == (1, True)
        assert "Connection failed" in said["error"]
        _, figures = await fetched(port, "metrics")
        assert "opschaalgids_telegram_waiting 1.0" in figures
        assert "opschaalgids_telegram_reaches 0.0" in figures
        code, report, findings = await here.runs("doctor")
        assert code == 1
        assert "Telegram said at 20" in report
        assert "Telegram does not reach the webhook (Connection failed" in findings
        relay = await asyncio.start_server(partial(relays, listens), "127.0.0.1", outside)
        await here.tells("reaches the webhook again")
        assert (await phone.asked(timeout=20)).buttons
        await becomes(port, 200)
        relay.close()


async def test_who_takes_the_webhook_away_is_seen_and_it_comes_back(tmp_path: Path) -> None:
    async with hooked(tmp_path) as (here, port):
        await here.program.start()
        await becomes(port, 200)
        here.standin.world.updates.sets({"url": ""})
        await here.tells("did not deliver to this webhook")
        await becomes(port, 200)
        phone = here.phone()
        await phone.starts()
        assert (await phone.asked(timeout=20)).buttons
        assert sum("did not deliver" in line for line in here.program.said) == 1


async def test_a_refused_address_is_said_once_with_what_to_do(tmp_path: Path) -> None:
    """Expected: it waits, for a name may be found later; doctor and /healthz say so."""
    async with hooked(tmp_path) as (here, port):
        here.standin.bends = refuses
        await here.program.launch()
        await here.tells("OPSCHAALGIDS_WEBHOOK_URL")
        assert (await becomes(port, 503))["telegram"]["refused"].startswith("bad webhook")
        code, _, findings = await here.runs("doctor")
        assert code == 1
        assert "refuses the webhook's address (bad webhook" in findings
        here.standin.bends = None
        await here.tells("ready")
        await becomes(port, 200)
        assert sum("refuses the webhook" in line for line in here.program.said) == 1


async def refuses(request: web.Request, really: Answers) -> web.StreamResponse:
    """As Telegram does while it cannot find a name."""
    return (
        refusal(400, TRANSIENT)
        if request.match_info["method"] == "setWebhook"
        else await really(request)
    )


async def test_half_open_requests_make_room_for_who_asks(tmp_path: Path) -> None:
    """Expected of more than there are files: people and /healthz are answered meanwhile."""
    async with hooked(tmp_path, OPEN_FILES=str(FILES)) as (here, port):
        await here.program.start()
        phone = here.phone()
        await phone.starts()
        await phone.asked(timeout=20)
        host, _, listens = here.program.settings["OPSCHAALGIDS_LISTEN"].rpartition(":")
        strangers = [await half_open(host, int(listens)) for _ in range(STRANGERS)]
        strangers += [await half_open(host, port) for _ in range(STRANGERS)]
        assert (await health(port))[0] == 200
        await phone.presses(key="agree")
        assert (await phone.asked(timeout=20)).buttons
        assert 1 <= sum("make room" in line for line in here.program.said) <= 2
        for stranger in strangers:
            stranger.close()
        await phone.types("Jongeren aan zet")
        await phone.asked(timeout=20)


async def half_open(host: str, port: int) -> socket.socket:
    """A request that never ends."""
    found = socket.create_connection((host, port), timeout=10)
    found.sendall(b"POST /hook HTTP/1.1\r\nHost: gids\r\n")
    await asyncio.sleep(0)
    return found


async def test_a_clock_that_jumps_is_no_silence(tmp_path: Path) -> None:
    path = clock(tmp_path, timedelta())
    port = free_port()
    settings = {"CLOCK": path, "OPSCHAALGIDS_WATCH": f"127.0.0.1:{port}"}
    async with StandIn() as standin, Launched(tmp_path, standin, standin.token, settings):
        await becomes(port, 200)
        clock(tmp_path, timedelta(days=2))
        code, said = await health(port)
        assert code == 200
        assert 0 <= said["silence"] < 60
