"""Where newcomers stumbled on the web, by hand: over real HTTP, without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.test_together_web import begins
from tests.web import Housed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio


async def test_what_changed_since_the_last_time_is_a_tap_away(tmp_path: Path) -> None:
    async with Housed(tmp_path) as house, house.visitor() as anna:
        await begins(anna)
        page = await anna.presses("since")
        assert "nog niets van een week geleden" in page.text
        assert not anna.wrong
