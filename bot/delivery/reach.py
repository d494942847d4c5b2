"""Whether Telegram reaches the webhook, as Telegram itself sees it: kept for doctor to read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.store import Store

FACT = "reach"


@dataclass(frozen=True)
class Reach:
    """`at`: when Telegram was asked. `waiting`: updates that it still has to deliver.

    `known`: it delivers to our address. `error`: what went wrong last, `failed_at` when.
    `refused`: why it does not take our address. `deaf`: updates wait, and none came since
    the time before.
    """

    at: str
    known: bool = True
    waiting: int = 0
    error: str = ""
    failed_at: str = ""
    refused: str = ""
    deaf: bool = False

    @property
    def well(self) -> bool:
        return self.known and not self.refused and not self.deaf

    @property
    def line(self) -> str:
        """For the report of doctor."""
        last = f"; last error {self.failed_at}: {self.error}" if self.error else ""
        return f"Telegram said at {self.at}: {self.waiting} updates wait there{last}"

    def findings(self) -> Iterator[str]:
        """What to do, a sentence each."""
        if self.refused:
            yield (
                f"Telegram refuses the webhook's address ({self.refused}), asked at {self.at}; "
                "write an https address that it can reach in OPSCHAALGIDS_WEBHOOK_URL, and restart."
            )
        elif not self.known:
            yield (
                f"Telegram did not deliver to this webhook's address at {self.at}; stop what else "
                "uses this bot's token. The running program sets its own address again."
            )
        elif self.deaf:
            why = f" ({self.error}, {self.failed_at})" if self.error else ""
            yield (
                f"Telegram does not reach the webhook{why}: {self.waiting} updates wait at "
                f"{self.at}; mend its address, certificate, proxy or firewall, or remove "
                "OPSCHAALGIDS_WEBHOOK_URL to fetch instead."
            )


def kept(store: Store) -> Reach | None:
    """What the running program noted last."""
    said = store.fact(FACT)
    return Reach(**json.loads(said)) if said else None


def keep(store: Store, reach: Reach | None) -> None:
    """None where updates are fetched."""
    with store.transaction():
        store.remember(FACT, json.dumps(asdict(reach)) if reach else None)
