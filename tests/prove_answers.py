"""Answers of the Bot API that are none, by the thousand: what is lost, doubled, or ends it.

python -m tests.prove_answers --answers 10000
"""

from __future__ import annotations

import argparse
import asyncio
import random
import socket
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bending import Bender
from tests.phones import Group, Phone
from tests.program import Look, Program
from tests.prove_kills import (
    ACTS,
    PATIENCE,
    Answerer,
    calls,
    doubles,
    exports,
    history,
    missing,
    place,
)
from tests.standin import StandIn
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import Iterator

WAYS = ("polling", "webhook")
GROUP, ERASER, DRAWER = -1009001, 9001, 9002
DRAWN = "Samen tekenen"
"""The pilot of which a card is asked for; it is not walked any further."""
LEFT = (
    "SELECT CAST(id AS TEXT) FROM outbox WHERE sent_at IS NULL AND failed IS NULL "
    "UNION SELECT press FROM updates WHERE press IS NOT NULL AND answered_at IS NULL"
)
LAST = 6
"""People whose answer is on its way when the line becomes well: not so many that pace counts."""
RECOVERS = 1.0
"""Seconds until everything is said, once the line is well."""


@dataclass
class Tally:
    """What came of it. `recovered`: seconds, the longest of the rounds."""

    way: str
    rounds: int = 0
    bent: Counter[str] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    lost: int = 0
    repeated: int = 0
    doubled: int = 0
    recovered: float = 0.0
    wrong: list[str] = field(default_factory=list)


def name_of(canvas: Any) -> str:
    return str(canvas["answers"].get("pilot.name", {}).get("value", ""))


