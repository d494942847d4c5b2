"""People around a trajectory: an operator, kwartiermakers and advisers over one database."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.engine.conversation import Conversation
from bot.engine.prompter import Prompting
from storage.store import Store
from tests.fresh import opened
from tests.people import Person, transcript

if TYPE_CHECKING:
    from pathlib import Path

    from flows.model.messages import Update
    from storage.conversations.outbox import Outgoing

OPERATOR = "test:operator"
LINK = re.compile(r"/start \S+|\S+/u/[\w-]+")
"""As it is typed where there is no web; else the address, which may be pasted."""

FORGES = """INSERT INTO outbox(id, chat, body, created_at, sent_at, key, choices)
    VALUES (1, ?, '{}', '', '', 'steer.forged', ?) ON CONFLICT (id) DO UPDATE SET
    chat = excluded.chat, key = excluded.key, choices = excluded.choices"""
"""A message in somebody's chat with buttons that the guide never put there."""


@dataclass
class Member(Person):
    """A chat beside others: one database, and the same operator everywhere."""

    def open(self) -> None:
        self.store = Store(opened(self.folder), self.language)
        self.conversation = Conversation(self.store, self.files, frozenset({OPERATOR}))

    heard: int = 0

    def hears(self) -> list[Outgoing]:
        """What came since this person did something, or listened."""
        self.flush()
        said, self.heard = self.seen[self.heard :], len(self.seen)
        return said

    def gives(self, update: Update) -> list[Outgoing]:
        said = super().gives(update)
        self.heard = len(self.seen)
        return said

    def presses_first(self, begins: str, key: str = "") -> list[Outgoing]:
        """The newest button whose key begins so, under the newest message with that asking."""
        for said in reversed(self.seen):
            for choice in said.message.choices:
                if choice.key.startswith(begins) and said.message.key.endswith(key):
                    return self.presses(choice.key, said)
        raise AssertionError(f"no button {begins}")


def link_in(said: list[Outgoing]) -> str:
    found = LINK.search(transcript(said))
    assert found, transcript(said)
    return found[0]


def text_of(said: list[Outgoing]) -> str:
    return " ".join(transcript(said).split())


@dataclass
class Room:
    """Everybody in one folder, at one clock."""

    folder: Path
    people: dict[str, Member] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.operator = self.person(OPERATOR)
        self.operator.starts()
        self.operator.presses("agree")

    def person(self, chat: str) -> Member:
        return self.people.setdefault(chat, Member(self.folder, chat))

    def prompting(self) -> Prompting:
        return Prompting(self.operator.conversation)

    def until(self, now: datetime, days: float, hours: float = 1) -> datetime:
        """Let the program's minutes pass; everything that goes out arrives at once."""
        prompting = self.prompting()
        end = now.astimezone(UTC) + timedelta(days=days)
        while now.astimezone(UTC) < end:
            now = (now.astimezone(UTC) + timedelta(hours=hours)).astimezone(now.tzinfo)
            for chat in prompting.due(now):
                self.people[chat].flush()
        for person in self.people.values():
            person.now = max(person.now, now)
        return now

    def kwartiermaker(self, name: str, trajectory: str = "", chat: str = "") -> Member:
        """Somebody whom the operator invited and confirmed."""
        keeper = self.person(chat or f"test:{name}")
        keeper.now = self.operator.now
        keeper.types(link_in(self.operator.types(f"/kwartiermaker {name}")))
        keeper.presses("join 0")
        self.operator.hears()
        self.operator.presses_first("appoint_yes")
        keeper.hears()
        if trajectory:
            keeper.types(f"/traject nieuw {trajectory}")
        return keeper

    def adviser(self, keeper: Member, municipality: str, name: str) -> Member:
        """Somebody whom this kwartiermaker invited and confirmed."""
        adviser = self.person(f"test:{name}")
        adviser.now = keeper.now
        adviser.types(link_in(keeper.types(f"/uitnodigen {municipality}, {name}")))
        adviser.presses("join 0")
        keeper.hears()
        keeper.presses_first("admit", "wants_in")
        adviser.hears()
        return adviser
