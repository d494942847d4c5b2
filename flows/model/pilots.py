"""What a turn must know of a person's other pilots: never all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.model.lists import Page, number_in, pages_of

if TYPE_CHECKING:
    from collections.abc import Mapping


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
