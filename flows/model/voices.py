"""What several people answered on one canvas, weighed: what is in force, and what differs.

Nobody's answer is overwritten unseen. The first answer to a question is in force. The same
from somebody else is a second voice for it. Another answer replaces it where nobody else
stands behind it; otherwise it is a difference: both stand, and in force stays what was, until
somebody settles it. Who does not know contradicts nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from flows.model.kinds import UNKNOWN
from flows.model.values import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

How = Literal["chosen", "table"]
OF = "of "
"""Begins where an answer came from, where it is a colleague's: their name follows."""


@value
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


@value
class Voice:
    """One answer of one person. `order`: the pilot's own count; `person`: whose it is."""

    order: int
    person: int
    given: Given

    @property
    def unknown(self) -> bool:
        return bool(self.given.value == UNKNOWN)


@value
class Settlement:
    """How a difference was settled: `voice`, by its order, was chosen, or it goes to the table.

    `person`: who settled it, None where they were erased since. It settles what was said
    before it; what differs later is a difference again.
    """

    order: int
    question: str
    how: How
    person: int | None = None
    voice: int | None = None
    at: datetime | None = None


@value
class Stand:
    """How one question stands. `for_it`: who stands behind what is in force.

    `against`: the voices that say otherwise and that nobody settled; `tabled`: those that
    go to the table; `settled`: those that were not chosen.
    """

    in_force: Voice
    for_it: frozenset[int]
    against: tuple[Voice, ...] = ()
    tabled: tuple[Voice, ...] = ()
    settled: tuple[Voice, ...] = ()

    @property
    def others(self) -> tuple[Voice, ...]:
        """All that say otherwise, and are not settled by a choice."""
        return (*self.against, *self.tabled)


@dataclass
class _Question:
    """One question while its voices are counted: the newest of each person."""

    newest: dict[int, Voice] = field(default_factory=dict)
    in_force: Voice | None = None
    chosen: int = 0
    tabled: int = 0
    settler: int | None = None

    def hears(self, voice: Voice) -> None:
        held, before = self.in_force, self.newest.get(voice.person)
        self.newest[voice.person] = voice
        if held is None or held.unknown or self._alone(voice.person, before, held):
            self.in_force = self._first_known() if voice.unknown else voice
        if voice.person == self.settler:
            self.settler = None  # their own answer says from now on what they stand for

    def _alone(self, person: int, before: Voice | None, held: Voice) -> bool:
        """Whether this person, and nobody else, stood behind what is in force."""
        if before is None or not _same(before, held) or self.settler not in (None, person):
            return False
        return not any(_same(v, held) for p, v in self.newest.items() if p != person)

    def _first_known(self) -> Voice:
        known = [v for v in self.newest.values() if not v.unknown]
        return min(known or self.newest.values(), key=_order)

    def settles(self, settlement: Settlement, voices: Mapping[int, Voice]) -> None:
        if settlement.how == "table":
            self.tabled = settlement.order
        elif settlement.voice is not None and settlement.voice in voices:
            self.in_force = voices[settlement.voice]
            self.chosen, self.settler = settlement.order, settlement.person

    def stand(self, held: Voice) -> Stand:
        for_it = {person for person, voice in self.newest.items() if _same(voice, held)}
        other = [v for v in self.newest.values() if not _same(v, held) and not v.unknown]
        other.sort(key=_order)
        return Stand(
            held,
            frozenset(for_it | ({self.settler} if self.settler is not None else set())),
            tuple(v for v in other if v.order > max(self.chosen, self.tabled)),
            tuple(v for v in other if self.chosen < v.order < self.tabled),
            tuple(v for v in other if v.order < self.chosen),
        )


def weigh(voices: Iterable[Voice], settlements: Iterable[Settlement] = ()) -> dict[str, Stand]:
    """How each question stands that somebody answered; a skip is nobody's answer."""
    questions: dict[str, _Question] = {}
    for _ in _counted(voices, settlements, questions):
        pass
    return {key: found.stand(found.in_force) for key, found in questions.items() if found.in_force}


def history(voices: Iterable[Voice], settlements: Iterable[Settlement] = ()) -> list[Given]:
    """What came into force, in order, at the moment that it did: as one person's answers."""
    found: list[Given] = []
    questions: dict[str, _Question] = {}
    held: dict[str, Voice] = {}
    for key, at in _counted(voices, settlements, questions):
        voice = questions[key].in_force
        if voice and at and held.get(key) is not voice:
            held[key] = voice
            found.append(replace(voice.given, at=at))
    return found


def _counted(
    voices: Iterable[Voice], settlements: Iterable[Settlement], questions: dict[str, _Question]
) -> Iterator[tuple[str, datetime | None]]:
    """Each act in order, once it is counted: the question that it is about, and when it was."""
    said = {voice.order: voice for voice in voices if voice.given.value is not None}
    acts: list[Voice | Settlement] = [*said.values(), *settlements]
    for one in sorted(acts, key=_order):
        if isinstance(one, Voice):
            questions.setdefault(one.given.question, _Question()).hears(one)
            yield one.given.question, one.given.at
        elif one.question in questions:
            questions[one.question].settles(one, said)
            yield one.question, one.at


def _order(one: Voice | Settlement) -> int:
    return one.order


def _same(one: Voice, other: Voice) -> bool:
    """Lists are compared as what they hold: ticks have the canvas's own order."""
    return bool(one.given.value == other.given.value)
