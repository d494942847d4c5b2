"""The webhook, as Telegram and as strangers knock on it."""

from __future__ import annotations

import io
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.channels.telegram.webhook import LARGEST, SECRET
from storage.database.connection import open_database
from tests.program import HOOK_SECRET, hook
from tests.storages import of_a_file
from tests.walkers import answers_every_press_once, problems, stage, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.walkers import Stage

KEY = HOOK_SECRET
UPDATE: dict[str, Any] = {"update_id": 1}


@asynccontextmanager
async def hooked(folder: Path) -> AsyncIterator[Stage]:
    async with stage(folder, **hook()) as here:
        yield here


async def test_a_walk(tmp_path: Path) -> None:
    async with hooked(tmp_path) as here:
        here.standin.duplicate = True
        walker = await here.walker(seed=7).walk()
        assert list(problems(walker.given, await here.canvas())) == []
        answers_every_press_once(here.standin)
        assert [call for call in here.standin.calls if call.method == "getUpdates"] == []
        assert await here.program.stop() == 0
        assert here.program.said == ["ready"]


async def test_a_press_is_answered_in_the_200_itself(tmp_path: Path) -> None:
    """Expected: so by buttons alone a move costs hardly more than one call. It cost two."""
    async with hooked(tmp_path) as here:
        walker = await here.walker(how="buttons", seed=1).walk()
        answers_every_press_once(here.standin)
        assert all(call.carried for call in here.standin.called("answerCallbackQuery"))
        made = [call for move in walker.moves for call in move.calls if not call.carried]
        assert len(made) <= 1.15 * len(walker.moves)


async def test_what_a_killed_program_did_not_take_comes_again(tmp_path: Path) -> None:
    async with hooked(tmp_path) as here:
        walker = here.walker(how="buttons")
        await walker.begins()
        here.look.close()
        await here.program.kill()
        await walker.phone.presses(key="unknown")
        await until(lambda: bool(here.standin.world.updates.webhook.trouble))  # type: ignore[union-attr]
        await here.program.start()
        await walker.phone.asked()
        assert walker.key == "pilot.organisation"
        assert here.look.answers(walker.chat) == {"pilot.name": "unknown"}
        answers_every_press_once(here.standin)


@of_a_file  # somebody else locks it
async def test_a_locked_database_is_answered_503_and_waited_for(tmp_path: Path) -> None:
    """Expected: Telegram sends it again, and the program is still there."""
    async with hooked(tmp_path) as here:
        walker = here.walker(how="buttons")
        await walker.begins()
        other = open_database(tmp_path / "guide.db", tmp_path / "key")
        other.conn.execute("BEGIN IMMEDIATE")
        await walker.phone.presses(key="unknown")
        webhook = here.standin.world.updates.webhook
        await until(lambda: "503" in webhook.trouble)  # type: ignore[union-attr]
        other.conn.execute("ROLLBACK")
        other.close()
        await walker.phone.asked()
        assert here.look.answers(walker.chat) == {"pilot.name": "unknown"}
        assert await here.program.stop() == 0


async def test_strangers_get_nowhere(tmp_path: Path) -> None:
    async with hooked(tmp_path) as here, aiohttp.ClientSession() as session:
        url = here.program.settings["OPSCHAALGIDS_WEBHOOK_URL"]

        async def posts(url: str = url, secret: str = KEY, **body: Any) -> int:
            async with session.post(url, headers={SECRET: secret}, **body) as response:
                return response.status

        assert await posts(json=UPDATE) == 200
        assert await posts(secret="wrong", json=UPDATE) == 403  # noqa: S106 - it is none
        assert await posts(secret="é", json=UPDATE) == 403  # noqa: S106
        assert await posts(f"{url}/more", json=UPDATE) == 404
        assert await posts(data="no json") == 400
        assert await posts(json=[UPDATE]) == 400
        assert await posts(json={"update_id": "1"}) == 400
        assert await posts(data=io.BytesIO(b" " * (LARGEST + 1))) == 413
        async with session.get(url) as response:
            assert response.status == 405
        phone = here.phone()
        await phone.starts()
        assert (await phone.asked()).buttons
        assert here.program.said == ["ready"]


@pytest.mark.parametrize("secret", ["", "short"])
async def test_without_a_secret_it_does_not_begin(secret: str, tmp_path: Path) -> None:
    async with hooked(tmp_path) as here:
        await here.program.stop()
        here.program.settings["OPSCHAALGIDS_WEBHOOK_SECRET"] = secret
        await here.program.launch()
        assert await here.program.ends() == 2
        assert "OPSCHAALGIDS_WEBHOOK_SECRET" in here.program.said[-1]
