"""All that is known when an update arrives, as far as what is meant needs it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flows.model.journey import Past
from flows.model.values import value

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from flows.model.desk import Desk
    from flows.model.forwarded import Forwarding
    from flows.model.guidebook import Guide
    from flows.model.journey import Agreed, Walk
    from flows.model.messages import Asking, Language
    from flows.model.turn import Session


@value
class DuePrompt:
    """A prompt whose time has come, with all that decides whether it goes and what it says.

    `by`: the kwartiermaker's name; `mark`: why it came by itself; `less`: after "Minder vaak".
    `handed`: when this person was prompted before, `met`: of these for a meeting;
    `elsewhere`: the person works on another canvas now. `refused`: why this person gets
    none; `starts`: when the meeting begins that it is about; `agreed`: what is not done.
    """

    id: int
    person: int
    chat: str
    language: Language
    kind: str
    about: str
    text: str
    mark: str
    canvas: int | None
    seat: int | None
    by: str
    less: bool
    handed: tuple[datetime, ...]
    elsewhere: bool
    zone: str
    refused: str = ""
    walk: Walk | None = None
    guide: Guide | None = None
    starts: datetime | None = None
    agreed: tuple[Agreed, ...] = ()
    met: tuple[datetime, ...] = ()


@value
class Acting:
    """A canvas of this person's on which something is undertaken, with its own content."""

    walk: Walk
    guide: Guide


@value
class Context:
    """`guide`: of the canvas under way; `newest`: of one that would begin now.

    `desk`, `past`, `acting`: there where a row of the table needs it; `due`: the prompt that a
    timer is about; `forwarding`: questions to colleagues, for the verbs about those;
    `asides`: what came in this chat about a desk with buttons, the newest first.
    """

    session: Session
    guide: Guide
    newest: Guide
    desk: Desk | None = None
    acting: Acting | None = None
    due: DuePrompt | None = None
    forwarding: Forwarding | None = None
    past: Past = field(default_factory=Past)
    asides: tuple[Asking, ...] = ()


def zone_of(name: str, house: tzinfo | None) -> tzinfo | None:
    """Whose clock counts: the zone that a person chose, or the house's where that has no name."""
    return ZoneInfo(name) if name else house
