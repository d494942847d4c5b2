"""Telegram's patience: across a restart, for groups, and for what another program made due."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.delivery.pace import SENDERS
from storage.database.connection import open_database, transaction
from storage.database.rows import utc
from tests.phones import Group, Phone
from tests.program import Program
from tests.prove_storm import FIRST_CHAT, fill
from tests.standin import StandIn
from tests.standin_limits import Pace
from tests.walkers import until
from tests.zuid import hears, on, taken_part, zuid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    Pair = tuple[StandIn, Program]

CHATS, EACH, BURST = 12, 8, 5
PER_CHAT = 0.02
"""So slow that a restart is over long before a chat has come to rest."""

RESERVE = 6
"""Messages at once that the stand-in allows a chat here: the program's own five, and one that
was on its way at the kill."""


@asynccontextmanager
async def strict(folder: Path, overall: float, chat: float) -> AsyncIterator[Pair]:
    """Limits as Telegram's, enforced, with hardly any burst."""
    pace = {"OPSCHAALGIDS_PACE": f"30/{chat}"}
    async with StandIn(enforce_pace=Pace(overall, chat, burst=RESERVE)) as standin:
        yield standin, Program(folder, standin, standin.token, pace)


def too_fast(standin: StandIn) -> int:
    return sum(call.code == 429 for call in standin.calls)


async def test_a_restart_in_a_broadcast_does_not_begin_the_pace_anew(tmp_path: Path) -> None:
    """Expected after a kill: no chat gets a second burst."""
    fill(tmp_path, CHATS * EACH, CHATS)
    async with strict(tmp_path, 1000, PER_CHAT) as (standin, program):
        for chat in range(CHATS):
            Phone(standin, FIRST_CHAT + chat).room.opened = True
        await program.start()
        await until(lambda: len(standin.called("sendMessage")) >= CHATS * BURST, 60)
        await program.kill()
        before = len(standin.called("sendMessage"))
        await program.start()
        await asyncio.sleep(3)
        assert len(standin.called("sendMessage")) - before <= SENDERS
        assert too_fast(standin) == 0
        assert await program.stop() == 0


async def test_groups_are_left_at_the_pace_and_people_go_first(tmp_path: Path) -> None:
    """Expected of 80 at once, killed half-way: no 429, all left, told once, nobody waits.

    The stand-in allows twice the pace overall: on a busy machine calls arrive in heaps.
    """
    async with strict(tmp_path, 60, 1) as (standin, program):
        await program.start()
        clock = asyncio.get_running_loop().time
        groups, phone = [Group(standin, -3000 - n) for n in range(80)], Phone(standin, 1001)
        for group in groups:
            await group.adds_bot(phone)
        await until(lambda: len(standin.called("leaveChat")) > 5, 30)
        began, gone = clock(), len(standin.called("leaveChat"))
        await phone.starts()
        await phone.asked(timeout=20)
        assert len(standin.called("leaveChat")) - gone < 40, f"a person waited {clock() - began} s"
        await program.kill()
        await program.start()
        await until(lambda: all(group.room.shut for group in groups), 60)
        assert too_fast(standin) == 0
        said = [len([b for b in group.view if not b.mine]) for group in groups]
        assert set(said) <= {1, 2}
        assert said.count(2) <= 6, "what was on its way at the kill"
        assert await program.stop() == 0


async def test_what_another_program_makes_due_goes_within_seconds(tmp_path: Path) -> None:
    """Expected: not at the next minute."""
    async with zuid(tmp_path) as here:
        await taken_part(here)
        await asyncio.sleep(1)  # the round after the start is over
        db = open_database(tmp_path / "guide.db", tmp_path / "key")
        now = utc(on(11, 23, 11))
        with transaction(db):
            db.execute(
                "INSERT INTO prompts(person, canvas, seat, kind, text, made_at, due_at) "
                "SELECT s.person, s.canvas, s.id, 'text', 'Hoe gaat het?', ?, ? FROM seats s",
                [now, now],
            )
        db.close()
        await until(lambda: "Hoe gaat het?" in here.anna.screen(300), 30)
        await hears(here.anna, "Hoe gaat het?")
