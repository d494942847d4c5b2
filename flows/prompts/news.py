"""What happened in somebody's trajectories, told once a day in one message."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from flows.exchange import at_desk
from flows.model.values import value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.model.messages import Language, Reply

What = Literal["shared", "finished", "agreed", "refused", "done", "failed", "remark", "step"]
PEOPLE, TOWNS = 12, 6  # in one message: those named, and municipalities with a button
RARELY = timedelta(days=14)  # after "Minder vaak"


@value
class Event:
    """Something that an adviser did. `about`: what was shared, or what a meeting agreed."""

    what: What
    trajectory: int
    trajectory_name: str
    seat: int
    municipality: str
    name: str
    about: str = ""


@value
class Audience:
    """A kwartiermaker whom it is time to tell. `off`: they want no messages."""

    person: int
    chat: str
    language: Language
    off: bool = False


def news(events: Sequence[Event]) -> Reply | None:
    """A line for each adviser, and a button to each municipality. None where nothing happened."""
    people: dict[tuple[int, int], dict[str, list[str]]] = {}
    first: dict[tuple[int, int], Event] = {}
    for one in events:
        who = (one.trajectory, one.seat)
        first.setdefault(who, one)
        people.setdefault(who, {}).setdefault(one.what, []).append(one.about)
    if not people:
        return None
    towns = {(one.trajectory, one.municipality): one for one in reversed(first.values())}
    several = len({one.trajectory for one in events}) > 1
    labels = {f"visit {one.trajectory} {one.seat}": one.municipality
              for one in [*towns.values()][::-1][:TOWNS]}  # fmt: skip
    told = [(first[who], list(what.items())) for who, what in people.items()]
    return at_desk("news", *labels, "home", key="news", labels={**labels, "home": None},
                   several=several, told=told[:PEOPLE], more=len(told[PEOPLE:]))  # fmt: skip
