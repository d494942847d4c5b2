"""The database refuses for a while, as people write and other commands run: what is lost.

python -m tests.prove_refusals

Times are SCALE times as short as in the field: the refusals, the pauses of whatever waits
for the database, the minute's round, and the rate at which a flood is forgiven.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.database.connection import open_database
from tests.crossing import Launched
from tests.faults import Here, act, room_on_disk
from tests.phones import Phone
from tests.phones_view import bubble
from tests.program import Look, hook
from tests.prove_kills import number_of, ref_of
from tests.standin import StandIn
from tests.storages import POSTGRESQL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

SCALE = 60
"""A minute takes a second."""

PEOPLE = 50
MESSAGES = {1: 4, 2: 3, 5: 2, 10: 2, 50: 1}
"""What one person sends meanwhile, and for how many of twelve people it is that."""

FAULTS = ("locked", "full", "read-only")
INTAKES = ("polling", "webhook")
LASTS = (1, 15, 120, 900)
"""Seconds of refusal, in the field."""

BESIDE = (60, 300)
"""Seconds of other commands, in the field."""

COMMANDS = (
    *(() if POSTGRESQL else (("backup",),)),  # of a file alone
    ("export", "--format", "json", "--all", "--output", "all.json"), ("doctor",),
    ("traject", "list"),
)  # fmt: skip
PATIENCE = 300.0
"""Seconds until what has not come is counted as lost; a machine may be busy."""
LEFT = (
    "SELECT CAST(id AS TEXT) FROM outbox WHERE sent_at IS NULL AND failed IS NULL "
    "UNION SELECT press FROM updates WHERE press IS NOT NULL AND answered_at IS NULL"
)


@dataclass(frozen=True)
class Case:
    """`seconds` in the field."""

    intake: str
    fault: str
    seconds: float
    people: int = PEOPLE
    beside: float = 0.0


@dataclass
class Outcome:
    """`lost`: acknowledged and not kept; `after`: seconds until all were answered."""

    case: Case
    messages: int = 0
    lost: int = 0
    unheard: int = 0
    doubled: int = 0
    commands: int = 0
    after: float = 0.0
    wrong: list[str] = field(default_factory=list)


@dataclass
class Writer:
    """Somebody who writes on, whatever comes back."""

    phone: Phone
    pick: random.Random
    texts: list[str] = field(default_factory=list)

    @property
    def chat(self) -> str:
        return str(self.phone.room.id)

    async def begins(self) -> None:
        await self.phone.starts()
        await self.phone.asked(timeout=PATIENCE)
        await act(self.phone, "agree")
        await self.phone.asked(timeout=PATIENCE)

    async def writes(self, seconds: float) -> None:
        """So many messages within that time or all at once, and then a press of what shows."""
        (count,) = self.pick.choices([*MESSAGES], [*MESSAGES.values()])
        at_once = self.pick.random() < 0.5
        for number in range(count):
            if not at_once:
                await asyncio.sleep(seconds / count * self.pick.random())
            self.texts.append(f"woord {self.chat} {number}")
            await self.phone.types(self.texts[-1])
        await self.phone.presses(key="unknown")


class Ordeal:
    """One case, from the start of the program to its end."""

    def __init__(self, folder: Path, case: Case, seed: int = 1) -> None:
        self.folder, self.case, self.outcome = folder, case, Outcome(case)
        self.pick = random.Random(seed)  # noqa: S311 - repeatable
        self.clock = asyncio.get_running_loop().time
        self.refusing = folder / "refusing"

    async def run(self) -> Outcome:
        async with StandIn() as self.standin:
            self.program = Launched(self.folder, self.standin, self.standin.token, self._settings())
            self.here = Here(self.folder, self.standin, self.program, Look(self.folder))
            async with self.program:
                await self._goes_through()
                await self._ends()
            self.here.look.close()
        return self.outcome

    def _settings(self) -> dict[str, str]:
        ours = {"SCALE": str(SCALE), "OPSCHAALGIDS_PACE": f"{30 * SCALE}/{SCALE}"}
        ours["READ_ONLY"] = str(self.refusing)
        return ours | (hook() if self.case.intake == "webhook" else {})

    async def _goes_through(self) -> None:
        numbers = range(1001, 1001 + self.case.people)
        picks = (random.Random(self.pick.random()) for _ in numbers)  # noqa: S311
        self.writers = [
            Writer(Phone(self.standin, n), p) for n, p in zip(numbers, picks, strict=True)
        ]
        await asyncio.gather(*(w.begins() for w in self.writers))
        if hooked := self.standin.world.updates.webhook:
            hooked.longest = 0.2
        beside = asyncio.create_task(self._commands())
        seconds = self.case.seconds / SCALE
        async with self._refuses():
            writing = [asyncio.create_task(w.writes(max(seconds, 0.2))) for w in self.writers]
            await asyncio.sleep(seconds)
        began = self.clock()
        await asyncio.gather(*writing)
        await self._settles()
        self.outcome.after = self.clock() - began
        await beside
        self._compares()

    def _writer(self, chat: int) -> Writer:
        return Writer(Phone(self.standin, chat), random.Random(self.pick.random()))  # noqa: S311

    # ------------------------------------------------------------ what happens

    @asynccontextmanager
    async def _refuses(self) -> AsyncIterator[None]:
        """Another program writes; or no file may grow; or no file may be written."""
        if self.case.fault == "locked":
            other = open_database(self.folder / "guide.db", self.folder / "key")
            other.conn.execute("BEGIN IMMEDIATE")
            yield
            other.conn.execute("ROLLBACK")
            other.close()
        elif self.case.fault == "full":
            room_on_disk(self.here, 4096)
            yield
            with suppress(ProcessLookupError):
                room_on_disk(self.here)
        else:
            self.refusing.touch()
            yield
            self.refusing.unlink()

    async def _commands(self) -> None:
        """One after the other, for so long; each may be refused, and says so in one sentence."""
        until_then = self.clock() + self.case.beside / SCALE
        while self.clock() < until_then:
            command = COMMANDS[self.outcome.commands % len(COMMANDS)]
            code, _, said = await self.here.runs(*command)
            self.outcome.commands += 1
            if code not in (0, 1, 75) or "Traceback" in said:
                self.outcome.wrong.append(f"{command[0]} ended with {code}: {said}")

    async def _settles(self) -> None:
        """Until nothing waits at Telegram or here; not where the program has ended."""
        updates, look = self.standin.world.updates, self.here.look

        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self.program.running.returncode is None:
                    if not (updates.waiting() or look.rows(LEFT)):
                        break
                    await asyncio.sleep(0.05)

    async def _ends(self) -> None:
        code = self.program.running.returncode
        if code is not None:
            self.outcome.wrong.append(f"it ended by itself with {code}: {self.program.said[-1]}")
        elif await self.program.stop():
            self.outcome.wrong.append("SIGTERM was no good end")
        self.outcome.wrong += [line for line in self.program.said if "Traceback" in line]
        self.outcome.wrong += [call.description for call in self.standin.refused]

    # ------------------------------------------------------------ what it came to

    def _compares(self) -> None:
        waiting = str([queued.update for queued in self.standin.world.updates.waiting()])
        for writer in self.writers:
            kept = self._kept(writer)
            lost = [t for t in writer.texts if t not in kept and f"'{t}'" not in waiting]
            self.outcome.messages += len(writer.texts)
            self.outcome.lost += len(lost)
            found = list(self._unheard(writer, kept))
            self.outcome.unheard += bool(found)
            self.outcome.wrong += found
        self.outcome.doubled = sum(1 for _ in self._doubles())
        queries = self.standin.world.queries.values()
        silent = sum(not query.answered for query in queries)
        self.outcome.wrong += [f"{silent} presses were never answered"] if silent else []

    def _kept(self, writer: Writer) -> list[str]:
        """The person's own words, in the conversation or waiting for their place in it."""
        rows = self.here.look.rows(
            "SELECT text FROM (SELECT text, CAST(message AS INTEGER) AS n FROM updates "
            "WHERE chat = ? AND text LIKE 'woord %' UNION ALL "
            "SELECT text, CAST(message AS INTEGER) AS n FROM unplaced WHERE chat = ?) AS words "
            "ORDER BY n",
            writer.chat, writer.chat,
        )  # fmt: skip
        return [row["text"] for row in rows]

    def _unheard(self, writer: Writer, kept: list[str]) -> Iterator[str]:
        """All of it kept, each answered, in order, and the phone shows where the person is."""
        if kept != writer.texts:
            yield f"{writer.chat} wrote {len(writer.texts)}, kept are {len(kept)}"
        rows = self.here.look.rows(
            "SELECT message FROM outbox WHERE chat = ? AND message IS NOT NULL ORDER BY id",
            writer.chat,
        )
        places = [row["message"] for row in rows]
        if places != sorted(places):
            yield f"{writer.chat} was answered out of order: {places}"
        messages = writer.phone.room.messages.values()
        answers = sum(not message.mine for message in messages)
        if answers < len(writer.texts):
            yield f"{writer.chat} wrote {len(writer.texts)} and heard {answers}"
        asking = [bubble(message) for message in messages if message.buttons]
        newest = max(asking, key=number_of)
        if ref_of(newest) != self.here.look.shown(writer.chat):
            yield f"{writer.chat} sees another question than the database says"

    def _doubles(self) -> Iterator[Any]:
        """A message with buttons that was sent twice."""
        seen = set()
        for call in self.standin.called("sendMessage"):
            buttons = call.params.get("reply_markup", {}).get("inline_keyboard", [])
            said = (call.chat, *(one["callback_data"] for row in buttons[:1] for one in row))
            if buttons and said in seen:
                yield said
            seen.add(said)