def hook() -> dict[str, str]:
    """Settings for a webhook on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    said = {"URL": f"http://{host}/hook", "SECRET": "a-secret-of-more-than-16-characters"}
    ours = {f"OPSCHAALGIDS_WEBHOOK_{name}": value for name, value in said.items()}
    return {"OPSCHAALGIDS_LISTEN": host, **ours}


@dataclass(frozen=True)
class Size:
    """Of one round: so many people with so many turns each, and restarts meanwhile."""

    people: int
    turns: int
    restarts: int


LONG, SHORT = Size(40, ACTS, 2), Size(8, 4, 1)


class Round:
    """People, a group, and somebody who erases everything, while answers are bent."""

    def __init__(self, folder: Path, standin: StandIn, way: str, seed: int, size: Size) -> None:
        self.folder, self.standin, self.seed, self.size = folder, standin, seed, size
        self.bender = standin.bends = Bender(seed)
        settings = hook() if way == "webhook" else {}
        self.program = Program(folder, standin, standin.token, settings)
        self.clock = asyncio.get_running_loop().time
        pick = random.Random(seed)  # noqa: S311 - repeatable
        self.people = [self._person(1001 + n, pick) for n in range(size.people)]
        self.group = Group(standin, GROUP)
        self.wrong: list[str] = []
        self.exported: list[Any] = []
        self.recovered = 0.0

    def _person(self, chat: int, pick: random.Random) -> Answerer:
        own = random.Random(pick.random())  # noqa: S311 - repeatable
        return Answerer(Phone(self.standin, chat), own, [], turns=self.size.turns)

    async def run(self) -> None:
        await self._starts()
        doing = {p.chat: p.answers() for p in self.people}
        doing |= {"group": self._leaves(), "eraser": self._erases(), "start": self._restarts()}
        came = await asyncio.gather(*doing.values(), return_exceptions=True)
        for who, trouble in zip(doing, came, strict=True):
            self.wrong += [f"{who} waited in vain: {trouble!r}"] if trouble else []
        try:
            await self._draws()
            await self._recovers()
        except TimeoutError:
            self.wrong.append(f"waited in vain: {self._state()}")
        self.exported = await self.program.canvases()
        if code := await self.program.stop():
            self.wrong.append(f"SIGTERM was no good end: {code}")

    def _state(self) -> str:
        """For who looks for the cause."""
        look = Look(self.folder)
        left = [*look.rows(LEFT), *look.rows("SELECT id, error FROM aside")]
        look.close()
        seen = self.people[0].phone.screen()[-500:]
        return f"{left} {self.program.said[-5:]} {self.program.running.returncode} {seen}"

    async def _starts(self) -> None:
        await self.program.launch()
        async with asyncio.timeout(PATIENCE):
            await self.program.ready.wait()

    async def _restarts(self) -> None:
        """So that what is called at a start is bent more than once."""
        for _ in range(self.size.restarts):
            await asyncio.sleep(1.5)
            if code := await self.program.stop():
                self.wrong.append(f"it ended with {code}")
            await self._starts()

    async def _leaves(self) -> None:
        await self.group.adds_bot(self.people[0].phone)
        await until(lambda: bool(self.group.room.shut), PATIENCE)

    async def _erases(self) -> None:
        phone = Phone(self.standin, ERASER)
        await phone.starts()
        for said in ("akkoord", "Samen eten", "/vergeet"):
            await phone.asked(timeout=PATIENCE)
            await phone.types(said)
        await until(lambda: "Ja, wis het" in dict(phone.buttons), PATIENCE)
        await phone.presses(label="Ja, wis het")
        await until(lambda: bool(self.standin.called("deleteMessages")), PATIENCE)

    async def _draws(self) -> None:
        """Somebody asks for a picture and a file."""
        phone = Phone(self.standin, DRAWER)
        await phone.starts()
        for said in ("akkoord", DRAWN, "/document card"):
            await phone.asked(timeout=PATIENCE)
            await phone.types(said)
        # Who makes it is asked first, once.
        await until(lambda: "Wie maakt dit?" in phone.screen(80), PATIENCE)
        await phone.presses(label="Overslaan")
        for form, method in (("card", "sendPhoto"), ("markdown", "sendDocument")):
            await phone.types(f"/document {form}")
            await until(lambda method=method: bool(self.standin.called(method)), PATIENCE)  # type: ignore[misc]

    async def _recovers(self) -> None:
        """Some do one thing more, and nothing comes through; then the line is well."""
        self.bender.share = 1
        for person in self.people[:LAST]:
            shown = person.newest()
            assert shown, f"{person.chat} sees no question"
            await person._answers(shown, f"pilot {person.chat}-last")  # noqa: SLF001
        await asyncio.sleep(1)
        self.bender.on, began = False, self.clock()
        look = Look(self.folder)
        pending = self.standin.world.updates
        await until(lambda: not pending.waiting() and not look.rows(LEFT), PATIENCE)
        self.recovered = self.clock() - began
        look.close()

    def problems(self) -> Iterator[str]:
        """What a bad line must not do."""
        yield from self.wrong
        yield from calls(self.standin)
        # Who waited in vain may not have come to the name.
        walked = [c for c in self.exported if name_of(c) != DRAWN]
        yield from exports(self.people, walked)
        for line in self.program.said:
            if "Traceback" in line or "pilot 1" in line or self.standin.token in line:
                yield f"it said {line}"
        for chat, count in Counter(chat for chat, _ in doubles(self.standin)).items():
            if count > self.bender.after[chat]:
                yield f"{chat} heard {count} twice, by {self.bender.after[chat]} faults"


async def campaign(way: str, answers: int, seed: int = 1, size: Size = LONG) -> Tally:
    """Rounds until so many answers were bent."""
    tally = Tally(way)
    while tally.bent.total() < answers and not tally.wrong:
        with tempfile.TemporaryDirectory() as folder:
            async with StandIn() as standin:
                found = Round(Path(folder), standin, way, seed + tally.rounds, size)
                await found.run()
            _adds(tally, found)
    return tally


def _adds(tally: Tally, found: Round) -> None:
    look = Look(found.folder)
    wrong = list(found.problems())
    for person in found.people:
        given = [(look.asked(person.chat, act.ref), act.value) for act in person.acts]
        kept = history(look, person.chat)
        lost, again = missing(given, kept), missing(kept, given)
        tally.answers, tally.lost = tally.answers + len(given), tally.lost + len(lost)
        tally.repeated += len(again)
        if given != kept:
            wrong.append(f"{person.chat} answered {given}, kept is {kept}")
        wrong += place(look, person)
    look.close()
    tally.rounds += 1
    tally.bent += found.bender.bent
    tally.methods += found.bender.methods
    tally.doubled += len(list(doubles(found.standin)))
    tally.recovered = max(tally.recovered, found.recovered)
    tally.wrong += [f"seed {found.seed}, {tally.way}: {one}" for one in wrong]


def table(tallies: list[Tally]) -> str:
    """Markdown."""
    lines = [
        "| intake | answers bent | methods | given | lost | repeated | doubled | well in (s) |",
        "|:--|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for t in tallies:
        cells = (
            t.way, t.bent.total(), len(t.methods), t.answers, t.lost, t.repeated, t.doubled,
            f"{t.recovered:.2f}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join([*lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    half = options.answers // 2
    tallies = [asyncio.run(campaign(way, half, options.seed)) for way in WAYS]
    sys.stdout.write(table(tallies))
    sys.stderr.writelines(f"{line}\n" for tally in tallies for line in tally.wrong)
    slow = [tally for tally in tallies if tally.recovered > RECOVERS]
    sys.exit(bool(slow or any(tally.wrong for tally in tallies)))


if __name__ == "__main__":
    main()
