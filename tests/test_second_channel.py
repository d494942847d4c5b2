"""A second channel beside Telegram in one program: each person is served where they are."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.config import settings_from
from bot.program import CHANNELS
from storage.trajectory.links import link_to
from tests.lines import LINK, Beside, Caller
from tests.phones import Phone
from tests.program import Look
from tests.standin import StandIn
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.people import Person
    from tests.standin import Call

OPERATOR = "lines:karin"


class Here:
    """Telegram's stand-in, one program, and a port for the lines."""

    def __init__(self, folder: Path, standin: StandIn) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.standin, self.look = standin, Look(folder)
        settings = {"LINES_PORT": str(self.port), "OPSCHAALGIDS_OPERATORS": OPERATOR}
        self.callers: list[Caller] = []
        self.program = Beside(folder, standin, standin.token, settings)

    async def caller(self, name: str) -> Caller:
        self.callers.append(Caller(name))
        await self.callers[-1].joins(self.port)
        return self.callers[-1]

    def presses(self) -> list[Call]:
        return self.standin.called("answerCallbackQuery")


@asynccontextmanager
async def both(folder: Path) -> AsyncIterator[Here]:
    async with StandIn() as standin:
        here = Here(folder, standin)
        async with here.program:
            yield here
            for caller in here.callers:
                await caller.hangs_up()
            assert await here.program.stop() == 0
        assert here.program.said.count("ready") >= 1
        assert not [line for line in here.program.said if "Traceback" in line]
        here.look.close()


async def begins(caller: Caller) -> None:
    """Until the first question."""
    caller.types("/start")
    await until(lambda: bool(caller.asked["choices"]))
    caller.presses("agree")
    await until(lambda: sum("text" in one for one in caller.heard) > 1)


async def test_each_is_answered_where_they_are(tmp_path: Path) -> None:
    """Expected: the same guide, each person's answers kept, and no message on another's channel."""
    async with both(tmp_path) as here:
        anna, bram = Phone(here.standin, 1001), await here.caller("bram")
        await anna.starts()
        await begins(bram)
        await anna.asked()
        await anna.presses(key="agree")
        await anna.asked()
        bram.types("Proef van Bram")
        await anna.types("Proef van Anna")
        await anna.asked()
        answers = here.look.answers
        await until(lambda: "pilot.name" in answers("lines:bram"))
        assert answers("lines:bram")["pilot.name"] == "Proef van Bram"
        assert answers("1001")["pilot.name"] == "Proef van Anna"
        assert "Proef van" not in bram.screen.replace("Proef van Bram", "")
        assert {call.chat for call in here.standin.called("sendMessage")} == {1001}


async def test_a_press_is_answered_by_the_channel_it_came_from(tmp_path: Path) -> None:
    """Two deliveries took each other's presses, and both answered all of them."""
    async with both(tmp_path) as here:
        anna, bram = Phone(here.standin, 1001), await here.caller("bram")
        await begins(bram)
        await until(lambda: any("answered" in one for one in bram.heard))
        assert here.presses() == []
        await anna.starts()
        await anna.asked()
        await anna.presses(key="agree")
        await anna.asked()
        await until(lambda: len(here.presses()) == 1)
        assert sum("answered" in one for one in bram.heard) == 1
        left = "SELECT 1 FROM updates WHERE press IS NOT NULL AND answered_at IS NULL"
        await until(lambda: here.look.rows(left) == [])


async def test_what_waits_for_a_line_holds_nobody_up(tmp_path: Path) -> None:
    """Expected: it waits in the outbox while Telegram goes on, and is said after a restart."""
    async with both(tmp_path) as here:
        bram = await here.caller("bram")
        await begins(bram)
        bram.types("Proef van Bram")
        await bram.hangs_up()
        anna = Phone(here.standin, 1001)
        await anna.starts()
        assert (await anna.asked()).buttons
        here.look.close()
        await here.program.stop()
        await here.program.start()
        before = len(bram.heard)
        await bram.joins(here.port)
        await until(lambda: any("vraag 2" in one.get("text", "") for one in bram.heard[before:]))
        assert here.look.answers("lines:bram")["pilot.name"] == "Proef van Bram"


async def test_a_link_leads_to_the_channel_where_it_was_made(tmp_path: Path) -> None:
    async with both(tmp_path) as here:
        karin = await here.caller("karin")
        await begins(karin)
        karin.types("/kwartiermaker Karin")
        await until(lambda: LINK in karin.screen)
        assert "t.me" not in karin.screen


def test_an_address_from_before_is_kept(anna: Person) -> None:
    """A database knew the bot's name; a channel tells the whole address now."""
    anna.store.remember("bot_name", "gids_bot")
    anna.store.db.execute("DELETE FROM _sqlite_migrations WHERE name = 'addresses'")
    anna.restart()
    assert anna.store.fact("bot_name") is None
    assert link_to(anna.store, "1001") == "https://t.me/gids_bot?start="
    assert link_to(anna.store, "lines:bram") == "https://t.me/gids_bot?start=", "where else"
    anna.store.remember("link lines", LINK)
    assert link_to(anna.store, "lines:bram") == LINK


def test_a_channel_is_one_row() -> None:
    """Doctor tells of each, and serve begins with any."""
    names = [row.__name__ for row in CHANNELS]
    assert names == [*settings_from({}).channels], "name it in Settings.channels, bot/config.py"