async def ordeal(case: Case, seed: int = 1) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        return await Ordeal(Path(folder), case, seed).run()


def cases() -> Iterator[Case]:
    """Every fault, for every time, by both intakes."""
    pick = random.Random(1)  # noqa: S311 - repeatable
    for intake in INTAKES:
        for fault in FAULTS:
            for seconds in LASTS:
                yield Case(intake, fault, seconds, beside=pick.randint(*BESIDE))


async def campaign() -> list[Outcome]:
    return [await ordeal(case, seed) for seed, case in enumerate(cases())]


def table(outcomes: list[Outcome]) -> str:
    """Markdown: a line for each intake and fault, over all its times."""
    names = ("intake", "database", "refused for (s)", "messages", "commands beside",
             "acknowledged and not kept", "not answered in order", "doubled",
             "all answered after (s)")  # fmt: skip
    lines = [f"| {' | '.join(names)} |", "|:--|:--|--:|--:|--:|--:|--:|--:|--:|"]
    for one in outcomes:
        case = one.case
        cells = (case.intake, case.fault, f"{case.seconds:g}", one.messages, one.commands,
                 one.lost, one.unheard, one.doubled, f"{one.after:.1f}")  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    total = (sum(getattr(one, name) for one in outcomes)
             for name in ("messages", "commands", "lost", "unheard", "doubled"))  # fmt: skip
    lines.append(f"| **all** | | | {' | '.join(map(str, total))} | |")
    return "\n".join([*lines, ""])


def wrong(outcomes: list[Outcome]) -> list[str]:
    """What was not as it should be, with its case."""
    return [
        f"{one.case.intake}, {one.case.fault}, {one.case.seconds:g} s: {line}"
        for one in outcomes
        for line in [*one.wrong, *([f"lost {one.lost}"] if one.lost else []),
                     *([f"doubled {one.doubled}"] if one.doubled else [])]
    ]  # fmt: skip


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    outcomes = asyncio.run(campaign())
    sys.stdout.write(table(outcomes))
    found = wrong(outcomes)
    sys.stderr.writelines(f"{line}\n" for line in found)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
