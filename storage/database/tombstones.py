"""The list of what was erased, beside the database: so that no backup brings it back.

It holds no name and no number: each line is a day and a keyed hash, and only who
has the database's key can ask whether something is on it. Its first line says how
many things were ever put on it, and marks that and all lines with the key: what was
cut, emptied or made elsewhere is known as such. The database remembers the list too,
and so does the manifest of each backup, so that an older one is not taken for it.

A line is there before anything is deleted. So a line of something that lives says
that its erasing was cut off: it is done at the next start, for it was asked for
(`erasure.finish`). Where the turn itself fails, its lines come off again.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from flows.model.values import value
from storage.database import files
from storage.database.errors import told_apart
from storage.database.keys import read_keys
from storage.database.place import Server

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sqlite_utils import Database

    from storage.database.place import Place

PURPOSE = b"opschaalgids: what was erased"
KEPT = timedelta(days=400)  # longer than any backup is kept
FORM = "opschaalgids-erased"
HEAD = re.compile(rf"{FORM} (\d{{1,18}}) ([0-9a-f]{{64}})")
LINE = re.compile(r"\d{4}-\d\d-\d\d [0-9a-f]{64}")
WITHIN, KEY = "erased", "erased key"  # the facts with a list in its database, and with its key
OWN = "own:"  # begins a key that is for the list alone
FACT = "SELECT value FROM facts WHERE name = ?"
PUT = """INSERT INTO facts(name, value) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value"""
KEPT_ONCE = "INSERT INTO facts(name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"
UNTRUE = "-"  # the mark of a list that is not whole: what is added to it does not make it so

log = logging.getLogger("opschaalgids.erased")


@value
class Listing:
    """What a list says. `count`: how many things were ever put on it, also what came off since.

    `how`: "missing"; "unmarked", of a version before marks; "whole"; or "broken": cut,
    emptied, damaged, or another database's.
    """

    lines: tuple[str, ...] = ()
    count: int = 0
    how: Literal["missing", "unmarked", "whole", "broken"] = "missing"

    @property
    def hashes(self) -> set[str]:
        return {line.partition(" ")[2] for line in self.lines}


@value
class Within:
    """A list that stands in its database, and goes along with each transaction there.

    That server goes back to a moment of before as a whole, and its list with it: so each
    line goes to the log too, which says nothing to who has not the database as well.
    """

    db: Database

    def exists(self) -> bool:
        return bool(self.db.execute(FACT, [WITHIN]).fetchall())

    def read_bytes(self) -> bytes:
        ((found,),) = self.db.execute(FACT, [WITHIN]).fetchall()
        return str(found).encode()

    def write(self, content: bytes) -> None:
        lines = content.decode().splitlines()[1:]
        before = self.read_bytes().decode().splitlines() if self.exists() else []
        for line in lines:
            if line not in before:
                log.info("erased %s", line)
        self.db.execute(PUT, [WITHIN, content.decode()])


@value
class Erased:
    """The list of one database. `keys`: the newest first; older ones may be in its lines."""

    path: Path | Within
    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of its file."""
        return "" if isinstance(self.path, Within) else self.path.name

    def read(self) -> Listing:
        """Never raises for what it says."""
        return listing(self.path.read_bytes(), self.keys) if self.path.exists() else Listing()

    def add(self, things: Iterable[str], day: date) -> None:
        """On the disk when this returns, before anything else goes."""
        own, found = _own(self.keys[0]), self.read()
        new = [f"{day.isoformat()} {_hash(own, thing)}" for thing in things]
        self._write(found, [*found.lines, *new], found.count + len(new))

    def among(self, things: Iterable[str]) -> set[str]:
        """Those of them that were erased, or were about to be."""
        listed, own = self.read().hashes, [_own(key) for key in self.keys]
        return {t for t in things if any(_hash(one, t) in listed for one in own)}

    def withdraw(self, things: Iterable[str]) -> None:
        """They live on: what was to erase them failed, or a hold keeps them."""
        own, found = [_own(key) for key in self.keys], self.read()
        living = {_hash(one, thing) for thing in things for one in own}
        self._keep(found, [x for x in found.lines if x.partition(" ")[2] not in living])

    def join(self, lines: Iterable[str]) -> None:
        """Lines from elsewhere, such as a server's log: this list was of an earlier moment."""
        found = self.read()
        new = [line for line in dict.fromkeys(lines) if line not in found.lines]
        if new:
            self._write(found, [*found.lines, *new], found.count + len(new))

    def prune(self, today: date) -> None:
        """Lines older than any backup have done their work."""
        since, found = (today - KEPT).isoformat(), self.read()
        self._keep(found, [line for line in found.lines if line >= since])

    def _keep(self, found: Listing, left: list[str]) -> None:
        if left != list(found.lines):
            self._write(found, left, found.count)

    def _write(self, found: Listing, lines: Sequence[str], count: int) -> None:
        untrue = UNTRUE if found.how == "broken" else ""
        self._put(self.text(lines, count, untrue))

    def _put(self, content: bytes) -> None:
        if isinstance(self.path, Within):
            self.path.write(content)
        else:
            files.write(self.path, content)

    def renew(self, lines: Sequence[str], count: int) -> None:
        """All of the list, marked as whole.

        Only inside a transaction: what another program adds meanwhile would be lost.
        """
        self._put(self.text(lines, count))

    def text(self, lines: Sequence[str], count: int, untrue: str = "") -> bytes:
        """A whole list as it is written, here and into the database; or one marked as `untrue`."""
        mark = untrue or _mark(_own(self.keys[0]), count, lines)
        return "".join(f"{line}\n" for line in (f"{FORM} {count} {mark}", *lines)).encode()

    def whole(self) -> bytes:
        """The list under the newest key, for a backup; nothing where it is not whole."""
        found = self.read()
        return self.text(found.lines, found.count) if found.how == "whole" else b""


