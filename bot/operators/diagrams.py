"""Diagrams drawn from the table and the content; docs/ holds them, a test holds them true."""

from __future__ import annotations

from content.loader import newest
from flows.table import TABLE


def draw_dialogue() -> str:
    """The states, the moves between them and what guards each verb, as Mermaid."""
    rows = ["stateDiagram-v2", "    [*] --> new"]
    rows += [f"    new --> {row.to}: {row.verb}" for row in TABLE if row.to and "new" in row.source]
    rows += ["    state started {"]
    rows += [f"        any --> {row.to}: {row.verb}" for row in TABLE
             if row.to and "new" not in row.source]  # fmt: skip
    rows += ["    }", "    note right of started: any is every state in here"]
    rows += [f"    note left of started: stays on {verbs} [{guards}]"
             for guards, verbs in _guarded().items()]  # fmt: skip
    return "\n".join(rows) + "\n"


def _guarded() -> dict[str, str]:
    """Guards by name, and which verbs stay where they are by them."""
    found: dict[str, set[str]] = {}
    for row in (row for row in TABLE if row.to is None):
        guards = " and ".join(guard.__name__ for guard in row.guards)
        found.setdefault(guards or "any other time", set()).add(row.verb)
    every = set().union(*found.values())
    return {guards: _listed(verbs, every - verbs) for guards, verbs in found.items()}


def _listed(verbs: set[str], others: set[str]) -> str:
    """Whichever is shorter: these, or all but the others."""
    if not others:
        return "everything"
    few = len(verbs) <= len(others)
    return ", ".join(sorted(verbs)) if few else f"all but {', '.join(sorted(others))}"


def draw_canvas() -> str:
    """The questions in order, and which answers open which, as Mermaid."""
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
