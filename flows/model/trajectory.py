"""What is known of somebody at the desk of trajectories: roles, seats, links. Data only."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from flows.model.fates import ANYTIME, Outlook
from flows.model.journey import Agreed, View, Walk
from flows.model.lists import Page

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

Role = Literal[
    "anyone", "agreed", "adviser", "keeper", "operator", "invited", "at desk", "taking part"
]
"""Invited: not agreed yet, but with a link; at desk: a kwartiermaker, or waiting to be one."""

NEAR, KEEPERS, TOGETHER = 0, -1, -2
"""Whom a message names: people of its reader's trajectories; kwartiermakers, also of others;
who fills a canvas with its reader.
"""

SECRETS = frozenset({
    "appoint_text", "invite_text", "keep_text", "move_text", "connect_text", "link_picture",
    "invitation_paper", "forward_text", "colleague_text",
})  # fmt: skip
"""Messages that hold a link: not kept once they were sent."""

SECRET_LETTERS = 32  # letters of base64url: 192 bits


@dataclass(frozen=True)
class Trajectory:
    """`silence`: days without a change after which an adviser is reminded."""

    id: int
    name: str
    subject: str = ""
    welcome: str = ""
    language: Language = "nl"
    silence: int = 14


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Met:
    """A pilot that a colleague of who has this seat fills: its canvas, its name."""

    seat: int
    canvas: int
    name: str


@dataclass(frozen=True)
class Meeting:
    id: int
    municipality: str
    at: datetime
    place: str = ""


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Appointing:
    """Somebody who used a link for kwartiermakers; `mark`: of that link."""

    person: int
    name: str
    mark: str


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Contact:
    """Where a reply to this prompt goes: to who keeps the trajectory of this seat."""

    prompt: int
    seat: int


@dataclass(frozen=True)
class Asked:
    """A prompt as it was handed to this person. `about`: a question or an action."""

    id: int
    about: str
    canvas: int | None
    open: bool
    walk: Walk | None = None
    guide: Guide | None = None
    contact: Contact | None = None


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Waiting:
    """Prompts that were sent off together and have not gone yet."""

    batch: str
    kind: str
    count: int
    due: datetime


@dataclass(frozen=True)
class Draft:
    """A prompt in the making. `target`: all, part PART, quiet, town SEAT, or seat SEAT."""

    id: int
    kind: str
    target: str
    text: str


NOTHING_LOGGED: Page[Logged] = Page((), 0, 1)


@dataclass(frozen=True)
class Desk:
    """Everything that steering may know of one person at one moment.

    `seats`, `meetings`, `links` and `lapsed` are of the current trajectory, and there only if
    this person keeps it now; `lapsed`: invitations that nobody used in time; `waiting` is of
    all that they keep. `near` are those of one
    municipality with the answers they share. `seed` is fresh randomness: the
    secrets of this turn are made from it. `waits`: an operator has yet to say
    that this is the kwartiermaker who was invited. `known`: the invitation is from a
    kwartiermaker who confirmed this person before; `beside`: the address of a link in
    another channel than this chat's; `appointing`, `admitting`, `moving` and `along`
    wait for this person's yes; `log`: a page of who did what with their canvases, newest
    first; `unplaced`: words in this chat that wait for their place, oldest first; `wrote`: what
    this person said to kwartiermakers, `remarks`: what was said to them in all that they keep
    now, newest first; `met`: pilots of colleagues who were confirmed after a seat was taken.
    """

    person: int
    chat: str
    language: Language
    agreed: bool
    seed: str
    operator: bool = False
    keeper: str | None = None
    waits: bool = False
    link: str = ""
    beside: str = ""
    trajectories: tuple[Trajectory, ...] = ()
    current: Trajectory | None = None
    seats: tuple[Seat, ...] = ()
    near: tuple[Seat, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    links: tuple[Link, ...] = ()
    lapsed: tuple[Link, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    keepers: tuple[str, ...] = ()
    draft: Draft | None = None
    own: tuple[OwnSeat, ...] = ()
    followed: Link | None = None
    invitation: Link | None = None
    known: bool = False
    appointing: tuple[Appointing, ...] = ()
    moving: tuple[Link, ...] = ()
    along: tuple[Link, ...] = ()
    admitting: tuple[Seat, ...] = ()
    asked: Asked | None = None
    stopped: bool = False
    less: bool = False
    log: Page[Logged] = NOTHING_LOGGED
    wrote: tuple[Remark, ...] = ()
    remarks: tuple[Remark, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    met: tuple[Met, ...] = ()

    def words(self, key: str) -> Unplaced | None:
        """What waits under this key, in this chat."""
        return next((one for one in self.unplaced if one.key == key), None)

    def heard_at(self, contact: Contact | None) -> OwnSeat | None:
        """The seat that a contact names, as long as anybody hears what is said from there."""
        seats = (s for s in self.own if contact and s.id == contact.seat)
        return next((s for s in seats if s.confirmed and s.keepers), None)

    def heard_from(self, canvas: int | None) -> list[OwnSeat]:
        """Seats from where somebody hears what is said: of that canvas, else all of them."""
        seats = [s for s in self.own if s.confirmed and s.keepers]
        return [s for s in seats if canvas is not None and s.canvas == canvas] or seats

    def heard(self, words: Unplaced) -> OwnSeat | None:
        """From where words may go to a kwartiermaker: one place, and no choice between them."""
        if words.contact:
            return self.heard_at(words.contact)
        seats = self.heard_from(words.canvas)
        return seats[0] if len(seats) == 1 else None

    @property
    def roles(self) -> frozenset[Role]:
        """What this person is now; a former kwartiermaker is none."""
        keeps = self.keeper is not None
        found: dict[Role, object] = {
            "agreed": True, "adviser": self.own, "keeper": keeps, "operator": self.operator,
            "at desk": keeps or self.waits, "taking part": keeps or self.own,
        }  # fmt: skip
        if not self.agreed:
            found = {"invited": self.invitation}
        return frozenset(("anyone", *(role for role, held in found.items() if held)))

    def secret(self, kind: LinkKind, number: int) -> str:
        """The payload of this turn's link with this number: at most 64 letters."""
        made = hashlib.sha256(f"{self.seed}:{kind}:{number}".encode()).digest()
        return kind + base64.urlsafe_b64encode(made).decode().rstrip("=")[:SECRET_LETTERS]


def hashed(secret: str) -> str:
    """What is kept of a link."""
    return hashlib.sha256(secret.encode()).hexdigest()


def mark_of(kept: str) -> str:
    """Four letters by which people tell links apart; they open nothing. `kept`: the hash."""
    return kept[:4]
