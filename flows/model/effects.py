"""All that a turn may change and say, as data; it is done inside the transaction of the turn."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - dataclasses show it at run time
from typing import TYPE_CHECKING, Literal, dataclass_transform

from flows.model.forwarded import MOST_REPLIES
from flows.model.values import later

if TYPE_CHECKING:
    from flows.model.joint_canvas import Part
    from flows.model.journey import Given, Went
    from flows.model.messages import Language, Reply
    from flows.model.trajectory import LinkKind
    from flows.model.voices import How


@dataclass_transform(frozen_default=True)
class Effect:
    """One thing that a turn changes or says: each kind is a frozen dataclass."""

    def __init_subclass__(cls) -> None:
        later(cls, eq=False)  # nobody compares any: that costs


# ---------------------------------------------------------------- said and kept by the turn


class Say(Effect):
    reply: Reply


Audience = Literal["person", "seat", "seats", "keepers", "operators", "pilot", "owner"]
"""One person; who has a place; all who have one in a trajectory; who keeps it; operators;
who fills a canvas together; whose one canvas is.
"""


class SayTo(Effect):
    """Say this to others, but not to who does it.

    `number`: of the person, the place or the trajectory; operators have none. `near`: it
    names somebody else than who does this, of the reader's trajectories; `newest`: its
    buttons are about what was agreed last for that place; `canvas`: it goes with that one.
    """

    audience: Audience
    number: int | None
    reply: Reply
    near: bool = False
    newest: bool = False
    canvas: int | None = None


class KeepAnswer(Effect):
    given: Given  # on the canvas under way


class OpenCanvas(Effect):
    """The session's walk is new."""


class Switch(Effect):
    canvas: int  # to go on with


class Erase(Effect):
    """What goes away before anything of this turn is kept; None: all that is known of a person."""

    canvas: int | None = None


class Agree(Effect):
    """The person said yes to the newest privacy text."""


class HandOver(Effect):
    """The prompt goes with what is said; `about`: the question that it asks."""

    prompt: int
    about: str


# ---------------------------------------------------------------- deeds, by their statements


class Deed(Effect):
    """A row of storage/statements.py says what it changes."""


class MakeLink(Deed):
    kind: LinkKind
    hash: str
    expires_at: datetime
    trajectory: int | None = None
    municipality: str = ""
    name: str = ""
    seat: int | None = None
    canvas: int | None = None  # that whoever follows it fills as well
    granted: bool = False  # the yes to whoever uses it is said with it


class WithdrawLink(Deed):
    link: int


class Follow(Deed):
    link: int | None  # somebody looks at it: nothing is used up yet


class Redeem(Deed):
    """Use a link up, and give what it promised, unless somebody was first.

    `canvas`: an adviser's own canvas to sit down with; None takes the next one. `along`: a
    colleague's that they want to fill as well, which takes that colleague's yes.
    `screen_name`: what who uses it is called in that `channel`.
    """

    link: int
    canvas: int | None = None
    along: int | None = None
    screen_name: str = ""
    channel: str = ""


class GrantMove(Deed):
    """The yes or no to a place's move to whoever used this link. `keeper`: who says it."""

    link: int
    yes: bool
    keeper: bool = False


class Connect(Deed):
    """The yes or no to being one person with whoever used this link: all they have is one's."""

    link: int
    yes: bool


class ConfirmKeeper(Deed):
    person: int
    yes: bool


class Dismiss(Deed):
    person: int  # who is no kwartiermaker any more, and keeps no trajectory


class ConfirmSeat(Deed):
    seat: int
    yes: bool


class NewTrajectory(Deed):
    name: str
    language: Language


class ChangeTrajectory(Deed):
    trajectory: int
    field: str
    value: str | int


class GoTo(Deed):
    trajectory: int  # which this kwartiermaker works on from now


class LeaveTrajectory(Deed):
    trajectory: int


class Share(Deed):
    seat: int
    what: str


class TakeBack(Deed):
    seat: int
    what: str


class LeaveSeat(Deed):
    seat: int


class Looked(Deed):
    """A kwartiermaker saw what these seats share."""

    seats: tuple[int, ...]
    what: str


class ForwardQuestion(Deed):
    hash: str  # of the link by which a colleague answers it
    canvas: int
    question: str
    expires_at: datetime


