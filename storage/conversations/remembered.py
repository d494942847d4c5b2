"""What is known of chats from before, for as long as nothing else changed in the database."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from storage.database.rows import LAST_SAID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlite_utils import Database

    Known = dict[str, Any]


MANY = 500  # chats that are remembered: some 30 kB each at the end of a canvas


class Remembered:
    """What a turn needs of each chat, as the last one left it.

    The connection counts every row it changes, and the database's `data_version` tells
    of the commits of others: where either is not as it was, all is forgotten. What
    keeps to what is remembered changes its rows inside `apart`. Whoever undoes a
    transaction must forget all: the connection counts on.
    """

    def __init__(self, db: Database) -> None:
        self.db, self.version, self.changes = db, 0, 0
        self._chats: dict[str, Known] = {}
        self._chat_of: dict[tuple[str, int], str] = {}
        self._said: int | None = None
        self.sessions: dict[str, Any] = {}
        """What opens a chat on the web, by its hash: forgotten with all else."""

    def fits(self, version: int) -> bool:
        """Whether nothing else changed; or else all is forgotten. `version`: as it is now."""
        as_known = (version, self.db.conn.total_changes) == (self.version, self.changes)
        if not as_known:
            self.forget()
            self.version, self.changes = version, self.db.conn.total_changes
        return as_known

    def get(self, chat: str) -> Known | None:
        return self._chats.get(chat)

    def put(self, chat: str, known: Known) -> None:
        """One chat for each person and each canvas: what another one knew of them is old now."""
        old = self._chats.get(chat)
        if old and (old["id"], old["canvas"]) == (known["id"], known["canvas"]):
            self._chats[chat] = known
            return
        self.drop(chat)
        for of in (("person", known["id"]), ("canvas", known["canvas"])):
            if self._chat_of.get(of, chat) != chat:
                self.drop(self._chat_of[of])
            self._chat_of[of] = chat
        self._chats[chat] = known
        if len(self._chats) > MANY:
            self.drop(next(iter(self._chats)))

    def drop(self, chat: str) -> None:
        known = self._chats.pop(chat, None)
        if known:
            self._chat_of.pop(("person", known["id"]), None)
            self._chat_of.pop(("canvas", known["canvas"]), None)

    def forget(self) -> None:
        self._chats.clear()
        self._chat_of.clear()
        self.sessions.clear()
        self.version, self._said = -1, None

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What is changed in here is remembered by who changes it, or is nothing of a chat."""
        as_known = self.changes == self.db.conn.total_changes
        yield
        if as_known:
            self.changes = self.db.conn.total_changes

    def next_number(self, *, certain: bool = False) -> int:
        """Of a message. `certain`: nobody else said anything since the last."""
        if not certain or self._said is None:
            ((self._said,),) = self.db.execute(LAST_SAID).fetchall()
        self._said = int(self._said or 0) + 1
        return self._said

    def reached(self, chat: str, ref: str, at: datetime, ready: datetime | None) -> None:
        """What a person looks at came there, and from when on it can be pressed."""
        known = self.get(chat)
        if known and known["asking"] and known["asking"].ref == ref:
            made = known["asking"].made or at
            known["asking"] = replace(known["asking"], ready=ready, made=made)
