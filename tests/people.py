"""A person at the guide: types, presses, edits, through the real database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.channels.console import as_text
from bot.documents.house import read_house
from bot.documents.printer import Papers
from bot.engine.conversation import Conversation
from flows.model.messages import Update
from storage.conversations import dead_letters
from storage.database.keys import read_keys
from storage.database.tombstones import erased_beside
from storage.store import Store
from tests.fresh import opened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.documents.worker import Made
    from flows.model.messages import UpdateKind
    from storage.conversations.outbox import Outgoing

START = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


@dataclass
class Person:
    """One chat. `seen` is every message that came, `sent` every update that went."""

    folder: Path
    chat: str = "test:1"
    language: Any = "nl"
    files: Mapping[str, str] | None = None
    now: datetime = START
    seen: list[Outgoing] = field(default_factory=list)
    sent: list[Update] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        path, key = self.folder / "guide.db", self.folder / "key"
        db = opened(self.folder)
        erased = erased_beside(path, read_keys(path, key))
        self.store = Store(db, self.language, erased=erased)
        self.conversation = Conversation(self.store, self.files)

    def restart(self) -> None:
        self.store.close()
        self.open()

    def types(self, text: str, after: float = 20) -> list[Outgoing]:
        return self._does("text", after, text=text)

    def presses(self, choice: str, of: Outgoing | None = None) -> list[Outgoing]:
        pressed = of or next(o for o in reversed(self.seen) if o.message.choices)
        return self._does("press", 20, text=choice, ref=pressed.ref)

    def edits(self, message: str, text: str) -> list[Outgoing]:
        return self._does("edit", 20, text=text, message=message)

    def starts(self) -> list[Outgoing]:
        return self._does("start", 20)

    def sends_a_photo(self) -> list[Outgoing]:
        return self._does("other", 20)

    def _does(self, kind: UpdateKind, after: float, **fields: str) -> list[Outgoing]:
        self.now += timedelta(seconds=after)
        number = f"u{len(self.sent) + 1}"
        said: dict[str, Any] = {"message": number, **fields}
        return self.gives(Update(number, self.chat, self.now, kind, **said))

    def gives(self, update: Update) -> list[Outgoing]:
        """Hand over an update as it is; what was said comes back through the outbox."""
        self.sent.append(update)
        self.conversation.handle(update)
        assert not dead_letters.waiting(self.store), dead_letters.waiting(self.store)[0].error
        return self.flush()

    def flush(self) -> list[Outgoing]:
        """What waits for this chat, as if it was sent."""
        said = self.store.outbox.due(self.chat)
        for outgoing in said:
            self.store.outbox.sent(outgoing, self.now)
        self.seen += said
        return said

    def papers(self, said: list[Outgoing]) -> list[Made]:
        """The documents that go with these messages, made as they are when they leave."""
        papers = Papers(self.conversation, read_house(None), ZoneInfo("Europe/Amsterdam"))
        return [asyncio.run(papers.make(o)) for o in said if o.message.document]

    def repeats(self, update: Update) -> list[Outgoing]:
        """The same press or text again under a new id, as a client that lost its line does."""
        return self.gives(replace(update, id=f"{update.id}-again"))

    # ------------------------------------------------------------ looking

    @property
    def asked(self) -> str:
        """The key of what was last asked."""
        return next(o.message.key for o in reversed(self.seen) if o.message.choices)

    @property
    def state(self) -> str:
        return self.seen[-1].message.state

    @property
    def canvas(self) -> int:
        row = self.store.db.execute(
            "SELECT canvas FROM people WHERE id = (SELECT person FROM chats WHERE chat = ?)",
            [self.chat],
        ).fetchone()
        return int(row[0])

    @property
    def values(self) -> dict[str, Any]:
        return self.store.walk(self.canvas).values

    def answer_rows(self) -> list[tuple[str, Any]]:
        return [row for rows in self.answers_by_canvas().values() for row in rows]

    def answers_by_canvas(self) -> dict[int, list[tuple[str, Any]]]:
        """In the order in which they were given: their numbers count for each canvas apart."""
        found: dict[int, list[tuple[str, Any]]] = {}
        sql = "SELECT canvas, question, value FROM answers ORDER BY canvas, id"
        for canvas, question, value in self.store.db.execute(sql).fetchall():
            found.setdefault(canvas, []).append((question, value))
        return found


def begun(person: Person, *texts: str) -> Person:
    """Who agreed, and said this."""
    person.starts()
    for text in ("akkoord", *texts):
        person.types(text)
    return person


def transcript(said: list[Outgoing]) -> str:
    return "\n\n".join(
        as_text(o.message)
        + (f"\n\n📄 {file}" if (file := o.message.file_name or o.message.document) else "")
        for o in said
    )