class ShowName(Deed):
    forwarded: int
    shown: str  # whose question it is, as its owner lets a colleague read it


class Recall(Deed):
    forwarded: int  # nobody answers it any more


class KeepReply(Deed):
    """A colleague's answer as far as it is; once it is `sent` its owner has it as a proposal.

    `receipt`: by which the same link shows it again to who gave it; `value`: JSON.
    """

    forwarded: int
    receipt: str
    value: str | None = None
    name: str = ""
    role: str = ""
    note: str = ""
    sent: bool = False
    most: int = MOST_REPLIES


class DropReply(Deed):
    receipt: str  # its own colleague takes it back


class SettleProposal(Deed):
    receipt: str
    how: Literal["taken", "left"]


class SendRemark(Deed):
    """What an adviser says to who keeps the trajectory. `prompt`: to which text of theirs."""

    seat: int
    text: str
    prompt: int | None = None


class ReadRemark(Deed):
    remark: int


class TakeBackRemarks(Deed):
    """One, or with None all that was said from a seat: gone wherever it was shown."""

    seat: int
    remark: int | None = None


class PlanMeeting(Deed):
    """`before`: from when those who come are asked something for it."""

    trajectory: int
    municipality: str
    at: datetime
    place: str
    before: datetime


class CancelMeeting(Deed):
    meeting: int


class NoteAgreed(Deed):
    """What was agreed, to be confirmed by the adviser of this seat."""

    seat: int
    what: str
    who: str
    due_text: str
    due: str | None


class SettleAgreed(Deed):
    agreed: int
    how: Literal["confirmed_at", "refused_at", "done_at", "failed_at"]


class PostponeAgreed(Deed):
    """Another day for what a meeting agreed; the day that it noted stays beside it."""

    agreed: int
    due_text: str
    due: str | None


class KeepAttempt(Deed):
    """How an action went, as whoever fills this canvas says; a reader says nothing."""

    canvas: int
    action: str
    what: str  # as JSON
    who: str  # as JSON
    how: Went


class NoteAttempt(Deed):
    """What the newest attempt at an action opened, or what held it back."""

    canvas: int
    action: str
    note: str


class NoteDoor(Deed):
    """What lies next door to what was done: the key of a step, or the person's own words."""

    canvas: int
    action: str
    door: str


class KeepDraft(Deed):
    kind: str
    target: str
    text: str


class DropDraft(Deed):
    pass


class SendPrompts(Deed):
    """One prompt for each of these seats, as soon as the rules allow.

    `due`: from when it may go; `promised`: when it was said to go, by seat.
    """

    trajectory: int
    seats: tuple[int, ...]
    kind: str
    text: str
    due: datetime
    batch: str
    promised: dict[int, datetime]


class CancelPrompts(Deed):
    batch: str


class PutOff(Deed):
    prompt: int
    due: datetime


class KeepWords(Deed):
    """What was typed in a chat waits until its person says where it belongs."""

    key: str
    chat: str
    text: str
    message: str = ""
    canvas: int | None = None
    question: str = ""
    before: str = ""
    prompt: int | None = None


class DropWords(Deed):
    key: str  # they have their place, or none


class EndPrompt(Deed):
    prompt: int
    how: str


class Settle(Deed):
    """What counts where people differ: the voice of this number, or both go to the table."""

    canvas: int
    question: str
    how: How
    voice: int | None = None


class LetIn(Deed):
    """The yes or no to whoever wants to fill a canvas along, by the link of their seat."""

    link: int
    yes: bool


class AskAlong(Deed):
    """Who has this seat wants to fill a colleague's canvas along, which takes that yes."""

    seat: int
    canvas: int


class CallSelf(Deed):
    """What colleagues on the same canvas call its person."""

    canvas: int
    called: str


class SetPart(Deed):
    """What somebody may do on a shared canvas; a new owner takes it over from who says so."""

    canvas: int
    part: Part


class LeavePilot(Deed):
    """A canvas becomes its person's alone from now on, with their own answers."""

    canvas: int


Prompted = Literal["on", "less", "off"]


class SetPrompting(Deed):
    how: Prompted


class SetZone(Deed):
    zone: str  # an IANA name that content knows


class Answer(Deed):
    """An answer to a prompt, on its own canvas."""

    canvas: int
    given: Given
