"""What a person can do in the interview, and what each verb is bound to.

The verbs of a trajectory stand in flows/table.py, each with who may mean it.
"""

from __future__ import annotations

VERBS = (
    "start", "agree", "answer", "tick", "choose", "done", "skip", "back", "next", "unknown",
    "other", "explain", "forward", "where", "pause", "stop", "help", "privacy", "again", "misfit",
    "summary", "look", "half_pages", "document", "change", "sure", "language", "depth", "five",
    "new", "pilots", "strange", "stale", "elsewhere", "answered", "piece", "edit", "quiet", "twice",
    "forget", "erase", "my_data", "note", "enough", "look_back", "still", "since", "year", "placed",
    "my_actions", "went", "what_differs",
)  # fmt: skip
"""All verbs of the interview: a closed list, never taken from what was typed."""

NOT_TYPED = {
    "answer", "tick", "choose", "piece", "edit", "answered", "elsewhere", "stale", "misfit",
    "strange", "quiet", "twice", "placed",
}  # fmt: skip
"""Verbs that only an update of that kind can mean; typed as a command they are none."""

OF_ITS_QUESTION = frozenset({
    "skip", "done", "next", "still", "went", "other", "sure", "language", "erase",
})  # fmt: skip
"""Buttons that mean the message they stand under, and nothing once that has passed."""

OF_WHAT_IS_OPEN = frozenset({"answer", "tick", "piece", "done", "skip", "unknown"})
"""What is typed for the question that is open: as far as its chat shows that one."""

FOR_THE_SHOWN = (OF_WHAT_IS_OPEN - {"piece"}) | {"misfit", "sure", "erase"}
"""What is read by what its chat shows: another thing where the person read something else."""
