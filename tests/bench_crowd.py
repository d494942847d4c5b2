"""Databases with very many people, each some way into the script, and turns among them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from storage.database.connection import open_database
from tests.bench_script import Guide, play
from tests.bench_watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from sqlite_utils import Database

    from flows.model.messages import Update
    from tests.bench_script import Script

CHATS = 40_000_000
"""Person n has this chat's number plus n."""

UNTIL = 14
"""Steps that everyone has behind them: two parts of the canvas, ten answers."""

STILL = 100
"""The first ones are left for the restarts."""

BLOCK = 1000
WHOLE = ("people", "canvases", "answers")
NUMBERED = (*WHOLE, "outbox")
LAST = 2
"""Kept whole; of what was said and heard only so many of each person, the last."""

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)"


def crowd(folder: Path, people: int) -> None:
    """A database in which `people` stand at the same question; the first one really came there."""
    folder.mkdir()
    guide = Guide(folder)
    play(guide, CHATS + 1, UNTIL)
    guide.store.close()
    db = open_database(folder / "guide.db", folder / "key")
    for pragma in ("foreign_keys = OFF", "journal_mode = OFF", "cache_size = -2000000"):
        db.execute(f"PRAGMA {pragma}")
    tables = [t for t in db.table_names() if _of_people(db, t)]
    copies = [copy for name in sorted(tables, key=_rank) for copy in _copies(db, name)]
    for first in range(2, people + 1, BLOCK):
        _block(db, copies, first, min(first + BLOCK, people + 1))
    db.execute("PRAGMA journal_mode = WAL")
    db.close()


def _rank(table: str) -> int:
    return WHOLE.index(table) if table in WHOLE else len(WHOLE)


def _of_people(db: Database, table: str) -> bool:
    return bool({"chat", "canvas", "person"} & {c.name for c in db[table].columns})


def _block(db: Database, copies: list[tuple[str, list[Any]]], first: int, end: int) -> None:
    db.execute("BEGIN IMMEDIATE")
    for sql, values in copies:
        db.execute(sql, [first, end, *values])
    db.execute("COMMIT")


def _copies(db: Database, table: str) -> list[tuple[str, list[Any]]]:
    """For each row that the first person has in this table: how the others get it too."""
    rows = list(db[table].rows)
    kept = rows if table in WHOLE else rows[-LAST:]
    found = []
    for row in kept:
        columns = row if table in NUMBERED or _text(row.get("id")) else _without(row, "id")
        shown = [_column(table, name) for name in columns]
        values = [v for v, how in zip(columns.values(), shown, strict=True) if "?" in how]
        names = ", ".join(columns)
        sql = f"{NUMBERS} INSERT INTO {table}({names}) SELECT {', '.join(shown)} FROM n"  # noqa: S608
        found.append((sql, values))
    return found


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {column: value for column, value in row.items() if column != name}


def _text(value: object) -> bool:
    return isinstance(value, str)


def _column(table: str, name: str) -> str:
    """A person, their canvas and their chat have the same number in the crowd."""
    if name in ("person", "canvas") or (name == "id" and table in WHOLE[:2]):
        return "i"
    if name == "chat":
        return f"CAST({CHATS} + i AS TEXT)"
    if name == "pseudonym":
        return "lower(hex(randomblob(8)))"
    if (table, name) in (("outbox", "id"), ("chats", "shows")):
        return f"? + {LAST} * (i - 1)"
    return "i || '.' || ?" if (table, name) == ("updates", "press") else "?"


class Among:
    """Turns of people scattered among `people`, one by one: the rest of their walks.

    `newcomers`: the /start of someone new. `edits`: an answer changed after the walk.
    """

    turns = 1

    def __init__(self, folder: Path, people: int, walkers: int, script: Script) -> None:
        self.name, self.people, self.walkers = f"{people:,}", people, walkers
        self.size = sum(file.stat().st_size for file in folder.glob("guide.db*"))
        self.guide = Guide(folder)
        self.first = CHATS + people + 1
        self.script, self.steps = script, len(script) - UNTIL
        play(self.guide, self.first)
        self.newcomers, self.edits = Watch(), Watch()
        self.left = random.Random(people).sample(range(STILL, people + 1), people // 2)  # noqa: S311

    async def round(self, number: int, watch: Watch) -> None:
        walkers = [CHATS + self.left.pop() for _ in range(self.walkers)]
        for step in range(UNTIL, len(self.script)):
            for person in walkers:
                self._takes(self.guide.update(self.script, person, step), watch)
        self.guide.checked(self.first, walkers)
        if number < 3:
            self._takes(self.script.update(self.first + number + 1, 0), self.newcomers)
        text = next(n for n, step in enumerate(self.script) if n and not step.ref)
        for person in walkers[:5]:
            self._takes(self.script.edit(person, text), self.edits)

    def _takes(self, update: Update, watch: Watch) -> None:
        with watch:
            self.guide.conversation.handle(update)

    async def close(self) -> None:
        self.guide.store.close()
