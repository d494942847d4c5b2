"""Every form in which a document comes: one row here, and what makes it in bot/documents/.

Read by the table of papers, the command line, and the process that makes them.
"""

from __future__ import annotations

from dataclasses import dataclass

Form = str
"""A key of FORMATS: the ending of a file."""


@dataclass(frozen=True)
class Format:
    """`maker`: its module and function in bot/documents/; none where the program itself writes it.

    `templates`: set by a template, and all its letters from the shipped fonts. `running`,
    `table`: whether every document in running text, or what puts canvases side by side, comes
    in it. `readable`: a terminal can show it. `shared`: the form of what a trajectory gives in
    it, empty where that is a list for programs; None where it gives nothing.
    """

    maker: tuple[str, str] | None = None
    templates: bool = False
    running: bool = False
    table: bool = False
    readable: bool = False
    shared: Form | None = None


FORMATS: dict[Form, Format] = {
    "pdf": Format(("typeset", "pdf"), templates=True, running=True, table=True, shared="pdf"),
    "png": Format(("typeset", "png"), templates=True, table=True, shared="png"),
    "docx": Format(("word", "docx"), running=True),
    "odt": Format(("odt", "odt"), running=True),
    "pptx": Format(("powerpoint", "pptx")),
    "xlsx": Format(("spreadsheet", "xlsx"), table=True, shared="xlsx"),
    "csv": Format(("spreadsheet", "csv"), table=True, readable=True, shared="csv"),
    "md": Format(running=True, readable=True, shared="zip"),
    "json": Format(readable=True, shared=""),
    "ics": Format(("packed", "text"), readable=True),
    "zip": Format(("packed", "texts")),
}
"""In the order of the command line."""

RUNNING = tuple(form for form, one in FORMATS.items() if one.running)
TABLES = tuple(form for form, one in FORMATS.items() if one.table)
SHARED = {form: one.shared for form, one in FORMATS.items() if one.shared is not None}
"""Form that is asked of a trajectory -> what is made: summaries in Markdown make a ZIP."""
