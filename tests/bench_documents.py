"""How long documents take and what they need: `make bench`. Each as the bot makes it.

Cold is the first after the fonts and the code left the system's cache as far as
this program can see to that, by a process that has just been started; warm is the
median of the next ones, by the same process. CPU and memory are those of a process
that made nothing else. Then fifty documents at once beside a conversation that goes on.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from bot.documents.fonts import FOLDER
from bot.documents.frames import asking
from bot.documents.house import read_house
from bot.documents.requests import portfolio_of, request
from bot.documents.worker import Request, make
from content.documents.portfolio import CanvasEntry
from content.words.vocabulary import Words
from tests.canvases import walked, words

TARGET_MB, CANVASES, AT_ONCE, TURNS = 80, 342, 50, 600
TARGET_MS = {"summary pdf": 80, "canvas pdf": 150, "card png": 80}
"""Warm; 300 for any other."""

MEASURED = (
    "import resource, subprocess, sys\n"
    "subprocess.run([sys.executable, '-I', '-m', 'bot.documents'], check=True,"
    " stdout=subprocess.DEVNULL)\n"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "cpu = round(1000 * (used.ru_utime + used.ru_stime))\n"
    "print(used.ru_maxrss // 1024, cpu, file=sys.stderr)\n"
)


def main() -> None:
    with TemporaryDirectory() as folder:
        person = walked(Path(folder), "realistic")
        about, house = words(person), read_house()
        newest = Words(about.content, "nl")
        many = [CanvasEntry(n, "done", about) for n in range(1, CANVASES + 1)]
        requests = {
            "summary pdf": request(about, "pdf", "summary", house),
            "canvas pdf": request(about, "pdf", "canvas", house),
            "decision note": request(about, "pdf", "executive", house),
            "card png": request(about, "png", "card", house),
            "docx": request(about, "docx", "summary", house),
            "odt": request(about, "odt", "summary", house),
            "slide pptx": request(about, "pptx", "slide", house),
            f"xlsx of {CANVASES}": portfolio_of(many, newest, "xlsx", house),
            f"csv of {CANVASES}": portfolio_of(many, newest, "csv", house),
            "heat map": portfolio_of(many, newest, "png", house),
        }
        columns = ("cold ms", "warm ms", "at most", "CPU ms")
        names = f"{'document':<14}" + "".join(f"{name:>9}" for name in columns)
        say(f"{names}{'memory MB':>11}   at most {TARGET_MB} MB")
        for name, asked in requests.items():
            measure(name, asked)
        asyncio.run(beside(person, requests["summary pdf"]))


def measure(name: str, asked: Request) -> None:
    forget()
    first, *rest = asyncio.run(timed(asked))
    warm, (memory, cpu) = statistics.median(rest), needed(asked)
    most = TARGET_MS.get(name, 300)
    fits = "ok" if warm <= most and memory <= TARGET_MB else "over"
    say(f"{name:<14}{first:>9.0f}{warm:>9.0f}{most:>9}{cpu:>9}{memory:>11}   {fits}")


async def timed(asked: Request) -> list[float]:
    """Milliseconds of one document after another, by one process."""
    found = []
    for _ in range(10):
        start = time.perf_counter()
        await make(asked)
        found.append((time.perf_counter() - start) * 1000)
    return found


def forget() -> None:
    """Ask the system to drop from memory what a document reads."""
    with suppress(AttributeError, OSError):
        places = [FOLDER, Path(typst.__file__).parent]
        for path in (p for place in places for p in place.iterdir() if p.is_file()):
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def needed(asked: Request) -> tuple[int, int]:
    """The most memory of the process that makes it, in MB, and its processor time, in ms."""
    told = asking(asked.form, asked.template, asked.data)
    found = subprocess.run(
        [sys.executable, "-c", MEASURED], input=told, capture_output=True, check=True
    )
    memory, cpu = found.stderr.split()[-2:]
    return int(memory), int(cpu)


async def beside(person: Any, asked: Request) -> None:
    """p95 of turns, quiet and while fifty documents are waited for."""
    quiet = await turns(person, lambda: False)
    start = time.perf_counter()
    documents = [asyncio.create_task(make(asked)) for _ in range(AT_ONCE)]
    busy = await turns(person, lambda: not all(task.done() for task in documents))
    await asyncio.gather(*documents)
    took = time.perf_counter() - start
    before, after = (statistics.quantiles(some, n=20)[-1] for some in (quiet, busy))
    say(f"\n{AT_ONCE} documents at once: {took:.1f} s; {len(busy)} turns meanwhile")
    say(f"p95 of a turn: quiet {before:.2f} ms, beside {after:.2f} ms, {after / before:.2f} times")


numbers = count(10_000)


async def turns(person: Any, longer: Any) -> list[float]:
    """A question is asked again, kept and answered: a whole turn through the database."""
    found: list[float] = []
    while len(found) < TURNS or longer():
        update = replace(person.sent[-1], id=f"bench-{next(numbers)}", text="/waar", kind="text")
        start = time.perf_counter()
        person.conversation.handle(update)
        found.append((time.perf_counter() - start) * 1000)
        await asyncio.sleep(0.005)
    return found


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
