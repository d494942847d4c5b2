"""HTML as a tree, as strictly read as a person may hope: what is opened is closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
        "track", "wbr"}  # fmt: skip
DRAWN = {"svg", "path", "circle", "rect", "line", "g", "use", "polyline", "polygon", "ellipse"}
SILENT = {"script", "style", "template"}


@dataclass(eq=False)
class Node:
    """An element; `children` are elements and texts."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Node]:
        """Every element below, of these tags or of any."""
        return (node for node in self.below if not tags or node.tag in tags)

    @cached_property
    def below(self) -> tuple[Node, ...]:
        """In their order; a page is asked some twenty times for what is in it."""
        inside = (child for child in self.children if isinstance(child, Node))
        return tuple(node for child in inside for node in (child, *child.below))

    def first(self, tag: str) -> Node | None:
        return next(self.all(tag), None)

    @property
    def text(self) -> str:
        """What is read aloud, blanks evened out."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in SILENT:
                yield from child._texts()  # noqa: SLF001 - its own kind
                if child.tag in {"p", "li", "br", "h1", "h2", "h3", "button", "div", "tr", "td",
                                 "th", "dt", "dd", "legend", "label"}:  # fmt: skip
                    yield " "


class Reader(HTMLParser):
    """`faults`: what was closed that was not open, or the other way round."""

    def __init__(self) -> None:
        super().__init__()
        self.root, self.faults = Node("#"), list[str]()
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> has an attribute twice: {names}")
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()
            if tag not in DRAWN:
                self.faults.append(f"<{tag}/> closes nothing")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.open[-1].tag:
            self.open.pop()
        else:
            self.faults.append(f"</{tag}> where <{self.open[-1].tag}> is open")

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parsed(html: str) -> tuple[Node, list[str]]:
    """The page, and where its tags do not fit each other."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    left = [f"<{node.tag}> is never closed" for node in reader.open[1:]]
    return reader.root, [*reader.faults, *left]
