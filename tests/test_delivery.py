"""What waits to be sent and is taken back meanwhile does not go out."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from bot.delivery.channel import Later, Terms
from bot.delivery.delivery import Delivery
from bot.delivery.metrics import Figures
from bot.delivery.pace import SENDERS
from bot.delivery.tasks import Tasks
from tests.storages import of_a_file
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.conversations.outbox import Outgoing, Press
    from tests.people import Person

CHAT = "test:1"
TERMS = Terms(10_000, 30, 5, timedelta(), timedelta(seconds=150))


def at_once() -> asyncio.Event:
    found = asyncio.Event()
    found.set()
    return found


@dataclass
class Busy:
    """A channel that the first time asks to come back later, or is refused by the database."""

    first: Exception = field(default_factory=lambda: Later(0.3))
    refused: int = 0
    reached: list[str] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=at_once)
    terms: Terms = TERMS

    def owns(self, chat: str) -> bool:
        return chat.startswith("test:")

    def leaves(self, chat: str) -> bool:
        del chat
        return False

    async def heard(self) -> None:
        await asyncio.sleep(60)

    async def leave(self, outgoing: Outgoing) -> None:
        del outgoing

    async def prepare(self, outgoing: Outgoing) -> None:
        del outgoing

    async def send(self, outgoing: Outgoing) -> int:
        if not self.refused:
            self.refused += 1
            raise self.first
        self.reached.append(outgoing.message.html)
        await self.answers.wait()
        return len(self.reached)

    async def replace(self, outgoing: Outgoing, place: int) -> int:
        del place
        return await self.send(outgoing)

    async def close(self, standing: Outgoing, chosen: str) -> None:
        del standing, chosen

    async def remove(self, chat: str, places: tuple[int, ...]) -> None:
        del chat, places

    async def answer(self, press: Press) -> None:
        del press


@asynccontextmanager
async def delivering(anna: Person, channel: Busy) -> AsyncIterator[None]:
    figures = Figures(anna.store.outbox, lambda: anna.now)
    tasks = Tasks(anna.store.outbox)
    delivery = Delivery(channel, tasks, lambda: anna.now, figures)
    delivery.begin()
    yield
    await delivery.finish(1)
    tasks.over()


@pytest.mark.asyncio
async def test_a_database_that_cannot_be_read_for_a_moment_ends_nothing(anna: Person) -> None:
    """A caption or a document is read while its message leaves."""
    anna.conversation.say(CHAT, "set_aside", anna.now, number="eerst")
    channel = Busy(sqlcipher.OperationalError("disk I/O error"))
    async with delivering(anna, channel):
        await until(lambda: bool(channel.reached))
    assert (channel.refused, len(channel.reached)) == (1, 1)


@pytest.mark.asyncio
async def test_what_is_recalled_while_its_chat_rests_is_not_sent(anna: Person) -> None:
    for text in ("eerst", "daarna"):
        anna.conversation.say(CHAT, "set_aside", anna.now, number=text)
    first, _ = anna.store.outbox.due(CHAT)
    channel = Busy()
    async with delivering(anna, channel):
        await until(lambda: bool(channel.refused))
        anna.store.outbox.failed(first.id, "recalled")
        await until(lambda: bool(channel.reached))
    assert ["daarna" in html for html in channel.reached] == [True]


@pytest.mark.asyncio
@of_a_file
async def test_what_arrives_at_one_moment_is_marked_in_one_commit(anna: Person) -> None:
    """Each had a commit of its own."""
    chats = [f"test:{number}" for number in range(10, 10 + SENDERS)]
    for chat in chats:
        anna.conversation.say(chat, "set_aside", anna.now, number="eerst")
    said: list[str] = []
    channel = Busy(refused=1, answers=asyncio.Event())
    async with delivering(anna, channel):
        await until(lambda: len(channel.reached) == SENDERS)
        anna.store.db.conn.set_trace_callback(said.append)
        channel.answers.set()
        await until(lambda: not any(anna.store.outbox.due(chat) for chat in chats))
    anna.store.db.conn.set_trace_callback(None)
    assert said.count("COMMIT") == 1
