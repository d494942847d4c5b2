"""A second channel, for the tests: a person is a connection, and says and hears lines of JSON.

`python -m tests.lines telegram` is the real program with this row added to its channels.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot import program
from bot.delivery.channel import Terms, Unsure
from bot.delivery.metrics import Health
from content.messages.html import plain
from flows.model.messages import Update
from tests.program import Program

if TYPE_CHECKING:
    from contextlib import AsyncExitStack
    from datetime import datetime

    from bot.channels.branch import Branch
    from bot.config import Settings
    from bot.documents.printer import Papers
    from bot.engine.conversation import Conversation
    from storage.conversations.outbox import Outgoing, Press

LINK = "https://lines.example/"


class Lines:
    """Its own name, its own pace, its own links; nothing is kept for who is not connected."""

    name = "lines"
    terms = Terms(1000, 100, 20, timedelta(), timedelta(minutes=5))

    def __init__(self, port: int, papers: Papers | None = None) -> None:
        self.port, self.papers, self.sender = port, papers, self
        self.health, self.numbers = Health(self.name), 0
        self.lines: dict[str, asyncio.StreamWriter] = {}
        self.joined = asyncio.Event()

    # ------------------------------------------------------------ coming in

    async def open(self, stack: AsyncExitStack) -> None:
        server = await asyncio.start_server(self._joins, "127.0.0.1", self.port)
        stack.callback(server.close)

    async def run(self, branch: Branch) -> None:
        self.branch = branch
        branch.links(LINK)
        await branch.keep([])
        branch.ready()
        await asyncio.Event().wait()

    async def _joins(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        who = (await reader.readline()).decode().strip()
        self.lines[f"lines:{who}"] = writer
        self.joined.set()
        self.joined.clear()
        async for line in reader:
            await self.branch.keep([json.loads(line) | {"who": who}])
        del self.lines[f"lines:{who}"]
        writer.close()

    def read(self, raw: dict[str, Any], now: datetime) -> Update:
        chat, number = f"lines:{raw['who']}", str(raw["number"])
        if "key" in raw:
            return Update(number, chat, now, "press", raw["key"], raw["ref"], press=f"l{number}")
        return Update(number, chat, now, "text", raw["text"], message=number)

    # ------------------------------------------------------------ going out

    def owns(self, chat: str) -> bool:
        return chat.startswith("lines:")

    def leaves(self, chat: str) -> bool:
        del chat
        return False

    async def heard(self) -> None:
        await self.joined.wait()

    async def _says(self, chat: str, **said: Any) -> None:
        try:
            writer = self.lines[chat]
            writer.write(json.dumps(said).encode() + b"\n")
            await writer.drain()
        except (KeyError, OSError):
            raise Unsure from None

    async def prepare(self, outgoing: Outgoing) -> None:
        del outgoing

    async def send(self, outgoing: Outgoing) -> int:
        self.numbers += 1
        await self._shows(outgoing, self.numbers)
        return self.numbers

    async def replace(self, outgoing: Outgoing, place: int) -> int:
        await self._shows(outgoing, place)
        return place

    async def _shows(self, outgoing: Outgoing, place: int) -> None:
        message = outgoing.message
        choices = [[choice.key, choice.label] for choice in message.choices]
        await self._says(
            outgoing.chat, place=place, ref=outgoing.ref, choices=choices, text=plain(message.html)
        )

    async def close(self, standing: Outgoing, chosen: str) -> None:
        await self._says(standing.chat, closed=standing.place, chosen=plain(chosen))

    async def remove(self, chat: str, places: tuple[int, ...]) -> None:
        await self._says(chat, removed=places)

    async def leave(self, outgoing: Outgoing) -> None:
        del outgoing

    async def answer(self, press: Press) -> None:
        await self._says(press.chat, answered=press.id)


@dataclass
class Caller:
    """Someone on the line. `heard`: all that came, as it came."""

    name: str
    heard: list[dict[str, Any]] = field(default_factory=list)
    said: int = 0

    async def joins(self, port: int) -> None:
        reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        self.writer.write(self.name.encode() + b"\n")
        self.listening = asyncio.create_task(self._listens(reader))

    async def _listens(self, reader: asyncio.StreamReader) -> None:
        async for line in reader:
            self.heard.append(json.loads(line))

    async def hangs_up(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()
        self.listening.cancel()

    def types(self, text: str) -> None:
        self._says(text=text)

    def presses(self, key: str) -> None:
        self._says(key=key, ref=self.asked["ref"])

    def _says(self, **what: str) -> None:
        self.said += 1
        line = json.dumps({"number": f"{self.name}.{self.said}", **what})
        self.writer.write(line.encode() + b"\n")

    @property
    def asked(self) -> dict[str, Any]:
        """The newest message that asks something; none that asks nothing."""
        return next((one for one in reversed(self.heard) if one.get("choices")), {"choices": []})

    @property
    def screen(self) -> str:
        return "\n".join(one["text"] for one in self.heard if "text" in one)


class Beside(Program):
    """The real program with this channel beside Telegram."""

    command = (sys.executable, "-m", "tests.lines", "telegram")


def lines(_: Conversation, settings: Settings, papers: Papers) -> Lines:
    del settings
    return Lines(int(os.environ["LINES_PORT"]), papers)  # noqa: TID251 - a test's own setting


def main() -> None:
    program.CHANNELS.append(lines)
    from bot.cli import main as run  # noqa: PLC0415 - with the row in place

    run()


if __name__ == "__main__":
    main()
