"""The bench compares like with like: its walkers differ, and its peer says what the guide says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests import bench_report
from tests.bench_dialogue import answer
from tests.bench_report import Required, Table
from tests.bench_script import Guide
from tests.bench_turns import script

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

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


def test_a_part_takes_its_place_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And leaves all else as it was measured before."""
    monkeypatch.setattr(bench_report, "PAGE", tmp_path / "speed.md")

    def measured(*figures: int) -> list[Table]:
        required = Required()
        tables = [Table(name, ("", "ms"), notes=["In ms."]) for name in "abc"[: len(figures)]]
        for table, figure in zip(tables, figures, strict=True):
            table.row("one", str(figure))
            required.most(f"{table.title}, ms", 5, figure)
        return [required.table, *tables]

    bench_report.write(measured(1, 2), ["# Speed"])
    whole = bench_report.PAGE.read_text()
    required, _, table = measured(1, 7)
    required.rows = required.rows[1:]
    bench_report.write([required, table], [])
    assert bench_report.PAGE.read_text() != whole
    bench_report.write(measured(1, 7), ["# Speed"])
    again = bench_report.PAGE.read_text()
    bench_report.write([required, table], [])
    assert bench_report.PAGE.read_text() == again
    *_, new = measured(1, 7, 3)
    bench_report.write([required, new], [])
    assert bench_report.PAGE.read_text() == again + "\n".join(new.lines()) + "\n"
