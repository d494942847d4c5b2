"""Every document that can be made of canvases: its forms, and its names in a conversation.

One table for the chat, the command line and what makes them; words are in content/.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Form = Literal["pdf", "png", "docx", "odt", "pptx", "xlsx", "csv", "md", "json", "ics", "zip"]
FORMS: tuple[Form, ...] = get_args(Form)

TEXT_TO_EDIT: tuple[Form, ...] = ("pdf", "docx", "odt", "md")
TABLES: tuple[Form, ...] = ("xlsx", "csv", "png", "pdf")


@dataclass(frozen=True)
class Paper:
    """One document. `what`: its name on the command line; `forms`: the first is the usual one.

    `named`: names after /document, each with its form; `template`: the page that sets
    it; `together`: forms in which all canvases make one file.
    """

    what: str
    forms: tuple[Form, ...]
    named: Mapping[str, Form] = field(default_factory=dict)
    template: str = "report"
    together: tuple[Form, ...] = ()


PAPERS = (
    Paper(
        "summary",
        ("pdf", "docx", "odt", "md", "json"),
        {"summary": "pdf", "word": "docx", "odt": "odt", "markdown": "md"},
        together=("json",),
    ),
    Paper("executive", TEXT_TO_EDIT, {"executive": "pdf"}),
    Paper("practice", TEXT_TO_EDIT, {"practice": "pdf"}),
    Paper("canvas", ("pdf",), {"canvas": "pdf"}, "canvas"),
    Paper("workshop", ("pdf",), {"workshop": "pdf"}, "canvas", together=("pdf",)),
    Paper("card", ("png",), {"card": "png"}, "card"),
    Paper("changes", TEXT_TO_EDIT, {"changes": "pdf"}),
    Paper("slide", ("pptx",), {"slide": "pptx"}),
    Paper("calendar", ("ics",), {"calendar": "ics"}),
    Paper("half-pages", TEXT_TO_EDIT, {"half_pages": "pdf"}),
    Paper("record", ("pdf", "json"), {"record": "pdf"}),
    Paper("portfolio", TABLES, template="heat", together=TABLES),
)

BUTTONS = ("card", "canvas", "summary", "executive", "practice", "word")
"""Names with a button of their own; the rest stand under `MORE`."""

MORE = "more"

AUTHOR = "pilot.author"
"""The question of who made it: others read papers, and "ik" is nobody to them."""

NAMELESS = frozenset({"workshop", "record"})
"""Names of what needs no author: an empty sheet, and what was said word for word."""

WAITS = "paper "
"""Before the name of a document that waits for that answer."""

NAMED: Mapping[str, tuple[Paper, Form]] = {
    name: (paper, form) for paper in PAPERS for name, form in paper.named.items()
}
"""Name after /document -> its paper and form."""


def of(what: str) -> Paper | None:
    """The paper with this name on the command line; None for what is made elsewhere."""
    return next((paper for paper in PAPERS if paper.what == what), None)


def held_by(form: str) -> tuple[str, ...]:
    """What a form can hold, what it holds where nothing is said first."""
    return tuple(paper.what for paper in PAPERS if form in paper.forms)


def more() -> tuple[str, ...]:
    """The names without a button of their own."""
    return tuple(name for name in NAMED if name not in BUTTONS)
