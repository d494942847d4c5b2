"""What is asked, in which order, and under which conditions. No words, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar

from flows.model.kinds import KIND, KindName
from flows.model.kinds import UNKNOWN as UNKNOWN  # noqa: PLC0414 - an answer of every canvas

T = TypeVar("T")


SKIPPED = ""
"""Stands for a skipped question where only openness counts: it opens nothing."""

Depth = Literal["quick", "full", "paper"]
"""How much is asked. Walks are quick or full; `paper` is what only documents need."""

DEPTHS: tuple[Depth, ...] = ("quick", "full", "paper")

ONE_OF: frozenset[str] = frozenset(name for name, kind in KIND.items() if kind.one)
ANY_OF: frozenset[str] = frozenset(name for name, kind in KIND.items() if kind.some)
OPEN: frozenset[str] = frozenset(name for name, kind in KIND.items() if kind.open)

Values = Mapping[str, Any]
"""Question key -> value: a text, a choice's key, a list of keys, or a When."""

REMEMBERED = 512
"""Conclusions that are remembered of each kind."""

Because = tuple[tuple[str, Any], ...]
"""The answers a conclusion rests on, as (question, answer)."""


@dataclass(frozen=True)
class Clause:
    """Holds if every question in it has one of the listed answers."""

    needs: tuple[tuple[str, tuple[str, ...]], ...]

    def because(self, values: Values) -> Because | None:
        """The answers that make it hold, or None where it does not."""
        if not self.holds(values):
            return None
        return tuple((key, values.get(key)) for key, _ in self.needs)

    def holds(self, values: Values) -> bool:
        # A plain loop: every turn asks this some thousand times.
        for key, wanted in self.needs:  # noqa: SIM110
            if not _accepts(wanted, values.get(key)):
                return False
        return True


def _accepts(wanted: tuple[str, ...], value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return "*" in wanted or any(_lists(value, w) for w in wanted)
    if value is None or value == SKIPPED:
        return SKIPPED in wanted
    if isinstance(value, str):
        return value in wanted or ("*" in wanted and value != UNKNOWN)
    return "*" in wanted


def _lists(given: list[str] | tuple[str, ...], wanted: str) -> bool:
    return wanted[1:] not in given if wanted.startswith("!") else wanted in given


@dataclass(frozen=True)
class Condition:
    """Clauses of which one must hold."""

    clauses: tuple[Clause, ...]

    def holds(self, values: Values) -> bool:
        for clause in self.clauses:  # noqa: SIM110 - as above
            if clause.holds(values):
                return True
        return False

    def because(self, values: Values) -> Because:
        """Every answer in every clause that holds, in order, once; () where none does."""
        found = (clause.because(values) or () for clause in self.clauses)
        return _once(reason for reasons in found for reason in reasons)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(k for c in self.clauses for k, _ in c.needs))


def frozen(values: Values) -> frozenset[tuple[str, str]]:
    """Answers as something that can be looked up."""
    return frozenset((k, v if v.__class__ is str else repr(v)) for k, v in values.items())


class Memory(dict[Any, Any]):
    """What was concluded before, by all that it was concluded from; at most so many."""

    def __init__(self, most: int = REMEMBERED) -> None:
        super().__init__()
        self.most = most

    def __setitem__(self, key: Any, value: Any) -> None:
        if len(self) >= self.most:
            self.clear()
        super().__setitem__(key, value)

    def of(self, key: Any, conclude: Callable[[], T]) -> T:
        """The conclusion under this key, drawn now where it was not before."""
        found: T | None = self.get(key)
        if found is None:
            found = self[key] = conclude()
        return found


def _once(reasons: Iterable[tuple[str, Any]]) -> Because:
    return tuple(dict(reasons).items())


def merge(*reasons: Because) -> Because:
    """Several lists of reasons as one, each question once."""
    return _once(reason for some in reasons for reason in some)


@dataclass(frozen=True)
class Question:
    """One question. `of` is the question whose field it is (an action's who, when)."""

    key: str
    part: str
    kind: KindName
    depth: Depth = "quick"
    choices: tuple[str, ...] = ()
    when: Condition | None = None
    when_quick: Condition | None = None
    alone: str | None = None
    at_most: int | None = None
    open_point: bool = True
    of: str | None = None
    about: str | None = None

    def within(self, depth: Depth) -> bool:
        """Whether this depth asks it at all."""
        return DEPTHS.index(self.depth) <= DEPTHS.index(depth)

    def condition(self, depth: Depth) -> Condition | None:
        return self.when_quick if depth == "quick" and self.when_quick else self.when


@dataclass(frozen=True)
class Part:
    key: str
    source: str = "-"


