"""A prompt whose time has come, with all that decides whether it goes and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from flows.model.guidebook import Guide
    from flows.model.journey import Agreed, Walk
    from flows.model.messages import Language


@dataclass(frozen=True)
class DuePrompt:
    """`by`: the kwartiermaker's name; `mark`: why it came by itself; `less`: after "Minder vaak".

    `handed`: when this person was prompted before; `current`: its canvas is the one under
    way, or in a trajectory. `refused`: why this person gets none; `starts`: when the meeting
    begins that it is about; `agreed`: what is not done.
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
    due: datetime
    made: datetime
    less: bool
    handed: tuple[datetime, ...]
    current: bool
    zone: str
    refused: str = ""
    walk: Walk | None = None
    guide: Guide | None = None
    starts: datetime | None = None
    agreed: tuple[Agreed, ...] = ()
