"""How long what is kept: the promises of the privacy text, in days."""

from __future__ import annotations

from dataclasses import dataclass

ANNOUNCED = (14, 3)
"""Days before an end at which it is announced."""


@dataclass(frozen=True)
class Keep:
    """`unfinished` counts from the last change, `finished` from the end."""

    strangers: int = 1
    unfinished: int = 90
    finished: int = 548
    records: int = 30
    audit: int = 365
    backups: int = 35
