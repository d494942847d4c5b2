"""What somebody will do: the own first step, actions, what meetings agreed; and the advice's steps.

One list for every paper, so that who and when read the same everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from content.words.phrases import upper_first
from flows.model.canvas import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.words.vocabulary import Words
    from flows.advice.advice import Step

SMALL_WIN = "closing.small_win"
LOOK_BACK = {"month": 30, "quarter": 91, "half_year": 182}
"""Days until the person wants to look back."""


@dataclass(frozen=True)
class Action:
    """`key`: the question or the meeting it comes from; `when` in words, `day` as ISO or empty.

    `said`: the person's own words for the day, where they say more than the day.
    """

    key: str
    about: str
    what: str
    who: str = ""
    when: str = ""
    day: str = ""
    said: str = ""
    done: bool = False


def actions(words: Words) -> tuple[Action, ...]:
    """All of them: the own first step, the ingredients', the meetings'."""
    return tuple(_actions(words))


def by_day(words: Words) -> tuple[Action, ...]:
    """The same in order of time; what has no day yet comes last."""
    return tuple(sorted(actions(words), key=lambda one: (not one.day, one.day)))


def _actions(words: Words) -> Iterator[Action]:
    if words.given(SMALL_WIN):
        what = upper_first(words.given(SMALL_WIN).rstrip(" .;"))
        yield _action(words, SMALL_WIN, words.short(SMALL_WIN), what)
    for name in words.acted_on():
        base, about = f"ingredients.actions.{name}", words.short(f"ingredients.{name}")
        yield _action(words, base, about, words.given(f"{base}.what") or about)
    for one in words.agreed:
        day = words.day(date.fromisoformat(one.due)) if one.due else one.due_text
        meeting = words.documents["summary"]["meeting"]
        yield Action(
            f"agreed.{one.id}", meeting, words.agreed_what(one), one.who, day, one.due or "",
            "" if one.due_text == day else one.due_text, one.done,
        )  # fmt: skip


def _action(words: Words, base: str, about: str, what: str) -> Action:
    when = words.values.get(f"{base}.when")
    day, said = "", ""
    if isinstance(when, Mapping):
        day, said = str(when.get("date") or ""), str(when.get("text") or "")
    shown = words.day(date.fromisoformat(day)) if day else said
    return Action(
        base, about, " ".join(what.split()), " ".join(words.given(f"{base}.who").split()),
        shown, day, "" if said == shown else said,
    )  # fmt: skip


def first_steps(words: Words) -> tuple[Step, ...]:
    """The advice's first steps, as far as there is any advice yet."""
    return () if words.early else words.advice.first_steps


def look_back(words: Words) -> date | None:
    """The day on which the person wants to look back; none where that is not known."""
    given = words.walk.given.get("closing.recheck") if words.walk else None
    wanted: Any = words.values.get("closing.recheck")
    if given is None or wanted in (None, UNKNOWN) or wanted not in LOOK_BACK:
        return None
    return given.at.date() + timedelta(days=LOOK_BACK[wanted])
