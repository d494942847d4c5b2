"""What lies on the table at a meeting, from what each adviser shares. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.advice.comparison import GATE
from flows.model.canvas import UNKNOWN, Canvas
from flows.model.kinds import KIND
from flows.model.values import value
from flows.trajectory.heat_map import LEADING, LEVELS, by_pilot, called, heat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flows.model.journey import Agreed, Attempt, Given, Went
    from flows.model.trajectory import Seat

EIGHT = {
    "administrator": ("ingredients.governance", "routes.mandate"),
    "practice": ("pitfalls.partners_table", "routes.clicked"),
    "up": ("impact.evidence", "impact.success_by", "impact.outside_view"),
    "down": ("ingredients.funding", "routes.hours", "routes.hinges"),
}
"""The figure eight: who is on board above and below, what goes up, what goes down."""

CLASHES = (
    (("ingredients.funding", "yes"), ("routes.temporary", "fully")),
    (("ingredients.governance", "yes"), ("routes.rules", "yes")),
    (("ingredients.collaboration", "yes"), ("pitfalls.partners_table", "no")),
    (("ingredients.skills", "yes"), ("routes.hinges", "no")),
    (("ingredients.skills", "yes"), ("pitfalls.conditions_without", "no")),
    (("ingredients.needs", "no"), ("routes.demand", "concrete")),
    (("impact.evidence", "measured"), ("impact.working_part", "no")),
    (("routes.mandate", "yes"), ("routes.hours", "no")),
    (("ingredients.collaboration", "yes"), ("ingredients.agreements", "no")),
)
"""Answers of one person that sit uneasily together: worth a question, no correction."""

STEPS = 3  # steps that came, told of one adviser
MOST = 3  # differences and clashes on one page: more is no conversation


@value
class Shared:
    """One shared answer, and whose it is. `by`: where several of one municipality answer."""

    by: str
    key: str
    given: Given
    person: str


@value
class SharedShift:
    """What became another since the last meeting: the outcome, routes, or a step that came.

    `about`: the outcome, a step, or all routes of which the same is so; `now`: the outcome or
    the fit, None of a step; `because`: (question, answer) as it is now.
    """

    by: str
    about: tuple[str, ...]
    now: str | None = None
    because: tuple[tuple[str, Given | None], ...] = ()
    by_rule: bool = False


def on_the_table(
    canvas: Canvas, seats: Sequence[Seat], since: datetime | None, now: datetime
) -> dict[str, Any]:
    """Answers, what is new `since` the last meeting, and what asks for a conversation."""
    named = len(seats) > 1  # of one adviser alone nobody asks whose answer it is
    said = _said(canvas, seats, named=named)
    row = heat(seats, canvas.ingredients)
    routes = [r for s in seats for r, fit in s.view.routes or () if fit in LEADING]
    return {
        "seats": seats, "pilots": _pilots(seats), "said": said,
        "turns": list(_turns(seats, since, named=named)),
        "fresh": _said(canvas, seats, named=named, since=since) if since else [],
        "weak": [key for level in LEVELS[:2] for key, found in row.items() if found == level],
        "routes": list(dict.fromkeys(routes)), "open_points": _open(seats),
        "differ": _differ(canvas, seats), "clashes": _clashes(seats), "agreed": _due(seats, now),
        "wins": _went(seats, "done"), "stuck": _went(seats, "failed"),
        "eight": [(side, [s for s in said if s.key in keys]) for side, keys in EIGHT.items()],
    }  # fmt: skip


def once(agreed: Iterable[Agreed]) -> list[Agreed]:
    """Each action once, whoever has it: what was confirmed by anybody first."""
    found: dict[tuple[str, str, str], Agreed] = {}
    for one in sorted(agreed, key=lambda one: not one.confirmed):
        found.setdefault((one.what, one.who, one.due_text), one)
    return sorted(found.values(), key=lambda one: one.id)


def _pilots(seats: Sequence[Seat]) -> list[tuple[str, list[str]]]:
    """(name, who fills it) where there are several; each is a pilot of its own."""
    found = [(called(some), [seat.person for seat in some]) for some in by_pilot(seats)]
    return found if len(found) > 1 else []


def _due(seats: Sequence[Seat], now: datetime) -> list[tuple[Agreed, bool]]:
    """What was agreed and is not over, and whether its date has passed."""
    today = now.date().isoformat()
    found = once(a for seat in seats for a in seat.agreed if a.confirmed and not a.over)
    return [(one, bool(one.due and one.due < today)) for one in found]


def _went(seats: Sequence[Seat], how: Went) -> list[tuple[str, Attempt]]:
    """(whose, how an action went) of what they share, newest first; of one pilot once."""
    found: dict[tuple[int, str, datetime], tuple[str, Attempt]] = {}
    for seat in seats:
        for one in seat.view.attempts:
            key = (one.canvas, one.action, one.at)
            if one.how == how and (key not in found or one.note):
                found[key] = seat.person, one
    return sorted(found.values(), key=lambda pair: pair[1].at, reverse=True)


def _differ(canvas: Canvas, seats: Sequence[Seat]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Where colleagues of one pilot gave different answers to a choice, as far as they share."""
    return [one for some in by_pilot(seats) for one in _differ_in(canvas, some)][:MOST]