@dataclass(frozen=True)
class Pitfall:
    """`checks`: question -> the answers that raise it, beside "partly", which does so mildly."""

    key: str
    checks: Mapping[str, tuple[str, ...]]
    source: str = "-"

    def raised(self, values: Values) -> Literal["raised", "mild"] | None:
        levels = [_level(bad, values.get(key)) for key, bad in self.checks.items()]
        return "raised" if "raised" in levels else "mild" if "mild" in levels else None

    def because(self, values: Values) -> Because:
        return tuple(
            (key, values[key]) for key, bad in self.checks.items() if _level(bad, values.get(key))
        )


def _level(bad: tuple[str, ...], value: Any) -> str | None:
    if value in bad:
        return "raised"
    return "mild" if value == "partly" else None


@dataclass(frozen=True)
class Canvas:
    """The whole structure, and the questions of reachability it can answer."""

    parts: tuple[Part, ...]
    questions: tuple[Question, ...]
    pitfalls: tuple[Pitfall, ...]
    version: str = ""
    _index: dict[str, Question] = field(default_factory=dict, compare=False, repr=False)
    _open: Memory = field(default_factory=Memory, compare=False, repr=False)
    _asked: Memory = field(default_factory=Memory, compare=False, repr=False)
    placed: Memory = field(default_factory=Memory, compare=False, repr=False)
    advised: Memory = field(default_factory=Memory, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._index.update({q.key: q for q in self.questions})

    def __getitem__(self, key: str) -> Question:
        return self._index[key]

    def __contains__(self, key: object) -> bool:
        return key in self._index

    def get(self, key: str) -> Question | None:
        return self._index.get(key)

    @cached_property
    def ingredients(self) -> tuple[str, ...]:
        """The ingredients' questions, in order."""
        picks = next(q for q in self.questions if KIND[q.kind].offers == "not_arranged")
        return tuple(f"{picks.part}.{name}" for name in picks.choices)

    def of_part(self, part: str) -> Iterator[Question]:
        return (q for q in self.questions if q.part == part)

    def applies(self, question: Question, values: Values, depth: Depth) -> bool:
        """Whether it is asked, given answers that apply themselves."""
        if not question.within(depth):
            return False
        condition = question.condition(depth)
        return condition is None or condition.holds(values)

    def relevant(self, values: Values) -> dict[str, Any]:
        """The answers that still apply, whatever the depth they were given in.

        Answers of a branch that was left stay stored, and come back with it.
        """
        return {key: values[key] for key in self._opened(values) if key in values}

    @cached_property
    def _conditions(self) -> tuple[str, ...]:
        """The questions whose answers decide which others are asked."""
        found = (c for q in self.questions for c in (q.when, q.when_quick) if c)
        return tuple(dict.fromkeys(key for condition in found for key in condition.keys))

    def decided(self, values: Values) -> tuple[str | None, ...]:
        """The answers that decide what is asked: the same ones, the same questions."""
        found = [values.get(key) for key in self._conditions]
        return tuple(v if v is None or v.__class__ is str else repr(v) for v in found)

    def _opened(self, values: Values) -> tuple[str, ...]:
        """The questions whose condition holds, of answers that apply themselves."""
        return self._open.of(self.decided(values), lambda: tuple(self._opens(values)))

    def _opens(self, values: Values) -> Iterator[str]:
        kept: dict[str, Any] = {}
        for question in self.questions:
            if question.when is None or question.when.holds(kept):
                yield question.key
                if question.key in values:
                    kept[question.key] = values[question.key]

    def asked(self, values: Values, depth: Depth) -> list[Question]:
        """The questions that apply at this depth now, in order."""
        return [self[key] for key in self.asked_keys(values, depth)]

    def asked_keys(self, values: Values, depth: Depth) -> Mapping[str, None]:
        """The same as keys, in order; remembered, because one turn asks it several times."""
        key = depth, self.decided(values)
        return self._asked.of(key, lambda: self._asks(self.relevant(values), depth))

    def _asks(self, kept: Values, depth: Depth) -> Mapping[str, None]:
        return {q.key: None for q in self.questions if self.applies(q, kept, depth)}

    def possible(self, question: Question, values: Values, depth: Depth) -> bool:
        """Whether it may still come up: its open conditions could yet be met."""
        if not question.within(depth):
            return False
        condition = question.condition(depth)
        return condition is None or any(self._hopeful(c, values, depth) for c in condition.clauses)

    def _hopeful(self, clause: Clause, values: Values, depth: Depth) -> bool:
        return all(
            _accepts(wanted, values[key])
            if key in values
            else self.possible(self[key], values, depth)
            for key, wanted in clause.needs
        )

    def not_arranged(self, values: Values) -> list[str]:
        """Ingredients that need attention, weakest first: no, unknown, partly."""
        order = ("no", UNKNOWN, "partly")
        found = [k for k in self.ingredients if values.get(k) in order]
        return sorted(found, key=lambda k: order.index(values[k]))

    def open_points(self, values: Values) -> list[str]:
        """Questions answered "I do not know yet" that a colleague could answer."""
        if UNKNOWN not in values.values():
            return []
        return [q.key for q in self.questions if q.open_point and values.get(q.key) == UNKNOWN]
