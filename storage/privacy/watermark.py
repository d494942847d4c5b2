"""What a database remembers of the list of what was erased, and the list made whole by it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.database.tombstones import Listing, listing, unmarked_digests

if TYPE_CHECKING:
    from datetime import datetime

    from storage.conversations.people import People

COPY = "erased list"  # the fact that holds the list as it was when all of it was done
AS_OF = "erased as of"  # what a version before marks remembered of it: a digest of its lines
# The fact with the day on which the list lacked something that nothing here could add.
LOST = "erased list lost"
FACTS = "SELECT name, value FROM facts WHERE name IN (?, ?, ?)"
HAS = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'facts'"

log = logging.getLogger("opschaalgids.erased")


@dataclass(frozen=True)
class Known:
    """`listing`: the list as a version with marks left it; `digest`: as one before them did.

    `lost`: the day, as a text, on which the list lacked what nothing could add.
    """

    listing: Listing
    digest: str | None
    lost: str | None

    @property
    def unmarked(self) -> bool:
        return self.listing.how == "missing"

    def lacks(self, found: Listing) -> bool:
        """Whether a list is not whole, or less than this."""
        if self.unmarked:
            return not self.plausible(found)
        return found.how != "whole" or found.count < self.listing.count

    def plausible(self, found: Listing) -> bool:
        """Whether a list may be all of what a version before marks wrote, by what it remembered."""
        if found.how not in ("missing", "unmarked"):
            return found.how == "whole"
        return self.digest is None or self.digest in unmarked_digests(found.lines)


def known_of(connection: Any, keys: tuple[str, ...]) -> Known:
    """From its facts; a database that is still empty knows nothing."""
    (has,) = connection.execute(HAS).fetchone()
    names = [COPY, AS_OF, LOST]
    facts = dict(connection.execute(FACTS, names).fetchall()) if has else {}
    copy, digest, lost = map(facts.get, names)
    return Known(listing(copy.encode(), keys) if copy else Listing(), digest, lost)


def settled(store: People) -> bool:
    """Whether the list is as the last transaction that wrote it left it: all of it was done.

    Asking each of a million people whether they are on it takes seconds.
    """
    if store.erased is None:
        return True
    found, known = store.erased.read(), known_of(store.db.conn, store.erased.keys)
    return not known.unmarked and found.how == "whole" and found.lines == known.listing.lines


def settle(store: People) -> None:
    """Remember the list as it is, in the transaction that did what it says."""
    if store.erased and (found := store.erased.read()).how == "whole":
        store.remember(COPY, store.erased.text(found.lines, found.count).decode())
        store.remember(AS_OF, None)


def lacking(store: People) -> bool:
    """Whether the list is not whole, or less than the database knows."""
    if store.erased is None:
        return False
    return known_of(store.db.conn, store.erased.keys).lacks(store.erased.read())


def mend(store: People, at: datetime) -> None:
    """A whole list: of what it still says, and of what the database knows."""
    if store.erased is None:
        return
    found, known = store.erased.read(), known_of(store.db.conn, store.erased.keys)
    if found.how == "whole" and found.count >= known.listing.count:
        return
    if known.lacks(found):
        log.warning("the list of what was erased was missing or cut; it is written anew")
        if known.unmarked or found.count > known.listing.count:
            store.remember(LOST, at.date().isoformat())
    store.erased.renew(*known_and(found, known))


def known_and(found: Listing, known: Known | None) -> tuple[list[str], int]:
    """The lines of both, and how many things were ever on the one or the other."""
    other = known.listing if known else Listing()
    lines = list(dict.fromkeys([*other.lines, *found.lines]))
    return lines, max(found.count, other.count, len(lines))
