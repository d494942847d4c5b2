from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
import telegram  # noqa: F401 - whole, for the stand-in's own test: see bot/channels/telegram

from tests.faults import running
from tests.people import Person
from tests.warm import STARTS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.faults import Here


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the transcripts anew")


def pytest_configure() -> None:
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
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    """The real program before the stand-in, with faults to come."""
    async with running(tmp_path) as found:
        yield found
