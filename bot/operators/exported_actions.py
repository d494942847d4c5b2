"""The actions of a canvas as the export has them, and how each went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from content.words.undertaken import door_of, said_by, what_of
from flows.advice.undertakings import undertakings
from flows.model.canvas import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.words.vocabulary import Words
    from flows.model.journey import Attempt


def known(words: Words, key: str) -> Any:
    value = words.values.get(key)
    return None if value == UNKNOWN else value


def own(words: Words) -> Iterator[dict[str, Any]]:
    for name in words.acted_on():
        base = f"ingredients.actions.{name}"
        yield _action(words, base, known(words, f"{base}.what"), f"ingredients.{name}")
    small_win = known(words, "closing.small_win")
    if small_win:
        what = words.value("closing.small_win", small_win)
        yield _action(words, "closing.small_win", what, "closing.small_win")


def _action(words: Words, base: str, what: Any, about: str) -> dict[str, Any]:
    when = known(words, f"{base}.when") or {"date": None, "text": None}
    return {
        "what": what,
        "who": known(words, f"{base}.who"),
        "when": when["date"],
        "when_text": when["text"],
        "about": about,
        **_went(words, base),
    }


def of_meeting(words: Words, one: dict[str, Any]) -> dict[str, Any]:
    """What a meeting agreed; it is over also where nobody said more of it."""
    went = _went(words, one.pop("action"))
    times = {at: went[at] or one.pop(at) for at in ("done_at", "failed_at")}
    return {**one, "about": "meeting", **went, **times}


def _went(words: Words, action: str) -> dict[str, Any]:
    """How it went last, and the sentence with it."""
    found = undertakings(words.content.guide, words.walk) if words.walk else ()
    went = next((one.went for one in found if one.action == action), None)
    at = went.at.isoformat() if went else None
    return {
        "done_at": at if went and went.how == "done" else None,
        "failed_at": at if went and went.how == "failed" else None,
        "note": went.note if went else "",
    }


def won(words: Words, one: Attempt) -> dict[str, Any]:
    """What was done, by whom, what it opened and what lies next door; by how it is kept."""
    return {
        "about": one.action, "what": what_of(words, one), "who": one.who,
        "at": one.at.isoformat(), "by": said_by(words, one) or None,
        "opened": one.note, "next_door": door_of(words, one),
    }  # fmt: skip
