"""What became of prompts that were sent off together. Data only."""

from __future__ import annotations

from datetime import datetime, tzinfo  # noqa: TC003 - dataclasses show it at run time

from flows.model.values import value

WENT, WAITS, ON_ITS_WAY, CALLED_OFF = "went", "waits", "on its way", "called off"


@value
class Fate:
    """Of one person. `how`: one of those above, or why it did not go.

    `called`: as their kwartiermaker calls them; `promised`: from when it was said to go,
    `due`: from when it may go now.
    """

    seat: int | None
    called: str
    how: str
    promised: datetime
    due: datetime


@value
class Outlook:
    """What decides when somebody can be asked something. `zone`: their clock; None: the house's.

    `refused`: why nothing goes to them at all; `begun`: there is a canvas to ask about;
    `fetched`: nobody calls them, so they read it at their next visit. `handed`: when they were
    prompted, `met`: of these for a meeting; `ahead`: (from when, kind) of what waits already.
    """

    refused: str = ""
    begun: bool = True
    fetched: bool = False
    less: bool = False
    zone: tzinfo | None = None
    handed: tuple[datetime, ...] = ()
    met: tuple[datetime, ...] = ()
    ahead: tuple[tuple[datetime, str], ...] = ()


ANYTIME = Outlook()


@value
class SentOff:
    """All of one plan. `count`: to how many it was sent off; 0 where that is not known.

    `maker`: who planned it, None where they do not keep the trajectory any more; `starts`:
    the meeting that it had to come before, in that `municipality`.
    """

    batch: str
    kind: str
    trajectory: int
    maker: int | None
    count: int
    made: datetime
    fates: tuple[Fate, ...]
    starts: datetime | None = None
    municipality: str = ""
