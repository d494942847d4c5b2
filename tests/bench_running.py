"""The real program against the stand-in: a thousand people at once, memory, restarts."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import monotonic
from typing import TYPE_CHECKING

from storage.database.connection import open_database
from tests.bench_crowd import CHATS
from tests.bench_report import Table
from tests.bench_watch import at
from tests.phones import Phone
from tests.program import Program
from tests.standin import StandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Acts = Callable[[Phone], Coroutine[None, None, None]]

PATIENCE = 120.0
FIRST = 50_000_001
MOVES = ("sendMessage", "editMessageText", "editMessageReplyMarkup", "answerCallbackQuery")
QUIET = 1.0
COSTS = ("Processor, ms each", "Calls each")
WAVE = 1000
MOST_IDLE = 70  # MB in memory of the program that nobody asks anything


# ---------------------------------------------------------------- many people


@dataclass
class Wave:
    """People who do something at the same moment: seconds from handed over, and from the tap.

    `worked`: seconds of processor that the program took; `calls`: what it asked of Telegram.
    """

    handed: list[float] = field(default_factory=list)
    tapped: list[float] = field(default_factory=list)
    lasted: float = 0.0
    worked: float = 0.0
    calls: int = 0

    def percentiles(self, which: str) -> list[float]:
        return [at(getattr(self, which), percent) for percent in (50, 95, 99)]


@dataclass
class Crowded:
    """Waves of the same people; the program's memory in MB, idle and with so many active."""

    waves: list[Wave] = field(default_factory=list)
    idle: float | None = None
    at_once: float | None = None
    active: float | None = None


async def crowded(folder: Path, at_once: int, active: int) -> Crowded:
    """`at_once` people take four turns each; then so many others begin that `active` have."""
    found = Crowded()
    async with StandIn() as api, Program(folder, api, api.token) as program:
        found.idle = memory(program)
        phones = [Phone(api, FIRST + n) for n in range(at_once)]
        for acts in (_starts, _agrees, _names, _names):
            found.waves.append(await _weighed(api, program, phones, acts))
        found.at_once = memory(program)
        for first in range(at_once, active, WAVE):
            phones = [Phone(api, FIRST + n) for n in range(first, min(first + WAVE, active))]
            await wave_of(api, phones, _starts)
        found.active = memory(program)
        await program.stop()
    return found


async def _weighed(api: StandIn, program: Program, phones: list[Phone], acts: Acts) -> Wave:
    """With what it costs until nothing more is asked of Telegram."""
    before, made = worked(program), len(api.calls)
    wave = await wave_of(api, phones, acts)
    count = 0
    while count != len(api.calls):
        count = len(api.calls)
        await asyncio.sleep(QUIET)
    wave.worked = worked(program) - before
    wave.calls = sum(call.method in MOVES for call in api.calls[made:])
    return wave


async def _starts(phone: Phone) -> None:
    await phone.starts()


async def _agrees(phone: Phone) -> None:
    await phone.presses(key="agree")


async def _names(phone: Phone) -> None:
    await phone.types(f"Jongeren aan zet in wijk {phone.room.id}")


async def wave_of(api: StandIn, phones: list[Phone], acts: Acts) -> Wave:
    """All of them at once, until each has the next question."""
    before, began, counts = len(api.calls), monotonic(), [len(p.latencies) for p in phones]
    for phone in phones:
        await acts(phone)
    await asyncio.gather(*(phone.asked(timeout=PATIENCE, quiet=0.001) for phone in phones))
    asked = {c.chat: c.at for c in reversed(api.calls[before:]) if "reply_markup" in c.params}
    tapped = [asked[phone.room.id] - began for phone in phones]
    handed = [s for phone, n in zip(phones, counts, strict=True) for s in phone.latencies[n:]]
    return Wave(handed, tapped, max(tapped))


