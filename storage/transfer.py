"""All of a database to another place, row by row, and each compared there before it counts."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

from storage.database.connection import immediate, open_database
from storage.database.dialect import zeroless
from storage.database.errors import StoreError, in_one_sentence
from storage.database.keys import read_keys
from storage.database.leader import LEADER
from storage.database.library import Database
from storage.database.place import Server
from storage.database.schema import migrate
from storage.database.tombstones import KEY, PUT, WITHIN, derived, erased_of
from storage.privacy.watermark import COPY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.database.place import Led, Place

    Tell = Callable[[int, int], None]

PAGE = 2_000  # rows at a time: a canvas has some twenty answers
OWN = (LEADER, KEY, WITHIN, COPY)
"""Facts of one place alone; the list of what was erased goes in its own way."""


@dataclass(frozen=True)
class Relation:
    """`key`: the columns that a row is known by, in whose order all are read.

    `counts`: its numbers are never given twice, so where it is goes along.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    counts: bool

    def page(self, db: Any, after: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The rows that come after this key; of none, the first."""
        key, marks = ", ".join(self.key), ", ".join("?" * len(self.key))
        since = f"WHERE ({key}) > ({marks})" if after else ""
        sql = f"SELECT {', '.join(self.columns)} FROM {self.name} {since} ORDER BY {key} LIMIT ?"  # noqa: S608 - names of our own form
        return [tuple(row) for row in db.execute(sql, [*after, PAGE]).fetchall()]

    def pages(self, db: Any) -> Iterator[list[tuple[Any, ...]]]:
        """All that goes along."""
        after: tuple[Any, ...] = ()
        while rows := self.page(db, after):
            yield [row for row in rows if self.name != "facts" or row[0] not in OWN]
            after = tuple(rows[-1][self.columns.index(name)] for name in self.key)

    def rows(self, db: Any) -> Iterator[tuple[Any, ...]]:
        return chain.from_iterable(self.pages(db))

    def count(self, db: Any) -> int:
        ((found,),) = db.execute(f"SELECT COUNT(*) FROM {self.name}").fetchall()  # noqa: S608 - likewise
        return int(found)


def form() -> list[Relation]:
    """Every table of the newest form, those that others refer to first."""
    empty = Database(memory=True, execute_plugins=False)
    migrate.apply(empty)
    beside = (migrate.migrations_table, "sqlite_sequence")
    made = [t for t in empty.tables if t.name not in beside]
    refers = {t.name: {k.other_table for k in t.foreign_keys} - {t.name} for t in made}
    found = [
        Relation(
            t.name, tuple(c.name for c in t.columns), tuple(t.pks), "AUTOINCREMENT" in t.schema
        )
        for t in made
    ]
    empty.close()
    ordered: list[Relation] = []
    while found:
        ready = [t for t in found if refers[t.name] <= {o.name for o in ordered}]
        ordered += ready
        found = [t for t in found if t not in ready]
    return ordered


def transfer(source: Place, target: Place, key_file: Path, led: Led, tell: Tell) -> int:
    """How many rows went along; of `target` nothing is left where it fails. Raises StoreError.

    Nobody writes to either meanwhile: `led` sees to that on a server. `tell`: how many rows
    of how many are done, each of them counted when it is there and when it was compared.
    """
    with ExitStack() as stack:
        old = stack.enter_context(closing(open_database(source, key_file, led=led)))
        new = stack.enter_context(closing(open_database(target, key_file, led=led)))
        for holds in (in_one_sentence(target), immediate(old), immediate(new)):
            stack.enter_context(holds)
        return _all(_Way(old, new, source, target, key_file, tell))


@dataclass
class _Way:
    old: Database
    new: Database
    source: Place
    target: Place
    key_file: Path
    tell: Tell
    done: int = 0
    of: int = 0

    def goes(self, rows: int) -> None:
        self.done += rows
        self.tell(self.done, max(self.of, self.done))


def _all(way: _Way) -> int:
    tables = form()
    if any(table.count(way.new) for table in tables if table.name != "facts"):
        raise StoreError(f"{way.target} holds something already; move to an empty one.")
    way.new.execute("DELETE FROM facts")
    way.of = 2 * sum(table.count(way.old) for table in tables)
    for table in tables:
        _fill(way, table)
    rows = way.done
    for table in tables:
        _compare(way, table)
    _list(way)
    way.tell(way.of, way.of)
    return rows


def _fill(way: _Way, table: Relation) -> None:
    old: Any = way.old.conn
    new: Any = way.new.conn
    for rows in table.pages(way.old):
        new.fills(table.name, table.columns, rows)
        way.goes(len(rows))
    if table.counts:
        new.counts_from(table.name, old.counted(table.name))


def _compare(way: _Way, table: Relation) -> None:
    """A server holds no zero in a text, and has another sign there."""
    for number, (was, found) in enumerate(zip_longest(table.rows(way.old), table.rows(way.new)), 1):
        if was != found and tuple(map(zeroless, was or ())) != found:
            raise StoreError(
                f"Row {number} of {table.name} is not in {way.target} as it was, so nothing is "
                "moved; run doctor, and tell the makers of opschaalgids."
            )
        if not number % PAGE:
            way.goes(PAGE)


def _list(way: _Way) -> None:
    """What was erased stays on the list, and the keys that its lines were made with go along."""
    before = erased_of(way.old, way.source, way.key_file)
    found = before.read()
    if found.how == "broken":
        raise StoreError(f"The list of what was erased is not whole; run doctor on {way.source}.")
    own = [] if isinstance(way.target, Server) else read_keys(way.target, way.key_file)
    along = [key for key in map(derived, before.keys) if key not in map(derived, own)]
    if along:
        way.new.execute(PUT, [KEY, " ".join(along)])
    after = erased_of(way.new, way.target, way.key_file)
    after.renew(found.lines, found.count)
    way.new.execute(PUT, [COPY, after.text(found.lines, found.count).decode()])
