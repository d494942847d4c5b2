"""What is asked, in which order, and under which conditions. No words, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any, Literal, TypeVar

from flows.model.kinds import KIND, KindName
from flows.model.kinds import UNKNOWN as UNKNOWN  # noqa: PLC0414 - an answer of every canvas

T = TypeVar("T")

SKIPPED = ""  # stands for a skipped question where only openness counts: it opens nothing
Depth = Literal["quick", "full", "paper"]
"""How much is asked. Walks are quick or full; `paper` is what only documents need."""

DEPTHS: tuple[Depth, ...] = ("quick", "full", "paper")

Values = Mapping[str, Any]
"""Question key -> value: a text, a choice's key, a list of keys, or a When."""

REMEMBERED = 512  # conclusions that are remembered of each kind
Because = tuple[tuple[str, Any], ...]  # the answers a conclusion rests on, as (question, answer)


@dataclass(frozen=True)
class Clause:
    """Holds if every question in it has one of the listed answers."""

    needs: tuple[tuple[str, tuple[str, ...]], ...]

    def holds(self, values: Values) -> bool:
        # A plain loop, words at once: an advice asks this some thousand times.
        for key, wanted in self.needs:
            value = values.get(key, SKIPPED)
            if value.__class__ is not str:
                if not _accepts(wanted, value):
                    return False
            elif value not in wanted and ("*" not in wanted or value in (SKIPPED, UNKNOWN)):
                return False
        return True


def _accepts(wanted: tuple[str, ...], value: Any) -> bool:
    if value is None or value == SKIPPED:
        return SKIPPED in wanted
    if isinstance(value, (list, tuple)):
        return "*" in wanted or any(
            w[1:] not in value if w.startswith("!") else w in value for w in wanted
        )
    return ("*" in wanted and value != UNKNOWN) or (isinstance(value, str) and value in wanted)


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
        held = [clause for clause in self.clauses if clause.holds(values)]
        return tuple({key: values.get(key) for c in held for key, _ in c.needs}.items())

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(k for c in self.clauses for k, _ in c.needs))


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
        if any(values.get(key) in bad for key, bad in self.checks.items()):
            return "raised"
        return "mild" if any(values.get(key) == "partly" for key in self.checks) else None

    def because(self, values: Values) -> Because:
        told = ((key, values.get(key), bad) for key, bad in self.checks.items())
        return tuple((key, value) for key, value, bad in told if value in (*bad, "partly"))


