"""Under which conditions a row of the table counts: consent, a role, and what must be there."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.exchange import Exchange
    from flows.model.desk import Role

    Handler = Callable[[Exchange], None]
    Guard = Callable[[Exchange], bool]

Found = TypeVar("Found")

OF_DATA = frozenset({
    "agree", "privacy", "my_data", "forget", "erase", "language", "stop", "quiet", "twice",
})  # fmt: skip
"""The dialogue's verbs about the text, and about what is kept."""

ANSWERING = frozenset({
    "answer", "tick", "choose", "done", "skip", "unknown", "other", "change", "sure", "piece",
    "edit", "five", "depth", "placed", "note", "enough", "look_back", "still", "went",
})  # fmt: skip
"""What whoever only reads a shared canvas does not do."""

OF_QUESTIONS = ANSWERING | {"back", "explain", "pause"}
"""What has no use where nothing is asked of somebody."""

TAKING_BACK = frozenset({
    "sharing", "share_page", "take_back", "leave", "left", "drop_leave", "logbook", "log_page",
    "reminders", "less", "stop_prompts", "withdraw", "call_off", "drop", "follow",
    "decline", "keep_out", "apart", "move_no", "connect_no", "together", "quit", "quit_yes",
    "drop_quit", "remark_to", "remark_end", "unremark", "unremark_all", "keep_private",
    "recall", "leave_answer", "later_answer", "forwarded", "drop_reply", "unsay", "unsay_form",
    "drop_words",
})  # fmt: skip
"""At the desk: who may say no to a new text may stop what the old one allowed.

Following a link changes nothing yet; its yes waits.
"""

WITHOUT_RENEWAL = OF_DATA | TAKING_BACK
"""What is heard while a changed privacy text waits for a yes: one rule for every path."""


def consent_outdated(x: Exchange) -> bool:
    """Whether the privacy text changed since this person said yes to it."""
    return x.session.outdated


def held_up(x: Exchange) -> bool:
    """Whether this person cannot answer now: a yes is waited for, or they only read along."""
    return x.session.outdated or x.session.reads


def having(role: Role) -> Guard:
    """Whether this person has that role. Nobody has one where no desk is read."""

    def guard(x: Exchange) -> bool:
        return x.context.desk is not None and role in x.context.desk.roles

    guard.__name__ = role
    return guard


def at_desk(x: Exchange) -> bool:
    """A kwartiermaker, or somebody who waits to be one, who answers about no pilot."""
    return x.session.walk is None and having("at desk")(x)


def has_trajectory(x: Exchange) -> bool:
    return x.desk.current is not None


def live(
    find: Callable[[Exchange], Found | None], then: Callable[[Exchange, Found], None]
) -> tuple[Guard, Handler]:
    """What a button is about, as long as it is there, and what happens with it."""

    @wraps(find)
    def there(x: Exchange) -> bool:
        return find(x) is not None

    def done(x: Exchange) -> None:
        if (found := find(x)) is not None:
            then(x, found)

    return there, done
