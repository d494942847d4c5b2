"""All that is known when an update arrives, as far as what is meant needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.model.guidebook import Guide
    from flows.model.prompt import DuePrompt
    from flows.model.trajectory import Desk
    from flows.model.turn import Session


@dataclass(frozen=True)
class Context:
    """`guide`: of the canvas under way; `newest`: of one that would begin now.

    `desk`: there where a row of the table needs it; `due`: the prompt that a timer is about.
    """

    session: Session
    guide: Guide
    newest: Guide
    desk: Desk | None = None
    due: DuePrompt | None = None
