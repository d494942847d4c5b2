from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import telegram  # noqa: F401 - whole, for the stand-in's own test: see bot/channels/telegram

from tests.faults import running
from tests.people import Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.faults import Here


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the transcripts anew")


@pytest.fixture
def anna(tmp_path: Path) -> Person:
    return Person(tmp_path)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    """The real program before the stand-in, with faults to come."""
    async with running(tmp_path) as found:
        yield found
