"""Kills the program while people answer, burns its disk, and puts back the newest copy.

python -m tests.prove_burns --burns 200

Copies are made every two seconds here, the shortest pause that can be set, so that two hundred
burns take minutes and not hours; `--real` more of them at the real minute. Of each burn, what
was in the database when the program died is held against what is back: exactly what came
since the newest copy began may be gone, and of whom something is gone is told from when.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clock import now
from storage.backups import copies
from storage.database.connection import open_database
from storage.database.rows import Rows
from tests.faults import ZONE
from tests.phones import Phone
from tests.program import INSTALLED, Program
from tests.prove_kills import Answerer, number_of
from tests.standin import StandIn
from tests.walkers import until

if TYPE_CHECKING:
    from storage.backups.copies import Manifest

PEOPLE = 6
ROUND = 25
"""Burns of one folder, each after the restore of the one before."""
BESIDE = 3
"""Rounds at the same time: most of it waits."""
SHORT, MINUTE = 2, 60
"""Seconds from one copy to the next."""
LIFE = {SHORT: 6.0, MINUTE: 120.0}
"""Seconds of the longest life before a death."""
PAUSE = {SHORT: 0.5, MINUTE: 4.0}
STIR, STUCK = 0.2, 2.0
"""Seconds that somebody thinks at most, looks, and waits in vain."""
WORDS = ("start", "nieuw")
PATIENCE = 90.0
SLACK = 1.0
"""Seconds between what the program does and what is seen of it."""
AWAY = "Ik was een tijd niet bereikbaar."

COLUMNS = (
    "a copy every", "burns", "answers held", "gone", "longest gone (s)", "median (s)",
    "slowest copy (s)", "restores proved", "people told", "of whom lost something",
    "slowest restore (s)",
)  # fmt: skip

ANSWERS = """SELECT p.chat, a.canvas, a.id, a.question, a.value, a.at FROM answers a
    JOIN canvases c ON c.id = a.canvas JOIN people p ON p.id = c.person"""
BUSY = "SELECT chat FROM people WHERE agreed_at IS NOT NULL"
"""All of them were there within a day."""


@dataclass
class Burn:
    """`seconds` from the oldest answer that is gone to the death, 0 where none is.

    `pause`: from the newest copy to the next, more than asked where one takes longer; `own`:
    how long the newest took, or the one that the death cut off so far; `told`: people, of
    whom `gone` lost something.
    """

    at: datetime
    every: int
    copies: int = 0
    answers: int = 0
    lost: int = 0
    seconds: float = 0.0
    pause: float = 0.0
    own: float = 0.0
    restore: float = 0.0
    told: int = 0
    gone: int = 0
    proved: bool = False


@dataclass
class Talker(Answerer):
    """Somebody who answers on and on, until it is `over`, or begins anew."""

    over: bool = False
    pause: float = PAUSE[SHORT]

    async def talks(self) -> None:
        await self.phone.starts()
        last, waited = -1, 0.0
        while not self.over:
            shown = self.newest()
            if shown and number_of(shown) > last:
                last, waited = number_of(shown), 0.0
                await asyncio.sleep(self.pick.random() * self.pause)
                with suppress(AssertionError):  # another question took its place meanwhile
                    await self._answers(shown, f"pilot {self.chat}-{last}")
            elif waited > STUCK:
                waited = 0.0
                await self.phone.types(self.pick.choice(WORDS))
            else:
                await self.phone.room.stirs(STIR)
                waited += STIR


@dataclass
class Fire:
    """One folder, burnt again and again; the key and the copies are elsewhere."""

    folder: Path
    standin: StandIn
    pick: random.Random
    every: int
    burns: list[Burn] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    since: datetime | None = None

    def __post_init__(self) -> None:
        self.disk, self.to, self.key = (self.folder / n for n in ("disk", "copies", "keys/key"))
        for each in (self.disk, self.to):
            each.mkdir(mode=0o700)
        settings = {
            "OPSCHAALGIDS_KEY_FILE": str(self.key), "OPSCHAALGIDS_COPIES_TO": str(self.to),
            "OPSCHAALGIDS_COPIES_EVERY": str(self.every),
        }  # fmt: skip
        self.program = Program(self.disk, self.standin, self.standin.token, settings)
        self.people = [
            Talker(Phone(self.standin, 1001 + n), random.Random(self.pick.random()), [])  # noqa: S311
            for n in range(PEOPLE)
        ]
        for person in self.people:
            person.pause = PAUSE[self.every]
        self.heard = {person.chat: 0 for person in self.people}

    async def run(self, burns: int) -> None:
        await self._starts()
        talking = [asyncio.create_task(person.talks()) for person in self.people]
        try:
            await until(lambda: len(self._rows(BUSY)) == PEOPLE, PATIENCE)
            await self._copied()
            for _ in range(burns):
                await asyncio.sleep(self.pick.uniform(0, LIFE[self.every]))
                await self._burns()
            await self._nobody_twice()
        finally:
            for person in self.people:
                person.over = True
            ended = await asyncio.gather(*talking, return_exceptions=True)
            self.wrong += [repr(error) for error in ended if error]
            await self.program.kill()

    async def _starts(self) -> None:
        await self.program.start()
        self.ready = now(ZONE)

    async def _copied(self) -> None:
        """Until everybody who began is in a copy: nobody can be told who is in none."""
        at = now(ZONE)
        await until(lambda: any(m.as_of > at for _, m in copies.in_order(self.to)), PATIENCE)

    async def _burns(self) -> None:
        await self._nobody_twice()
        found = Burn(now(ZONE), self.every)
        self._machine_dies()
        await self.program.ends()
        before = self._rows(ANSWERS)
        made = copies.in_order(self.to)
        shutil.rmtree(self.disk)
        self.disk.mkdir()
        found.copies, found.answers = len(made), len(before)
        own, found.pause = own_time(*made[-1]), self._pause(*made[-1])
        found.own = max(own, self._under_way(found.at, *made[-1]))
        await self._restores(found)
        after = self._rows(ANSWERS)
        self._compares(found, before, after)
        asked = {row["chat"] for row in self._rows(BUSY)}
        self.heard = {person.chat: len(person.phone.room.messages) for person in self.people}
        await self._starts()
        await self._tells(found, lost_by(before, after), asked)
        self.burns.append(found)
        said = f"{found.seconds:.2f} s gone, slowest copy {found.own:.2f} s"
        sys.stderr.write(f"{now(ZONE):%H:%M:%S} {said}\n")

    def _machine_dies(self) -> None:
        """The program and what copies for it, or that finds out by itself that it is alone."""
        pid = self.program.running.pid
        theirs = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        os.kill(pid, signal.SIGKILL)
        if self.pick.random() < 0.5:
            for child in theirs:
                with suppress(ProcessLookupError):
                    os.kill(int(child), signal.SIGKILL)

    def _pause(self, path: Path, manifest: Manifest) -> float:
        """Seconds to the next copy: none begins while one is made."""
        return max(self.every, own_time(path, manifest) + self.every / 10)

    def _under_way(self, death: datetime, path: Path, manifest: Manifest) -> float:
        """Seconds that the copy had taken so far which the death cut off; 0 where none was due."""
        due = manifest.as_of + timedelta(seconds=self._pause(path, manifest))
        began = due if manifest.as_of > self.ready else self.ready
        return max(0.0, (death - began).total_seconds())

    async def _restores(self, found: Burn) -> None:
        began = asyncio.get_running_loop().time()
        process = await asyncio.create_subprocess_exec(
            INSTALLED, "restore", env=self.program.environment(), cwd=self.folder,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = (said.decode() for said in await process.communicate())
        found.restore = asyncio.get_running_loop().time() - began
        if process.returncode or err:
            self.wrong.append(f"restore said {process.returncode}: {out}{err}")
        said = re.search(r"since (\d{4}-\d\d-\d\d \d\d:\d\d) may be missing", out)
        minute = datetime.fromisoformat(said[1]) if said else None
        self.since = minute and minute.replace(tzinfo=found.at.tzinfo)
        with open_reading(self.disk / "guide.db", self.key) as db:
            found.proved = copies.problems(db.conn) == []

    def _compares(self, found: Burn, before: list[Any], after: list[Any]) -> None:
        left = {key_of(row) for row in after}
        if left - {key_of(row) for row in before}:
            self.wrong.append("something is back that was never there")
        lost = [row for row in before if key_of(row) not in left]
        found.lost = len(lost)
        if lost:
            oldest = min(datetime.fromisoformat(row["at"]) for row in lost)
            found.seconds = (found.at - oldest).total_seconds()
            if self.since is None or self.since > oldest:
                self.wrong.append(f"since {self.since}, but {oldest} is lost")

    async def _tells(self, found: Burn, lost: set[str], asked: set[str]) -> None:
        """Who was there lately hears it, and whoever lost something is among them."""
        found.gone = len(lost)
        for chat in lost - asked:
            self.wrong.append(f"{chat} lost something and is not to be told")
        with suppress(TimeoutError, AssertionError):
            await until(lambda: {c for c in asked if self._told(c)} == asked, PATIENCE)
        for person in self.people:
            told = self._told(person.chat)
            found.told += len(told)
            if (len(told) == 1) != (person.chat in asked):
                self.wrong.append(f"{person.chat} was told {len(told)} times: {self._trouble()}")
            self.wrong += [text for text in told if not self._right(text)]

    def _trouble(self) -> list[str]:
        """What this life said but that it was ready: a send that was cut off is made again."""
        last = len(self.program.said) - 1 - self.program.said[::-1].index("ready")
        return self.program.said[last + 1 :]

    async def _nobody_twice(self) -> None:
        for person in self.people:
            if self.since and len(self._told(person.chat)) > 1:
                self.wrong.append(f"{person.chat} was told twice")

    def _told(self, chat: str) -> list[str]:
        (phone,) = (p.phone for p in self.people if p.chat == chat)
        return [b.text for b in phone.view[self.heard[chat] :] if b.text.startswith(AWAY)]

    def _right(self, text: str) -> bool:
        """From the minute that restore said."""
        return self.since is not None and f", {self.since:%H:%M} stuurde" in text

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        with open_reading(self.disk / "guide.db", self.key) as db:
            return Rows(db).rows(sql)


class open_reading:  # noqa: N801 - used as a function
    """A database, for one look."""

    def __init__(self, database: Path, key: Path) -> None:
        self.db = open_database(database, key)

    def __enter__(self) -> Any:
        return self.db

    def __exit__(self, *_: object) -> None:
        self.db.close()


def key_of(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row.values())


def lost_by(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> set[str]:
    """Whose chats."""
    left = {key_of(row) for row in after}
    return {row["chat"] for row in before if key_of(row) not in left}


def own_time(path: Path, manifest: Manifest) -> float:
    """Seconds from when a copy began until it was proved and had its name."""
    began = datetime.fromisoformat(manifest.made_at).timestamp()
    return path.stat().st_ctime - began


# ---------------------------------------------------------------- what it came to


@dataclass
class Campaign:
    burns: list[Burn] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    async def run(self, burns: int, every: int, of_one: int = ROUND, seed: int = 1) -> Campaign:
        """So many burns, by rounds beside each other."""
        pick = random.Random(seed)  # noqa: S311 - repeatable
        sizes = [min(of_one, burns - begun) for begun in range(0, burns, of_one)]
        turns = asyncio.Semaphore(BESIDE if every == SHORT else len(sizes) or 1)
        await asyncio.gather(*(self._round(n, every, pick.random(), turns) for n in sizes))
        self.wrong += over(self.burns)
        return self

    async def _round(self, burns: int, every: int, seed: float, turns: asyncio.Semaphore) -> None:
        async with turns, StandIn() as standin:
            with tempfile.TemporaryDirectory() as folder:
                fire = Fire(Path(folder), standin, random.Random(seed), every)  # noqa: S311
                try:
                    await fire.run(burns)
                except (AssertionError, TimeoutError) as error:
                    self.wrong.append(f"{error!r}: {fire.program.said[-3:]}")
                self.burns += fire.burns
                self.wrong += [*fire.wrong, *map(str, standin.refused)]


def over(burns: list[Burn]) -> list[str]:
    """Those of which more is gone than the pause and the copy's own time."""
    late = [
        f"{b.seconds:.2f} s gone, more than {b.pause:.2f} s and {b.own:.2f} s"
        for b in burns if b.seconds > b.pause + b.own + SLACK
    ]  # fmt: skip
    return late + [f"not proved: {b.at}" for b in burns if not b.proved]


