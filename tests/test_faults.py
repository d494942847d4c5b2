"""Clocks, strange updates, a day away, a poisoned update: nothing is lost, nobody hears twice."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.clock import now
from storage.database.connection import open_database
from storage.store import Store
from tests.faults import GIVEN, POISON, ZONE, Here, first, running
from tests.walkers import until

if TYPE_CHECKING:
    from pathlib import Path


def clock(folder: Path, wrong_by: timedelta) -> str:
    path = folder / "clock"
    path.with_suffix(".new").write_text(str(wrong_by.total_seconds()))
    path.with_suffix(".new").replace(path)
    return str(path)


@pytest.mark.parametrize("years", [5, -5, 2 / 365, 0.001])
async def test_a_clock_that_jumps_and_comes_back(years: float, tmp_path: Path) -> None:
    there = timedelta(days=365 * years)
    path = clock(tmp_path, timedelta())
    async with running(tmp_path, CLOCK=path) as here:
        phone = await here.begun(3)
        clock(tmp_path, there)
        await here.walks(phone, "started")
        clock(tmp_path, timedelta())
        await here.walks(phone, "running", "Wachten duurt lang")
        assert here.kept() == list(GIVEN.items())
        assert await here.program.stop() == 0
        assert here.program.said == ["ready"]
        assert not [bubble for bubble in phone.view if "niet bereikbaar" in bubble.text]


@pytest.mark.parametrize("change", ["2026-10-25T00:45:00+00:00", "2027-03-28T00:45:00+00:00"])
async def test_daylight_saving_keeps_the_order_of_answers(change: str, tmp_path: Path) -> None:
    """In the night that an hour comes twice, and the one in which it is missing."""
    wrong_by = datetime.fromisoformat(change) - now("UTC")
    async with running(tmp_path, CLOCK=clock(tmp_path, wrong_by)) as here:
        phone = await here.begun(3)
        await here.walks(phone, "started")
        clock(tmp_path, wrong_by + timedelta(minutes=30))
        await here.walks(phone, "running")
        assert here.kept() == first(4)
        rows = here.look.rows("SELECT at FROM answers WHERE question LIKE 'pilot.%' ORDER BY id")
        before, after = (datetime.fromisoformat(row["at"]) for row in rows[-2:])
        assert before.utcoffset() != after.utcoffset()
        assert timedelta(minutes=29) < after.astimezone(UTC) - before.astimezone(UTC)


# ---------------------------------------------------------------- updates in a strange way
# Expected: one effect each, whatever their order and number.


async def test_updates_that_come_twice_count_once(here: Here) -> None:
    here.standin.duplicate = True
    await here.begun(6)
    await until(lambda: not here.standin.world.updates.waiting())
    assert here.kept() == list(GIVEN.items())


async def test_updates_of_many_in_any_order(here: Here) -> None:
    phones = [await here.begun(2, 1001 + n) for n in range(8)]
    here.look.close()
    await here.program.stop()
    for phone in phones:
        await phone.types(f"Gemeente {phone.room.id}")
    pending = here.standin.world.updates.pending
    random.Random(1).shuffle(pending)  # noqa: S311 - repeatable
    here.standin.duplicate = True
    await here.program.start()
    for phone in phones:
        await here.hears(phone)
        city = ("pilot.organisation", f"Gemeente {phone.room.id}")
        assert here.kept(phone.room.id) == [*first(1), city]


async def test_numbers_that_start_anew_lower(here: Here) -> None:
    phone = await here.begun(3)
    here.standin.renumber(5)
    await here.walks(phone, "started")
    await here.restarts()
    await here.walks(phone, "running")
    here.standin.renumber(2)
    await here.walks(phone, "Wachten duurt lang")
    assert here.kept() == list(GIVEN.items())
    await until(lambda: not here.standin.world.updates.waiting())


# ---------------------------------------------------------------- away


async def away(here: Here, hours: float) -> list[list[str]]:
    """What each of these was told after it was gone for so long: open, blocked, a stranger."""
    phones = [await here.begun(moves, 1001 + n) for n, moves in enumerate((3, 3, 0))]
    await phones[1].blocks()
    await until(lambda: bool(here.look.rows("SELECT 1 FROM chats WHERE gone_at IS NOT NULL")))
    here.look.close()
    await here.program.stop()
    await phones[1].unblocks()
    here.standin.world.updates.pending.clear()
    store = Store(open_database(here.folder / "guide.db", here.folder / "key"))
    with store.transaction():
        store.remember("heard_at", (now(ZONE) - timedelta(hours=hours)).isoformat())
    store.close()
    before = [len(phone.view) for phone in phones]
    for _ in range(2):
        await here.program.start()
        await here.tells("ready", times=here.program.said.count("ready"))
        await until(lambda: str(now(ZONE).date()) in heard_at(here))
        await until(lambda: not here.look.unsaid("1001"))
        here.look.close()
        await here.program.stop()
    return [[b.text for b in p.view[n:]] for p, n in zip(phones, before, strict=True)]


def heard_at(here: Here) -> str:
    (row,) = here.look.rows("SELECT value FROM facts WHERE name = 'heard_at'")
    last = datetime.fromisoformat(row["value"])
    return str(last.date()) if now(ZONE) - last < timedelta(minutes=1) else ""


async def test_after_a_day_away_each_with_an_open_question_hears_so_once(here: Here) -> None:
    (told,), *others = await away(here, hours=30)
    assert told.startswith("Ik was een tijd niet bereikbaar.")
    assert others == [[], []]


async def test_after_a_short_gap_nobody_hears_anything(here: Here) -> None:
    assert await away(here, hours=23) == [[], [], []]


# ---------------------------------------------------------------- a poison update


async def test_a_poison_update_is_set_aside_and_taken_when_mended(tmp_path: Path) -> None:
    """Expected: told honestly, nobody else held up, listed, and taken once the cause is mended."""
    async with running(tmp_path, POISON=POISON) as here:
        anna, bram = await here.begun(2, 1001), await here.begun(2, 1002)
        await anna.types(POISON)
        await bram.types("Gemeente Ede")
        await here.hears(bram)
        await anna.waits()
        assert anna.last.text.startswith("Er ging iets mis aan mijn kant.")
        code, _, findings = await here.runs("doctor")
        assert code == 1
        assert "Number 1 of " in findings
        assert "ValueError" in findings
        assert POISON not in findings + "".join(here.program.said)
        await here.restarts()
        code, out, findings = await here.runs("doctor", "--retry")
        assert "update 1: taken\n" in out
        assert "set aside" not in findings
        await here.restarts()
        await until(lambda: not here.look.unsaid("1001"))
        assert here.kept(1001) == [*first(1), ("pilot.organisation", POISON)]
        assert here.kept(1002) == first(2)


async def test_what_was_mended_is_answered_by_the_running_program(tmp_path: Path) -> None:
    """Expected: doctor --retry beside the running program is enough."""
    async with running(tmp_path, POISON=POISON) as here:
        anna, bram = await here.begun(2, 1001), await here.begun(2, 1002)
        await anna.types(POISON)
        await anna.waits()
        await here.restarts()
        await here.runs("doctor", "--retry")
        await here.walks(bram, "Gemeente Ede")
        await until(lambda: not here.look.unsaid("1001"))
