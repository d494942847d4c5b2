"""Then and now: what changed in answers, routes and steps since a moment, and by which answers.

Pure, of nothing but answers with their times: whose they are makes no difference, so that a
canvas of several people is compared as the canvas of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.advice.advice import advise, route_keys
from flows.model.canvas import UNKNOWN
from flows.model.journey import LOOKED, Landmark, changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import tzinfo

    from flows.advice.advice import Advice
    from flows.model.canvas import Canvas, Values
    from flows.model.guidebook import Guide
    from flows.model.journey import Given, Past, Walk
    from flows.model.rules import Rules


A_WEEK = timedelta(days=7)
"""What is nearer than this is now, not then."""

GATE = "gate"
"""The name of the outcome among the routes."""


@dataclass(frozen=True)
class Revision:
    """One answer that is another than it was; None is no answer."""

    question: str
    then: Any
    now: Any


@dataclass(frozen=True)
class Shift:
    """The outcome (`about` is GATE) or the fit of a route that became another.

    `because`: the answers that made it so, each alone or all together; `by_rule`: the guide's
    rules were renewed since this canvas began, and that alone gives another result.
    """

    about: str
    then: str
    now: str
    because: tuple[Revision, ...] = ()
    by_rule: bool = False


@dataclass(frozen=True)
class Comparison:
    """`confirmed`: questions that were answered anew with the same; `shifts`: outcome first.

    `new_steps`, `past_steps`: suggestions that came, and that are none any more.
    """

    before: Advice
    after: Advice
    revisions: tuple[Revision, ...] = ()
    confirmed: tuple[str, ...] = ()
    shifts: tuple[Shift, ...] = ()
    new_steps: tuple[str, ...] = ()
    past_steps: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing at all is different."""
        return not (self.revisions or self.shifts or self.new_steps or self.past_steps)


def stood(history: Iterable[Given], moment: datetime) -> dict[str, Given]:
    """The newest answers of a history at a moment, as `Walk.given` holds them."""
    until = moment.astimezone(UTC)
    return {one.question: one for one in history if one.at.astimezone(UTC) <= until}


def compare(guide: Guide, then: Mapping[str, Given], now: Mapping[str, Given]) -> Comparison:
    """What became another, in the order of the canvas."""
    canvas, rules = guide.canvas, guide.rules
    old, new = (canvas.relevant(_values(given)) for given in (then, now))
    revisions = tuple(
        Revision(q.key, old.get(q.key), new.get(q.key))
        for q in canvas.questions
        if old.get(q.key) != new.get(q.key)
    )
    before, after = advise(canvas, rules, old), advise(canvas, rules, new)
    earlier = {step.step for step in before.steps}
    later = {step.step for step in after.steps}
    return Comparison(
        before,
        after,
        revisions,
        tuple(_confirmed(then, now)),
        tuple(_shifts(guide, _values(then), _values(now), revisions)),
        tuple(s.step for s in after.next_steps if s.step not in earlier),
        tuple(s.step for s in before.next_steps if s.step not in later),
    )


def landmarks(past: Past, walk: Walk, zone: tzinfo | None) -> tuple[Landmark, ...]:
    """Every moment to compare with, oldest first, on one clock."""
    looked = [m.removeprefix(LOOKED) for m in walk.cursor.told if m.startswith(LOOKED)]
    found = [
        *past.marks,
        *(Landmark("look_back", datetime.fromisoformat(moment)) for moment in looked),
        *(Landmark("walk", end) for _, end in walks(past.given)[:-1]),
    ]
    there = [changed(one, at=one.at.astimezone(zone)) for one in found]
    return tuple(sorted(there, key=lambda one: one.at))


def last_time(marks: Sequence[Landmark], now: datetime) -> Landmark | None:
    """The newest that is at least a week ago."""
    long_ago = [one for one in marks if now.astimezone(UTC) - one.at.astimezone(UTC) >= A_WEEK]
    return max(long_ago, key=lambda one: one.at.astimezone(UTC), default=None)


def walks(history: Sequence[Given]) -> list[tuple[datetime, datetime]]:
    """When answers came: first and last of each stretch without a week of silence."""
    found: list[tuple[datetime, datetime]] = []
    for at in sorted((one.at for one in history), key=lambda at: at.astimezone(UTC)):
        if found and at.astimezone(UTC) - found[-1][1].astimezone(UTC) < A_WEEK:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found