def worked(program: Program) -> float:
    """Seconds of processor of the process; nothing where the system does not say."""
    path = Path(f"/proc/{program.running.pid}/stat")
    if not path.exists():
        return 0.0
    spent = path.read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def memory(program: Program) -> float | None:
    """Megabytes of the process that are in memory; None where the system does not say."""
    path = Path(f"/proc/{program.running.pid}/status")
    found = re.search(r"VmRSS:\s+(\d+) kB", path.read_text()) if path.exists() else None
    return int(found[1]) / 1024 if found else None


# ---------------------------------------------------------------- restarts


@dataclass
class Starts:
    """Seconds, the medians of some rounds."""

    start: float
    restart: float
    opening: float


async def restarts(folder: Path, rounds: int) -> Starts:
    """Over the crowd's database in `folder`; each answer is to one of its people."""
    starts, again = [], []
    async with StandIn() as api:
        program = Program(folder, api, api.token)
        for number in range(rounds):
            starts.append(await _first_answer(api, program, 10 * number + 3))
            began = monotonic()
            program.running.send_signal(signal.SIGTERM)
            await program.ends()
            answered = await _first_answer(api, program, 10 * number + 4)
            again.append(monotonic() - began if answered else 0)
            await program.stop()
    return Starts(median(starts), median(again), _opening(folder))


async def _first_answer(api: StandIn, program: Program, person: int) -> float:
    """From the start of the process to the arrival of an answer to what waits there."""
    phone = Phone(api, CHATS + person)
    await phone.types("klaar")
    before, began = len(api.calls), monotonic()
    await program.launch()
    await phone.waits(PATIENCE, quiet=0.001)
    told = [c.at for c in api.calls[before:] if c.chat == phone.room.id and c.effect]
    return told[0] - began


def _opening(folder: Path) -> float:
    """Seconds to open the database alone."""
    began = monotonic()
    open_database(folder / "guide.db", folder / "key").close()
    return monotonic() - began


# ---------------------------------------------------------------- as tables


def starting(starts: Starts, people: int, rounds: int) -> Table:
    table = Table(f"Starting with {people:,} canvases", ("", "Seconds"))
    table.row("from the process's start to its first answer", f"{starts.start:.2f}")
    table.row("from SIGTERM over the end and a new start to an answer", f"{starts.restart:.2f}")
    table.row("of it: opening the database", f"{starts.opening:.3f}")
    table.notes = [f"Medians of {rounds}, the real program and the stand-in."]
    return table


def waves(found: Crowded, people: int) -> Table:
    table = Table(
        f"{people:,} people at once, one process, seconds to the reply",
        ("", "p50", "p95", "p99", "p50 from the tap", "p95", "p99", "People a second", *COSTS),
    )
    for name, wave in zip(("/start", "akkoord", "a text", "a text"), found.waves, strict=True):
        figures = [*wave.percentiles("handed"), *wave.percentiles("tapped")]
        rate = f"{people / wave.lasted:,.0f}"
        spent = f"{1000 * wave.worked / people:.1f}", f"{wave.calls / people:.2f}"
        table.row(name, *(f"{seconds:.2f}" for seconds in figures), rate, *spent)
    table.notes = [
        "From the update handed over to the reply sent, and from the tap, so with the time",
        "that the update waits at Telegram. The pace is set to 10000/1000: Telegram's own",
        "30 a second would be the limit. Stand-in and people share the machine.",
    ]
    return table


def memories(found: Crowded, at_once: int, active: int) -> Table:
    table = Table("Memory of the real program", ("", "MB"))
    table.notes = [
        "The process's own and what it shares with others (VmRSS of /proc), as it stands in",
        "memory; on Telegram by fetching, over a file.",
    ]
    for name, size in (
        ("ready, nobody there", found.idle),
        (f"{at_once:,} conversations active", found.at_once),
        (f"{active:,} conversations active", found.active),
    ):
        table.row(name, "not known here" if size is None else f"{size:,.0f}")
    return table
