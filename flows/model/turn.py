"""One exchange: what is known, what is meant, and what the turn makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from flows.model.effects import Agree, Erase, KeepAnswer, OpenCanvas, Say, Switch
from flows.model.lists import NO_PILOTS, Pilots

if TYPE_CHECKING:
    from flows.model.effects import Effect
    from flows.model.journey import Given, Walk
    from flows.model.messages import Asking, Choice, Language, Reply

T = TypeVar("T")


@dataclass(frozen=True)
class Intent:
    """What somebody means: a verb of the closed list, and what it is about.

    `guessed`: a typing error was mended; `otherwise`: what the same words mean where this
    person is nobody who can mean the first.
    """

    verb: str
    argument: Any = ""
    asking: Asking | None = None
    guessed: bool = False
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
    them; `zone`: the person's own time zone by its
    IANA name, empty where the house's counts.
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
    zone: str = ""


@dataclass(frozen=True)
class Turn:
    """What one update changes and says, in order. None of it has happened yet.

    `session`: as it is after this; `heard`: what was meant; `then`: what follows by itself.
    """

    session: Session
    effects: tuple[Effect, ...] = ()
    heard: Intent = field(default_factory=lambda: Intent("quiet"))
    then: Intent | None = None

    def all(self, kind: type[T]) -> tuple[T, ...]:
        """Its effects of one kind."""
        return tuple(effect for effect in self.effects if isinstance(effect, kind))

    @property
    def replies(self) -> tuple[Reply, ...]:
        return tuple(said.reply for said in self.all(Say))

    @property
    def at_desk(self) -> bool:
        """Whether it is about trajectories."""
        return any(reply.at_desk for reply in self.replies)

    @property
    def answers(self) -> tuple[Given, ...]:
        return tuple(kept.given for kept in self.all(KeepAnswer))

    @property
    def opened(self) -> bool:
        return bool(self.all(OpenCanvas))

    @property
    def switched(self) -> int | None:
        return next((effect.canvas for effect in self.all(Switch)), None)

    @property
    def erases(self) -> Erase | None:
        return next(iter(self.all(Erase)), None)

    @property
    def agrees(self) -> bool:
        return bool(self.all(Agree))
