"""The trajectory of three months once more, its advisers on the web, without script.

Kwartiermakers and the operator type as in tests/trajectories/three_months.txt; what advisers
press and answer there is done on their pages. In the end the same stands in the database as where
everybody is in a chat.
"""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from tests.people import transcript
from tests.test_traject_transcript import DAYS, MOVE, PATH
from tests.test_traject_transcript import Player as InChats
from tests.web import Beside, Housed
from tests.web_player import Player

if TYPE_CHECKING:
    from pathlib import Path

IN_CHATS = {"Operator", "Karin", "Lotte"}
"""What they type with words behind a command is a form of its own on the web: see
tests/test_web_keeper.py."""

OPENED_BY = {"take_back": "> /delen"}
"""What a chat still shows from weeks ago, a page shows again: by how the button begins."""

SECRET = re.compile(r"(?:/u/|start=|/start )([ksthmc][\w-]{22,63})")
KEPT = {
    "answers": "SELECT s.name, a.question, a.value FROM answers a JOIN seats s "
    "ON s.canvas = a.canvas ORDER BY s.name, a.id",
    "seats": "SELECT municipality, name, confirmed_at IS NULL AS waits, left_at IS NULL AS stays "
    "FROM seats ORDER BY name, id",
    "shares": "SELECT s.name, h.what, h.until_at IS NULL AS holds FROM shares h JOIN seats s "
    "ON s.id = h.seat ORDER BY s.name, h.what, h.id",
    "agreed": "SELECT s.name, g.what, g.confirmed_at IS NULL AS open, g.refused_at IS NULL AS held "
    "FROM agreed g JOIN seats s ON s.id = g.seat ORDER BY s.name",
    "meetings": "SELECT municipality, starts_at FROM meetings ORDER BY id",
}
"""What a trajectory comes to, by table."""


class OnPages:
    """Everybody at the clock of one house."""

    def __init__(self, house: Housed, stack: AsyncExitStack) -> None:
        self.house, self.stack = house, stack
        self.chats = {"Operator": house.operator()}
        self.pages: dict[str, Player] = {}

    async def plays(self, line: str) -> None:
        days, move = DAYS.match(line), MOVE.match(line)
        if days:
            self.passes(int(days[1]))
        elif move:
            self.house.now += timedelta(seconds=20)
            in_chat = move["who"] in IN_CHATS and move["verb"] != "invites"
            await (self.in_chat(move) if in_chat else self.on_page(move))
        for person in self.chats.values():
            person.hears()

    def passes(self, days: int) -> None:
        for _ in range(days * 24):
            utc = self.house.now.astimezone(UTC) + timedelta(hours=1)
            self.house.now = utc.astimezone(self.house.now.tzinfo)
            self.house.program.wake(self.house.program.prompting.due(self.house.now), 1)

    # ------------------------------------------------------------ in a chat

    def chat(self, name: str) -> Beside:
        if name not in self.chats:
            self.chats[name] = Beside(self.house.folder, f"test:{name}", house=self.house)
        self.chats[name].now = self.house.now
        return self.chats[name]

    async def in_chat(self, move: re.Match[str]) -> None:
        actor = self.chat(move["who"])
        if move["typed"] is not None:
            actor.types(move["typed"].replace("\\n", "\n"))
        elif move["press"]:
            InChats.presses(self, actor, move["press"])  # type: ignore[arg-type]
        else:
            actor.types(f"/start {self.newest_secret(move['what'])}")

    def newest_secret(self, name: str) -> str:
        """Of the link that this person got last."""
        if name in self.pages:
            return str(SECRET.findall(self.pages[name].visitor.page.html)[-1])
        seen = " ".join(transcript([one]) for one in self.chat(name).seen)
        return str(SECRET.findall(seen)[-1])

    # ------------------------------------------------------------ on a page

    async def page(self, name: str) -> Player:
        if name not in self.pages:
            visitor = await self.stack.enter_async_context(self.house.visitor())
            self.pages[name] = Player(self.house, visitor)
        return self.pages[name]

    async def on_page(self, move: re.Match[str]) -> None:
        if move["verb"] == "invites":
            return await self.invites(self.chat(move["who"]), *move["what"].split("_"))
        player = await self.page(move["who"])
        if move["verb"] == "follows":
            return await self.joins(player, self.newest_secret(move["what"]))
        if move["verb"] == "answers":
            return await self.answers(player, move["who"], int(move["what"]))
        if move["typed"] is not None:
            await player.visitor.goes("/gesprek")
            await player.plays(f"> {move['typed']}")
        elif move["press"] != "join 0":  # a link's page asks for both in one
            await self.presses(player, move["press"])
        return None

    async def invites(self, keeper: Beside, municipality: str, name: str) -> None:
        keeper.types(f"/uitnodigen {municipality}, {name}")
        await self.joins(await self.page(name), self.newest_secret(keeper.chat[5:]))
        keeper.hears()
        keeper.presses_first("admit", "wants_in")

    async def joins(self, player: Player, secret: str) -> None:
        await player.visitor.goes(f"/u/{secret}")
        await player.visitor.presses("join")
        assert player.visitor.page.status == 200
        if "join 0" in player.visitor.page.buttons:  # where a colleague fills one in already
            await self.presses(player, "join 0")

    async def presses(self, player: Player, key: str) -> None:
        """The first button whose value begins so, as a chat's player does."""
        wanted = re.compile(re.escape(key).replace(re.escape("~"), r"\d+"))
        found = next(filter(wanted.match, player.visitor.page.buttons), None)
        if not found:
            page = await player.visitor.goes("/gesprek")
            found = next(filter(wanted.match, page.buttons), None)
        if not found and (opened := OPENED_BY.get(key.split(maxsplit=1)[0])):
            await player.plays(opened)
            found = next(filter(wanted.match, player.visitor.page.buttons), None)
        assert found, f"no button {key} on {player.visitor.page.text}"
        await player.plays(f"[press {found}]")

    async def answers(self, player: Player, name: str, count: int) -> None:
        """As tests/test_traject_transcript.py answers."""
        await player.visitor.goes("/gesprek")
        for number in range(count):
            assert player.asked
            shown = player.asked
            first = shown.choices[number % 2].key if shown.choices else ""
            typed = first in ("unknown", "/skip") or not shown.choices
            said = f"> Antwoord {number} van {name}" if typed else f"[press {first}]"
            await player.plays(said)
            if player.asked and player.asked.key == shown.key:
                await player.plays("> /klaar")


async def test_three_months_with_advisers_on_the_web(tmp_path: Path) -> None:
    lines = [one for one in PATH.read_text(encoding="utf-8").splitlines() if one[:1].strip()]
    folders = tmp_path / "chats", tmp_path / "web"
    for folder in folders:
        folder.mkdir()
    chats = InChats(folders[0])
    list(chats.play(lines))
    async with Housed(folders[1]) as house, AsyncExitStack() as stack:
        pages = OnPages(house, stack)
        for line in lines:
            await pages.plays(line)
        for what, sql in KEPT.items():
            assert rows(house.store, sql) == rows(chats.room.operator.store, sql), what
        assert not [fault for one in pages.pages.values() for fault in one.visitor.wrong]


def rows(store: Any, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in store.rows(sql)]
