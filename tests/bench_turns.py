"""How many turns a second: the machine's limit and this product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels.telegram.incoming import read
from flows.model.messages import Update
from storage.database.connection import open_database
from tests.bench_dialogue import differing
from tests.bench_script import Guide, play

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from storage.database.place import Place
    from tests.bench_script import Script
    from tests.bench_watch import Watch

FIRST = 10_000_001
"""The person who goes first; the others follow it."""


class Bare:
    """One INSERT and COMMIT, synchronous FULL, on the connection that the product uses."""

    name = "bare INSERT + COMMIT"
    turns = steps = 1

    def __init__(self, folder: Path, count: int) -> None:
        self.db, self.count = open_database(folder / "guide.db", folder / "key"), count
        self.db.conn.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")

    async def round(self, number: int, watch: Watch) -> None:
        del number
        run, body = self.db.conn.execute, ["x" * 100]
        for _ in range(self.count):
            with watch:
                run("BEGIN IMMEDIATE")
                run("INSERT INTO bare(body) VALUES (?)", body)
                run("COMMIT")

    async def close(self) -> None:
        self.db.close()


class Ours:
    """Whole walks of many people, `turns` of them at each step in one commit.

    `parsed`: their updates were read from the Bot API's JSON before the clock runs.
    `sent`: and what was said is taken from the outbox, each message with its commit.
    `place`: elsewhere than in the folder.
    """

    def __init__(  # noqa: PLR0913 - the last three are named
        self, name: str, folder: Path, script: Script, people: int, turns: int = 1,
        *, parsed: bool = False, sent: bool = False, place: Place | None = None,
    ) -> None:  # fmt: skip
        self.name, self.script, self.people, self.turns = name, script, people, turns
        self.guide, self.steps = Guide(folder, place), len(script)
        play(self.guide, FIRST)
        self.parsed, self.sent = parsed, sent

    async def round(self, number: int, watch: Watch) -> None:
        first = FIRST + 10_000 * (number + 1)
        people = list(range(first, first + self.people))
        for step in range(len(self.script)):
            for start in range(0, self.people, self.turns):
                self._piece(people[start : start + self.turns], step, watch)
        self.guide.checked(FIRST, people)

    def _piece(self, people: list[int], step: int, watch: Watch) -> None:
        now = self.script.at(step)
        raws = [self.script.raw(person, step, self.guide.shown(person)) for person in people]
        before = updates(raws, now) if self.parsed else []
        with watch:
            found = before or updates(raws, now)
            self.guide.conversation.handle(*found)
            for update in found if self.sent else ():
                self.guide.say(update.chat, now, update.id)

    async def close(self) -> None:
        self.guide.store.close()


def updates(raws: list[dict[str, Any]], now: datetime) -> list[Update]:
    return [found for raw in raws if isinstance(found := read(raw, now), Update)]


def script(folder: Path, since: int = 0) -> Script:
    """The script with its buttons and sentences, for people who differ from a step on."""
    guide = Guide(folder)
    found = play(guide, FIRST)
    guide.store.close()
    return differing(found, since)
