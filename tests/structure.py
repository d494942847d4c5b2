"""How the house is built, in figures: `python -m tests.structure [FOLDER]` prints a table.

Read from the source alone. An import counts wherever it stands, also under
TYPE_CHECKING: who reads a file has to follow it all the same.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flows.model.kinds import KIND

ROOMS = ("bot", "content", "flows", "storage")
KINDS = {*KIND, "action"}
"""Kinds of a question, by their names."""

Graph = Mapping[str, set[str]]


@dataclass(frozen=True)
class House:
    """All modules below `root`, parsed."""

    root: Path

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        files = sorted(p for room in ROOMS for p in (self.root / room).rglob("*.py"))
        return {self._name(p): ast.parse(p.read_text(encoding="utf-8")) for p in files}

    @cached_property
    def lines(self) -> int:
        files = (p for room in ROOMS for p in (self.root / room).rglob("*.py"))
        return sum(len(p.read_text(encoding="utf-8").splitlines()) for p in files)

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        return {name: set(self._imported(name)) for name in self.trees}

    @cached_property
    def classes(self) -> list[tuple[str, ast.ClassDef]]:
        found = ((name, node) for name, tree in self.trees.items() for node in ast.walk(tree))
        return [(name, node) for name, node in found if isinstance(node, ast.ClassDef)]

    @cached_property
    def folders(self) -> set[str]:
        """Modules that are a folder's `__init__.py`."""
        return {name for name in self.trees if any(n.startswith(f"{name}.") for n in self.trees)}

    def _name(self, path: Path) -> str:
        return ".".join(path.relative_to(self.root).with_suffix("").parts).removesuffix(".__init__")

    def _imported(self, name: str) -> Iterator[str]:
        for node in ast.walk(self.trees[name]):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    yield from (m for m in (inner, node.module) if m in self.trees)
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names if alias.name in self.trees)


def circles(graph: Graph) -> list[set[str]]:
    """Groups of modules that reach each other."""
    reached = {name: reach(graph, name) for name in graph}
    groups = {frozenset(m for m in reached[n] if n in reached[m]) | {n} for n in graph}
    return [set(group) for group in groups if len(group) > 1]


def reach(graph: Graph, start: str) -> set[str]:
    found, to_do = set[str](), [start]
    while to_do:
        new = graph.get(to_do.pop(), set()) - found
        found |= new
        to_do += new
    return found - {start} if start not in graph.get(start, set()) else found


def floors(graph: Graph, room: str) -> int:
    """The longest way down through what `ls` shows of a room; a circle counts as one floor."""
    inside = above(graph, room)
    group = {n: n for n in inside}
    for circle in circles(inside):
        group |= dict.fromkeys(circle, min(circle))
    below: dict[str, set[str]] = {g: set() for g in group.values()}
    for name, some in inside.items():
        below[group[name]] |= {group[m] for m in some} - {group[name]}
    depths: dict[str, int] = {}

    def depth(of: str) -> int:
        if of not in depths:
            depths[of] = 1 + max((depth(g) for g in below[of]), default=0)
        return depths[of]

    return max(map(depth, below), default=0)


def above(graph: Graph, room: str) -> dict[str, set[str]]:
    """The same graph between the files and folders that stand directly in a room."""
    found: dict[str, set[str]] = {}
    for name, some in graph.items():
        here = child(name, room)
        if here:
            inside = {child(m, room) for m in some} - {"", here}
            found.setdefault(here, set()).update(inside)
    return found


def child(name: str, room: str) -> str:
    return name.removeprefix(f"{room}.").partition(".")[0] if name.startswith(f"{room}.") else ""


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def inheritance(house: House) -> int:
    """The deepest line of classes of our own."""
    bases = {
        node.name: {b.id for b in node.bases if isinstance(b, ast.Name)}
        for _, node in house.classes
    }

    def depth(name: str) -> int:
        return 1 + max((depth(b) for b in bases[name] if b in bases and b != name), default=0)

    return max(map(depth, bases))


def files_twice(house: House) -> dict[str, list[str]]:
    """A file's name -> the files that bear it, where those are several."""
    return _twice((n.rpartition(".")[2], n) for n in house.trees if n not in house.folders)


def classes_twice(house: House) -> dict[str, list[str]]:
    """A class' name -> the files that have one, where those are several."""
    return _twice((node.name, file) for file, node in house.classes if node.name[0] != "_")


def _twice(named: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found = defaultdict[str, list[str]](list)
    for name, where in named:
        found[name].append(where)
    return {name: places for name, places in found.items() if len(places) > 1}


def taken(house: House, above: str, below: str, but: str = "") -> set[str]:
    """Names that one room takes from another: what it imports, and what it uses of a module.

    Not what is taken in the room `but`.
    """
    found = set[str]()
    for name, tree in house.trees.items():
        if within(name, above) and not (but and within(name, but)):
            found |= set(_taken(tree, below, house.trees))
    return found


def _taken(tree: ast.Module, below: str, modules: Mapping[str, object]) -> Iterator[str]:
    whole = dict[str, str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and within(node.module, below):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in modules:
                    whole[alias.asname or alias.name] = inner
                else:
                    yield inner
    for node in ast.walk(tree):
        of = node.value if isinstance(node, ast.Attribute) else None
        if isinstance(node, ast.Attribute) and isinstance(of, ast.Name) and of.id in whole:
            yield f"{whole[of.id]}.{node.attr}"


def kind_branches(house: House) -> list[str]:
    """Places that compare a question's kind."""
    return [
        f"{name}:{node.lineno}"
        for name, tree in house.trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and _about_kind(node)
    ]


def _about_kind(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    kind = any(isinstance(s, ast.Attribute) and s.attr == "kind" and _asked(s) for s in sides)
    words = {c.value for s in sides for c in ast.walk(s) if isinstance(c, ast.Constant)}
    names = {n.id.lower() for s in sides for n in ast.walk(s) if isinstance(n, ast.Name)}
    return kind and bool((words | names) & (KINDS | {"open", "closed"}))


def _asked(node: ast.Attribute) -> bool:
    """Updates and prompts have kinds of their own, with a word in common."""
    return not (isinstance(node.value, ast.Name) and node.value.id in ("update", "due"))


def table(house: House) -> dict[str, str]:
    """What is measured -> the figure."""
    graph = house.imports
    return {
        "files, lines": f"{len(house.trees)}, {house.lines:,}",
        "circles of files": str(len(circles(graph))),
        "circles of what stands in a room": str(
            sum(len(circles(above(graph, room))) for room in ROOMS)
        ),
        **{f"floors of {room}": str(floors(graph, room)) for room in ROOMS},
        "deepest line of classes": str(inheritance(house)),
        "class names defined twice": ", ".join(sorted(classes_twice(house))) or "none",
        "file names that occur twice": ", ".join(sorted(files_twice(house))) or "none",
        "names that bot takes from storage": str(len(taken(house, "bot", "storage"))),
        "branches on a question's kind": str(len(kind_branches(house))),
    }


def main() -> None:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent
    for what, figure in table(House(root)).items():
        sys.stdout.write(f"| {what} | {figure} |\n")


if __name__ == "__main__":
    main()