def erased_beside(database: Path, keys: Iterable[str]) -> Erased:
    return Erased(database.with_name(f"{database.name}.erased"), tuple(keys))


def erased_of(db: Database, place: Place, key_file: Path) -> Erased:
    """Beside a file, and within a database on a server."""
    if isinstance(place, Server):
        return erased_within(db)
    return erased_beside(place, (*read_keys(place, key_file), *brought(db)))


def brought(db: Database) -> tuple[str, ...]:
    """Keys that lines of its list were made with on a server that it came from."""
    with told_apart():
        found = db.execute(FACT, [KEY]).fetchall()
    return tuple(str(found[0][0]).split(" ")) if found else ()


def erased_within(db: Database) -> Erased:
    """The list that stands in its database, by a key of its own there."""
    db.execute(KEPT_ONCE, [KEY, f"{OWN}{secrets.token_hex(32)}"])
    ((key,),) = db.execute(FACT, [KEY]).fetchall()
    return Erased(Within(db), tuple(key.split(" ")))


def listing(content: bytes, keys: Iterable[str]) -> Listing:
    """What stands in a list, by whichever of the keys marked it."""
    first, *rest = content.decode("ascii", "replace").split("\n")
    head = HEAD.fullmatch(first)
    lines = tuple(line for line in (first, *rest) if LINE.fullmatch(line))
    count = int(head[1]) if head else len(lines)
    if head and content.endswith(b"\n"):
        marks = (_mark(_own(key), count, rest[:-1]) for key in keys)
        if any(hmac.compare_digest(mark, head[2]) for mark in marks):
            return Listing(lines, count, "whole")
    return Listing(lines, count, "broken" if head or (first and first not in lines) else "unmarked")


def counted(head: str) -> int:
    """How many things were ever on the list with this first line; 0 where it is none."""
    found = HEAD.fullmatch(head)
    return int(found[1]) if found else 0


def unmarked_digests(lines: Sequence[str]) -> set[str]:
    """What a version before marks may have remembered of these lines, or of the first of them."""
    so_far = hashlib.sha256()
    found = {so_far.hexdigest()}
    for number, line in enumerate(lines):
        so_far.update(f"\n{line}".encode() if number else line.encode())
        found.add(so_far.hexdigest())
    return found


def _mark(own: bytes, count: int, lines: Sequence[str]) -> str:
    return _hash(own, "\n".join([f"{FORM} {count}", *lines]))


def _own(key: str) -> bytes:
    """A key for this list alone, from the database's, or itself."""
    if key.startswith(OWN):
        return bytes.fromhex(key.removeprefix(OWN))
    return hmac.digest(bytes.fromhex(key), PURPOSE, hashlib.sha256)


def derived(key: str) -> str:
    """A key that is for the list alone, and opens nothing: what a server may know of one."""
    return f"{OWN}{_own(key).hex()}"


def _hash(own: bytes, thing: str) -> str:
    return hmac.digest(own, thing.encode(), hashlib.sha256).hex()
