"""How things stand and who will do what: no paper says more, and all say it the same.

A route of which nothing is known, or an outcome before its questions were answered,
is no "nu niet" and no "veelbelovend": it was not asked, or cannot be said yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from content.words.phrases import upper_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.words.vocabulary import Words
    from flows.advice.advice import Route, Step

NONE, OPEN = "none", "open"
SMALL_WIN = "closing.small_win"
LOOK_BACK = {"month": 30, "quarter": 91, "half_year": 182}
"""Days until the person wants to look back."""


def outcome(words: Words) -> tuple[str, str]:
    """(title, text) of the outcome; the words of too_early say that there is none yet."""
    told = words.words_of_gate()
    return told["title"], told["text"]


def of_route(words: Words, route: Route) -> tuple[str, str]:
    """(mark, word) of a route."""
    if not words.early and route.fit != OPEN:
        return route.fit, words.fit(route)
    asked = any(key in words.values for key in keys_of_route(words, route))
    return (OPEN if asked else NONE), str(words.documents["status"][OPEN if asked else NONE])


def keys_of_route(words: Words, route: Route) -> tuple[str, ...]:
    """The questions that speak for a route, the heaviest first."""
    rule = next(r for r in words.content.guide.rules.routes if r.key == route.route)
    return tuple(dict.fromkeys((*rule.strong.keys, *rule.weak.keys)))


def of_ingredient(words: Words, key: str) -> tuple[str, str]:
    """(mark, word) of an ingredient."""
    value = str(words.values.get(key, NONE))
    return value, str(words.documents["status"].get(value, ""))


# ---------------------------------------------------------------- who does what, and when


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


def actions(words: Words) -> Iterator[Action]:
    """All of them: the own first step, the ingredients', the meetings'."""
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
    given = when if isinstance(when, Mapping) else {}
    day, said = str(given.get("date") or ""), str(given.get("text") or "")
    shown = words.day(date.fromisoformat(day)) if day else said
    return Action(
        base, about, " ".join(what.split()), " ".join(words.given(f"{base}.who").split()),
        shown, day, "" if said == shown else said,
    )  # fmt: skip


def by_day(words: Words) -> list[Action]:
    """The same in order of time; what has no day yet comes last."""
    return sorted(actions(words), key=lambda one: (not one.day, one.day))


def own_step(words: Words) -> Action | None:
    """The first step that the person chose."""
    return next((one for one in actions(words) if one.key == SMALL_WIN), None)


def first_steps(words: Words) -> tuple[Step, ...]:
    """The advice's first steps, as far as there is any advice yet."""
    return () if words.early else words.advice.first_steps


def look_back(words: Words) -> date | None:
    """The day on which the person wants to look back; none where that is not known."""
    given = words.walk.given.get("closing.recheck") if words.walk else None
    days = LOOK_BACK.get(str(words.values.get("closing.recheck")))
    return given.at.date() + timedelta(days=days) if given and days else None
