"""Which documents there are, and in which forms: one table for the command line and the chat."""

from __future__ import annotations

FORMS: dict[str, tuple[str, ...]] = {
    "json": ("summary", "record"),
    "md": ("summary", "half-pages"),
    "pdf": ("summary", "canvas", "half-pages", "record"),
    "docx": ("summary", "half-pages"),
    "odt": ("summary", "half-pages"),
    "xlsx": ("portfolio",),
    "csv": ("portfolio",),
    "png": ("card", "portfolio"),
}
"""Form -> what it can hold; the first where nothing is said."""

SHARED = {"json": "", "csv": "csv", "xlsx": "xlsx", "md": "zip", "pdf": "pdf", "png": "png"}
"""Form -> what is made of what a trajectory shares; summaries in Markdown make a ZIP."""

TEXTS = frozenset({"json", "md", "csv"})
"""What a terminal can show."""


def in_one_file(form: str, what: str) -> bool:
    """Whether all canvases together make one file; of the rest they make a ZIP."""
    return what == "portfolio" or (form, what) == ("json", "summary")
