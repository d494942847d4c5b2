"""Looking back after weeks: is it still so, what changed since then, and what that means."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from flows.advice.comparison import A_WEEK, compare, landmarks, last_time, stood, to_look_at
from flows.advice.undertakings import HOW, undertakings
from flows.interview.onward import go_on
from flows.interview.questions import LOOKING, passed_action, say_and_ask, stale
from flows.model.effects import KeepAnswer
from flows.model.journey import Given, Landmark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.exchange import Exchange

NEXT_TIME = "closing.recheck"
WEEKS_AWAY = timedelta(weeks=3)
"""A silence after which whoever comes back is offered to look back."""


def start(x: Exchange) -> None:
    """Back after a while: which pilot, which question; after weeks a look back first."""
    last = max((one.at for one in x.here.given.values()), default=x.now)
    if "finished" in x.here.cursor.told and x.now - last >= WEEKS_AWAY:
        x.menu("back_after", "/look_back", "/since", "/again", key="back_after", last=last)
    else:
        say_and_ask(x, "welcome_back")


def look_back(x: Exchange) -> None:
    """The few questions that changed most likely, one by one, with what was answered then."""
    asked = x.here.opened(x.guide.canvas)[x.here.depth]
    over = {f"{u.action}.when" for u in undertakings(x.guide, x.here) if not u.open}
    found = to_look_at(x.guide, x.here.given, x.now)
    plan = tuple(k for k in found if k in asked and k not in over)
    if plan and x.here.values.get(NEXT_TIME) not in (None, "never"):
        plan = (*plan, NEXT_TIME)  # from that answer on it is planned
    if not plan:
        x.menu("look_back_nothing", "/since", "/again", key="look_back")
        return
    x.point(plan=plan, told=(*(m for m in x.here.cursor.told if m != LOOKING), LOOKING))
    x.say("look_back", joins=True, count=len(plan))
    go_on(x)


def still(x: Exchange) -> None:
    """It is as it was: the same answer, with the day of now."""
    question = x.question
    kept = x.here.given.get(question.key) if question else None
    if kept is None or kept.value is None:
        stale(x)
        return
    own = x.here.own.get(kept.question)
    note = own.note if own and own.value == kept.value else ""  # a colleague's stays theirs
    given = Given(kept.question, kept.value, x.update.at, note=note)
    x.answers.append(given)
    x.do(KeepAnswer(given))
    x.here = x.here.with_answer(given)
    x.point(plan=tuple(key for key in x.here.cursor.plan if key != kept.question))
    go_on(x)


def went(x: Exchange) -> None:
    """How the action went whose day has come: a desk asks the rest, and comes back here."""
    one = passed_action(x)
    if one is None or x.argument not in HOW.values():
        stale(x)
        return
    asked = f"{one.action}.when"
    x.point(plan=tuple(key for key in x.here.cursor.plan if key != asked))
    x.go(f"went_{x.argument}", f"{x.here.id} {one.action}")


def since(x: Exchange) -> None:
    """What changed since a moment; without one, since the last time, at least a week ago."""
    marks = landmarks(x.context.past, x.here, x.now.tzinfo)
    mark = _named(x, marks) or last_time(marks, x.now)
    if mark is None:
        say_and_ask(x, "since_nothing")
        return
    compared = compare(x.guide, stood(x.context.past.given, mark.at), x.here.given)
    others = [f"/since {one.kind} {one.at:%Y-%m-%d}" for one in _others(marks, mark, x.now)]
    looked = any(one.kind == "look_back" and x.now - one.at < A_WEEK for one in marks)
    again = () if looked or not to_look_at(x.guide, x.here.given, x.now) else ("/look_back",)
    menu = (*others, *again, "/document changes", "/again")
    x.menu("since", *menu, key="since", mark=mark, compared=compared)


def year(x: Exchange) -> None:
    """The line of this pilot, from when it began to what comes."""
    x.menu("year", "/document year", "/since", "/again", key="since", past=x.context.past)


def _named(x: Exchange, marks: Sequence[Landmark]) -> Landmark | None:
    """The moment of a button, or the end of a day that was typed as 2027-03-01."""
    kind, _, day = x.argument.rpartition(" ")
    found = [one for one in marks if (one.kind, f"{one.at:%Y-%m-%d}") == (kind, day)]
    if found or kind:
        return found[-1] if found else None
    try:
        typed = date.fromisoformat(day)
    except ValueError:
        return None
    return Landmark("day", datetime.combine(typed, time.max, x.now.tzinfo))


def _others(marks: Sequence[Landmark], but: Landmark, now: datetime) -> list[Landmark]:
    """The last of each kind, at least a week ago, none of a day that is there already."""
    found: dict[date, Landmark] = {but.at.date(): but}
    for kind in ("meeting", "look_back", "summary", "walk"):
        own = [one for one in marks if one.kind == kind and now - one.at >= A_WEEK]
        if own:
            found.setdefault(own[-1].at.date(), own[-1])
    return [one for one in found.values() if one is not but]
