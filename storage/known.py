"""What a database remembers of the list of what was erased."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage import erased, erasing

if TYPE_CHECKING:
    from storage.erased import Listing

FACTS = "SELECT name, value FROM facts"
HAS = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'facts'"


@dataclass(frozen=True)
class Known:
    """`listing`: the list as a version with marks left it; `digest`: as one before did.

    `lost`: the day, as a text, on which the list lacked what nothing could add.
    """

    listing: Listing | None
    digest: str | None
    lost: str | None

    @property
    def lines(self) -> tuple[str, ...]:
        return self.listing.lines if self.listing else ()

    @property
    def count(self) -> int:
        return self.listing.count if self.listing else 0


def known_of(connection: Any, keys: tuple[str, ...]) -> Known:
    """From its facts; a database that is still empty knows nothing."""
    (has,) = connection.execute(HAS).fetchone()
    facts = dict(connection.execute(FACTS).fetchall()) if has else {}
    copy = facts.get(erasing.COPY)
    listing = erased.listing(copy.encode(), keys) if copy else None
    return Known(listing, facts.get(erasing.AS_OF), facts.get(erasing.LOST))
