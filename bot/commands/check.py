"""`opschaalgids check` and `draw`: the content, walked and drawn as Mermaid.

docs/ holds the drawings, and a test holds those true.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.mistake import FOUND
from bot.output import write
from content.loader import newest
from flows.table import TABLE

if TYPE_CHECKING:
    import argparse


def add(check: argparse.ArgumentParser, draw: argparse.ArgumentParser) -> None:
    check.set_defaults(run=_check)
    draw.add_argument("what", choices=DRAWN, nargs="?", default="dialogue")
    draw.set_defaults(run=lambda options: write(sys.stdout, DRAWN[options.what]()))


def _check(_: argparse.Namespace) -> int:
    from content.checks.guide import check  # noqa: PLC0415 - `draw` starts without it

    report, problems = check()
    write(sys.stdout, report)
    for problem in problems:
        write(sys.stderr, f"{problem}\n")
    return FOUND if problems else 0


def draw_dialogue() -> str:
    """The states, the moves between them and what guards each verb."""
    moves = [row for row in TABLE if row.to]
    rows = ["stateDiagram-v2", "    [*] --> new"]
    rows += [f"    new --> {row.to}: {row.verb}" for row in moves if "new" in row.source]
    rows += ["    state started {"]
    rows += [f"        any --> {row.to}: {row.verb}" for row in moves if "new" not in row.source]
    rows += ["    }", "    note right of started: any is every state in here"]
    rows += [f"    note left of started: stays on {verbs} [{guards}]"
             for guards, verbs in _guarded().items()]  # fmt: skip
    return "\n".join(rows) + "\n"


def _guarded() -> dict[str, str]:
    """Guards by name -> which verbs stay where they are by them, or all but which."""
    found: dict[str, set[str]] = {}
    for row in (row for row in TABLE if row.to is None):
        guards = " and ".join(guard.__name__ for guard in row.guards)
        found.setdefault(guards or "any other time", set()).add(row.verb)
    every, told = set().union(*found.values()), {}
    for guards, verbs in found.items():
        others = every - verbs
        few, but = (verbs, "") if len(verbs) <= len(others) else (others, "all but ")
        told[guards] = but + ", ".join(sorted(few)) if others else "everything"
    return told


def draw_canvas() -> str:
    """The questions in order, and which answers open which."""
    canvas = newest().guide.canvas
    rows = ["flowchart TD"]
    for part in canvas.parts:
        rows.append(f"    subgraph {part.key}")
        for question in canvas.by_part[part.key]:
            if question.of is None:
                left, right = ("[", "]") if question.depth == "quick" else ("([", "])")
                rows.append(f"        {question.key}{left}{question.key.split('.')[1]}{right}")
        rows.append("    end")
    for question in canvas.questions:
        for clause in question.when.clauses if question.when and question.of is None else ():
            for key, wanted in clause.needs:
                rows.append(f"    {key} -->|{', '.join(wanted)}| {question.key}")
    return "\n".join(rows) + "\n"


DRAWN = {"dialogue": draw_dialogue, "canvas": draw_canvas}
