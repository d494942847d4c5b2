"""Three months of a trajectory: half of its people on the web, half on Telegram, two on both.

Pages over real HTTP, at a clock that the test holds; those on Telegram as their chats.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.web import Beside, Housed
from tests.web_desks import ADDRESS, SAME, Desks, answers, presses, shares, zuid

if TYPE_CHECKING:
    from pathlib import Path

    from storage.conversations.outbox import Outgoing

WEEKS = 13
BOT = "https://t.me/gids_bot?start="
ON_WEB = {"Zutphen": "Anna", "Ede": "Bo"}
ON_TELEGRAM = {"Ommen": "Cas", "Epe": "Dirk"}
SECRET = re.compile(r"(?:/u/|start=|/start )([kstc][\w-]{22,63})")


class Months:
    """Everybody, and the weeks that pass."""

    def __init__(self, desks: Desks) -> None:
        self.desks, self.home = desks, desks.home
        self.phones: dict[str, Beside] = {}
        self.prompted: Counter[tuple[str, tuple[int, int]]] = Counter()
        self.gave: Counter[str] = Counter()

    async def begin(self) -> None:
        self.home.store.remember("link", BOT)  # as a bot that runs beside it tells
        self.karin = await zuid(self.desks, ON_WEB)
        for number, (town, name) in enumerate(ON_TELEGRAM.items()):
            await self.invites(town, name, str(2001 + number))
        await self.karin.goes("/traject/1")
        for _ in ON_TELEGRAM:
            await presses(self.karin, "admit")
            await self.karin.goes("/traject/1")

    async def invites(self, town: str, name: str, chat: str) -> None:
        await self.karin.goes("/traject/1/uitnodigen")
        self.karin.writes("lines", f"{town}, {name}")
        page = await self.karin.presses("Maak uitnodigingen")
        address = ADDRESS.search(page.html)
        assert address
        phone = self.phone(name, chat)
        phone.types(f"{self.home.site}{address[1]}")  # pasted as it was sent on to them
        phone.presses("join 0")

    def phone(self, name: str, chat: str) -> Beside:
        found = Beside(self.home.folder, chat, now=self.home.now, house=self.home)
        self.phones[name] = found
        return found

    async def both(self) -> None:
        """Bo is on the web and comes to Telegram; Dirk is there and comes to the web."""
        web = self.desks.people["Bo"]
        page = await web.goes("/gesprek")
        said = {"once": page.forms[0].filled[0][1], "verb": "connect"}
        await web._ends(await web.asks("POST", "/gesprek", SAME, data=said))  # noqa: SLF001
        phone = self.phone("Bo", "3001")
        phone.types(f"/start {secret_in(web.page.html)}")
        phone.presses_first("join 0", "joining")
        await web.goes("/gesprek")
        await presses(web, "connect_yes")
        dirk = self.phones["Dirk"]
        made = dirk.types("/verbinden")
        there = await self.desks.joins("Dirk", f"/u/{secret_of(made)}")
        assert there.page.status == 200
        dirk.hears()
        dirk.presses_first("connect_yes")

    async def week(self, number: int) -> None:
        """A question of Karin's, the days in which it goes out, and who answers."""
        await self.karin.goes("/traject/1/vraag")
        form = next(one for one in self.karin.page.forms if one.action.endswith("/vraag"))
        asked = {"once": dict(form.filled)["once"], "kind": "open", "target": "all", "text": ""}
        page = await self.karin._ends(  # noqa: SLF001 - radio buttons of a form without script
            await self.karin.asks("POST", form.action, SAME, data=asked)
        )
        if any(value.startswith("send ") for value in page.buttons):
            await presses(self.karin, "send ")
        await self.pass_days(7)
        for name in ("Anna", "Bo") if number % 2 else ("Anna", "Dirk"):
            await self.answers_on_web(name)
        for name in ("Cas", "Dirk") if number % 2 else ("Cas", "Bo"):
            self.answers_on_telegram(name)

    async def pass_days(self, days: int) -> None:
        for _ in range(days * 8):
            self.home.now = (self.home.now.astimezone(UTC) + timedelta(hours=3)).astimezone(
                self.home.now.tzinfo
            )
            self.home.program.wake(self.home.program.prompting.due(self.home.now), 1)
        for phone in self.phones.values():
            phone.now = self.home.now

    async def answers_on_web(self, name: str) -> None:
        visitor = self.desks.people[name]
        page = await visitor.goes("/gesprek")
        key = next((v for v in page.buttons if v.startswith("answer ")), None)
        if key:
            await visitor.presses(key)
        else:
            await answers(visitor, 1)
        self.gave[name] += 1

    def answers_on_telegram(self, name: str) -> None:
        phone = self.phones[name]
        phone.hears()
        offered = [
            (said, choice.key) for said in phone.seen[-6:] for choice in said.message.choices
            if choice.key.startswith("answer ")
        ]  # fmt: skip
        if offered:
            phone.presses(offered[-1][1], offered[-1][0])
        else:
            phone.types("/verder")
        self.gave[name] += 1

    # ------------------------------------------------------------ looking

    def handed(self) -> None:
        """Two a person a week, in working hours, whichever chat they were in."""
        for row in self.desks.rows("SELECT person, at FROM handed"):
            at = datetime.fromisoformat(row["at"]).astimezone(self.home.now.tzinfo)
            assert 9 <= at.hour < 17, at
            assert at.weekday() < 5, at
            self.prompted[row["person"], at.isocalendar()[:2]] += 1
        assert self.prompted, "somebody was asked something"
        assert max(self.prompted.values()) <= 2


