"""The command menu of a kwartiermaker in Telegram: theirs alone, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.walkers import stage, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.walkers import Stage

KARIN, ANNA = 77, 78


def appoints(here: Stage) -> None:
    here.look.rows(
        "INSERT INTO kwartiermakers(person, name, link, joined_at, confirmed_at) "
        "SELECT person, 'Karin', 0, 'x', 'x' FROM chats WHERE chat = ? RETURNING person",
        str(KARIN),
    )  # fmt: skip


@pytest.mark.asyncio
async def test_a_kwartiermaker_has_a_menu_until_dismissed(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        for number in (KARIN, ANNA):
            phone = here.phone(number)
            await phone.starts()
            await phone.asked()
        menus = here.standin.world.commands
        appoints(here)
        await until(lambda: (f"{KARIN}:chat", "") in menus)
        own = [item["command"] for item in menus[f"{KARIN}:chat", ""]]
        assert own[:3] == ["menu", "overzicht", "vraag"]
        assert {"terug", "hulp"} & set(own)
        assert (f"{ANNA}:chat", "") not in menus
        here.look.rows("UPDATE kwartiermakers SET ended_at = 'x' RETURNING person")
        await until(lambda: (f"{KARIN}:chat", "") not in menus)
        assert ("all_private_chats", "") in menus
        assert here.standin.refused == []
