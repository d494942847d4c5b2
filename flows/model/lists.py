"""Lists that grow, shown a page at a time, such as pilots; how much a person may pile up.

A phone shows ten buttons without scrolling much; the channel takes a hundred.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Item = TypeVar("Item")

ON_A_PAGE = 10
LONGEST_NAME = 60  # UTF-16 units of the name of somebody, or of something
LONGEST_NUMBER = 16  # digits: any longer is in no database
LONGEST_TEXT = 400  # UTF-16 units of what a kwartiermaker writes to others
LONGEST_REMARK = 1_000  # of what an adviser says to a kwartiermaker
MOST_REMARKS = 100  # that stand with one place: older ones can be taken back
MOST_PILOTS = 100
MOST_SEATS = 20  # places of one adviser, each in a trajectory of somebody's
MOST_TRAJECTORIES = 50  # of one kwartiermaker
MOST_INVITATIONS = 2_000  # open ones: every municipality of the country, with colleagues
MOST_LAPSED = 50  # invitations that nobody used in time, and that are still named
MOST_AGREED = 50  # actions of one adviser that are not done
MOST_SENT_OFF = 20  # prompts of one kwartiermaker that wait, each to as many as they like
TOWNS_LISTED = 15  # municipalities that have a button of their own under a question


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some of a list; `at` counts from 0."""

    items: tuple[Item, ...]
    at: int
    pages: int

    def turns(self, verb: str, rest: str = "") -> dict[str, bool]:
        """Keys of the buttons to the pages beside it, and whether each leads back."""
        beside = [n for n in (self.at - 1, self.at + 1) if 0 <= n < self.pages]
        return {f"{verb} {n}{rest}": n < self.at for n in beside}


def paged(items: Sequence[Item], at: int, size: int = ON_A_PAGE) -> Page[Item]:
    """That page, or the last one where there is none of that number."""
    pages = pages_of(len(items), size)
    at = min(at, pages - 1)
    return Page(tuple(items[at * size : (at + 1) * size]), at, pages)


def number_in(said: str) -> int:
    """The number in a button's key; 0, which is nobody's, for anything else."""
    return int(said) if said.isdecimal() and len(said) < LONGEST_NUMBER else 0


def pages_of(count: int, size: int = ON_A_PAGE) -> int:
    """How many pages; one that is empty where there is nothing."""
    return max(1, -(-count // size))


@dataclass(frozen=True)
class Pilot:
    id: int
    name: str
    state: str
    held: str = ""  # why it may not be erased now


@dataclass(frozen=True)
class Pilots:
    """A person's canvases as far as this turn is about them.

    `count` and `held`: of all, and of those that may not go; `listed`: page `at`, oldest
    first; `named`: the one that is meant; `other`: the newest beside that one.
    """

    count: int = 0
    held: int = 0
    at: int = 0
    listed: tuple[Pilot, ...] = ()
    named: Pilot | None = None
    other: int | None = None

    @property
    def page(self) -> Page[Pilot]:
        return Page(self.listed, self.at, pages_of(self.count))

    @property
    def names(self) -> Mapping[str, str]:
        """Of those that are listed or meant, by their number as a text."""
        meant = (self.named,) if self.named else ()
        return {str(pilot.id): pilot.name for pilot in (*self.listed, *meant)}


NO_PILOTS = Pilots()


def wanted(argument: Any) -> tuple[int, int]:
    """(the page, the pilot) that a key is about, such as "page 2"; number 0 is nobody's."""
    word, _, number = str(argument).partition(" ")
    return (number_in(number), 0) if word == "page" else (0, number_in(word))
