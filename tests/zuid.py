"""A trajectory on three phones: an operator, a kwartiermaker and an adviser at the program."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tests.days import Dated
from tests.people import START
from tests.phones import Phone
from tests.program import Look
from tests.standin import StandIn
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.phones_view import Bubble

DEEP_LINK = re.compile(r"https://t\.me/standin_bot\?start=([A-Za-z0-9_-]{1,64})")
OPERATOR, KARIN, ANNA = 1, 2, 3
CHATS = [str(chat) for chat in (OPERATOR, KARIN, ANNA)]


def on(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of 2026, on the clock of the wall. 23 November and 7 December are Mondays."""
    return datetime(2026, month, day, hour, minute, tzinfo=START.tzinfo)


@dataclass
class Zuid:
    """A trajectory with its three phones, and a look at the answers that are kept."""

    program: Dated
    operator: Phone
    karin: Phone
    anna: Phone
    look: Look

    async def at(self, moment: datetime) -> None:
        """The program is killed, and started again at that moment."""
        await until(lambda: not any(map(self.look.unsaid, CHATS)))
        self.look.close()
        await self.program.wakes(moment)

    def answers(self) -> dict[str, object]:
        return self.look.answers(str(ANNA))

    def place(self) -> object:
        """The question where Anna is."""
        (row,) = self.look.rows(
            "SELECT c.question FROM canvases c JOIN people p ON p.canvas = c.id WHERE p.chat = ?",
            str(ANNA),
        )
        return row["question"]


@asynccontextmanager
async def zuid(folder: Path) -> AsyncIterator[Zuid]:
    """On Monday 23 November, eleven o'clock; nobody has written yet."""
    async with StandIn() as standin:
        program = Dated(folder, standin, standin.token, {"OPSCHAALGIDS_OPERATORS": str(OPERATOR)})
        program.puts(on(11, 23, 11))
        operator, karin, anna = (
            Phone(standin, number, first_name=name)
            for number, name in ((OPERATOR, "Olga"), (KARIN, "Karin"), (ANNA, "Anna"))
        )
        here = Zuid(program, operator, karin, anna, Look(folder))
        try:
            async with program:
                yield here
                assert standin.refused == []
                assert {line for line in program.said if line != "ready"} == set()
        finally:
            here.look.close()


# ---------------------------------------------------------------- what people do


def payload(phone: Phone) -> str:
    """Of the newest link that stands in this chat."""
    texts = [bubble.text for bubble in phone.view]
    return next(found[1] for text in reversed(texts) if (found := DEEP_LINK.search(text)))


async def hears(phone: Phone, words: str) -> Bubble:
    """Until the newest message says this."""
    with suppress(TimeoutError):
        await until(lambda: bool(phone.view) and words in phone.last.text)
    assert words in phone.last.text, phone.screen()
    return phone.last


async def presses(phone: Phone, begins: str, says: str) -> Bubble:
    """The newest button whose key begins so, and what comes of it."""
    keys = [data.partition(":")[2] for _, data in phone.buttons]
    await phone.presses(key=next(key for key in keys if key.startswith(begins)))
    return await hears(phone, says)


async def types(phone: Phone, text: str, says: str) -> Bubble:
    await phone.types(text)
    return await hears(phone, says)


async def becomes_keeper(here: Zuid) -> None:
    await here.operator.starts()
    await here.operator.asked()
    await presses(here.operator, "agree", "Hoe heet")
    await types(here.operator, "/kwartiermaker Karin", "Dezelfde link")
    await here.karin.starts(payload(here.operator))
    await hears(here.karin, "Met ja ga je daarmee akkoord")
    await presses(here.karin, "join 0", "De beheerder krijgt de vraag")
    await hears(here.operator, "Klopt het dat dit Karin is?")
    await presses(here.operator, "appoint_yes", "Karin is nu kwartiermaker")
    await hears(here.karin, "Je bent nu kwartiermaker")
    await types(here.karin, "/traject Jongeren Zuid", "staat klaar")


async def follows(here: Zuid) -> None:
    """Karin invites Anna, who says yes; nobody has said yet that this is Anna."""
    await types(here.karin, "/uitnodigen Zutphen, Anna", "Dezelfde link")
    await here.anna.starts(payload(here.karin))
    await hears(here.anna, "Met ja ga je daarmee akkoord")
    assert "Karin nodigt je uit" in here.anna.screen(300)
    await here.anna.presses(key="join 0")
    await here.anna.asked()
    await hears(here.karin, "Klopt dat?")


async def admits(here: Zuid) -> None:
    await presses(here.karin, "admit", "Zutphen, Anna doet mee.")
    await until(lambda: "Je deelname aan het traject is bevestigd" in here.anna.screen(300))


async def taken_part(here: Zuid) -> None:
    """From the operator's link to a seat."""
    await becomes_keeper(here)
    await follows(here)
    await admits(here)
