"""A theme as a municipality has it, for the tests alone: it comes by npm (`make .venv/.vnu`)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.vnu import NEEDED

PACKAGE = "@gemeente-denhaag/design-tokens-components"
"""Under the EUPL-1.2: tokens as Den Haag publishes them, with what is not for these pages."""

FOUND = Path(__file__).parent.parent / ".venv/vnu/node_modules" / PACKAGE / "dist/theme/index.css"
TO_GET = f"{PACKAGE} is not here: install npm, then run make .venv/.vnu"


def town() -> Path:
    if not FOUND.exists():
        (pytest.fail if os.environ.get(NEEDED) else pytest.skip)(TO_GET)  # noqa: TID251 - how these tests are run
    return FOUND
