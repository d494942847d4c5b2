"""One way through a canvas: where it stands, what was answered and what was agreed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - dataclasses show it at run time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from flows.model.canvas import SKIPPED, Canvas, Depth, Opened
from flows.model.kinds import UNKNOWN
from flows.model.voices import Given as Given  # noqa: PLC0414, TC001 - others have it from here

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from flows.model.voices import JointCanvas

T = TypeVar("T")

Went = Literal["done", "failed", "later"]


def changed(value: T, /, **fields: Any) -> T:
    """`dataclasses.replace`, five times as quick, for fields that nothing else follows from.

    What was worked out of the others and is kept (cached_property) goes along.
    """
    copy = object.__new__(type(value))
    vars(copy).update(vars(value), **fields)
    return copy


@dataclass(frozen=True)
class Cursor:
    """Where a walk stands. `question` is inside the part that the state names.

    `picked` are the ticks of an any-of question before Klaar; `plan` what is left
    of "I have five minutes"; `told` the parts opened, closed and half-way marks
    said, so that none is said twice.
    """

    question: str | None = None
    picked: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Agreed:
    """What a meeting agreed: what, who, when; an action once the adviser has confirmed it.

    `done`, `failed`: how it went; `first`: when it was to be at first, where the adviser chose
    a later day.
    """

    id: int
    seat: int
    what: str
    who: str
    due_text: str
    due: str | None
    confirmed: bool = False
    done: bool = False
    failed: bool = False
    first: str = ""

    @property
    def over(self) -> bool:
        """Nothing is left to do."""
        return self.done or self.failed


@dataclass(frozen=True)
class Attempt:
    """How an action went. `action`: the question that it answers, or `agreed.5`.

    `canvas`: of whoever said it; `what` and `who`: as that action stood then; `note`: what it
    opened, or what held it back, in a sentence; `door`: what lies next door, a step's key or in
    the person's own words. `by`: what the colleague is called who said so, empty where that is
    not known; None: nobody else did.
    """

    canvas: int
    action: str
    what: Any
    who: Any
    how: Went
    at: datetime
    note: str = ""
    door: str = ""
    by: str | None = None


LOOKED = "looked back "  # how the mark of a look-back begins; when it was finished follows


@dataclass(frozen=True)
class Landmark:
    """A moment to compare with: `kind` is meeting, look_back, summary, walk or day."""

    kind: str
    at: datetime


@dataclass(frozen=True)
class Earlier:
    """A canvas as it stood at a moment."""

    mark: Landmark
    given: Mapping[str, Given]


@dataclass(frozen=True)
class Past:
    """All that happened with a canvas: each answer, and moments, oldest first."""

    given: tuple[Given, ...] = ()
    marks: tuple[Landmark, ...] = ()


@dataclass(frozen=True)
class Walk:
    """One canvas of one person; `agreed`: what meetings agreed and the person confirmed.

    `joint`: where several people fill it together; `given` is what is in force there,
    whoever said it. None: it is personal. `attempts`: how its actions went, oldest first.
    """

    id: int
    state: str
    depth: Depth
    cursor: Cursor
    given: Mapping[str, Given] = field(default_factory=dict)
    agreed: tuple[Agreed, ...] = ()
    joint: JointCanvas | None = None
    attempts: tuple[Attempt, ...] = ()
    _opened: list[tuple[Canvas, Opened]] = field(
        default_factory=list, init=False, compare=False, repr=False
    )

    @cached_property
    def values(self) -> dict[str, Any]:
        """The newest answers, skips left out; not all of them need apply."""
        return {k: g.value for k, g in self.given.items() if g.value is not None}

    def note(self, key: str) -> str:
        """What was said with the choice that is in force."""
        given = self.given.get(key)
        return given.note if given else ""

    @cached_property
    def settled(self) -> dict[str, Any]:
        """The answers, and what was skipped as that: it opens nothing."""
        return {k: SKIPPED if g.value is None else g.value for k, g in self.given.items()}

    def opened(self, canvas: Canvas) -> Opened:
        """What its answers open, looked up once for as long as they are the same."""
        if not self._opened or self._opened[0][0] is not canvas:
            self._opened[:] = [(canvas, canvas.opened(self.settled))]
        return self._opened[0][1]

    def with_answer(self, given: Given) -> Walk:
        """With one more answer or skip; what is settled goes on from here."""
        if self.joint:
            return self.with_joint(self.joint.heard(given))
        kept = {**self.given, given.question: given}
        where = (self.id, self.state, self.depth, self.cursor)
        walk = Walk(*where, kept, self.agreed, attempts=self.attempts)
        value = SKIPPED if given.value is None else given.value
        vars(walk)["settled"] = {**self.settled, given.question: value}
        if given.value is not None:
            vars(walk)["values"] = {**self.values, given.question: given.value}
        if self._opened and given.question not in self._opened[0][0].deciding:
            walk._opened.extend(self._opened)  # it opens and closes nothing
        return walk

    def with_joint(self, joint: JointCanvas) -> Walk:
        """The same walk, with what is in force by now."""
        where = (self.id, self.state, self.depth, self.cursor)
        return Walk(*where, joint.given, self.agreed, joint, self.attempts)

    @property
    def own(self) -> Mapping[str, Given]:
        """What this person said themselves."""
        return self.joint.own if self.joint else self.given

    @property
    def mine(self) -> Mapping[str, Any]:
        """The same as values, skips left out."""
        if not self.joint:
            return self.values
        return {k: g.value for k, g in self.joint.own.items() if g.value is not None}

    def stands_behind(self, key: str) -> bool:
        """Whether what is in force is what this person said too."""
        return self.joint is None or self.joint.colleague(key, agreed=True) is None

    @property
    def asked_before(self) -> Collection[str]:
        """The questions that this person is asked no more, unless they want to change one."""
        return self.joint.asked_before if self.joint else self.given

    def says_otherwise(self, key: str) -> bool:
        """Whether what is in force is another answer than this person knows."""
        if not self.joint or key not in self.joint.own:
            return False
        return self.joint.own[key].value not in (None, UNKNOWN, self.values.get(key))

    @property
    def is_asked(self) -> bool:
        """Whether a question stands open for this person."""
        return self.cursor.question is not None and not self.only_reads

    @property
    def only_reads(self) -> bool:
        return self.joint is not None and self.joint.role == "reader"


@dataclass(frozen=True)
class View:
    """What one adviser shares, made in flows/trajectory/views.py. None: it is not shared.

    `week`: the Monday of the week in which something changed last, joining too; `given`:
    the answers that may be read, with when they were given. `since`: the last meeting, as ISO;
    `moved`: the outcome and the routes that are another now, `revised`: the questions with
    another answer, `because`: for each that moved the changed answers that made it so, `by_rule`:
    those that moved by the guide's renewed rules, `new_steps`: steps that came. How they were is
    not told: that may be of before it was shared. `attempts`: how actions went that may be read.
    """

    part: str = ""
    settled: int = 0
    asked: int = 0
    week: date | None = None
    shares: tuple[str, ...] = ()
    gate: str | None = None
    routes: tuple[tuple[str, str], ...] | None = None
    attention: tuple[tuple[str, str, str], ...] | None = None
    steps: tuple[str, ...] | None = None
    open_points: tuple[str, ...] | None = None
    ingredients: Mapping[str, str] | None = None
    given: Mapping[str, Given] = field(default_factory=dict)
    since: str = ""
    moved: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    because: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_rule: tuple[str, ...] = ()
    new_steps: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        return {key: given.value for key, given in self.given.items()}
