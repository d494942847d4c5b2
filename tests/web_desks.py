"""Everybody around a trajectory, each in a browser of their own, without script."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.program import Look
from tests.web import Housed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.visitor import Visitor

TOWNS = {
    "Zutphen": "Anna", "Ede": "Bo", "Epe": "Cas", "Ommen": "Dirk", "Hof": "Els", "Gouda": "Fay",
}  # fmt: skip
SAME = {"Sec-Fetch-Site": "same-origin"}
ADDRESS = re.compile(r"http://localhost:\d+(/u/[ksth][A-Za-z0-9_-]+)")


@dataclass
class Desks:
    """Everybody in a browser of their own; `home`: the guide that they all visit."""

    home: Housed
    stack: AsyncExitStack
    people: dict[str, Visitor] = field(default_factory=dict)

    def ticks(self) -> datetime:
        """Time passes a little with all that happens."""
        self.home.now += timedelta(milliseconds=50)
        return self.home.now

    async def visitor(self, name: str) -> Visitor:
        self.people[name] = await self.stack.enter_async_context(self.home.visitor())
        return self.people[name]

    async def operator(self) -> Visitor:
        """Somebody came in at the front door, and the settings say that they run this."""
        operator = await self.visitor("operator")
        await operator.goes("/")
        await operator.presses("Begin")
        await operator.presses("agree")
        (session,) = self.rows("SELECT chat FROM sessions")
        await self.trusts(session["chat"])
        return operator

    async def trusts(self, chat: str) -> None:
        """From now on this chat is an operator's."""
        self.home.conversation.contexts.operators.chats.add(chat)

    async def joins(self, name: str, address: str) -> Visitor:
        found = await self.visitor(name)
        await found.goes(address)
        await found.presses("join")
        return found

    async def kwartiermaker(self, name: str, trajectory: str) -> Visitor:
        operator = self.people.get("operator") or await self.operator()
        await operator.goes("/gesprek")
        await operator.follows("Trajecten")
        operator.writes("person", name)
        page = await operator.presses("Maak een link")
        found = await self.joins(name, address_in(page.text))
        await operator.goes("/traject")
        await presses(operator, "appoint_yes")
        assert "is nu kwartiermaker" in operator.page.text
        await found.goes("/gesprek")
        await found.follows("Trajecten")
        found.writes("name", trajectory)
        await found.presses("Maak het traject")
        assert found.page.h1 == "Uitnodigen"
        return found

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        return self.home.store.rows(sql, *values)

    def lines(self) -> list[str]:
        """What kwartiermakers and operators looked at, place by place."""
        rows = self.rows("SELECT what FROM audit WHERE who IN ('keeper', 'operator') ORDER BY id")
        return [row["what"] for row in rows]


@dataclass
class Process(Desks):
    """The same around a process of its own."""

    home: Any

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        with closing(Look(self.home.folder)) as look:
            return look.rows(sql, *values)

    async def trusts(self, chat: str) -> None:
        self.home.settings["OPSCHAALGIDS_OPERATORS"] = chat
        await self.home.stop()
        await self.home.start()


def address_in(text: str) -> str:
    found = ADDRESS.search(text)
    assert found, text
    return found[1]


async def presses(visitor: Visitor, begins: str) -> None:
    """The first button whose value begins so."""
    value = next(v for v in visitor.page.buttons if v.startswith(begins))
    await visitor.presses(value)


async def answers(visitor: Visitor, most: int) -> None:
    """So many questions, by the first choice or in a few words."""
    await visitor.goes("/gesprek")
    for number in range(most):
        form = visitor.page.forms[0]
        if "text" in form.texts:
            await visitor.types(f"Merkteken {number}")
        elif form.boxes:
            visitor.ticks(form.boxes[0][1])
            await visitor.presses("Verder")
        else:
            await visitor.sends(form, form.buttons[0])


async def shares(visitor: Visitor, what: str) -> None:
    await visitor.goes("/gesprek")
    await visitor.presses("sharing")
    value = next(v for v in visitor.page.buttons if v.startswith("share ") and v.endswith(what))
    await visitor.presses(value)


async def zuid(desks: Desks, towns: dict[str, str] = TOWNS) -> Visitor:
    """Karin keeps Zuid; whom she invited came in, and she said that it is them."""
    karin = await desks.kwartiermaker("Karin", "Zuid")
    karin.writes("lines", "\n".join(f"{town}, {name}" for town, name in towns.items()))
    page = await karin.presses("Maak uitnodigingen")
    addresses = re.findall(ADDRESS, page.text)
    assert len(dict.fromkeys(addresses)) == len(towns)
    for name, address in zip(towns.values(), dict.fromkeys(addresses), strict=True):
        await desks.joins(name, address)
    for _ in towns:
        await karin.goes("/traject/1")
        await presses(karin, "admit")
    return karin


@asynccontextmanager
async def around(folder: Path) -> AsyncIterator[Desks]:
    async with Housed(folder) as home, AsyncExitStack() as stack:
        found = Desks(home, stack)
        home.program.now = found.ticks
        yield found
        assert [fault for one in found.people.values() for fault in one.wrong] == []
