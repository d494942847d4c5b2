"""Somebody's desk: all that steering may know of one person at one moment. Data only."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Literal

from flows.model.lists import Page
from flows.model.values import value

if TYPE_CHECKING:
    from datetime import datetime

    from flows.model.messages import Language
    from flows.model.trajectory import (
        Asked,
        Contact,
        Link,
        LinkKind,
        Logged,
        Meeting,
        Met,
        OwnSeat,
        Remark,
        Seat,
        Trajectory,
        Unplaced,
    )

Role = Literal[
    "anyone", "agreed", "adviser", "keeper", "operator", "invited", "at desk", "taking part"
]
"""Invited: not agreed yet, but with a link; at desk: a kwartiermaker, or waiting to be one."""

SECRET_LETTERS = 32  # letters of base64url: 192 bits


@value
class Appointing:
    """Somebody who used a link for kwartiermakers; `mark`: of that link."""

    person: int
    name: str
    mark: str


@value
class Waiting:
    """Prompts that were sent off together and have not gone yet."""

    batch: str
    kind: str
    count: int
    due: datetime


@value
class Draft:
    """A prompt in the making. `target`: all, part PART, quiet, town SEAT, or seat SEAT."""

    id: int
    kind: str
    target: str
    text: str


NOTHING_LOGGED: Page[Logged] = Page((), 0, 1)


@value
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

    def next_meeting(self, town: str, now: datetime) -> Meeting | None:
        """Of this municipality, from that moment on."""
        ahead = (m for m in self.meetings if m.municipality == town and m.at >= now)
        return min(ahead, key=lambda m: m.at, default=None)

    def last_meeting(self, town: str, now: datetime) -> Meeting | None:
        """The newest one before that moment."""
        past = (m for m in self.meetings if m.municipality == town and m.at < now)
        return max(past, key=lambda m: m.at, default=None)

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
