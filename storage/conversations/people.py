"""People: who is known, who left, what is whose; and what the program knows of itself."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.expiry import Keep
from storage.conversations.chats import KNOWN, NEWS, known_of
from storage.conversations.outbox import Outbox
from storage.conversations.remembered import Remembered
from storage.database import deletions
from storage.database.rows import Rows, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlite_utils import Database

    from flows.model.messages import Language, Update
    from storage.database.tombstones import Erased

TO_TELL = {
    "person": """SELECT p.id, p.chat, p.language, p.zone FROM people p
        JOIN chats h ON h.chat = p.chat WHERE h.gone_at IS NULL AND p.id = ?""",
    "chat": """SELECT p.id, h.chat, p.language, p.zone FROM chats h
        JOIN people p ON p.id = h.person WHERE h.chat = ?""",
    "seat": """SELECT p.id, p.chat, p.language, p.zone FROM people p
        JOIN chats h ON h.chat = p.chat WHERE h.gone_at IS NULL
        AND p.id IN (SELECT person FROM seats WHERE id = ?)""",
    "seats": """SELECT p.id, p.chat, p.language, p.zone FROM people p
        JOIN chats h ON h.chat = p.chat WHERE h.gone_at IS NULL AND p.id IN
        (SELECT person FROM seats WHERE trajectory = ? AND confirmed_at IS NOT NULL
        AND left_at IS NULL)""",
    "keepers": """SELECT p.id, p.chat, p.language, p.zone FROM people p
        JOIN chats h ON h.chat = p.chat WHERE h.gone_at IS NULL
        AND p.id IN (SELECT person FROM keepers WHERE trajectory = ? AND until_at IS NULL)""",
    "pilot": """SELECT p.id, p.chat, p.language, p.zone FROM people p
        JOIN chats h ON h.chat = p.chat WHERE h.gone_at IS NULL
        AND p.id IN (SELECT person FROM canvases WHERE pilot = ?)""",
    "owner": """SELECT p.id, p.chat, p.language, p.zone FROM people p
        JOIN chats h ON h.chat = p.chat WHERE h.gone_at IS NULL
        AND p.id IN (SELECT person FROM canvases WHERE id = ?)""",
    "address": """SELECT p.id, p.chat, p.language, p.zone FROM people p
        JOIN chats h ON h.chat = p.chat JOIN addresses a ON a.person = p.id
        WHERE h.gone_at IS NULL AND a.address = ? AND a.confirmed_at IS NOT NULL""",
}

COLLEAGUES = """SELECT DISTINCT p.chat FROM canvases c JOIN canvases o ON o.pilot = c.pilot
    JOIN people p ON p.id = o.person JOIN chats h ON h.chat = p.chat
    WHERE h.gone_at IS NULL AND o.person <> c.person AND (c.id = :canvas
    OR (CAST(:canvas AS INTEGER) IS NULL
    AND c.person = (SELECT person FROM chats WHERE chat = :chat)))"""

STRANGERS = """SELECT p.chat FROM people p WHERE p.agreed_at IS NULL AND NOT EXISTS
    (SELECT 1 FROM chats h WHERE h.person = p.id AND h.seen_at >= ?)"""
"""Who never agreed, and was seen nowhere since."""


class People(Rows):
    """Everybody in the database."""

    def __init__(
        self,
        db: Database,
        language: Language = "nl",
        agreement: str = "1",
        erased: Erased | None = None,
        keeps: Keep | None = None,
    ) -> None:
        super().__init__(db)
        self.remembered = Remembered(db)
        self.outbox = Outbox(db, self.remembered)
        self.language, self.agreement, self.erased = language, agreement, erased
        self.known: dict[str, Any] = {}
        """The person of the turn that is under way: read by session(), used by keep()."""
        self.noted: Update | None = None
        """An update that is new, and not written yet."""
        self.certain = False
        """In this transaction it was read that this program leads, and what others changed."""
        self.before = 0
        """Rows that the connection had changed when this transaction began."""
        self.keeps = keeps or Keep()
        self.repeated = False
        """The update that was to be kept last came before."""
        self.scrubs, self.beats = False, 0
        """Something was erased, and its last traces are still in the write-ahead log."""
        self.listed: list[str] = []
        """What this transaction put on the list of what was erased."""

    def person(self, update: Update) -> dict[str, Any]:
        """Who this is, made known where nobody is; and where they are."""
        if found := self.find(update.chat):
            return found
        with self.remembered.apart():
            sql = "INSERT INTO people(chat, pseudonym, language) VALUES (?, ?, ?)"
            self.db.execute(
                sql, [update.chat, secrets.token_hex(8), update.language or self.language]
            )
            sql = """INSERT INTO chats(chat, person, seen_at)
                SELECT chat, id, ? FROM people WHERE chat = ?"""
            self.db.execute(sql, [text_of(update.at), update.chat])
        return self.find(update.chat)

    def find(self, chat: str) -> dict[str, Any]:
        """What is known of a chat: nothing where it is nobody's."""
        memory = self.remembered
        memory.fits(memory.version if self.certain else self.own.version())
        if (known := memory.get(chat)) is None:
            row = self.db.execute(KNOWN, [chat]).fetchone()
            known = known_of(row) if row else {}
        return known

    def forget_strangers(self, now: datetime) -> None:
        """Who never agreed is gone after a day, with what was said to them."""
        before = text_of(now - timedelta(days=self.keeps.strangers))
        for row in self.rows(STRANGERS, before):
            for statement in deletions.OF_PERSON:
                self.db.execute(statement, row)

    def to_hear_news(self) -> list[str]:
        """Who agreed to an older privacy text and was not told of the newest; told from now on."""
        sql = """SELECT chat FROM people WHERE agreed_at IS NOT NULL
            AND chat IN (SELECT chat FROM chats WHERE gone_at IS NULL)
            AND agreed_version <> ? AND COALESCE(told_version, '') <> ?"""
        rows = self.rows(sql, self.agreement, self.agreement)
        self.db.execute("UPDATE people SET told_version = ?", [self.agreement])
        return [row["chat"] for row in rows]

    def open_chats(self, seen: datetime | None = None) -> list[str]:
        """Who has a question open and did not leave; also who agreed and was `seen` since then."""
        sql = """SELECT p.chat FROM people p JOIN chats h ON h.chat = p.chat
            LEFT JOIN canvases c ON c.id = p.canvas WHERE h.gone_at IS NULL
            AND (c.question IS NOT NULL OR (p.agreed_at IS NOT NULL AND h.seen_at >= :seen))"""
        return self.column(sql, seen=text_of(seen) if seen else "9999")

    def chats_of(self, chat: str) -> list[str]:
        """All chats of the person who is in this one."""
        sql = "SELECT chat FROM chats WHERE person = (SELECT person FROM chats WHERE chat = ?)"
        return self.column(sql, chat)

    def renew_news(self, person: int) -> None:
        """Where somebody is told the news, after what may change that, such as an address."""
        chat = self.value("SELECT chat FROM chats WHERE person = ? LIMIT 1", person)
        self.db.execute(NEWS, {"chat": chat})

    def colleagues(self, chat: str, canvas: int | None) -> list[str]:
        """Where others are told who fill this canvas together, or any of this chat's person."""
        return self.column(COLLEAGUES, chat=chat, canvas=canvas)

    def knows(self, chat: str) -> bool:
        sql = "SELECT 1 AS one FROM people WHERE id = (SELECT person FROM chats WHERE chat = ?)"
        return self.row(sql, chat) is not None

    def language_of(self, chat: str) -> Language:
        sql = "SELECT language FROM people WHERE id = (SELECT person FROM chats WHERE chat = ?)"
        row = self.row(sql, chat)
        return row["language"] if row else self.language

    def zone_in(self, chat: str) -> str:
        """The name of the zone that the person of this chat chose; empty where they chose none."""
        sql = "SELECT zone FROM people WHERE id = (SELECT person FROM chats WHERE chat = ?)"
        return str(self.value(sql, chat) or "")

    def address_of(self, chat: str) -> str | None:
        """The address of mail that the person of this chat confirmed."""
        sql = """SELECT a.address FROM addresses a JOIN chats h ON h.person = a.person
            WHERE h.chat = ? AND a.confirmed_at IS NOT NULL"""
        row = self.row(sql, chat)
        return row["address"] if row else None

    def doubt_addresses(self, addresses: Iterable[str]) -> None:
        """Whoever has one of these has to confirm it again."""
        for address in addresses:
            self.db.execute("UPDATE addresses SET confirmed_at = NULL WHERE address = ?", [address])

    def to_tell(self, whom: str, number: int | str) -> list[dict[str, Any]]:
        """People by what TO_TELL calls them: who has this chat or address, a seat, a trajectory."""
        return self.rows(TO_TELL[whom], number)

    def owner(self, canvas: int) -> str | None:
        """The chat of the person whose canvas this is."""
        sql = "SELECT p.chat FROM canvases c JOIN people p ON p.id = c.person WHERE c.id = ?"
        row = self.row(sql, canvas)
        return row["chat"] if row else None

    def canvas_numbers(self) -> list[int]:
        return [row["id"] for row in self.rows("SELECT id FROM canvases ORDER BY id")]

    def canvases_of(self, chat: str) -> list[int]:
        sql = """SELECT c.id FROM canvases c
            WHERE c.person = (SELECT person FROM chats WHERE chat = ?) ORDER BY c.id"""
        rows = self.rows(sql, chat)
        return [row["id"] for row in rows]

    def fact(self, name: str) -> str | None:
        """Something that the running program knows of itself."""
        row = self.row("SELECT value FROM facts WHERE name = ?", name)
        return row["value"] if row else None

    def beat(self, name: str, value: str) -> None:
        """Keep a fact that is no change: when something was heard last, every minute."""
        before = self.own.total_changes
        self.remember(name, value)
        self.beats += self.own.total_changes - before

    def changes(self) -> tuple[int, int]:
        """Another one after anything changed but a beat, whoever did it. Of a file alone."""
        return self.own.version(), self.own.total_changes - self.beats

    def remember(self, name: str, value: str | None) -> None:
        """Keep a fact; None forgets it."""
        self.db.execute("DELETE FROM facts WHERE name = ?", [name])
        if value is not None:
            self.db.execute("INSERT INTO facts(name, value) VALUES (?, ?)", [name, value])
