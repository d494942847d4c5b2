"""What the code may not contain: doors that a text could walk through."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
FILES = sorted(
    p for layer in ("bot", "content", "flows", "storage") for p in (ROOT / layer).rglob("*.py")
)
NEVER_IMPORTED = {"pickle", "marshal", "shelve", "subprocess", "yaml", "dill", "ctypes", "tempfile"}
NEVER_CALLED = {"eval", "exec", "compile", "__import__", "input"}
REASONED = re.compile(r"# noqa: S\d+ - \w+")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_door(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert not imported(tree) & NEVER_IMPORTED
    assert not {c.func.id for c in calls(tree) if isinstance(c.func, ast.Name)} & NEVER_CALLED
    for line in (text for text in source.splitlines() if re.search(r"noqa: S\d", text)):
        assert REASONED.search(line), f"a security rule is silenced without a reason: {line}"
    lines = source.splitlines()
    for call in calls(tree):
        if built(call):
            said = " ".join(lines[call.lineno - 1 : call.end_lineno])
            assert REASONED.search(said) or "PRAGMA" in said, f"SQL from a string: {said}"


def imported(tree: ast.Module) -> set[str]:
    found = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    return found | {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def built(call: ast.Call) -> bool:
    """SQL that is put together where it is asked."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    asks = name in ("execute", "executescript", "executemany", "rows", "row") and call.args
    return bool(asks) and isinstance(call.args[0], (ast.JoinedStr, ast.BinOp, ast.Call))
