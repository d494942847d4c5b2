"""What trajectories are made of: seats, links, meetings, prompts, remarks. Data only."""

from __future__ import annotations

import hashlib
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from flows.model.fates import ANYTIME, Outlook
from flows.model.journey import Agreed, View, Walk
from flows.model.values import value

if TYPE_CHECKING:
    from flows.model.guidebook import Guide
    from flows.model.messages import Asking, Choice, Language

LinkKind = Literal["k", "s", "t", "h", "m", "c", "q", "p"]
"""Becoming a kwartiermaker; a seat; keeping a trajectory together; taking one over; moving;
being the same person in another chat; one question to a colleague; filling one canvas together.
"""

DAY = timedelta(1)
LIVES: dict[LinkKind, timedelta] = {
    "k": DAY, "s": 30 * DAY, "t": 7 * DAY, "h": 7 * DAY, "m": DAY, "c": DAY,
    "q": 14 * DAY, "p": 14 * DAY,
}  # fmt: skip

NEAR, KEEPERS, TOGETHER = 0, -1, -2
"""Whom a message names: people of its reader's trajectories; kwartiermakers, also of others;
who fills a canvas with its reader.
"""

SECRETS = frozenset({
    "appoint_text", "invite_text", "keep_text", "move_text", "connect_text", "link_picture",
    "invitation_paper", "forward_text", "colleague_text",
})  # fmt: skip
"""Messages that hold a link: not kept once they were sent."""


@value
class Trajectory:
    """`silence`: days without a change after which an adviser is reminded."""

    id: int
    name: str
    subject: str = ""
    welcome: str = ""
    language: Language = "nl"
    silence: int = 14


@value
class Both:
    """What two people have together who may be one: canvases, open seats, kept trajectories.

    `keeper`: who made the link is a kwartiermaker; `brings_keeper`: who follows it is one,
    or waits to be.
    """

    pilots: int = 0
    seats: int = 0
    trajectories: int = 0
    keeper: bool = False
    brings_keeper: bool = False


NOT_TWO = Both()


@value
class Link:
    """An invitation, without its secret. `by`: the name of who invites, `named`: that person.

    That is who made it, or for a seat who keeps the trajectory now. `stands`: they have
    what it gives. `pilot`: what a shared canvas is called, `member`: whether who follows
    it fills it already. `there`: of a seat, the pilots that colleagues of the same municipality
    fill in that trajectory, (canvas, name). `mark`: what tells it from another for the same
    name. `both`: of a link between two chats, with whoever follows it. `granted`: the yes
    to whoever uses it was said.
    """

    id: int
    kind: LinkKind
    by: str
    made_by: int | None
    trajectory: Trajectory | None
    municipality: str
    name: str
    seat: int | None
    expires_at: datetime
    used_at: datetime | None = None
    withdrawn_at: datetime | None = None
    stands: bool = True
    named: int | None = None
    used_by: int | None = None
    mark: str = ""
    both: Both = NOT_TWO
    canvas: int | None = None
    pilot: str = ""
    member: bool = False
    there: tuple[tuple[int, str], ...] = ()
    granted: bool = False

    @property
    def called(self) -> str:
        """Whom an invitation is for."""
        return f"{self.municipality}, {self.name}" if self.name else self.municipality

    @property
    def made_at(self) -> datetime:
        return self.expires_at - LIVES[self.kind]

    def asks(self, now: datetime) -> bool:
        """Whether a move that somebody wants still waits for its yes."""
        if self.used_at is None or self.used_by is None or self.withdrawn_at is not None:
            return False
        return self.stands and now < self.used_at + LIVES[self.kind]

    def open(self, now: datetime) -> bool:
        """Whether it can still be used."""
        unused = self.used_at is None and self.withdrawn_at is None
        return unused and self.stands and now < self.expires_at


@value
class Met:
    """A pilot that a colleague of who has this seat fills: its canvas, its name."""

    seat: int
    canvas: int
    name: str


@value
class Meeting:
    id: int
    municipality: str
    at: datetime
    place: str = ""


@value
class Seat:
    """An adviser in a trajectory as its kwartiermaker may see it.

    `nudged`: when a prompt last went out; `off`: prompts are off; `pilot`: which canvas they
    fill together with others, None where it is their own; `screen_name`: what they were called
    in the `channel` where they used their invitation; `outlook`: read where something is planned.
    """

    id: int
    municipality: str
    name: str
    view: View = field(default_factory=View)
    nudged: datetime | None = None
    off: bool = False
    agreed: tuple[Agreed, ...] = ()
    pilot: int | None = None
    screen_name: str = ""
    channel: str = ""
    outlook: Outlook = ANYTIME

    @property
    def called(self) -> str:
        return f"{self.municipality}, {self.name}" if self.name else self.municipality

    @property
    def person(self) -> str:
        """Who it is among those of one municipality."""
        return self.name or self.municipality


@value
class Logged:
    """Something that was done with a canvas or a seat.

    `who`: person, keeper, operator or program; `by`: the kwartiermaker's name, empty where
    none is known any more; `about`: what was shared or looked at; `pilot`: the name of its
    pilot, where there are several.
    """

    at: datetime
    who: str
    deed: str
    about: str = ""
    by: str = ""
    pilot: str | None = None


@value
class Remark:
    """What an adviser said to who keeps the trajectory.

    `by`: the adviser, as the kwartiermaker calls them; `asked`: the text that it answers.
    """

    id: int
    seat: int
    trajectory: int
    municipality: str
    by: str
    text: str
    at: datetime
    read: bool = False
    asked: str = ""


@value
class OwnSeat:
    """A seat as its adviser sees it. `keepers`: who sees what is shared."""

    id: int
    trajectory: Trajectory
    municipality: str
    name: str
    canvas: int | None
    confirmed: bool
    keepers: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    looks: tuple[Logged, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    meetings: tuple[Meeting, ...] = ()


@value
class Contact:
    """Where a reply to this prompt goes: to who keeps the trajectory of this seat."""

    prompt: int
    seat: int


@value
class Asked:
    """A prompt as it was handed to this person. `about`: a question or an action."""

    id: int
    about: str
    canvas: int | None
    open: bool
    walk: Walk | None = None
    guide: Guide | None = None
    contact: Contact | None = None


@value
class Unplaced:
    """Words that wait until their person says where they belong.

    `message`: the channel's number of the text; `canvas`: where they may be an answer, to
    `question`, with these `choices`, or in the place of what stands at `before`; `contact`:
    where they may go; `asking`: of a prompt that asks `about` something.
    """

    key: str
    text: str
    message: str = ""
    canvas: int | None = None
    question: str = ""
    before: str = ""
    contact: Contact | None = None
    choices: tuple[Choice, ...] = ()
    asking: Asking | None = None
    about: str = ""

    def __str__(self) -> str:
        return self.text


def hashed(secret: str) -> str:
    """What is kept of a link."""
    return hashlib.sha256(secret.encode()).hexdigest()


def mark_of(kept: str) -> str:
    """Four letters by which people tell links apart; they open nothing. `kept`: the hash."""
    return kept[:4]
