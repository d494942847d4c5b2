"""A trajectory on the web, without script: from an operator's link to what six advisers share."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.web import Housed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.visitor import Visitor

TOWNS = {
    "Zutphen": "Anna", "Ede": "Bo", "Epe": "Cas", "Ommen": "Dirk", "Hof": "Els", "Gouda": "Fay",
}  # fmt: skip
ADDRESS = re.compile(r"http://localhost:\d+(/u/[ksth][A-Za-z0-9_-]+)")


@dataclass
class Desks:
    """Everybody in a browser of their own; `home`: the guide that they all visit."""

    home: Housed
    stack: AsyncExitStack
    people: dict[str, Visitor] = field(default_factory=dict)

    async def visitor(self, name: str) -> Visitor:
        self.people[name] = await self.stack.enter_async_context(self.home.visitor())
        return self.people[name]

    async def operator(self) -> Visitor:
        """Somebody came in at the front door, and the settings say that they run this."""
        operator = await self.visitor("operator")
        await operator.goes("/")
        await operator.presses("Begin")
        await operator.presses("agree")
        chat = self.home.store.value("SELECT chat FROM sessions")
        self.home.conversation.contexts.operators.chats.add(chat)
        return operator

    async def joins(self, name: str, address: str) -> Visitor:
        found = await self.visitor(name)
        await found.goes(address)
        await found.presses("join")
        return found

    async def kwartiermaker(self, name: str, trajectory: str) -> Visitor:
        operator = self.people.get("operator") or await self.operator()
        await operator.goes("/traject")
        operator.writes("person", name)
        page = await operator.presses("Maak een link")
        found = await self.joins(name, address_in(page.text))
        await operator.goes("/traject")
        await presses(operator, "appoint_yes")
        assert "is nu kwartiermaker" in operator.page.text
        await found.goes("/traject")
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


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[Desks]:
    async with Housed(tmp_path) as home, AsyncExitStack() as stack:
        found = Desks(home, stack)
        yield found
        assert [fault for one in found.people.values() for fault in one.wrong] == []


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


async def test_a_whole_trajectory(desks: Desks) -> None:
    karin = await zuid(desks)
    for name in TOWNS.values():
        await answers(desks.people[name], 12)
    await shares(desks.people["Anna"], "all")
    await shares(desks.people["Bo"], "ingredients")
    so_far = len(desks.lines())
    page = await karin.goes("/traject/1")
    assert page.status == 200
    looked = desks.lines()[so_far:]
    assert sorted(looked) == ["looked overview"] * 6 + ["looked patterns"]
    assert "Merkteken" not in page.text
