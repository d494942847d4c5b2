"""Runs the proofs and writes docs/reliability.md: `python -m tests.reliability`."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from bot.clock import now
from tests import prove_answers, prove_kills, prove_refusals, prove_storm
from tests.docs import DOCS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BESIDE = 3
"""Parts that run at the same time."""

Made = tuple[str, list[str]]
"""A part of the page, and what was not as it should be."""

PLAYED = "faults_disk faults_damage faults copies watching line reach pace"
FAULTS = [Path(__file__).parent / f"test_{name}.py" for name in PLAYED.split()]


def faults() -> str:
    """Each fault that the tests play, and whether all was as expected."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-n",
            "2",
            f"--junitxml={report}",
            *map(str, FAULTS),
        ]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 - pytest's own
    tried, outcomes = Counter(map(name, cases)), Counter((name(c), outcome(c)) for c in cases)
    lines = ["| what happened | tried | as expected | skipped |", "|:--|--:|--:|--:|"]
    for key, count in sorted(tried.items()):
        well, skipped = outcomes[key, "passed"], outcomes[key, "skipped"]
        lines.append(f"| {key.replace('_', ' ')} | {count} | {well} | {skipped} |")
    return "\n".join([*lines, ""])


def name(case: ET.Element) -> str:
    return case.attrib["name"].removeprefix("test_").partition("[")[0]


def outcome(case: ET.Element) -> str:
    return next((child.tag for child in case if child.tag != "properties"), "passed")


def page(options: argparse.Namespace) -> str:
    """Runs everything, several parts beside each other, since most of it waits; minutes."""
    with ProcessPoolExecutor(BESIDE, get_context("spawn")) as pool:
        running = {name: pool.submit(part, options) for name, part in PARTS.items()}
        made = {name: each.result() for name, each in running.items()}
    wrong = [line for _, lines in made.values() for line in lines]
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    said = {name: text for name, (text, _) in made.items()}
    return TEMPLATE.format(
        said=" ".join(f"--{key} {value}" for key, value in vars(options).items()),
        at=f"{now('Europe/Amsterdam'):%d-%m-%Y}", cores=os.cpu_count(),
        system=f"{platform.system()} {platform.machine()}", python=platform.python_version(),
        people=prove_kills.PEOPLE, writers=prove_refusals.PEOPLE, scale=prove_refusals.SCALE,
        faults=faults(), wrong=len(wrong), beside=BESIDE, **said,
    )  # fmt: skip


def killed(intake: str, options: argparse.Namespace) -> Made:
    found = asyncio.run(prove_kills.Campaign(options.kills, intake).run())
    return by_intake(found), list(found.wrong)


def refused(_: argparse.Namespace) -> Made:
    found = asyncio.run(prove_refusals.campaign())
    return prove_refusals.table(found), list(prove_refusals.wrong(found))


def bent(way: str, options: argparse.Namespace) -> Made:
    found = asyncio.run(prove_answers.campaign(way, options.answers // 2))
    return prove_answers.table([found]), list(found.wrong)


def storm(options: argparse.Namespace) -> Made:
    found = asyncio.run(prove_storm.storm(options.messages, options.chats))
    return prove_storm.storm_table(found), list(found.wrong)


def pace(options: argparse.Namespace) -> Made:
    found = asyncio.run(prove_storm.broadcast(options.broadcast, options.to))
    return prove_storm.broadcast_table(found), list(found.wrong)


PARTS: Mapping[str, Callable[[argparse.Namespace], Made]] = {
    **{f"killed_{intake}": partial(killed, intake) for intake in prove_kills.DECKS},
    "refused": refused,
    **{f"bent_{way}": partial(bent, way) for way in prove_answers.WAYS},
    "storm": storm,
    "pace": pace,
}


def by_intake(kills: prove_kills.Campaign) -> str:
    return (
        f"By {kills.intake}: {kills.answers} different answers and {kills.presses} presses in "
        f"{kills.rounds} rounds.\n\n{prove_kills.table(kills)}"
    )


TEMPLATE = """\
# What was tried, and what came of it

Written by `python -m tests.reliability {said}` on {at}; {cores} cores, {system}, Python {python}.
{beside} of its parts ran at the same time. Things that were not as they should be: {wrong}.

## Kills

The real program against the Bot API's stand-in, {people} people answering at once, in rounds
that each have a new database; fetching its updates, with Telegram posting them, and on the web,
where half of those who got no answer sent their form again and the others opened the page anew.
Killed with SIGKILL at these points (`tests/crossing.py`), started again, and afterwards compared:
every answer in the database and in the export with what was given, every phone with the question
where the database says the person is. *Lost* and *repeated* are answers; *doubled messages* are
those that somebody got twice, never more than one for each chat and kill, in whichever life they
came. A restart is from starting Python to the first answer from Telegram, or to its port.

{killed_polling}
{killed_webhook}
{killed_web}
## A database that refuses

Locked by another process, with no room for a file to grow, or read-only, for as long as the table
says, while {writers} people write 1 to 50 messages each, half of them all at once, press a button,
and `backup`, `export`, `doctor` and `traject` run beside for 1 to 5 minutes. All times are
{scale} times as short as that, and so are the program's own pauses (`tests/prove_refusals.py`);
only the last column is in the seconds of the machine that this ran on. *Not kept* are messages
that Telegram was told to forget and that the record does not hold; *not answered in order* are
people of whom a message was not kept, not answered, or answered after a later one.

{refused}
## Answers that are none

Of the Bot API's answers 35 % were bent by chance, on every method: types changed, fields gone,
bytes cut or broken, another status, pages of a proxy, odd waits, refused tokens, slow, sliced and
cut connections (`tests/bending.py`); 40 people answered meanwhile, a group was left, somebody
erased everything, the program was restarted twice a round. *Doubled* are messages that somebody
got twice, never more than one for each fault. *Well in* is from the moment that nothing was bent
any more, after a second in which everything was, until all was said; pauses that Telegram asks
for are a thousandth of the real ones.

{bent_polling}
{bent_webhook}
## Storm

Of the calls 20 % met 429, 10 % met 502, 10 % were carried out and then cut off, 10 % were slow;
the stand-in enforced Telegram's limits on everything, ten times as fast as the real ones.

{storm}
## Pace

The real limits, enforced: 30 a second overall, 1 a second for each chat. While
the broadcast went out, new people pressed Start.

{pace}
## Faults

`tests/test_faults*.py`, `test_copies.py` and `test_watching.py` say what is expected of each.

{faults}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    standards = {"kills": 200, "messages": 2000, "chats": 100, "broadcast": 3000, "to": 500}
    standards["answers"] = 10_000
    for option, standard in standards.items():
        parser.add_argument(f"--{option}", type=int, default=standard)
    (DOCS / "reliability.md").write_text(page(parser.parse_args()), encoding="utf-8")


if __name__ == "__main__":
    main()
