"""Which answers can come together, and how long a walk through them is.

Two questions about the structure, both answered by trying and not by judging:
can these conditions hold at once, and what is the shortest and longest walk.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import combinations
from operator import add, attrgetter
from typing import TYPE_CHECKING

from content.structure import WEAK
from flows.model.canvas import SKIPPED, Canvas, Clause, Condition, Depth, Question
from flows.model.kinds import KIND, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Value = str | tuple[str, ...]
Need = tuple[str, tuple[str, ...]]
Lengths = tuple["Length", ...]  # one for each of WALKS, in their order

SAID = "said"  # stands for any text, step, name or moment that a person gives
SECONDS_PRESS = 11  # one press: read some forty words at 240 a minute, and the thumb
SECONDS_TYPED = 35  # one typed answer: the same reading, a moment's thought, and a line by thumb


@dataclass(frozen=True)
class Length:
    """A walk in numbers; a move is a press or a typed line."""

    questions: int = 0
    moves: int = 0
    typed: int = 0

    def __add__(self, other: Length) -> Length:
        return Length(
            self.questions + other.questions, self.moves + other.moves, self.typed + other.typed
        )

    @property
    def minutes(self) -> float:
        presses = self.moves - self.typed
        return (presses * SECONDS_PRESS + self.typed * SECONDS_TYPED) / 60


AROUND: Mapping[Depth, Length] = {"quick": Length(moves=2), "full": Length(moves=3)}
"""Akkoord, and on from the advice to the closing; the full walk is asked for with a press."""


WALKS: Mapping[str, Callable[[Iterable[Length]], Length]] = {
    "shortest": partial(min, key=attrgetter("moves", "typed")),
    "longest": partial(max, key=attrgetter("moves", "typed")),
    "most_typed": partial(max, key=attrgetter("typed", "moves")),
}
"""Which of several walks: of those with as many moves the fewest or most typed, and so on."""


def domain(question: Question) -> tuple[Value, ...]:
    """Every value that a press or a typed line can give."""
    kind = KIND[question.kind]
    if not kind.some:
        return (SAID, UNKNOWN) if kind.open else (*question.choices, UNKNOWN)
    most = question.at_most or len(question.choices)
    alone = ((question.alone,),) if question.alone else ()
    ticks = [choice for choice in question.choices if choice != question.alone]
    lists = (some for size in range(1, most + 1) for some in combinations(ticks, size))
    return (*alone, *lists, UNKNOWN if UNKNOWN in kind.beside else SKIPPED)


def accepted(need: Need, value: Value) -> bool:
    """Whether this one need of a clause is met by the value."""
    return Clause((need,)).holds({need[0]: value})


# ---------------------------------------------------------------- which answers go together


def solutions(
    canvas: Canvas,
    wanted: tuple[Condition, ...],
    depth: Depth = "full",
    known: Mapping[str, Value] | None = None,
) -> Iterator[Mapping[str, Value]]:
    """Answers under which all conditions hold and all their questions are asked."""
    if not wanted:
        yield known or {}
        return
    for clause in wanted[0].clauses:
        if not clause.needs:
            yield from solutions(canvas, wanted[1:], depth, known)
            continue
        need, *others = clause.needs
        later = (Condition((Clause(tuple(others)),)), *wanted[1:])
        for value, opens in _tries(canvas[need[0]], depth, known or {}):
            if accepted(need, value):
                found = {**(known or {}), need[0]: value}
                yield from solutions(canvas, (*later, *opens), depth, found)


def _tries(
    question: Question, depth: Depth, known: Mapping[str, Value]
) -> Iterator[tuple[Value, tuple[Condition, ...]]]:
    """Each value it may take, with the conditions under which it can be given."""
    if question.key in known:
        yield known[question.key], ()
    elif question.within(depth):
        condition = question.condition(depth)
        opens = (condition,) if condition else ()
        for value in domain(question):
            yield value, (*opens, *_offered(question, value))


def _offered(question: Question, value: Value) -> Iterator[Condition]:
    """An action is offered for an ingredient that is not arranged."""
    for name in value if KIND[question.kind].offers == "not_arranged" else ():
        yield Condition((Clause(((f"{question.part}.{name}", WEAK),)),))


def opens(canvas: Canvas, question: Question, depth: Depth) -> bool:
    """Whether some combination of answers brings this question up at this depth."""
    condition = question.condition(depth)
    return condition is None or next(solutions(canvas, (condition,), depth), None) is not None


# ---------------------------------------------------------------- how long a walk is


def walks(canvas: Canvas, depth: Depth) -> Mapping[str, Length]:
    """Each of WALKS, exact, over every combination of answers, question by question in order.

    Of what was answered, only that counts which a later condition can still ask
    for. Questions that no condition links therefore simply add up, and linked
    ones (demand -> comparable, ingredients -> actions -> fields) are tried
    together. Answers that all later conditions treat alike count as one.
    """
    asked = [q for q in canvas.questions if q.within(depth)]
    later = [_needs(asked[at:], depth) for at in range(len(asked) + 1)]
    counts = [frozenset(key for key, _ in needs) for needs in later]

    @cache
    def best(at: int, known: frozenset[tuple[str, Value]]) -> Lengths:
        if at == len(asked):
            return tuple(Length() for _ in WALKS)
        question, values = asked[at], dict(known)
        if not canvas.applies(question, values, depth):
            return best(at + 1, _still(values, counts[at + 1]))
        ways = [
            map(add, costs, best(at + 1, _still({**values, question.key: value}, counts[at + 1])))
            for value, costs in _options(question, later[at + 1])
            if all(condition.holds(values) for condition in _offered(question, value))
        ]
        return _chosen(zip(*ways, strict=True))

    return {which: AROUND[depth] + found
            for which, found in zip(WALKS, best(0, frozenset()), strict=True)}  # fmt: skip


def _chosen(lengths: Iterable[Iterable[Length]]) -> Lengths:
    """Of the lengths that each of WALKS can have here, the one that it takes."""
    return tuple(choose(some) for choose, some in zip(WALKS.values(), lengths, strict=True))


def _needs(questions: list[Question], depth: Depth) -> frozenset[Need]:
    conditions = (question.condition(depth) for question in questions)
    return frozenset(n for c in conditions if c for clause in c.clauses for n in clause.needs)


def _still(values: Mapping[str, Value], keys: frozenset[str]) -> frozenset[tuple[str, Value]]:
    return frozenset((key, value) for key, value in values.items() if key in keys)


@lru_cache(maxsize=1024)
def _options(question: Question, later: frozenset[Need]) -> tuple[tuple[Value, Lengths], ...]:
    """One value, with its best costs, for each way in which later conditions see it."""
    own = [need for need in later if need[0] == question.key]
    kinds: dict[tuple[bool, ...], tuple[Value, list[Length]]] = {}
    for value in domain(question):
        seen = tuple(accepted(need, value) for need in own)
        kinds.setdefault(seen, (value, []))[1].extend(_costs(question, value))
    return tuple((value, _chosen([costs] * len(WALKS))) for value, costs in kinds.values())


def _costs(question: Question, value: Value) -> tuple[Length, ...]:
    """What one answer can cost; some can be pressed as well as typed."""
    kind, one = KIND[question.kind], int(question.of is None)
    press = Length(one, 1, 0)
    if isinstance(value, tuple) and value != (question.alone,):
        return (Length(one, len(value) + 1, 0),)
    if value != SAID:
        return (press,)
    typed = Length(one, 2 if "/other" in kind.beside else 1, 1)
    return (typed,) if kind.typed else (press, typed)
