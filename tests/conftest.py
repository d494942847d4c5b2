from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.people import Person

if TYPE_CHECKING:
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the transcripts anew")


@pytest.fixture
def anna(tmp_path: Path) -> Person:
    return Person(tmp_path)
