"""One chat that floods: told once, then silence; the others notice nothing."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery import limits
from bot.delivery.limits import BURST, MANY, Limits
from flows.model.messages import Update
from tests.people import START
from tests.phones import Phone
from tests.program import Program
from tests.standin import StandIn
from tests.standin_limits import Pace
from tests.talkers import Talker, p95, spread

if TYPE_CHECKING:
    from pathlib import Path

SECONDS, OTHERS = (60, 20) if "MANY" in os.environ else (6, 8)  # noqa: TID251
PER_MINUTE, THINKS = 1000, 3.0
"""What one chat sends, and the seconds in which the others read and answer."""


def sends(seconds: float, chat: str = "7") -> Update:
    return Update(f"{chat}.{seconds}", chat, START + timedelta(seconds=seconds), "text", "x")


def test_a_flood_is_told_once_and_heard_again_after_rest() -> None:
    guard = Limits(1)
    taken, told = guard.admit(sends(n / 16) for n in range(1000))
    assert BURST <= len(taken) <= BURST + 20
    assert len(told) == 1
    assert guard.admit([sends(62.6)]) == ([], []), "silent while it goes on"
    assert guard.admit([sends(200)]) == ([sends(200)], [])


def test_a_person_is_never_held_back() -> None:
    guard = Limits(1)
    assert not guard.admit(sends(n) for n in range(5_000))[1]
    assert not guard.admit(sends(9_000 + n / 10) for n in range(BURST))[1], "a quick burst"


def test_a_backlog_is_no_flood() -> None:
    """All fetched at once after an outage, yet sent over hours."""
    taken, told = Limits(1).admit([sends(n * 30) for n in range(500)])
    assert (len(taken), told) == (500, [])


def presses(number: int) -> Update:
    return Update(f"p.{number}", "7", START, "press", "agree")


def test_a_clock_that_is_set_right_silences_nobody() -> None:
    """The clock on the wall was a day ahead, and presses bear its time."""
    seconds = [0.0]
    guard = Limits(1, lambda: seconds[0])
    ahead = [replace(presses(n), at=START + timedelta(days=1)) for n in range(BURST + 1)]
    taken, told = guard.admit(ahead)
    assert (len(taken), len(told)) == (BURST, 1)
    assert guard.admit([presses(998)]) == ([], [])
    seconds[0] += 90
    assert guard.admit([presses(999)]) == ([presses(999)], [])


def test_a_backlog_after_an_outage_is_no_flood() -> None:
    """The program ran all the time, and Telegram could not be reached for five hours."""
    seconds = [0.0]
    guard = Limits(1, lambda: seconds[0])
    guard.admit([sends(0)])
    seconds[0] = 5 * 3600
    taken, told = guard.admit([sends(n * 30) for n in range(1, 600)])
    assert (len(taken), told) == (599, [])


def test_what_comes_again_counts_once() -> None:
    """The database refused for a minute: the same was asked sixty times."""
    guard, batch = Limits(1), [sends(n) for n in range(10)]
    for _ in range(60):
        assert guard.admit(batch) == (batch, [])
    assert guard.buckets["7"].left >= BURST - 10


def test_what_was_decided_stands() -> None:
    seconds = [0.0]
    guard, batch = Limits(1, lambda: seconds[0]), [presses(n) for n in range(BURST + 5)]
    decided = guard.admit(batch)
    assert tuple(map(len, decided)) == (BURST, 1)
    seconds[0] += 3600
    assert guard.admit(batch) == decided


def test_nobody_pays_for_another() -> None:
    guard = Limits(1)
    both = [
        sends(n / 16, chat) for n in range(500) for chat in (["1", "2"] if n % 16 == 0 else "1")
    ]
    taken, told = guard.admit(both)
    assert sum(u.chat == "2" for u in taken) == 32
    assert [u.chat for u in told] == ["1"]


def test_chats_at_rest_are_forgotten() -> None:
    guard = Limits(1)
    guard.admit(sends(0, str(n)) for n in range(MANY + 1))
    guard.admit([sends(60, "new")])
    assert len(guard.buckets) == 1


@settings(deadline=None)  # the machine may have more to do
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40)), max_size=300))
def test_silence_is_always_announced(steps: list[tuple[str, int]]) -> None:
    guard, seconds, silenced = Limits(1), 0.0, {"a": False, "b": False}
    for chat, wait in steps:
        seconds += wait / 20
        taken, told = guard.admit([sends(seconds, chat)])
        assert bool(told) <= (not silenced[chat]), "at most once"
        assert taken or told or silenced[chat], "never silent without a word"
        silenced[chat] = not taken
    assert limits.RESTED < BURST


async def test_the_others_are_answered_beside_a_flood(tmp_path: Path) -> None:
    async with StandIn() as api:
        settings = {"OPSCHAALGIDS_PACE": "30/1"}
        async with Program(tmp_path, api, api.token, settings):
            noisy, calm = Phone(api, 1), Phone(api, 2)
            await calm.starts()
            await calm.asked()
            for number in range(250):
                await noisy.types(f"ruis {number}")
            await calm.types("akkoord")
            await calm.asked()
            await calm.types("Eerste proef")
            await calm.asked()
            assert max(calm.latencies) < 2, calm.latencies
            said = [bubble.text for bubble in noisy.view if "Je stuurt veel" in bubble.text]
            assert len(said) <= 1


async def floods(noisy: Phone, ended: asyncio.Event) -> None:
    for number in range(SECONDS * PER_MINUTE // 60):
        await noisy.types(f"ruis {number}")
        await asyncio.sleep(60 / PER_MINUTE)
    ended.set()


async def talks(number: int, somebody: Talker, ended: asyncio.Event) -> None:
    """Each in a rhythm of their own."""
    await asyncio.sleep(THINKS * number / OTHERS)
    await somebody.talks(ended, THINKS)


async def test_a_thousand_a_minute_slow_nobody_down(tmp_path: Path) -> None:
    async with StandIn(enforce_pace=Pace(30, 1)) as api:
        async with Program(tmp_path, api, api.token, {"OPSCHAALGIDS_PACE": "30/1"}):
            noisy, ended = Talker(Phone(api, 1)), asyncio.Event()
            others = [Talker(Phone(api, 100 + number)) for number in range(OTHERS)]
            for somebody in (noisy, *others):
                await somebody.starts()
            await noisy.goes_on()
            talking = [talks(n, somebody, ended) for n, somebody in enumerate(others)]
            await asyncio.gather(floods(noisy.phone, ended), *talking)
        took = [seconds for somebody in others for seconds in somebody.took]
        sys.stdout.write(f"\n{SECONDS} s, {OTHERS} others: {spread(took)}\n")
        assert p95(took) < 2, took
        assert [call for call in api.calls if call.code == 429] == []
        assert api.refused == []
