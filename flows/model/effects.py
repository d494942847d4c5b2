"""All that a turn may change and say, as data; it is done inside the transaction of the turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - dataclasses show it at run time
from typing import TYPE_CHECKING, Literal, TypeVar

from flows.model.turn import Intent

if TYPE_CHECKING:
    from flows.model.trajectory import LinkKind
    from flows.model.turn import Erasure, Given, Language, Reply, Session


@dataclass(frozen=True)
class Deed:
    """Something that changes."""


@dataclass(frozen=True)
class MakeLink(Deed):
    kind: LinkKind
    hash: str
    expires_at: datetime
    trajectory: int | None = None
    municipality: str = ""
    name: str = ""
    seat: int | None = None


@dataclass(frozen=True)
class WithdrawLink(Deed):
    link: int


@dataclass(frozen=True)
class Follow(Deed):
    """Somebody looks at an invitation. Nothing is used up yet."""

    link: int | None


@dataclass(frozen=True)
class Redeem(Deed):
    """Use a link up, and give what it promised, unless somebody was first.

    `canvas`: an adviser's own canvas to sit down with; None takes the next one.
    """

    link: int
    canvas: int | None = None


@dataclass(frozen=True)
class GrantMove(Deed):
    """The yes or no to a place's move to whoever used this link. `keeper`: who says it."""

    link: int
    yes: bool
    keeper: bool = False


@dataclass(frozen=True)
class ConfirmKeeper(Deed):
    person: int
    yes: bool


@dataclass(frozen=True)
class Dismiss(Deed):
    """Somebody is no kwartiermaker any more, and keeps no trajectory."""

    person: int


@dataclass(frozen=True)
class ConfirmSeat(Deed):
    seat: int
    yes: bool


@dataclass(frozen=True)
class NewTrajectory(Deed):
    name: str
    language: Language


@dataclass(frozen=True)
class ChangeTrajectory(Deed):
    trajectory: int
    field: str
    value: str | int


@dataclass(frozen=True)
class GoTo(Deed):
    """The trajectory that this kwartiermaker works on from now."""

    trajectory: int


@dataclass(frozen=True)
class LeaveTrajectory(Deed):
    trajectory: int


@dataclass(frozen=True)
class Share(Deed):
    seat: int
    what: str


@dataclass(frozen=True)
class TakeBack(Deed):
    seat: int
    what: str


@dataclass(frozen=True)
class LeaveSeat(Deed):
    seat: int


@dataclass(frozen=True)
class Looked(Deed):
    """A kwartiermaker saw what these seats share."""

    seats: tuple[int, ...]
    what: str


@dataclass(frozen=True)
class PlanMeeting(Deed):
    trajectory: int
    municipality: str
    at: datetime
    place: str


@dataclass(frozen=True)
class CancelMeeting(Deed):
    meeting: int


@dataclass(frozen=True)
class NoteAgreed(Deed):
    """What was agreed, to be confirmed by the adviser of this seat."""

    seat: int
    what: str
    who: str
    due_text: str
    due: str | None


@dataclass(frozen=True)
class SettleAgreed(Deed):
    """`how`: confirmed_at, refused_at or done_at."""

    agreed: int
    how: str


@dataclass(frozen=True)
class KeepDraft(Deed):
    kind: str
    target: str
    text: str


@dataclass(frozen=True)
class DropDraft(Deed):
    pass


@dataclass(frozen=True)
class SendPrompts(Deed):
    """One prompt for each of these seats, as soon as the rules allow."""

    seats: tuple[int, ...]
    kind: str
    about: str
    text: str
    due: datetime
    batch: str


@dataclass(frozen=True)
class CancelPrompts(Deed):
    batch: str


@dataclass(frozen=True)
class PutOff(Deed):
    """Ask again later."""

    prompt: int
    due: datetime


@dataclass(frozen=True)
class EndPrompt(Deed):
    prompt: int
    how: str


@dataclass(frozen=True)
class SetPrompting(Deed):
    """`how`: stop, less, or normal."""

    how: str


@dataclass(frozen=True)
class SetZone(Deed):
    """`zone`: an IANA name that content knows."""

    zone: str


@dataclass(frozen=True)
class Answer(Deed):
    """An answer to a prompt, on its own canvas."""

    canvas: int
    given: Given


# ---------------------------------------------------------------- beside the deeds


@dataclass(frozen=True)
class Say:
    """Say this to whoever the turn is of."""

    reply: Reply


Audience = Literal["person", "seat", "seats", "keepers", "operators"]
"""One person; who has a place; all who have one in a trajectory; who keeps it; operators."""


@dataclass(frozen=True)
class SayTo:
    """Say this to others, but not to who does it.

    `number`: of the person, the place or the trajectory; operators have none. `near`: it
    names somebody else than who does this, of the reader's trajectories; `newest`: its
    buttons are about what was agreed last for that place.
    """

    audience: Audience
    number: int | None
    reply: Reply
    near: bool = False
    newest: bool = False


@dataclass(frozen=True)
class KeepAnswer:
    """An answer on the canvas under way."""

    given: Given


@dataclass(frozen=True)
class OpenCanvas:
    """The session's walk is new."""


@dataclass(frozen=True)
class Switch:
    """The canvas to go on with."""

    canvas: int


@dataclass(frozen=True)
class Erase:
    """What goes away, before anything of this turn is kept."""

    what: Erasure


@dataclass(frozen=True)
class Agree:
    """The person said yes to the newest privacy text."""


@dataclass(frozen=True)
class HandOver:
    """The prompt goes with what is said; `about`: the question that it asks."""

    prompt: int
    about: str


Effect = Deed | Say | SayTo | KeepAnswer | OpenCanvas | Switch | Erase | Agree | HandOver

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Turn:
    """What one update changes and says, in order. None of it has happened yet.

    `session`: as it is after this; `heard`: what was meant; `then`: what follows by itself.
    """

    session: Session
    effects: tuple[Effect, ...] = ()
    heard: Intent = field(default_factory=lambda: Intent("quiet"))
    then: Intent | None = None

    def all(self, kind: type[Kind]) -> tuple[Kind, ...]:
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
    def erases(self) -> Erasure | None:
        return next((effect.what for effect in self.all(Erase)), None)

    @property
    def agrees(self) -> bool:
        return bool(self.all(Agree))
