"""What the code may not contain: doors that a text could walk through."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
LAYERS = ("bot", "content", "flows", "storage")
FILES = sorted(p for layer in LAYERS for p in (ROOT / layer).rglob("*.py"))
NEVER_IMPORTED = {"pickle", "marshal", "shelve", "subprocess", "yaml", "dill", "ctypes", "tempfile"}
NEVER_CALLED = {"eval", "exec", "compile", "__import__", "input"}
REASONED = re.compile(r"# noqa: S\d+ - \w+")
SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|ORDER BY|VALUES|PRAGMA)\b")

BUILT = {
    ("storage/backups/copies.py", "counts"): "names of its own tables, from sqlite_master",
    ("storage/backups/replacement.py", "under"): "PRAGMA takes no parameters; a key is hex",
    ("storage/database/leader.py", "scrub"): "PRAGMA takes no parameters; a number of our own",
    ("storage/database/leader.py", "fills"): "names of its own form's tables and columns",
    ("storage/transfer.py", "page"): "likewise",
    ("storage/transfer.py", "count"): "likewise",
    ("storage/database/connection.py", "_opens"): "PRAGMA takes no parameters; a key is hex",
    ("storage/database/connection.py", "keyed"): "PRAGMA takes no parameters; a key is hex",
    ("storage/database/connection.py", "tune"): "PRAGMA takes no parameters; numbers of that file",
}
"""The only functions that put SQL together, and why that lets nothing in."""

FOUND = {
    ("bot/delivery/pace.py", "S311"): "jitter",
    ("bot/channels/telegram/webhook.py", "S105"): "a header's name",
    ("content/messages/templates.py", "S701"): "labels of buttons are no HTML",
    ("storage/backups/copies.py", "S608"): "see above",
    ("storage/database/deletions.py", "S608"): "put together at import, of its own constants",
    ("storage/conversations/askings.py", "S608"): "likewise",
    ("storage/web/screen.py", "S608"): "likewise",
    ("bot/channels/web/markup.py", "S704"): "escaped where its words were put in",
    ("storage/store.py", "S608"): "likewise",
    ("storage/conversations/chats.py", "S608"): "likewise",
    ("storage/conversations/outbox.py", "S608"): "likewise",
    ("storage/privacy/retention.py", "S608"): "likewise",
    ("storage/privacy/retraction.py", "S608"): "likewise",
    ("storage/privacy/subject_access.py", "S608"): "likewise",
    ("storage/statements.py", "S608"): "likewise",
    ("storage/database/leader.py", "S608"): "see above",
    ("storage/transfer.py", "S608"): "see above",
    ("storage/trajectory/desks.py", "S608"): "likewise",
    ("storage/trajectory/links.py", "S608"): "likewise",
    ("storage/trajectory/happenings.py", "S608"): "likewise",
    ("storage/trajectory/remarks.py", "S608"): "likewise",
    ("storage/trajectory/prompts.py", "S608"): "likewise",
    ("storage/trajectory/sent_off.py", "S608"): "likewise",
    ("storage/trajectory/snapshots.py", "S608"): "likewise",
}
"""All that ruff's security rules say where nothing is silenced, and why it is let be."""


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_door(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert not imported(tree) & NEVER_IMPORTED
    assert not {c.func.id for c in calls(tree) if isinstance(c.func, ast.Name)} & NEVER_CALLED
    for line in (text for text in source.splitlines() if re.search(r"noqa: S\d", text)):
        assert REASONED.search(line), f"a security rule is silenced without a reason: {line}"


def test_sql_is_put_together_at_import_or_in_a_reasoned_place() -> None:
    """What is put together while a module is read holds nothing that anybody typed."""
    found = {place for path in FILES for place in built(path)}
    assert found == set(BUILT)


@pytest.mark.parametrize(
    "code",
    ["f'SELECT {x}'", "'DELETE FROM ' + x", "'a WHERE %s' % x", "'{} VALUES'.format(x)",
     "' WHERE '.join(x)", "'SELECT y'.replace('y', x)"],
)  # fmt: skip
def test_sql_that_is_put_together_is_seen(code: str) -> None:
    assert composed(ast.parse(code, mode="eval").body)


def test_the_security_rules_find_nothing_without_a_reason() -> None:
    said = subprocess.run(
        [str(Path(sys.executable).parent / "ruff"), "check", "--isolated", "--select", "S",
         "--ignore-noqa", "--output-format", "json", *LAYERS],
        cwd=ROOT, capture_output=True, check=False,
    ).stdout  # fmt: skip
    found = {(str(Path(f["filename"]).relative_to(ROOT)), f["code"]) for f in json.loads(said)}
    assert found == set(FOUND)


def test_the_security_rules_are_on() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"][
        "lint"
    ]
    assert lint["select"] == ["ALL"]
    assert not [rule for rule in lint["ignore"] if re.fullmatch(r"S\d*", rule)]
    silenced = {name for name, rules in lint["per-file-ignores"].items() if "S608" in rules}
    assert silenced == {"storage/database/deletions.py"}


def imported(tree: ast.Module) -> set[str]:
    found = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    return found | {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def built(path: Path) -> Iterator[tuple[str, str]]:
    """(file, function) where SQL is put together."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if function and any(composed(inner) for inner in ast.walk(node)):
            yield str(path.relative_to(ROOT)), getattr(node, "name", "lambda")


def composed(node: ast.AST) -> bool:
    """Whether this puts a text together that has SQL in it."""
    match node:
        case ast.JoinedStr(values=parts):
            fixed = all(isinstance(part, ast.Constant) for part in parts)
            return not fixed and bool(SQL.search(ast.unparse(node)))
        case ast.BinOp(op=ast.Add() | ast.Mod()):
            return bool(SQL.search(ast.unparse(node)))
        case ast.Call(func=ast.Attribute(attr="format" | "join" | "replace")):
            return bool(SQL.search(ast.unparse(node)))
    return False
