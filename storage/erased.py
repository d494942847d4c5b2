"""The list of what was erased, beside the database: so that no backup brings it back.

It holds no name and no number: each line is a day and a keyed hash, and only who
has the database's key can ask whether something is on it.

A line is there before anything is deleted. So a line of something that lives says
that its erasing was cut off: it is done at the next start, for it was asked for
(`erasing.unfinished`). Where the turn itself fails, its lines come off again.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from storage.files import sync_folder

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
        own = _own(self.keys[0])
        lines = "".join(f"{day.isoformat()} {_hash(own, thing)}\n" for thing in things)
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write("\n" * self._torn() + lines)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.path.parent)

    def _torn(self) -> bool:
        """Half a line, of a full disk or a power cut, must not swallow the next."""
        return self.path.read_bytes()[-1:] not in (b"", b"\n")

    def empty(self) -> bool:
        return not self._lines()

    def digest(self) -> str:
        """The same for the same list: what the database remembers of it."""
        return hashlib.sha256("\n".join(self._lines()).encode()).hexdigest()

    def among(self, things: Iterable[str]) -> set[str]:
        """Those of them that were erased, or were about to be."""
        listed = {line.partition(" ")[2] for line in self._lines()}
        own = [_own(key) for key in self.keys]
        return {t for t in things if any(_hash(one, t) in listed for one in own)}

    def withdraw(self, things: Iterable[str]) -> None:
        """They live on: what was to erase them failed, or a hold keeps them."""
        own = [_own(key) for key in self.keys]
        living = {_hash(one, thing) for thing in things for one in own}
        self._keep([line for line in self._lines() if line.partition(" ")[2] not in living])

    def _lines(self) -> list[str]:
        if not self.path.exists():
            return []
        return [line for line in self.path.read_text(encoding="ascii").splitlines() if line]

    def prune(self, today: date) -> None:
        """Lines older than any backup have done their work."""
        since = (today - KEPT).isoformat()
        self._keep([line for line in self._lines() if line >= since])

    def _keep(self, left: list[str]) -> None:
        """Only inside a transaction: what another program adds meanwhile would be lost."""
        if left == self._lines():
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


def _own(key: str) -> bytes:
    """A key for this list alone, from the database's."""
    return hmac.digest(bytes.fromhex(key), PURPOSE, hashlib.sha256)


def _hash(own: bytes, thing: str) -> str:
    return hmac.digest(own, thing.encode(), hashlib.sha256).hex()