def _values(given: Mapping[str, Given]) -> dict[str, Any]:
    return {key: one.value for key, one in given.items() if one.value is not None}


def _confirmed(then: Mapping[str, Given], now: Mapping[str, Given]) -> Iterator[str]:
    for key, one in now.items():
        old = then.get(key)
        if old and one.value is not None and (one.value, True) == (old.value, one.at > old.at):
            yield key


def _shifts(
    guide: Guide, then: Values, now: Values, revisions: Sequence[Revision]
) -> Iterator[Shift]:
    canvas, rules = guide.canvas, guide.rules
    old, new = _outcomes(canvas, rules, then), _outcomes(canvas, rules, now)
    began = guide.first_rules() if guide.renewed else None
    first = _outcomes(canvas, began, then) if began else old
    for about, result in new.items():
        was = first.get(about, result)
        if was != result:
            causes = tuple(_causes(guide, about, then, now, revisions))
            yield Shift(about, was, result, causes, by_rule=was != old.get(about))


def _outcomes(canvas: Canvas, rules: Rules, values: Values) -> dict[str, str]:
    """The outcome, and each route's fit."""
    advice = advise(canvas, rules, values)
    return {GATE: advice.gate.outcome, **{one.route: one.fit for one in advice.routes}}


def _causes(
    guide: Guide, about: str, then: Values, now: Values, revisions: Sequence[Revision]
) -> Iterator[Revision]:
    """Those without which it would not be so; where none is by itself, all that it rests on."""
    result = _outcomes(guide.canvas, guide.rules, now)[about]
    if _outcomes(guide.canvas, guide.rules, then).get(about) == result:
        return  # the answers give the same: it was a rule
    rules = [rule for rule in guide.rules.routes if rule.key == about]
    rests = route_keys(guide.rules, *rules)
    tried = [one for one in revisions if one.question in {*rests, *guide.canvas.deciding}]
    alone = [
        one
        for one in tried
        if _outcomes(guide.canvas, guide.rules, _undone(then, now, one))[about] != result
    ]
    yield from alone or [one for one in tried if one.question in rests]


def _undone(then: Values, now: Values, one: Revision) -> Values:
    """The answers of now with this one as it was: what is kept and did not apply, too."""
    rest = {key: value for key, value in now.items() if key != one.question}
    return {**rest, one.question: then[one.question]} if one.question in then else rest


# ---------------------------------------------------------------- what to look back at

LOOKED_AT = 6  # questions of a look-back: a few minutes
ACTIONS = 2  # of those at most so many about dates that have passed


def to_look_at(guide: Guide, given: Mapping[str, Given], now: datetime) -> tuple[str, ...]:
    """The questions that changed most likely and matter most, none answered this last week.

    What is unknown and decides first, then what else decides, most routes first, then the
    dates that have passed.
    """
    values = guide.canvas.relevant(_values(given))
    old = [k for k in values if now.astimezone(UTC) - given[k].at.astimezone(UTC) >= A_WEEK]
    passed = [key for key in old if _has_passed(values[key], now)][:ACTIONS]
    weights = {key: _weight(guide, values, key) for key in old}
    deciding = sorted(
        (key for key, (changes, _) in weights.items() if changes),
        key=lambda key: (weights[key][1], weights[key][0]),
        reverse=True,
    )
    return (*deciding[: LOOKED_AT - len(passed)], *passed)


def _has_passed(value: Any, now: datetime) -> bool:
    """Whether this is a moment whose date has come."""
    said = value.get("date") if isinstance(value, dict) else None
    return isinstance(said, str) and said <= now.date().isoformat()


def _weight(guide: Guide, values: Values, key: str) -> tuple[int, bool]:
    """How many other outcomes and fits its other answers give, and whether it is unknown."""
    question = guide.canvas[key]
    if not question.choices or key not in route_keys(guide.rules):
        return 0, False
    now = _outcomes(guide.canvas, guide.rules, values)
    found: set[tuple[str, str]] = set()
    for choice in question.choices:
        other = [choice] if isinstance(values[key], (list, tuple)) else choice
        found.update(_outcomes(guide.canvas, guide.rules, {**values, key: other}).items())
    return len(found - set(now.items())), values[key] == UNKNOWN
