"""What is said with a choice that was made before: under its message, or after a word for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows.intents.choices import fold, match_exactly
from flows.model.kinds import KIND
from flows.model.turn import Intent

if TYPE_CHECKING:
    from flows.model.guidebook import Guide
    from flows.model.turn import Session

WORD = re.compile(r"(\w+)\s*:\s+", re.UNICODE)
"""A word with a colon after it: without one it is the beginning of a sentence."""


def noted(guide: Guide, session: Session, text: str) -> Intent | None:
    """None where the text is no note on what was chosen before."""
    found = WORD.match(text)
    if found and guide.commands.get(fold(found[1])) == "note":
        return Intent("note", text[found.end() :])
    asking, walk = session.replied, session.walk
    question = guide.canvas.get(asking.key) if asking else None
    if question is None or asking is None or walk is None or KIND[question.kind].open:
        return None
    answered = asking.canvas == walk.id and asking.key in walk.values
    if not answered or asking == session.shown or match_exactly(text, asking.choices):
        return None
    return None if fold(text) in guide.commands else Intent("note", text, asking)
