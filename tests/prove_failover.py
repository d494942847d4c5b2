"""Lets servers, programs and networks die while people answer, and looks what was lost.

python -m tests.prove_failover --deaths 64

Two programs over two PostgreSQL, of which one follows the other in step. Then the same where it
follows at a distance: there answers must be lost, or this could not see it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.database.place import Server
from tests import later
from tests.failing import ASSUMED, BEHIND, CUT, KINDS, House
from tests.networks import network
from tests.patient import Caller, Typist
from tests.postgres import LACKS, tool
from tests.program import Look
from tests.prove_kills import calls, doubles, history, missing, place
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.networks import Network

    Somebody = Caller | Typist

TYPISTS, CALLERS = 12, 8
"""People who answer at the same time, on Telegram and on the web."""
CONTROL = 4
CALM = 1.0  # seconds between all being well and the next death
LEFT = 20.0  # seconds that somebody may wait for the end
MOST = 10.0  # seconds of silence, beside what is assumed, that 95 of 100 deaths may bring
HEADS = ("dies", "deaths", "lost", "repeated", "doubled messages", "stuck", "silence p50 (s)",
         "p95", "max", "of it assumed")  # fmt: skip
UNSAID = "SELECT chat, id FROM outbox WHERE sent_at IS NULL AND failed IS NULL"


@dataclass
class Tally:
    """What deaths of one kind came to. `silence`: of each, the longest that anybody waited."""

    lost: int = 0
    repeated: int = 0
    doubled: int = 0
    stuck: int = 0
    silence: list[float] = field(default_factory=list)

    def of(self, share: float) -> float:
        found = sorted(self.silence)
        return found[min(len(found) - 1, int(share * len(found)))] if found else 0.0


@dataclass
class Failover:
    """`kinds`: what dies, in this order. `synchronous`: see nodes.py."""

    kinds: list[str]
    net: Network
    seed: int = 1
    synchronous: bool = True
    people: list[Somebody] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    deaths: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pick = random.Random(self.seed)  # noqa: S311 - repeatable
        self.tallies = {kind: Tally() for kind in dict.fromkeys(self.kinds)}
        self.answers, self.seconds = 0, 0.0

    async def run(self) -> Failover:
        clock = asyncio.get_running_loop().time
        began = clock()
        with tempfile.TemporaryDirectory() as folder:
            async with House(Path(folder), self.net, synchronous=self.synchronous) as house:
                self.deaths, self.ending = house.deaths, False
                inside = [asyncio.create_task(self._comes_in(house, n + 1)) for n in range(TYPISTS)]
                inside += [asyncio.create_task(self._comes_in(house, -n)) for n in range(CALLERS)]
                for kind in self.kinds:
                    await asyncio.sleep(CALM + self.pick.random())
                    await house.dies(kind)
                await self._ends(inside)
                self.seconds = clock() - began
                await self._looks(house)
                self.wrong += await house.ends() if self.synchronous else []
        return self

    async def _comes_in(self, house: House, seat: int) -> None:
        """One after another, as long as there are deaths: `seat` 0 and below are on the web."""
        while not self.ending:
            number = len(self.people) + 1
            pick = random.Random(self.pick.random())  # noqa: S311 - repeatable
            one: Somebody = (
                Typist.at(house.standin, 1000 + number, pick, self.deaths)
                if seat > 0 else Caller.at(house.site, number, pick, self.deaths)
            )  # fmt: skip
            self.people.append(one)
            try:
                await one.answers()
            except asyncio.CancelledError:
                one.stuck = "never heard anything more"
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, they are stuck
                one.stuck = repr(error)

    async def _ends(self, inside: list[asyncio.Task[None]]) -> None:
        self.ending = True
        _, left = await asyncio.wait(inside, timeout=LEFT + 2 * max(p.longest for p in self.people))
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _looks(self, house: House) -> None:
        """At all that was kept, beside all that was answered."""
        later.add(house.release)
        look = Look(house.folder, place=Server(house.servers.url()))
        if self.synchronous:
            await until(lambda: not look.rows(UNSAID), LEFT)
        for person in self.people:
            self._compares(look, person)
        self._silence()
        doubled: Counter[tuple[str, int]] = Counter()
        for chat, at in doubles(house.standin):
            before = sum(death.at < at for death in self.deaths)
            self._tally(before - 1).doubled += 1
            doubled[chat, before] += 1
        look.close()
        if self.synchronous:
            self.wrong += [f"doubled {n} times in {key}" for key, n in doubled.items() if n > 1]
            self.wrong += calls(house.standin)

    def _compares(self, look: Look, person: Somebody) -> None:
        given = [(look.asked(person.chat, act.ref), act.value) for act in person.acts]
        kept = history(look, person.chat)
        at = {key: act.deaths for (key, _), act in zip(given, person.acts, strict=True)}
        self.answers += len(given)
        for key, _ in missing(given, kept):
            self._tally(at[key]).lost += 1
        for key, _ in missing(kept, given):
            self._tally(at.get(key, -1)).repeated += 1
        if person.stuck:
            self._tally(person.acts[-1].deaths if person.acts else -1).stuck += 1
        if not self.synchronous:
            return
        if given != kept:
            self.wrong.append(f"{person.chat} answered {given}, kept is {kept}")
        if person.stuck:
            self.wrong.append(f"{person.chat} is stuck: {person.stuck}")
        else:
            self.wrong += [*place(look, person), *person.complains()]

    def _tally(self, death: int) -> Tally:
        return self.tallies[self.deaths[max(0, min(death, len(self.deaths) - 1))].point]

    def _silence(self) -> None:
        """The longest wait of anybody who waited when it died, or acted before the next death."""
        for n, death in enumerate(self.deaths):
            over = self.deaths[n + 1].at if n + 1 < len(self.deaths) else float("inf")
            waits = [w for person in self.people for w in person.waits]
            felt = [min(until, over) - max(began, death.at) for began, until in waits
                    if until > death.at and began < over]  # fmt: skip
            self.tallies[death.point].silence.append(max(felt, default=0.0))

    def slow(self) -> Iterator[str]:
        for kind, tally in self.tallies.items():
            if tally.of(0.95) - ASSUMED[kind] > MOST:
                yield f"{kind}: silence of {tally.of(0.95):.1f} s"


def table(found: Failover) -> str:
    """Markdown."""
    lines = [f"| {' | '.join(HEADS)} |", f"|:--|{'--:|' * (len(HEADS) - 1)}"]
    for kind, one in found.tallies.items():
        silence = (f"{one.of(share):.1f}" for share in (0.5, 0.95, 1))
        cells = (kind, len(one.silence), one.lost, one.repeated, one.doubled, one.stuck, *silence,
                 f"{ASSUMED[kind]:g}")  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    people = Counter(type(one).__name__ for one in found.people)
    load, _, _ = os.getloadavg()
    said = (
        f"{len(found.deaths)} deaths in {found.seconds:.0f} s, among {people['Typist']} people on "
        f"Telegram and {people['Caller']} on the web, {TYPISTS} and {CALLERS} at a time, who "
        f"gave {found.answers} answers; load at the end {load:.1f} on {os.cpu_count()} cores"
    )
    lines += ["", said, ""]
    return "\n".join(lines)


def deck(deaths: int, seed: int) -> list[str]:
    """Each kind as often, in any order."""
    pick = random.Random(seed)  # noqa: S311 - repeatable
    found = [kind for n in range(deaths) for kind in [KINDS[n % len(KINDS)]]]
    pick.shuffle(found)
    return found


def judged(found: Failover, control: Failover) -> list[str]:
    """What is not as it must be."""
    wrong = [*found.wrong, *found.slow()]
    if not sum(tally.lost for tally in control.tallies.values()):
        wrong.append("the control lost nothing, so the campaign would not see a loss")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deaths", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=KINDS)
    options = parser.parse_args()
    if tool("initdb") is None:
        sys.exit(f"skipped: {LACKS}")
    kinds = [options.only] * options.deaths if options.only else deck(options.deaths, options.seed)
    with network(2) as net:
        cut = "links of network namespaces" if net.machines[0].link else "wires that go dead"
        found = asyncio.run(Failover(kinds, net, options.seed).run())
        sys.stdout.write(f"synchronous; {CUT} by {cut}\n\n{table(found)}\n")
        sys.stdout.flush()
        control = Failover([BEHIND] * CONTROL, net, options.seed, synchronous=False)
        asyncio.run(control.run())
        sys.stdout.write(f"control: asynchronous, so answers must be lost\n\n{table(control)}\n")
    wrong = judged(found, control)
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
