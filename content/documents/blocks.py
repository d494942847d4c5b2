"""What a document is made of, whatever it is written in: Markdown, PDF, Word.

Plain values that go to another process as JSON and come back the same.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True)
class Heading:
    """`tag` is a status in words beside it, `mark` the key of its shape."""

    text: str
    level: int = 2
    tag: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Paragraph:
    """`quiet`: a source or another aside, in small grey."""

    text: str
    label: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class Item:
    """One line of a list; `mark` is the key of a status' shape, `more` stand under it."""

    text: str = ""
    label: str = ""
    mark: str = ""
    more: tuple[Paragraph, ...] = ()


@dataclass(frozen=True)
class Bullets:
    """`pairs`: many short facts, which a page may set as two columns."""

    items: tuple[Item, ...]
    ordered: bool = False
    pairs: bool = False


@dataclass(frozen=True)
class Table:
    """The first row is the header; `label` says what the table holds.

    `line`: the rows follow each other in time, which a page may draw; `marks`: the
    status of each row's last cell, none where empty; `shares`: how wide the columns are
    beside each other, all the same where empty. `lanes`: the status behind each cell after the
    first, in which case a page may draw the rows as lanes through time; `places`: the day of
    each of those columns, counted from the first.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    label: str = ""
    line: bool = False
    marks: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    lanes: tuple[tuple[str, ...], ...] = ()
    places: tuple[int, ...] = ()


@dataclass(frozen=True)
class Note:
    """Set apart: what the reader should see first."""

    title: str
    text: str
    items: tuple[Item, ...] = ()
    aside: str = ""


@dataclass(frozen=True)
class Break:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Bullets | Table | Note | Break
KINDS: dict[str, type[Block]] = {kind.__name__: kind for kind in get_args(Block)}


def section(title: str, items: Iterable[Item], level: int = 2, **how: bool) -> Iterator[Block]:
    """A list under its heading; nothing of an empty one. `how`: as Bullets has it."""
    found = tuple(items)
    if found:
        yield Heading(title, level)
        yield Bullets(found, **how)


@dataclass(frozen=True)
class Document:
    """A whole document. `date` is ISO and comes from the answers, never from a clock.

    `one_page`: its letters get smaller before it takes a second page.
    """

    title: str
    subtitle: str
    kind: str
    language: str
    date: str
    date_text: str
    blocks: tuple[Block, ...]
    words: Mapping[str, str]
    one_page: bool = False

    @property
    def name(self) -> str:
        """What it is and of which pilot: no two papers have the same title."""
        return f"{self.kind}: {self.title}"


def to_data(document: Document) -> dict[str, Any]:
    """As JSON holds it."""
    blocks = [{"kind": type(block).__name__, **asdict(block)} for block in document.blocks]
    return {**asdict(document), "blocks": blocks}


def from_data(tree: Mapping[str, Any]) -> Document:
    """The same document again."""
    return Document(**{**tree, "blocks": tuple(map(_block, tree["blocks"]))})


def _block(tree: Mapping[str, Any]) -> Block:
    """JSON has lists where a block has tuples."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in tree.items()
        if name != "kind"
    }
    if "items" in fields:
        fields["items"] = tuple(map(_item, fields["items"]))
    for name in ("rows", "lanes"):
        if name in fields:
            fields[name] = tuple(map(tuple, fields[name]))
    return KINDS[tree["kind"]](**fields)


def _item(tree: Mapping[str, Any]) -> Item:
    return Item(**{**tree, "more": tuple(Paragraph(**more) for more in tree["more"])})