def _differ_in(canvas: Canvas, seats: Sequence[Seat]) -> list[tuple[str, list[tuple[str, str]]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for seat in seats:
        for key, given in seat.view.given.items():
            question = canvas.get(key)
            if question and KIND[question.kind].one and given.value is not None:
                found.setdefault(key, []).append((seat.person, str(given.value)))
    return [(k, v) for k, v in found.items() if len({said for _, said in v}) > 1]


def _turns(seats: Sequence[Seat], since: datetime | None, *, named: bool) -> Iterator[SharedShift]:
    """As far as each shares it; the outcome first."""
    for seat in seats:
        seen, by = seat.view, seat.name if named else ""
        if since is None or not seen.since or datetime.fromisoformat(seen.since) != since:
            continue  # of an older meeting, or nothing changed
        fits = {**dict(seen.routes or ()), **({GATE: seen.gate} if seen.gate else {})}
        alike: dict[Any, list[str]] = {}
        for about in (one for one in seen.moved if one in fits):
            why = (seen.because.get(about, ()), about in seen.by_rule)
            alike.setdefault((about == GATE, fits[about], *why), []).append(about)
        for (_, now, because, by_rule), abouts in alike.items():
            causes = tuple((key, seen.given.get(key)) for key in because)
            yield SharedShift(by, tuple(abouts), now, causes, by_rule=by_rule)
        yield from (SharedShift(by, (step,)) for step in seen.new_steps[:STEPS])


def _said(
    canvas: Canvas, seats: Sequence[Seat], *, named: bool, since: datetime | None = None
) -> list[Shared]:
    """Every shared answer: the newest part first, in the order of the canvas within it.

    With `since` those that are others now.
    """
    found = [
        Shared(seat.name if named else "", key, one, seat.person)
        for seat in seats
        for key, one in seat.view.given.items()
        if one.value not in (None, UNKNOWN)
        and (since is None or (one.at > since and key in seat.view.revised))
    ]
    order = {question.key: at for at, question in enumerate(canvas.questions)}
    found.sort(key=lambda s: order.get(s.key, len(order)))  # unknown keys: of another edition
    newest = {s.key.partition(".")[0]: s.given.at for s in sorted(found, key=lambda s: s.given.at)}
    return sorted(found, key=lambda s: newest[s.key.partition(".")[0]], reverse=True)


def _open(seats: Sequence[Seat]) -> list[str]:
    """Shared open points: questions to put on the table."""
    own = [k for s in seats for k, g in s.view.given.items() if g.value == UNKNOWN]
    return list(dict.fromkeys([*(k for s in seats for k in s.view.open_points or ()), *own]))


def _clashes(seats: Sequence[Seat]) -> Sequence[tuple[str, tuple[tuple[str, str], ...]]]:
    """(whose, the two answers), of what that adviser shares."""
    return [(seat.person, pair) for seat in seats for pair in CLASHES
            if all(seat.view.values.get(key) == value for key, value in pair)][:MOST]  # fmt: skip
