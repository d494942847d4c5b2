"""Every statement is one text for two engines: SQLite takes it, and PostgreSQL does."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storage.database.place import Server
from tests.storages import FILES, cluster, needs_server

if TYPE_CHECKING:
    from sqlite_utils import Database

ROOT = Path(__file__).parent.parent
STATEMENT = re.compile(r"\s*(SELECT|INSERT INTO|INSERT OR|UPDATE|DELETE FROM|WITH|PRAGMA|BEGIN)\b")
FORMS = (
    "storage.database.schema", "storage.database.earlier_forms",
    "storage.database.dialect", "storage.database.postgresql", "storage.database.sessions",
    "storage.database.pooling", "storage.database.server_form",
)  # fmt: skip
"""What is translated, and what the one engine alone is asked."""
WRONG = "SELECT nothing FROM people"
"""What is refused wherever something is."""


SQLITE = (
    (r"PRAGMA", "how a file is opened, keyed, proved and emptied"),
    (r"BEGIN", "one writer at a time, or one snapshot, by a lock of the file"),
    (r".*sqlite_sequence", "what AUTOINCREMENT counted"),
    (r".*sqlite_master", "whether a file holds a database of this guide, and which tables"),
)
"""Of SQLite by nature, and why: another engine has another file, key or lock."""


def test_sqlite_takes_every_statement(db: Database) -> None:
    """But for the pieces that others are made of."""
    refused = {s: said for s in statements() if (said := refusal(db, s))}
    whole = [s for s in statements() if s not in refused]
    lone = {
        s: said for s, said in refused.items() if not any(s.strip() in other for other in whole)
    }
    assert not lone
    assert len(whole) > 250


@needs_server
def test_postgresql_takes_every_statement(db: Database, tmp_path: Path) -> None:
    common = [s for s in statements() if not of_sqlite(s) and not refusal(db, s)]
    FILES(Server(cluster().url("forms")), tmp_path).close()
    refused = cluster().refusals([WRONG, *common], "forms")
    assert refused.pop(WRONG)
    assert not refused


@pytest.mark.parametrize("how", SQLITE, ids=lambda how: how[1])
def test_what_is_of_sqlite_by_nature_is_still_there(how: tuple[str, str]) -> None:
    assert any(re.match(how[0], s) for s in statements())


@pytest.mark.parametrize("room", ["bot", "content", "flows"])
def test_no_other_room_knows_a_statement_or_the_connection(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    nodes = [(f.name, n) for f in files for n in ast.walk(ast.parse(f.read_text("utf-8")))]
    texts = {(f, n.value) for f, n in nodes if isinstance(n, ast.Constant)}
    assert not {(f, text) for f, text in texts if isinstance(text, str) and STATEMENT.match(text)}
    assert not {f for f, n in nodes if isinstance(n, ast.Attribute) and n.attr == "db"}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    found = FILES(tmp_path / "o.db", tmp_path / "o.key")
    yield found
    found.close()


def refusal(db: Database, statement: str) -> str:
    """Why SQLite does not take it; empty where it does."""
    names = dict.fromkeys(re.findall(r":([a-z_]+)", statement))
    try:
        db.conn.execute(f"EXPLAIN {statement}", names or [None] * statement.count("?"))
    except Exception as error:  # noqa: BLE001 - whatever it says
        return str(error)
    return ""


def of_sqlite(statement: str) -> bool:
    return any(re.match(pattern, statement) for pattern, _ in SQLITE)


def statements() -> list[str]:
    """All of storage/, in the order of its files: constants as they are, the rest as written."""
    found = [s for module in modules() for s in (*_held(module), *_written(module))]
    return [s for s in dict.fromkeys(found) if STATEMENT.match(s)]


def modules() -> list[Any]:
    files = sorted((ROOT / "storage").rglob("*.py"))
    names = [".".join(f.relative_to(ROOT).with_suffix("").parts) for f in files]
    return [importlib.import_module(n) for n in names if n not in FORMS]


def _held(module: Any) -> Iterator[str]:
    for value in vars(module).values():
        yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from _texts(vars(value))


def _written(module: Any) -> Iterator[str]:
    """In the bodies of functions; what is put together there is in test_code's list."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        inside = {c for n in ast.walk(function) if isinstance(n, ast.JoinedStr) for c in n.values}
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node not in inside
            ):
                yield node.value
