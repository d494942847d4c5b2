"""One way through a canvas: where it stands, what was answered and what was agreed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - dataclasses show it at run time
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from flows.model.canvas import SKIPPED, Canvas, Depth, Opened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


T = TypeVar("T")

OF = "of "
"""Begins where an answer came from, where it is a colleague's: their name follows."""


def changed(value: T, /, **fields: Any) -> T:
    """`dataclasses.replace`, five times as quick, for fields that nothing else follows from.

    What was worked out of the others and is kept (cached_property) goes along.
    """
    copy = object.__new__(type(value))
    vars(copy).update(vars(value), **fields)
    return copy


@dataclass(frozen=True)
class Given:
    """One answer as kept: `value` None is a skip. `message`: the text it came from.

    `size` is that message's own length in UTF-16 units, by which a long paste's
    next piece is known. An answer of a colleague that was taken over says whose it is where
    others have their text: no channel gives a text such a name. `note`: what was said with a
    choice, in the person's own words.
    """

    question: str
    value: Any
    at: datetime
    message: str = ""
    size: int = 0
    note: str = ""

    @property
    def colleague(self) -> str:
        """Who gave it, where that was not the person whose canvas it is."""
        return self.message.removeprefix(OF) if self.message.startswith(OF) else ""


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
    """What a meeting agreed: what, who, when; an action once the adviser has confirmed it."""

    id: int
    seat: int
    what: str
    who: str
    due_text: str
    due: str | None
    confirmed: bool = False
    done: bool = False


LOOKED = "looked back "  # how the mark of a look-back begins; when it was finished follows


@dataclass(frozen=True)
class Landmark:
    """A moment to compare with: `kind` is meeting, look_back, summary, walk or day.

    `about`, `by`: of what was done, what and by whom.
    """

    kind: str
    at: datetime
    about: str = ""
    by: str = ""


@dataclass(frozen=True)
class Earlier:
    """A canvas as it stood at a moment."""

    mark: Landmark
    given: Mapping[str, Given]


@dataclass(frozen=True)
class Past:
    """All that happened with a canvas: each answer, moments, and what was done, oldest first."""

    given: tuple[Given, ...] = ()
    marks: tuple[Landmark, ...] = ()
    done: tuple[Landmark, ...] = ()


@dataclass(frozen=True)
class Walk:
    """One canvas of one person; `agreed`: what meetings agreed and the person confirmed."""

    id: int
    state: str
    depth: Depth
    cursor: Cursor
    given: Mapping[str, Given] = field(default_factory=dict)
    agreed: tuple[Agreed, ...] = ()
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
        kept = {**self.given, given.question: given}
        walk = Walk(self.id, self.state, self.depth, self.cursor, kept, self.agreed)
        value = SKIPPED if given.value is None else given.value
        vars(walk)["settled"] = {**self.settled, given.question: value}
        return walk


@dataclass(frozen=True)
class View:
    """What one adviser shares, made in flows/trajectory/views.py. None: it is not shared.

    `week`: the Monday of the week in which something changed last, joining too; `given`:
    the answers that may be read, with when they were given. `since`: the last meeting, as ISO;
    `moved`: the outcome and the routes that are another now, `revised`: the questions with
    another answer. How they were is not told: that may be of before it was shared.
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

    @property
    def values(self) -> dict[str, Any]:
        return {key: given.value for key, given in self.given.items()}
