"""A prompt to everybody at once, through the real program, while people go on answering.

Twelve municipalities with eight advisers each; under `make prove` (MANY=1) all 342 with ten.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.engine.prompter import Prompting
from content.messages.render import agreement
from flows.expiry import Keep, KeepAtServer
from tests.crowd import FIRST, crowd
from tests.days import Dated
from tests.desks import Room
from tests.people import START
from tests.phones import Phone
from tests.standin import StandIn
from tests.standin_limits import Pace
from tests.storages import POSTGRESQL
from tests.talkers import Talker, p95, spread

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TOWNS, EACH = (342, 10) if "MANY" in os.environ else (12, 8)  # noqa: TID251
KARIN = 2
THINKS, LOOKS = 2.0, 5.0
"""Seconds between two answers of an adviser, and between two looks of the kwartiermaker."""

READS = 0.5
"""Seconds that a person takes at least: two taps any faster are one."""


def fill(folder: Path) -> None:
    """The trajectory with all its advisers, before the program starts."""
    room = Room(folder)
    karin = room.kwartiermaker("Karin", "Zuid", str(KARIN))
    crowd(karin.store, TOWNS, EACH, str)
    # The program's own text is newer than the one that these tests agree to.
    version = agreement(KeepAtServer() if POSTGRESQL else Keep())
    karin.store.db.execute("UPDATE people SET agreed_version = ?", [version])
    prompting = Prompting(karin.conversation)
    prompting.due(karin.now)
    while prompting.behind:
        prompting.due(karin.now)
    for person in room.people.values():
        person.store.close()


async def sends_off(karin: Phone) -> None:
    await karin.types("/vraag")
    await karin.asked()
    for begins in ("kind open", "target all", "send"):
        await asyncio.sleep(READS)
        keys = [data.partition(":")[2] for _, data in karin.buttons]
        await karin.presses(key=next(key for key in keys if key.startswith(begins)))
        await karin.asked()
    assert f"Klaargezet voor {TOWNS * EACH} personen" in karin.last.text


async def all_asked(advisers: Sequence[Phone]) -> float:
    """Seconds until each of them has something to press."""
    clock = asyncio.get_running_loop().time
    began = clock()
    async with asyncio.timeout(60 + len(advisers)):
        while not all(adviser.room.asks for adviser in advisers):  # noqa: ASYNC110 - from outside
            await asyncio.sleep(0.2)
    return clock() - began


async def looks(karin: Talker, until: asyncio.Event) -> None:
    while not until.is_set():
        await karin.says("/overzicht")
        await asyncio.sleep(LOOKS)


async def test_nobody_waits_behind_a_prompt_to_all(tmp_path: Path) -> None:
    fill(tmp_path)
    async with StandIn(enforce_pace=Pace(30, 1)) as standin:
        advisers = [Phone(standin, FIRST + n) for n in range(TOWNS * EACH)]
        for adviser in advisers:
            adviser.room.opened = True
        program = Dated(tmp_path, standin, standin.token, {"OPSCHAALGIDS_PACE": "30/1"})
        program.puts(START + timedelta(hours=1))
        async with program:
            karin, anna = Talker(Phone(standin, KARIN)), Talker(advisers[0])
            await sends_off(karin.phone)
            await program.wakes(START + timedelta(hours=2))
            await anna.phone.asked()
            await anna.starts()
            drained = asyncio.Event()
            talking = [
                asyncio.create_task(anna.talks(drained, THINKS)),
                asyncio.create_task(looks(karin, drained)),
            ]
            took = await all_asked(advisers)
            drained.set()
            await asyncio.gather(*talking)
            assert await program.stop() == 0
        assert program.said == ["ready", "ready"]
    assert [call for call in standin.calls if call.code == 429] == []
    assert standin.refused == []
    assert all(len(adviser.room.messages) == 1 for adviser in advisers[1:])
    assert all("Later" in dict(adviser.buttons) for adviser in advisers[1:])
    sys.stdout.write(f"\n{len(advisers)} prompts in {took:.0f} s; an adviser: "
                     f"{spread(anna.took)}; the overview: {spread(karin.took)}\n")  # fmt: skip
    most = max(1, took / 4)  # a second; on a busy machine far from the end of the queue
    assert p95(anna.took) < most, anna.took
    assert p95(karin.took) < most, karin.took
