"""Every document that can be made of canvases: its forms, and its names in a conversation.

One table for the chat, the command line and what makes them in bot/documents/; no words are here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Form = str  # a key of FORMATS: the ending of a file


@dataclass(frozen=True)
class Format:
    """`media`: what browsers call it, as not every system's own list knows.

    `maker`: its module and function in bot/documents/; none where the program itself writes it.
    `templates`: set by a template, and all its letters from the shipped fonts. `running`,
    `table`: whether every document in running text, or what puts canvases side by side, comes
    in it. `readable`: a terminal can show it. `shared`: the form of what a trajectory gives in
    it, empty where that is a list for programs; None where it gives nothing.
    """

    media: str
    maker: tuple[str, str] | None = None
    templates: bool = False
    running: bool = False
    table: bool = False
    readable: bool = False
    shared: Form | None = None


OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: dict[Form, Format] = {
    "pdf": Format("application/pdf", ("typeset", "pdf"), templates=True, running=True, table=True,
                  shared="pdf"),
    "png": Format("image/png", ("typeset", "png"), templates=True, table=True, shared="png"),
    "docx": Format(f"{OFFICE}.wordprocessingml.document", ("word", "docx"), running=True),
    "odt": Format("application/vnd.oasis.opendocument.text", ("odt", "odt"), running=True),
    "pptx": Format(f"{OFFICE}.presentationml.presentation", ("powerpoint", "pptx")),
    "xlsx": Format(f"{OFFICE}.spreadsheetml.sheet", ("spreadsheet", "xlsx"), table=True,
                   shared="xlsx"),
    "csv": Format("text/csv", ("spreadsheet", "csv"), table=True, readable=True, shared="csv"),
    "md": Format("text/markdown", running=True, readable=True, shared="zip"),
    "json": Format("application/json", readable=True, shared=""),
    "ics": Format("text/calendar", ("packed", "text"), readable=True),
    "zip": Format("application/zip", ("packed", "texts")),
}  # fmt: skip
"""In the order of the command line."""

RUNNING = tuple(form for form, one in FORMATS.items() if one.running)
TABLES = tuple(form for form, one in FORMATS.items() if one.table)
SHARED = {form: one.shared for form, one in FORMATS.items() if one.shared is not None}
"""Form that is asked of a trajectory -> what is made: summaries in Markdown make a ZIP."""


@dataclass(frozen=True)
class Paper:
    """One document. `what`: its name on the command line; `forms`: of FORMATS.

    `named`: names after /document, each with its form, and a button's words in [documents]
    of messages.toml; `template`: the page that sets it; `together`: forms in which all
    canvases make one file.
    """

    what: str
    forms: tuple[Form, ...]
    named: Mapping[str, Form] = field(default_factory=dict)
    template: str = "report"
    together: tuple[Form, ...] = ()


SUMMARIES = {"summary": "pdf", "word": "docx", "odt": "odt", "markdown": "md"}

PAPERS = (
    Paper("summary", (*RUNNING, "json"), SUMMARIES, together=("json",)),
    Paper("executive", RUNNING, {"executive": "pdf"}),
    Paper("practice", RUNNING, {"practice": "pdf"}),
    Paper("canvas", ("pdf",), {"canvas": "pdf"}, "canvas"),
    Paper("workshop", ("pdf",), {"workshop": "pdf"}, "canvas", together=("pdf",)),
    Paper("card", ("png",), {"card": "png"}, "card"),
    Paper("changes", RUNNING, {"changes": "pdf"}),
    Paper("year", RUNNING, {"year": "pdf"}),
    Paper("slide", ("pptx",), {"slide": "pptx"}),
    Paper("calendar", ("ics",), {"calendar": "ics"}),
    Paper("half-pages", RUNNING, {"half_pages": "pdf"}),
    Paper("record", ("pdf", "json"), {"record": "pdf"}),
    Paper("portfolio", TABLES, together=TABLES),
)

MORE = "more"
BUTTONS = ("card", "canvas", "summary", "executive", "practice", "word")
"""Names with a button of their own; the `OTHERS` stand under `MORE`."""

AUTHOR = "pilot.author"
"""The question of who made it: others read papers, and "ik" is nobody to them."""

NAMELESS = frozenset({"workshop", "record"})
"""Names of what needs no author: an empty sheet, and what was said word for word."""

WAITS = "paper "  # before the name of a document that waits for that answer
NAMED: Mapping[str, tuple[Paper, Form]] = {
    name: (paper, form) for paper in PAPERS for name, form in paper.named.items()
}
"""Name after /document -> its paper and form."""

OTHERS = tuple(name for name in NAMED if name not in BUTTONS)
BY_NAME = {paper.what: paper for paper in PAPERS}
"""Name on the command line -> its paper; there are names that are made elsewhere."""

HELD: Mapping[Form, tuple[str, ...]] = {
    form: held
    for form in FORMATS
    if (held := tuple(paper.what for paper in PAPERS if form in paper.forms))
}
"""Form -> the papers that it can hold; the first where nothing is said."""


def in_one_file(form: Form, what: str) -> bool:
    """Whether all canvases together make one file; of the rest they make a ZIP."""
    return what in BY_NAME and form in BY_NAME[what].together