def secret_in(text: str) -> str:
    found = SECRET.search(text)
    assert found, text
    return found[1]


def secret_of(said: list[Outgoing]) -> str:
    return secret_in(" ".join(one.message.html for one in said))


def people(desks: Desks) -> dict[str, Any]:
    """Municipality -> (person, canvas, the channels of that person)."""
    sql = """SELECT s.municipality, s.person, s.canvas,
        CASE WHEN h.chat LIKE 'web:%' THEN 'web' ELSE 'telegram' END AS channel
        FROM seats s JOIN chats h ON h.person = s.person ORDER BY channel"""
    found: dict[str, Any] = {}
    for row in desks.rows(sql):
        known = found.setdefault(row["municipality"], {**row, "channels": []})
        known["channels"].append(row["channel"])
    return found


async def test_three_months(tmp_path: Path) -> None:
    async with Housed(tmp_path) as home, AsyncExitStack() as stack:
        desks = Desks(home, stack)
        months = Months(desks)
        await months.begin()
        for name in ON_WEB.values():
            await answers(desks.people[name], 9)
        for phone in months.phones.values():
            for word in ("Wijkteams", "Ommen", "1", "2", "Eenzaamheid", "Minder bezoek"):
                phone.types(word)
        await months.both()
        for number in range(WEEKS):
            await months.week(number)
            if number == 6:
                await home.restart()
                for phone in months.phones.values():
                    phone.open()
        await shares(desks.people["Anna"], "all")
        page = await months.karin.goes("/traject/1")
        found = people(desks)
        assert found["Ede"]["channels"] == ["telegram", "web"]
        assert found["Epe"]["channels"] == ["telegram", "web"]
        assert found["Ommen"]["channels"] == ["telegram"]
        assert len({row["canvas"] for row in found.values()}) == 4
        for town in found:
            assert town in page.text
        months.handed()
        kept(desks, months)
        assert "Merkteken" not in page.text
        assert not [fault for one in desks.people.values() for fault in one.wrong]


def kept(desks: Desks, months: Months) -> None:
    """Each answer stands once at its own person's canvas, and none was lost on the way."""
    rows = desks.rows("SELECT canvas, question, value, at FROM answers ORDER BY canvas, id")
    assert len(rows) >= 4 * 6
    owners = {row["id"]: row["person"] for row in desks.rows("SELECT id, person FROM canvases")}
    seats = {row["canvas"]: row["person"] for row in people(desks).values()}
    assert {canvas: owners[canvas] for canvas in seats} == seats
    assert sum(months.gave.values()) == WEEKS * 4
    assert not desks.rows("SELECT id FROM aside")


