"""One exchange: what is known, what is meant, and what the turn makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from flows.model.effects import Agree, Effect, Erase, KeepAnswer, OpenCanvas, Say, Switch
from flows.model.lists import NO_PILOTS, Pilots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.model.journey import Given, Walk
    from flows.model.messages import Asking, Choice, Language, Reply

T = TypeVar("T")


@dataclass(frozen=True)
class Intent:
    """What somebody means: a verb of the closed list, and what it is about.

    `guessed`: a typing error was mended; `note`: what was said with a choice; `otherwise`:
    what the same words mean where this person is nobody who can mean the first.
    """

    verb: str
    argument: Any = ""
    asking: Asking | None = None
    guessed: bool = False
    note: str = ""
    otherwise: Intent | None = None


@dataclass(frozen=True)
class Session:
    """All that is known when an update arrives.

    `shown` is what the person looks at; `pressed` the asking a press belongs to,
    if it is this person's; `edited` the answer that an edited text gave, with the
    canvas it is in; `repeated`: the same button was pressed a moment ago;
    `agreement`: which version of the privacy text the person agreed to, and when;
    `outdated`: that text promises something else since; `replied`: the asking under
    the message that a text replies to; `pilots`: all others, where the turn is about
    them; `several`: this person has other chats too; `zone`: the person's own time zone by its
    IANA name, empty where the house's counts;
    `called`: what colleagues on the canvas under way call this person; `reads`: they see that
    and answer nothing; `seated`: this person has or had a place in a trajectory; `letter`: what a
    kwartiermaker wrote or asked, where it came after what is shown.
    """

    chat: str
    language: Language
    agreed: bool
    walk: Walk | None
    pilots: Pilots = NO_PILOTS
    shown: Asking | None = None
    pressed: Asking | None = None
    edited: tuple[int, Given] | None = None
    edited_choices: tuple[Choice, ...] = ()
    last: Given | None = None
    repeated: bool = False
    agreement: tuple[str, str] = ("", "")
    outdated: bool = False
    replied: Asking | None = None
    several: bool = False
    zone: str = ""
    called: str = ""
    reads: bool = False
    seated: bool = False
    letter: Asking | None = None


@dataclass(frozen=True)
class Turn:
    """What one update changes and says, in order. None of it has happened yet.

    `session`: as it is after this; `heard`: what was meant; `then`: what follows by itself;
    `at_desk`: whether it is about trajectories.
    """

    session: Session
    effects: tuple[Effect, ...] = ()
    heard: Intent = field(default_factory=lambda: Intent("quiet"))
    then: Intent | None = None
    replies: tuple[Reply, ...] = field(init=False)
    answers: tuple[Given, ...] = field(init=False)
    at_desk: bool = field(init=False)
    _by_kind: dict[type, list[Any]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found: dict[type, list[Any]] = {}
        for effect in self.effects:
            found.setdefault(effect.__class__, []).append(effect)
        replies = tuple([said.reply for said in found.get(Say, ())])
        answers = tuple([kept.given for kept in found.get(KeepAnswer, ())])
        at_desk = any(reply.at_desk for reply in replies)
        vars(self).update(replies=replies, answers=answers, at_desk=at_desk, _by_kind=found)

    def all(self, kind: type[T]) -> Sequence[T]:
        """Its effects of one kind."""
        return self._by_kind.get(kind, ())

    @property
    def opened(self) -> bool:
        return OpenCanvas in self._by_kind

    @property
    def switched(self) -> int | None:
        return self._by_kind[Switch][0].canvas if Switch in self._by_kind else None

    @property
    def erases(self) -> Erase | None:
        return self._by_kind[Erase][0] if Erase in self._by_kind else None

    @property
    def agrees(self) -> bool:
        return Agree in self._by_kind