@dataclass(frozen=True)
class Canvas:
    """The whole structure, and the questions of reachability it can answer.

    `by_part`: the questions of each part; `own`: the same without the fields of its actions.
    """

    parts: tuple[Part, ...]
    questions: tuple[Question, ...]
    pitfalls: tuple[Pitfall, ...]
    version: str = ""
    by_part: dict[str, tuple[Question, ...]] = field(init=False, compare=False, repr=False)
    own: dict[str, tuple[Question, ...]] = field(init=False, compare=False, repr=False)
    _index: dict[str, Question] = field(default_factory=dict, compare=False, repr=False)
    _asked: Memory = field(default_factory=Memory, compare=False, repr=False)
    advised: Memory = field(default_factory=Memory, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._index.update({q.key: q for q in self.questions})
        parts = {p.key: tuple(q for q in self.questions if q.part == p.key) for p in self.parts}
        own = {part: tuple(q for q in some if q.of is None) for part, some in parts.items()}
        vars(self).update(by_part=parts, own=own)

    def __getitem__(self, key: str) -> Question:
        return self._index[key]

    def __contains__(self, key: object) -> bool:
        return key in self._index

    def get(self, key: str) -> Question | None:
        return self._index.get(key)

    @cached_property
    def ingredients(self) -> tuple[str, ...]:
        picks = next(q for q in self.questions if KIND[q.kind].offers == "not_arranged")
        return tuple(f"{picks.part}.{name}" for name in picks.choices)

    def applies(self, question: Question, values: Values, depth: Depth) -> bool:
        """Whether it is asked, given answers that apply themselves."""
        if not question.within(depth):
            return False
        condition = question.condition(depth)
        return condition is None or condition.holds(values)

    @cached_property
    def deciding(self) -> Mapping[str, set[str]]:
        """The questions whose answers decide which others are asked, each with what matters."""
        found: dict[str, set[str]] = {}
        for condition in (c for q in self.questions for c in (q.when, q.when_quick) if c):
            for key, wanted in (need for clause in condition.clauses for need in clause.needs):
                found.setdefault(key, {SKIPPED, UNKNOWN}).update(wanted)
        return found

    @cached_property
    def sways(self) -> Mapping[str, set[str]]:
        """The questions that each of those may open or close, also by way of another."""
        asked = {q.key: q.when.keys for q in self.questions if q.when}
        found = {one: {key for key, by in asked.items() if one in by} for one in self.deciding}
        for by, further in found.items():  # as in Warshall's closure
            for swayed in found.values():
                swayed.update(further if by in swayed else ())
        return found

    @cached_property
    def _pieces(self) -> tuple[_Piece, ...]:
        parts = (tuple(some) for _, some in groupby(self.questions, lambda one: one.part))
        return tuple(_Piece(some, self.deciding) for some in parts)

    @cached_property
    def _whole(self) -> _Piece:
        return _Piece(self.questions, self.deciding)

    def opened(self, values: Values) -> Opened:
        """What these answers open; remembered for all who answer alike where it matters."""
        return self._asked.of(self._whole.decided(values), lambda: self._open(values))

    def _open(self, values: Values) -> Opened:
        kept: dict[str, Any] = {}
        whole: dict[str, None] = {}
        for piece in self._pieces:
            decided = piece.decided(values)
            rests = (*map(kept.get, piece.before), *decided)
            if rests not in piece.known:
                piece.known[rests] = piece.opened({**kept}, decided)
            asked, given = piece.known[rests]
            whole.update(asked)
            kept.update(given)
        return Opened(self, kept, whole)

    @cached_property
    def within(self) -> Mapping[Depth, tuple[Question, ...]]:
        """The questions that each depth may ask."""
        return {depth: tuple(q for q in self.questions if q.within(depth)) for depth in DEPTHS}

    def relevant(self, values: Values) -> dict[str, Any]:
        """The answers that still apply, whatever the depth they were given in.

        Answers of a branch that was left stay stored, and come back with it.
        """
        return {key: values[key] for key in self.asked_keys(values, "paper") if key in values}

    def asked(self, values: Values, depth: Depth) -> list[Question]:
        """The questions that apply at this depth now, in order."""
        return [self[key] for key in self.asked_keys(values, depth)]

    def asked_keys(self, values: Values, depth: Depth) -> Mapping[str, None]:
        return self.opened(values)[depth]

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


class _Piece:
    """Questions that stand together, and what they open.

    One answer changes one piece of a canvas: what the others open is `known`, by the answers
    on which that rests, those `before` it too.
    """

    def __init__(self, questions: tuple[Question, ...], deciding: Mapping[str, set[str]]) -> None:
        self.questions, self.known = questions, Memory()
        own = {q.key: deciding[q.key] for q in questions if q.key in deciding}
        asked = dict.fromkeys(key for q in questions if q.when for key in q.when.keys)
        self.before = [key for key in asked if key not in own]
        self.chosen = [q.key for q in questions if q.key in own and KIND[q.kind].one]
        self.free = [(key, words) for key, words in own.items() if key not in self.chosen]
        self.own = [*self.chosen, *(key for key, _ in self.free)]

    def decided(self, values: Values) -> tuple[Any, ...]:
        """What was answered, as a condition sees it; all free words count as the same."""
        chosen = tuple(map(values.get, self.chosen))
        if not self.free:  # most have none
            return chosen
        return (*chosen, *[_seen(values.get(key), words) for key, words in self.free])

    def opened(
        self, kept: dict[str, Any], decided: tuple[Any, ...]
    ) -> tuple[Mapping[str, None], Values]:
        """What they open, and what was answered to that; `kept`: to what stands before."""
        asked, given = dict[str, None](), dict[str, Any]()
        said = dict(zip(self.own, decided, strict=True))
        for one in self.questions:
            if one.when is None or one.when.holds(kept):
                asked[one.key] = None
                if said.get(one.key) is not None:
                    kept[one.key] = given[one.key] = said[one.key]
        return asked, given


def _seen(value: Any, words: set[str]) -> Any:
    """An answer in free words, or a list, as conditions can tell it from others."""
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return tuple(value)
    return value if isinstance(value, str) and value in words else "*"


class Opened(dict[Depth, Mapping[str, None]]):
    """What one set of answers opens: depth -> what it asks, in order; `paper` asks it all.

    `placed`: how far one is at a question, once that was worked out.
    """

    def __init__(self, canvas: Canvas, kept: Values, whole: Mapping[str, None]) -> None:
        super().__init__({"paper": whole})
        self.canvas, self.kept, self.placed = canvas, kept, dict[Any, Any]()

    def __missing__(self, depth: Depth) -> Mapping[str, None]:
        quick, whole = depth == "quick", self["paper"]
        found = self[depth] = {
            q.key: None
            for q in self.canvas.within[depth]
            if (q.when_quick.holds(self.kept) if quick and q.when_quick else q.key in whole)
        }
        return found
