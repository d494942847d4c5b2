"""The bench compares like with like: its walkers differ, and its peer says what the guide says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench_dialogue import answer
from tests.bench_script import Guide
from tests.bench_turns import script

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench_dialogue import Kept
    from tests.bench_script import Script

Told = list[tuple[str, list[str]]]
"""Words and the labels under them."""


def folder(path: Path, name: str) -> Path:
    (path / name).mkdir()
    return path / name


def by_the_guide(guide: Guide, steps: Script, person: int) -> Told:
    told: Told = []
    for step in range(len(steps)):
        guide.conversation.handle(guide.update(steps, person, step))
        for each in guide.say(str(person), steps.at(step)):
            told.append((each.message.html, [c.label for c in each.message.choices]))
    guide.store.close()
    return told


def by_the_peer(steps: Script, person: int) -> Told:
    told: Told = []
    kept: Kept = {}
    for step in range(len(steps)):
        ref, _, _ = kept.get("shown", ("", "", ()))
        kept, said = answer(kept, steps.update(person, step, ref))
        told += [(m.html, [c.label for c in m.choices]) for m in said if not m.brief]
    return told


def test_the_peer_says_the_same_to_people_who_differ(tmp_path: Path) -> None:
    steps = script(folder(tmp_path, "script"))
    walks = []
    for person in (1_000_001, 1_000_002, 1_000_003):
        guide = Guide(folder(tmp_path, str(person)))
        walks.append(by_the_guide(guide, steps, person))
        assert by_the_peer(steps, person) == walks[-1]
    assert walks[0] != walks[1] != walks[2] != walks[0]
