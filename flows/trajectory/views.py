"""What a kwartiermaker may see of a canvas: made from the shares, never by leaving out after.

Everything shown to a kwartiermaker (overview, meeting page, prompt, export) is
made from a `View`. Only `view` makes one, and it copies nothing that the shares
do not name.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flows.advice import progress
from flows.advice.advice import advise
from flows.advice.comparison import compare
from flows.advice.undertakings import AGREED, FIRST_STEP, done_steps, ended
from flows.model.journey import Attempt, Given, View, Walk, changed
from flows.model.values import value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from flows.model.canvas import Canvas
    from flows.model.guidebook import Guide
    from flows.model.journey import Earlier

SUMMARY, ALL = "summary", "all"

IN_SUMMARY = (
    "pilot.name", "pilot.organisation", "closing.insight", "closing.recheck",
    "closing.small_win", "closing.small_win.who", "closing.small_win.when",
)  # fmt: skip
"""The answers that the summary shows in a person's own words."""


@value
class Facts:
    """All that is known of a canvas; never shown as it is.

    `week`: the Monday of the last change; `routes`: (route, fit), best first.
    """

    part: str = ""
    settled: int = 0
    asked: int = 0
    week: date | None = None
    gate: str = ""
    routes: tuple[tuple[str, str], ...] = ()
    attention: tuple[tuple[str, str, str], ...] = ()
    steps: tuple[str, ...] = ()
    open_points: tuple[str, ...] = ()
    ingredients: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Given] = field(default_factory=dict)
    since: str = ""
    moved: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    because: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_rule: tuple[str, ...] = ()
    new_steps: tuple[str, ...] = ()


def shareable(canvas: Canvas) -> tuple[str, ...]:
    """Everything that can be shared beside progress, smallest first."""
    return (SUMMARY, *(part.key for part in canvas.parts), ALL)


def readable(key: str, shares: tuple[str, ...]) -> bool:
    """Whether this answer may be read under these shares."""
    if ALL in shares or key.partition(".")[0] in shares:
        return True
    return SUMMARY in shares and key in IN_SUMMARY


def view(facts: Facts, shares: tuple[str, ...], agreed: Collection[int] = ()) -> View:
    """What these shares let through: progress, and what they name.

    `agreed`: what was agreed in meetings of this very place; of others nothing is told.
    """
    whole = SUMMARY in shares or ALL in shares
    causes = facts.because.items() if whole else ()
    return View(
        facts.part, facts.settled, facts.asked, facts.week, shares,
        gate=facts.gate if whole else None,
        routes=facts.routes if whole else None,
        attention=facts.attention if whole else None,
        steps=facts.steps if whole else None,
        open_points=facts.open_points if whole else None,
        ingredients=facts.ingredients if whole or "ingredients" in shares else None,
        given={k: g for k, g in facts.given.items() if readable(k, shares)},
        since=facts.since,
        moved=facts.moved if whole else (),
        revised=tuple(key for key in facts.revised if readable(key, shares)),
        attempts=tuple(one for one in facts.attempts if _told(one.action, shares, agreed)),
        because={about: tuple(k for k in keys if readable(k, shares)) for about, keys in causes},
        by_rule=facts.by_rule if whole else (),
        new_steps=facts.new_steps if whole else (),
    )  # fmt: skip


def with_name(seen: View, name: Given | None) -> View:
    """The same with what its pilot is called, where that may be read."""
    if name is None or not readable(name.question, seen.shares):
        return seen
    return changed(seen, given={**seen.given, name.question: name})


def _told(action: str, shares: tuple[str, ...], agreed: Collection[int]) -> bool:
    """It is shared with the action itself; what a meeting agreed, as the first step is."""
    if not action.startswith(AGREED):
        return readable(action, shares)
    return action in {f"{AGREED}{one}" for one in agreed} and readable(FIRST_STEP, shares)


def facts_of(guide: Guide, walk: Walk) -> Facts:
    """What is known of a canvas now: only answers that apply."""
    canvas = guide.canvas
    values = canvas.relevant(walk.values)
    advice = advise(canvas, guide.rules, values).without(done_steps(walk))
    settled, asked = progress.share(canvas, walk)
    last = max((g.at for g in walk.given.values()), default=None)
    # On a shared canvas each shares their own answers; what follows from all is of the pilot.
    own = [key for key in values if key in walk.own and walk.own[key].value is not None]
    left = progress.missing(canvas, walk)  # its part is where the first open question is
    return Facts(
        part=left[0].part if left else "done", settled=settled, asked=asked,
        week=monday(last.date()) if last else None,
        gate=advice.gate.outcome,
        routes=tuple((r.route, r.fit) for r in advice.routes),
        attention=tuple((a.kind, a.key, a.level) for a in advice.attention),
        steps=tuple(s.step for s in advice.next_steps),
        open_points=(*advice.open_points, *_tabled(walk)),
        ingredients={k: values[k] for k in canvas.ingredients if k in own},
        given={k: walk.own[k] for k in own},
        attempts=tuple(_attempts(walk)),
    )  # fmt: skip


def _tabled(walk: Walk) -> tuple[str, ...]:
    """What was kept for the meeting: the question, not what anybody answered."""
    return tuple(walk.joint.tabled) if walk.joint else ()


def _attempts(walk: Walk) -> Iterator[Attempt]:
    """How actions went; where a colleague said so, no word of theirs goes along."""
    for one in ended(walk.attempts, "done", "failed"):
        mine = one.canvas == walk.id
        who = None if one.who == "me" else one.who
        yield one if mine else changed(one, who=who, note="", door="", by=None)


def since(guide: Guide, walk: Walk, earlier: Earlier) -> dict[str, Any]:
    """What became another since a meeting, by the fields of Facts."""
    found = compare(guide, earlier.given, walk.given)
    # A route of which nothing was known, and that does not suit now, is no news.
    shifts = [one for one in found.shifts if (one.then, one.now) != ("open", "not_now")]
    return {
        "since": earlier.mark.at.isoformat(),
        "moved": tuple(one.about for one in shifts),
        "revised": tuple(one.question for one in found.revisions),
        "because": {one.about: tuple(each.question for each in one.because) for one in shifts},
        "by_rule": tuple(one.about for one in shifts if one.by_rule),
        "new_steps": found.new_steps,
    }


def monday(day: date) -> date:
    return day - timedelta(day.weekday())