def table(burns: list[Burn]) -> str:
    """Markdown."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{'--:|' * len(COLUMNS)}"]
    for every in sorted({burn.every for burn in burns}):
        these = [burn for burn in burns if burn.every == every]
        losses = sorted(burn.seconds for burn in these)
        cells: list[Any] = [
            f"{every} s", len(these), sum(b.answers for b in these), sum(b.lost for b in these),
            f"{losses[-1]:.2f}", f"{losses[len(losses) // 2]:.2f}",
            f"{max(b.own for b in these):.2f}", sum(b.proved for b in these),
            sum(b.told for b in these), sum(b.gone for b in these),
            f"{max(b.restore for b in these):.2f}",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join([*lines, ""])


async def campaign(burns: int, real: int) -> Campaign:
    """The real minute after the others, all of it at once."""
    short = await Campaign().run(burns, SHORT)
    long = await Campaign().run(real, MINUTE, 1, seed=2)
    return Campaign([*short.burns, *long.burns], [*short.wrong, *long.wrong])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--burns", type=int, default=200)
    parser.add_argument("--real", type=int, default=5, help="at the real minute")
    options = parser.parse_args()
    found = asyncio.run(campaign(options.burns, options.real))
    sys.stdout.write(table(found.burns))
    sys.stderr.writelines(f"{line}\n" for line in found.wrong)
    sys.exit(bool(found.wrong))


if __name__ == "__main__":
    main()
