"""A canvas that several people fill: who they are, and what counts of what they answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from flows.model.values import value
from flows.model.voices import Given, Settlement, Voice, weigh

if TYPE_CHECKING:
    from flows.model.voices import How, Stand

Part = Literal["owner", "colleague", "reader"]
"""What somebody may do on a shared canvas: a reader sees, and answers nothing."""

PARTS: tuple[Part, ...] = ("owner", "colleague", "reader")

MOST_MEMBERS = 12  # people who fill one canvas


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
        known = (key for key, stand in self.stands.items() if not stand.in_force.unknown)
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
