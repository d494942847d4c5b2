"""Prompts over simulated years: summer time, holidays, restarts, kills, a line that fails.

One year in the tests, five and more under `make prove` (YEARS=5).
"""

from __future__ import annotations

import os
import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.engine.prompter import Prompting
from flows.timing.hours import OFTEN, SELDOM, beside, works
from tests.desks import Member, Room

if TYPE_CHECKING:
    from pathlib import Path

YEARS = float(os.environ.get("YEARS", "1"))  # noqa: TID251 - how long `make prove` looks
STEP = timedelta(minutes=53)
WAITING = "SELECT DISTINCT chat FROM outbox WHERE sent_at IS NULL AND failed IS NULL"

ZONES = {
    "Ede": "Europe/Amsterdam", "Epe": "Europe/Amsterdam", "Kralendijk": "America/Kralendijk",
    "Reizend": "America/New_York",
}  # fmt: skip
"""Whose clock: of the house, of an island without summer time, and with another change of it."""


class Killed(Exception):  # noqa: N818 - what happens to a program
    """The program ends in the middle of a transaction."""


class World:
    """A year of a trajectory, a step at a time, by dice."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.dice, self.room = random.Random(seed), Room(folder)  # noqa: S311 - repeatable
        self.karin = self.room.kwartiermaker("Karin", "Zuid")
        self.people = [self.room.adviser(self.karin, town, f"A{n}") for n, town in enumerate(ZONES)]
        self.clocks: dict[str, ZoneInfo] = {}
        for person, zone in zip(self.people, ZONES.values(), strict=True):
            person.types(f"/tijdzone {zone}")
            self.clocks[person.chat] = ZoneInfo(zone)
        self.now = self.karin.now
        self.sent: list[tuple[str, datetime]] = []
        self.met: list[tuple[str, datetime]] = []
        self.stopped: dict[str, datetime] = {}
        self.less: dict[str, datetime] = {}
        self.broken: list[str] = []
        self.down = self.now
        self.prompting = Prompting(self.room.operator.conversation)

    def run(self, years: float) -> None:
        end = self.now + timedelta(days=365 * years)
        while self.now < end:
            step = STEP if self.now.hour >= 7 else 3 * STEP
            self.now = (self.now.astimezone(UTC) + step).astimezone(self.now.tzinfo)
            self.step()

    def step(self) -> None:
        what = self.dice.random()
        if what < 0.01:
            self.prompting = Prompting(self.room.operator.conversation)
            self.prompting.begin(self.now)
        elif what < 0.015:
            self.down = self.now + timedelta(hours=self.dice.randrange(1, 60))
        elif what < 0.03:
            self.sends_off()
        elif what < 0.06:
            self.answers(self.dice.choice(self.people))
        self.kill() if self.dice.random() < 0.05 else self.prompting.due(self.now)
        self.deliver()

    def kill(self) -> None:
        """Between handing out and the commit."""
        store, post = self.prompting.store, self.prompting.store.post

        def dies(*arguments: object) -> int:
            post(*arguments)  # type: ignore[arg-type]
            raise Killed

        store.post = dies  # type: ignore[assignment]
        with suppress(Killed):
            self.prompting.due(self.now)
        store.post = post  # type: ignore[method-assign]

    def deliver(self) -> None:
        if self.now < self.down:
            return
        waiting = {row["chat"] for row in self.karin.store.rows(WAITING)}  # mostly nobody
        for person in [one for one in self.room.people.values() if one.chat in waiting]:
            for out in person.store.outbox.due(person.chat):
                person.store.outbox.sent(out, self.now)
                person.seen.append(out)
                if out.message.key == "steer.prompt":
                    self.arrived(person)

    def arrived(self, person: Member) -> None:
        clock = self.clocks.get(person.chat, self.now.tzinfo)
        self.sent.append((person.chat, self.now.astimezone(clock)))
        if "Deze vraag maakt dan" in person.seen[-1].message.html:
            self.met.append(self.sent[-1])
        if person.chat in self.stopped:
            self.broken.append(f"stopped: {person.chat} {self.now}")

    def sends_off(self) -> None:
        self.karin.now = self.now
        kind = self.dice.choice(["open", "again", "actions"])
        town = self.dice.choice(list(ZONES))
        self.karin.types("/vraag")
        self.karin.presses_first(f"kind {kind}")
        self.karin.types(f"/vraag {town}")
        if self.karin.seen[-1].message.kind == "preview":
            self.karin.presses_first("send", "preview")
        if self.dice.random() < 0.1:
            when = (self.now + timedelta(days=9)).date()
            months = "januari februari maart april mei juni juli augustus september oktober"
            month = [*months.split(), "november", "december"][when.month - 1]
            self.karin.types(f"/gesprek {town}, {when.day} {month} {when.year} 10:00")

    def answers(self, person: Member) -> None:
        asked = [o for o in person.seen if o.message.key == "steer.prompt"]
        if not asked:
            return
        person.now = self.now
        choices = [c.key for c in asked[-1].message.choices if not c.key.startswith("answer")]
        said = self.dice.choice(choices)
        if person.chat in self.stopped and self.dice.random() < 0.5:
            person.types("/herinneringen")
            said = "normal"
            person.presses("normal")
        else:
            person.presses(said, asked[-1])
        self.noted(person.chat, said)

    def noted(self, chat: str, said: str) -> None:
        if said == "stop_prompts":
            self.stopped[chat] = self.now
        if said in ("normal", "less"):
            self.stopped.pop(chat, None)
        if said == "less":
            self.less[chat] = self.now
        elif said in ("normal", "stop_prompts"):
            self.less.pop(chat, None)


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = World(tmp_path, seed=int(os.environ.get("SEED", "7")))  # noqa: TID251
    found.run(YEARS)
    return found


def test_a_year_of_prompts(world: World) -> None:
    store = world.karin.store
    assert len(world.sent) > 20 * YEARS
    assert not world.broken
    hours = (time(9), time(17))
    assert all(works(at.date()) and hours[0] <= at.time() < hours[1] for _, at in world.sent)
    for chat in {chat for chat, _ in world.sent}:
        own = beside([at for who, at in world.met if who == chat], less=False)
        every = [at.astimezone(UTC) for who, at in world.sent if who == chat]
        moments = [at for at in every if at not in own]
        for first, third in zip(moments, moments[OFTEN[0] :], strict=False):
            assert third - first > OFTEN[1] - timedelta(days=1), (chat, first, third)
    later = Counter(
        u.ref for p in world.people for u in p.sent if u.kind == "press" and u.text == "later"
    )
    twice = "SELECT prompt, COUNT(*) AS n FROM handed GROUP BY prompt HAVING COUNT(*) > 1"
    doubled = store.rows(twice)
    assert sum(row["n"] - 1 for row in doubled) <= sum(later.values())
    lost = store.rows(
        "SELECT * FROM prompts WHERE sent_at IS NULL AND ended_at IS NULL AND due_at < ?",
        (world.now - 2 * SELDOM[1]).astimezone(UTC).isoformat(),
    )
    assert not lost
    assert {chat for chat, _ in world.sent} >= set(world.clocks)
