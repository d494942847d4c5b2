"""Diagrams drawn from the table and the content; docs/ holds them, a test holds them true."""

from __future__ import annotations

from content.loader import newest
from flows.machine import STARTED, TABLE


def draw_dialogue() -> str:
    """The states and the moves between them, as Mermaid."""
    rows = ["stateDiagram-v2", "    [*] --> new"]
    for trigger, source, dest, _ in TABLE:
        if dest and source == "new":
            rows.append(f"    new --> {dest}: {trigger}")
    rows += ["    state started {"]
    for trigger, source, dest, _ in TABLE:
        if dest and source == STARTED:
            rows.append(f"        any --> {dest}: {trigger}")
    rows += ["    }", "    note right of started: any is every state in here"]
    heard = sorted({trigger for trigger, _, dest, _ in TABLE if dest is None})
    rows.append(f"    note left of started: stays where it is on {', '.join(heard)}")
    return "\n".join(rows) + "\n"


def draw_canvas() -> str:
    """The questions in order, and which answers open which, as Mermaid."""
    canvas = newest().guide.canvas
    rows = ["flowchart TD"]
    for part in canvas.parts:
        rows.append(f"    subgraph {part.key}")
        for question in canvas.of_part(part.key):
            if question.of is None:
                left, right = ("[", "]") if question.depth == "quick" else ("([", "])")
                rows.append(f"        {question.key}{left}{question.key.split('.')[1]}{right}")
        rows.append("    end")
    for question in canvas.questions:
        for clause in question.when.clauses if question.when and question.of is None else ():
            for key, wanted in clause.needs:
                rows.append(f"    {key} -->|{', '.join(wanted)}| {question.key}")
    return "\n".join(rows) + "\n"
