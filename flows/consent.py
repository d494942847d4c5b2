"""What is heard while a changed privacy text waits for a yes: one rule for every path."""

from __future__ import annotations

OF_DATA = frozenset({
    "agree", "privacy", "my_data", "forget", "erase", "language", "stop", "quiet", "twice",
})  # fmt: skip
"""The dialogue's verbs about the text, and about what is kept."""

TAKING_BACK = frozenset({
    "sharing", "share_page", "take_back", "leave", "left", "logbook", "log_page",
    "reminders", "less", "stop_prompts", "withdraw", "call_off", "drop", "follow",
    "decline", "move_no",
})  # fmt: skip
"""At the desk: who may say no to a new text may stop what the old one allowed.

Following a link changes nothing yet; its yes waits.
"""

WITHOUT_RENEWAL = OF_DATA | TAKING_BACK
