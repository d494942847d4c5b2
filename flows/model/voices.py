"""What several people answered on one canvas, weighed: what is in force, and what differs.

Nobody's answer is overwritten unseen. The first answer to a question is in force. The same
from somebody else is a second voice for it. Another answer replaces it where nobody else
stands behind it; otherwise it is a difference: both stand, and in force stays what was, until
somebody settles it. Who does not know contradicts nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from flows.model.kinds import UNKNOWN
from flows.model.values import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

How = Literal["chosen", "table"]

Part = Literal["owner", "colleague", "reader"]
"""What somebody may do on a shared canvas: a reader sees, and answers nothing."""

PARTS: tuple[Part, ...] = ("owner", "colleague", "reader")
OF = "of "
"""Begins where an answer came from, where it is a colleague's: their name follows."""

MOST_MEMBERS = 12  # people who fill one canvas


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
        if held is None or _unknown(held) or self._alone(voice.person, before, held):
            self.in_force = self._first_known() if _unknown(voice) else voice
        if voice.person == self.settler:
            self.settler = None  # their own answer says from now on what they stand for

    def _alone(self, person: int, before: Voice | None, held: Voice) -> bool:
        """Whether this person, and nobody else, stood behind what is in force."""
        if before is None or not _same(before, held) or self.settler not in (None, person):
            return False
        return not any(_same(v, held) for p, v in self.newest.items() if p != person)

    def _first_known(self) -> Voice:
        known = [v for v in self.newest.values() if not _unknown(v)]
        return min(known or self.newest.values(), key=_order)

    def settles(self, settlement: Settlement, voices: Mapping[int, Voice]) -> None:
        if settlement.how == "table":
            self.tabled = settlement.order
        elif settlement.voice is not None and settlement.voice in voices:
            self.in_force = voices[settlement.voice]
            self.chosen, self.settler = settlement.order, settlement.person

    def stand(self, held: Voice) -> Stand:
        for_it = {person for person, voice in self.newest.items() if _same(voice, held)}
        other = [v for v in self.newest.values() if not _same(v, held) and not _unknown(v)]
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


def _unknown(voice: Voice) -> bool:
    return bool(voice.given.value == UNKNOWN)


@value
class Member:
    """Somebody on a shared canvas. `canvas`: the row in which their own answers stand.

    `beside`: other rows of theirs there, where two who filled it turned out to be one person.
    """

    person: int
    canvas: int
    name: str
    role: Part
    beside: tuple[int, ...] = ()


@value
class JointCanvas:
    """A pilot that several people fill together, as one of them sees it.

    `me`: the person whose walk it is; `voices`: all that was answered, in the pilot's own order.
    """

    pilot: int
    me: int
    role: Part
    voices: tuple[Voice, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    members: tuple[Member, ...] = ()

    @cached_property
    def stands(self) -> dict[str, Stand]:
        return weigh(self.voices, self.settlements)

    @cached_property
    def own(self) -> dict[str, Given]:
        """Their newest answer or skip of each question, the newest last."""
        found: dict[str, Given] = {}
        for voice in self.voices:
            if voice.person == self.me:
                found.pop(voice.given.question, None)
                found[voice.given.question] = voice.given
        return found

    @cached_property
    def given(self) -> dict[str, Given]:
        """What counts: own skips, and over them what is in force, whoever said it."""
        skips = {key: given for key, given in self.own.items() if given.value is None}
        return skips | {key: stand.in_force.given for key, stand in self.stands.items()}

    @cached_property
    def asked_before(self) -> frozenset[str]:
        """What was answered, or passed over by this person; not knowing counts for one alone."""
        known = (key for key, stand in self.stands.items() if not _unknown(stand.in_force))
        return frozenset((*self.own, *known))

    @cached_property
    def names(self) -> dict[int, str]:
        return {member.person: member.name for member in self.members}

    def newest(self, question: str) -> list[Voice]:
        """What each person said last about it, what is in force first."""
        said = {voice.person: voice for voice in self.voices if voice.given.question == question}
        stand = self.stands.get(question)
        known = [voice for voice in said.values() if voice.given.value is not None]
        return sorted(known, key=lambda v: (not stand or v != stand.in_force, v.order))

    def counts(self, question: str, value: Any) -> bool:
        """Whether this would be in force, were it answered by this person now."""
        given = Given(question, value, datetime.min.replace(tzinfo=UTC))
        return bool(self.heard(given).stands[question].in_force.given is given)

    def colleague(self, question: str, *, agreed: bool = False) -> str | None:
        """What the colleague is called who gave what is in force; None where nobody else did.

        `agreed`: nor where this person stands behind it as well.
        """
        stand = self.stands.get(question)
        if stand is None or stand.in_force.person == self.me:
            return None
        mine = agreed and self.me in stand.for_it
        return None if mine else self.names.get(stand.in_force.person, "")

    @property
    def differences(self) -> dict[str, Stand]:
        """What is not settled yet, by question."""
        return {key: stand for key, stand in self.stands.items() if stand.against}

    @property
    def tabled(self) -> list[str]:
        """The questions of which answers go to the table."""
        return [key for key, stand in self.stands.items() if stand.tabled]

    @property
    def next_order(self) -> int:
        """What the next answer or settlement gets: the pilot's own count."""
        acts: tuple[Voice | Settlement, ...] = (*self.voices, *self.settlements)
        return max((one.order for one in acts), default=0) + 1

    @property
    def disputed(self) -> bool:
        """Whether anything differs that no choice settled."""
        return any(stand.others for stand in self.stands.values())

    def heard(self, given: Given) -> JointCanvas:
        """With one more answer of this person."""
        return replace(self, voices=(*self.voices, Voice(self.next_order, self.me, given)))

    def settle(self, question: str, how: How, voice: int | None) -> JointCanvas:
        """With one more settlement by this person."""
        one = Settlement(self.next_order, question, how, self.me, voice)
        return replace(self, settlements=(*self.settlements, one))
