"""The list of what was erased, beside the database: so that no backup brings it back.

It holds no name and no number: each line is a day and a keyed hash, and only who
has the database's key can ask whether something is on it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from storage.keys import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PURPOSE = b"opschaalgids: what was erased"
KEPT = timedelta(days=400)
"""Longer than any backup is kept."""


@dataclass(frozen=True)
class Erased:
    """The list of one database. `keys`: the newest first; older ones may be in its lines."""

    path: Path
    keys: tuple[str, ...]

    def add(self, things: Iterable[str], day: date) -> None:
        """On the disk when this returns, before anything else goes."""
        lines = "".join(f"{day.isoformat()} {_hash(self.keys[0], thing)}\n" for thing in things)
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.path.parent)

    def among(self, things: Iterable[str]) -> set[str]:
        """Those of them that were erased."""
        listed = {line.partition(" ")[2] for line in self._lines()}
        return {t for t in things if listed & {_hash(key, t) for key in self.keys}}

    def _lines(self) -> list[str]:
        return self.path.read_text(encoding="ascii").splitlines() if self.path.exists() else []

    def prune(self, today: date) -> None:
        """Lines older than any backup have done their work."""
        lines = self._lines()
        since = (today - KEPT).isoformat()
        left = [line for line in lines if line >= since]
        if left == lines:
            return
        part = self.path.with_name(f"{self.path.name}.part")
        _write(part, left)
        part.replace(self.path)
        sync_folder(self.path.parent)


def erased_beside(database: Path, keys: Iterable[str]) -> Erased:
    """The list that goes with a database."""
    return Erased(database.with_name(f"{database.name}.erased"), tuple(keys))


def person(pseudonym: str) -> str:
    return f"person {pseudonym}"


def canvas(pseudonym: str, number: int, created_at: str) -> str:
    return f"canvas {pseudonym} {number} {created_at}"


def _write(path: Path, lines: list[str]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())


def _hash(key: str, thing: str) -> str:
    own = hmac.digest(bytes.fromhex(key), PURPOSE, hashlib.sha256)
    return hmac.new(own, thing.encode(), hashlib.sha256).hexdigest()
