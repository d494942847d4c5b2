"""A process that makes documents is kept for a while; what is wrong with one costs nobody else."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.documents import frames, worker
from bot.documents.worker import Request, Unmade, make

if TYPE_CHECKING:
    from collections.abc import Callable

LISTED = Request("csv", "lijst.csv", {"flat": {"keys": ["id"], "rows": [["1"], ["2"]]}})
"""The smallest that comes from a library of Python's own: what is tried here is the process."""

LARGE = Request("ics", "groot.ics", {"text": "x" * 5_000_000})
WRONG = Request("csv", "fout.csv", {})


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[asyncio.subprocess.Process]:
    """Every process, in the order in which they began."""
    begun: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def watched(*arguments: Any, **how: Any) -> asyncio.subprocess.Process:
        begun.append(await start(*arguments, **how))
        return begun[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    return begun


def gone(pid: int, within: float = 10) -> bool:
    """Whether no such process runs, once it has had its time to end."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


Started = list[asyncio.subprocess.Process]


async def test_one_process_makes_them_all_and_the_same(started: Started) -> None:
    found = [(await make(LISTED)).content for _ in range(5)]
    assert len(started) == 1
    assert set(found) == {"\ufeffid\r\n1\r\n2\r\n".encode()}


async def test_it_is_full_after_so_many(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "DOCUMENTS", 2)
    for _ in range(5):
        await make(LISTED)
    assert len(started) == 3
    assert [one.returncode for one in started] == [-9, -9, None]


async def test_one_that_grew_makes_no_other(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MEMORY", 1)
    for _ in range(2):
        await make(LISTED)
    assert [one.returncode for one in started] == [-9, -9]


@pytest.mark.parametrize(("more", "stays"), [(20, True), (-1, False)])
async def test_its_memory_is_told(
    started: Started, monkeypatch: pytest.MonkeyPatch, more: int, *, stays: bool
) -> None:
    """As it is after a document, whatever its program holds itself."""
    await make(LISTED)
    monkeypatch.setattr(worker, "MEMORY", held(started[0].pid) + more)
    await make(LISTED)
    assert (started[0].returncode is None) == stays


def held(pid: int) -> int:
    """MiB."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) // 256


async def test_one_without_memory_costs_the_next_nothing(started: Started) -> None:
    """What a document before took away; the next is made by another process."""
    await make(LISTED)
    resource.prlimit(started[0].pid, resource.RLIMIT_AS, (1 << 20, 1 << 20))
    assert (await make(LARGE)).content == b"x" * 5_000_000
    assert len(started) == 2


async def test_one_that_cannot_have_so_much_ends(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = worker.started

    async def poor() -> worker.DocumentProcess:
        found = await start()
        await found.make(frames.asking("csv", "", LISTED.data), 30)
        resource.prlimit(found.process.pid, resource.RLIMIT_AS, (1 << 20, 1 << 20))
        return found

    monkeypatch.setattr(worker, "started", poor)
    with pytest.raises(Unmade, match="failed"):
        await make(LARGE)
    monkeypatch.setattr(worker, "started", start)
    await make(LISTED)
    assert started[0].returncode is not None


async def test_one_that_hangs_holds_nobody_up(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PATIENCE", 0.2)
    await make(LISTED)
    os.kill(started[0].pid, signal.SIGSTOP)
    hanging = asyncio.create_task(make(LISTED, timeout=60))
    await asyncio.sleep(0)
    others = await both(LISTED, LISTED)
    assert [one.content for one in others] == [others[0].content] * 2
    assert not hanging.done()
    hanging.cancel()
    with suppress(asyncio.CancelledError):
        await hanging
    first, *new = (one.returncode for one in started)
    assert (first, {*new}) == (-9, {None})


async def test_one_that_hangs_is_ended(started: Started) -> None:
    await make(LISTED)
    os.kill(started[0].pid, signal.SIGSTOP)
    with pytest.raises(Unmade) as error:
        await make(LISTED, timeout=0.2)
    assert error.value.reason == "too_slow"
    assert started[0].returncode == -9
    await make(LISTED)
    assert len(started) == 2


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
async def test_one_that_died_is_replaced(started: Started, number: int) -> None:
    await make(LISTED)
    os.kill(started[0].pid, number)
    await make(LISTED)
    assert len(started) == 2


async def test_after_a_failure_the_next_has_a_new_one(started: Started) -> None:
    """And the failure itself was tried twice: a used process might have been its cause."""
    await make(LISTED)
    with pytest.raises(Unmade, match="failed KeyError"):
        await make(WRONG)
    await make(LISTED)
    assert len(started) == 3
    assert [one.returncode is None for one in started] == [False, False, True]


@pytest.mark.parametrize(
    "said",
    ["b'garbage' * 9", "b'DOC' + bytes([10, 1]) + bytes([255] * 16)", "b''",
     "b'DOC' + bytes([10, 1]) + bytes(15) + bytes([9]) + b'short'"],
)  # fmt: skip
async def test_garbage_is_no_document(
    started: Started, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """Whatever it says, at whatever length: a failure, and an end."""
    code = f"import sys; sys.stdin.buffer.read(20); sys.stdout.buffer.write({said})"
    watched = asyncio.create_subprocess_exec

    async def spoiled(program: str, *_: str, **how: Any) -> asyncio.subprocess.Process:
        return await watched(program, "-c", code, **how)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", spoiled)
    with pytest.raises(Unmade) as error:
        await make(LISTED)
    assert (error.value.reason, str(error.value)) == ("failed", "failed")
    assert started[0].returncode is not None


async def test_who_gives_up_leaves_no_half_answer(started: Started) -> None:
    """The next gets its own document, not what was still on its way."""
    await make(LISTED)
    asked = asyncio.create_task(make(LARGE))
    await asyncio.sleep(0.01)
    asked.cancel()
    with suppress(asyncio.CancelledError):
        await asked
    assert (await make(LISTED)).content.startswith(b"\xef\xbb\xbfid")
    assert len(started) == 2


async def test_it_ends_when_nothing_is_asked(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "IDLE", 0.1)
    await make(LISTED)
    async with asyncio.timeout(10):
        await started[0].wait()
    await make(LISTED)
    assert len(started) == 2


def test_it_ends_with_the_loop(started: Started) -> None:
    """And neither keeps the other."""
    before = len(worker._shops)  # noqa: SLF001 - what is left is seen nowhere else
    for _ in range(2):
        asyncio.run(make(LISTED))
    assert [one.returncode for one in started] == [-9, -9]
    started.clear()
    gc.collect()
    assert len(worker._shops) <= before  # noqa: SLF001 - likewise


ENDS: dict[str, Callable[[subprocess.Popen[str]], object]] = {
    "by itself": subprocess.Popen.poll,
    "killed": subprocess.Popen.kill,
    "stopped": subprocess.Popen.terminate,
}
SCRIPT = """
import asyncio, sys
from bot.documents.worker import _shops, make
from tests.test_process import LISTED
async def main():
    await make(LISTED)
    (shop,) = _shops.values()
    (made_by,) = shop.resting
    print(made_by.process.pid, flush=True)
    await asyncio.sleep(float(sys.argv[1]))
asyncio.run(main())
"""


@pytest.mark.parametrize("end", ENDS)
def test_it_ends_with_the_program(end: str) -> None:
    seconds = "0" if end == "by itself" else "60"
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, seconds], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout
        made_by = int(program.stdout.readline())
        ENDS[end](program)
    assert gone(made_by)


async def both(*requests: Request) -> list[Any]:
    return await asyncio.gather(*map(make, requests))
