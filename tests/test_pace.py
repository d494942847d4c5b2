"""Telegram's patience: across a restart, for groups, and for what another program made due."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from storage.database import open_database, transaction
from storage.rows import utc
from tests.phones import Group, Phone
from tests.program import Look, Program
from tests.prove_storm import FIRST_CHAT, LEFT, fill
from tests.standin import StandIn
from tests.standin_limits import Pace
from tests.walkers import until
from tests.zuid import hears, on, taken_part, zuid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

CHATS, EACH = 12, 9
RESERVE = 7
"""Messages at once that the stand-in allows a chat here: the program's own five, and two."""


@asynccontextmanager
async def strict(folder: Path) -> AsyncIterator[tuple[StandIn, Program]]:
    """Telegram's limits, enforced, with hardly any burst."""
    pace = Pace(30, 1, burst=RESERVE)
    async with StandIn(enforce_pace=pace) as standin:
        yield standin, Program(folder, standin, standin.token, {"OPSCHAALGIDS_PACE": "30/1"})


def too_fast(standin: StandIn) -> int:
    return sum(call.code == 429 for call in standin.calls)


async def test_a_restart_in_a_broadcast_does_not_begin_the_pace_anew(tmp_path: Path) -> None:
    """Expected of three kills: not one 429, and everything arrives once."""
    fill(tmp_path, CHATS * EACH, CHATS)
    async with strict(tmp_path) as (standin, program):
        for chat in range(CHATS):
            Phone(standin, FIRST_CHAT + chat).room.opened = True
        for share in (CHATS * 5, CHATS * 6, CHATS * 7):
            await program.start()
            await until(lambda share=share: len(standin.called("sendMessage")) >= share, 60)  # type: ignore[misc]
            await program.kill()
        await program.start()
        look = Look(tmp_path)
        await until(lambda: not look.rows(LEFT)[0]["n"], 60)
        look.close()
        assert await program.stop() == 0
        assert too_fast(standin) == 0
        texts = [str(call.params["text"]) for call in standin.called("sendMessage")]
        assert len(set(texts)) == CHATS * EACH


async def test_groups_are_left_at_the_pace_and_people_go_first(tmp_path: Path) -> None:
    """Expected of 80 at once, killed half-way: no 429, all left, told once, nobody waits."""
    async with strict(tmp_path) as (standin, program):
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
