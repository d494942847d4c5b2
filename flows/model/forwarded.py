"""A question that went to a colleague by a link, and what came back. Data only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from flows.model.kinds import KIND
from flows.model.values import value

if TYPE_CHECKING:
    from datetime import datetime

    from flows.model.canvas import Question
    from flows.model.guidebook import Guide
    from flows.model.journey import Walk

MOST_REPLIES = 20  # colleagues who answer by one link
MOST_OUT = 50  # questions of one person that are out at once
KEY_LETTERS = 24  # of a hash: enough to find one, and to open nothing


@value
class Forwarded:
    """`key`: tells it from others; `shown`: whose it is, as its owner agreed; `replies`: sent."""

    id: int
    key: str
    canvas: int
    owner: int
    question: str
    shown: str
    expires_at: datetime
    withdrawn: bool = False
    replies: int = 0

    def open(self, now: datetime) -> bool:
        """Whether somebody can still answer it."""
        return not self.withdrawn and now < self.expires_at and self.replies < MOST_REPLIES


@value
class Proposal:
    """What a colleague answers: under way until it is `sent`, then waiting until it is `settled`.

    `value` is what an answer to that question is; None as long as there is none.
    """

    of: Forwarded
    receipt: str
    value: Any = None
    name: str = ""
    role: str = ""
    note: str = ""
    sent: bool = False
    settled: Literal["", "taken", "left"] = ""

    @property
    def who(self) -> str:
        return f"{self.name} ({self.role})" if self.role else self.name

    @property
    def waits(self) -> bool:
        """Whether its owner has yet to say what becomes of it."""
        return self.sent and not self.settled


@value
class Forwarding:
    """What one verb may know of this.

    Of who follows a link: which question, and their own answer to it before; `draft`: the
    answer that this person is giving. Of who owns canvases: what is `out`, and what waits;
    `walk` and `guide` of the canvas that the verb is about.
    """

    followed: Forwarded | None = None
    before: Proposal | None = None
    receipt: str = ""
    draft: Proposal | None = None
    out: tuple[Forwarded, ...] = ()
    waiting: tuple[Proposal, ...] = ()
    walk: Walk | None = None
    guide: Guide | None = None


def askable(question: Question | None) -> bool:
    """Whether somebody else can answer it who sees nothing of the other answers."""
    if question is None or question.of or not question.open_point:
        return False
    kind = KIND[question.kind]
    return kind.open_point and kind.offers == "choices" and kind.reads != "date" and not kind.fixed
