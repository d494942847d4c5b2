"""Where a database is: a file of its own, or a PostgreSQL that somebody keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

BEGINS = ("postgresql://", "postgres://")


@dataclass(frozen=True)
class Server:
    """`url`: with its password, so that only the name of it is ever printed."""

    url: str = field(repr=False)

    @classmethod
    def named(cls, said: str) -> Server | None:
        """What a setting means; None where that is a file."""
        return cls(said) if said.startswith(BEGINS) else None

    def __str__(self) -> str:
        found = urlsplit(self.url)
        return f"postgresql://{found.hostname or ''}{found.path}"


Place: TypeAlias = Path | Server
Led: TypeAlias = Callable[[Callable[[], bool], Callable[[], str]], None]
"""Given what tries whether this program leads, returns once it does. The other knows where the
web of whoever leads meanwhile is, as that one said itself: host:port, or nothing."""
