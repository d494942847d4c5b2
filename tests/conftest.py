from __future__ import annotations

import gc
import os
import shutil
import subprocess
import tempfile
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import telegram  # noqa: F401 - whole, for the stand-in's own test: see bot/channels/telegram

from tests import compiled, storages
from tests.browser import chromium  # noqa: F401 - a fixture
from tests.desks import Room
from tests.faults import running
from tests.people import Person
from tests.postgres import LACKS, server, tool
from tests.warm import STARTS
from tests.web_desks import around

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.desks import Member
    from tests.faults import Here
    from tests.postgres import Cluster
    from tests.web_desks import Desks


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the transcripts anew")


LONG = {
    "test_answers", "test_burns", "test_copying", "test_deploy", "test_faults_points",
    "test_kills", "test_limits", "test_pace", "test_pages", "test_piles", "test_refusals",
    "test_restoring", "test_storm",
    "test_traject_crowd", "test_traject_years", "test_waiting", "test_web_browser",
}  # fmt: skip
"""Files with tests of ten seconds and more: begun first, so that no worker ends with one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is listed is dealt out in pieces of one length, a piece to a worker."""
    for item in items if storages.POSTGRESQL else ():
        if why := storages.OF_A_FILE.get(item.path.stem):
            item.add_marker(pytest.mark.skip(reason=f"about {why}"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))  # noqa: TID251 - xdist's own
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.path.stem in LONG:
            groups.setdefault(_group(item), []).append(item)
    long = list(groups.values())
    short = [item for item in items if item.path.stem not in LONG]
    share = -(-len(short) // workers)
    items[:] = [
        item for n in range(workers)
        for item in (*chain(*long[n::workers]), *short[n * share : (n + 1) * share])
    ]  # fmt: skip


def _group(item: pytest.Item) -> str:
    """Of tests that share what is long in the making; else each is one of its own."""
    mark = item.get_closest_marker("xdist_group")
    return str(mark.args[0]) if mark else item.nodeid


MEMORY, ROOM = Path("/dev/shm"), 4 << 30  # noqa: S108 - a place for each user's own folder in it
"""Where tests keep their files, where so many bytes are free; see `make prove` for a disk."""


def pytest_collection_finish() -> None:
    """What was read stays: it is not looked through for garbage again and again."""
    gc.freeze()
    gc.set_threshold(700, 10, 100)
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # until all tests are read
    ours = "PYTEST_XDIST_WORKER" not in os.environ and "DISK" not in os.environ  # noqa: TID251 - how tests run
    if ours and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)  # noqa: TID251
        os.environ["TMPDIR"] = folder = tempfile.mkdtemp(dir=MEMORY)  # noqa: TID251
        Path(folder).chmod(0o711)  # PostgreSQL's own user passes through, and lists nothing
        tempfile.tempdir = None
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    if "PYTEST_XDIST_WORKER" not in os.environ:  # noqa: TID251
        storages.begin()
        config.add_cleanup(storages.end)
    compiled.keep()
    subprocess._fork_exec = STARTS  # type: ignore[attr-defined]  # noqa: SLF001 - below asyncio's starts too


def pytest_unconfigure() -> None:
    STARTS.ends()


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """What begins, begins anew: nothing of it was read beforehand."""
    monkeypatch.setattr(STARTS, "cold", True)


@pytest.fixture
def anna(tmp_path: Path) -> Person:
    return Person(tmp_path)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """An operator, and whoever comes in."""
    return Room(tmp_path)


@pytest.fixture
def karin(room: Room) -> Member:
    """Who keeps a trajectory in which nobody sits yet."""
    return room.kwartiermaker("Karin", "Jongeren Zuid")


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[Desks]:
    """Kwartiermakers on the web."""
    async with around(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    """One of its own for each file that asks: some stop it."""
    if tool("initdb") is None and not storages.NEEDED:
        pytest.skip(LACKS)
    with server() as found:
        yield found


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    """The real program before the stand-in, with faults to come."""
    async with running(tmp_path) as found:
        yield found
