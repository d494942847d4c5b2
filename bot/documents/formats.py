"""What the command line takes of the table of documents, and what a trajectory gives."""

from __future__ import annotations

from flows.model import papers

FORMS: dict[str, tuple[str, ...]] = {
    form: held for form in papers.FORMS if (held := papers.held_by(form))
}
"""Form -> what it can hold; the first where nothing is said."""

SHARED = {"json": "", "csv": "csv", "xlsx": "xlsx", "md": "zip", "pdf": "pdf", "png": "png"}
"""Form -> what is made of what a trajectory shares; summaries in Markdown make a ZIP."""

TEXTS = frozenset({"json", "md", "csv", "ics"})
"""What a terminal can show."""


def in_one_file(form: str, what: str) -> bool:
    """Whether all canvases together make one file; of the rest they make a ZIP."""
    paper = papers.of(what)
    return paper is not None and form in paper.together
