"""Everything that a turn changes, in the one transaction of its update."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flows.answers import clean
from storage.rows import CURSOR, Rows, button_of, number_of, ref_of, text_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlite_utils import Database

    from flows.turn import Given, Language, Message, Turn, Update

STRANGERS_KEPT = timedelta(hours=24)
"""How long a chat that never agreed is remembered."""

TRAIL = 1
"""Choices that stay in sight above the next question: more is noise by the tenth press."""


FORGET_STRANGER = (
    "DELETE FROM outbox WHERE id IN (SELECT outbox FROM askings WHERE chat = ?)",
    "DELETE FROM outbox WHERE chat = ? AND sent_at IS NULL AND failed IS NULL",
    "DELETE FROM askings WHERE chat = ?",
    "DELETE FROM updates WHERE chat = ?",
    "DELETE FROM people WHERE chat = ?",
)
"""Each by an index: a newcomer must not wait for a scan of everyone's messages."""


class Keeping(Rows):
    """People, and what their turns leave behind."""

    def __init__(self, db: Database, language: Language = "nl", agreement: str = "1") -> None:
        super().__init__(db)
        self.language, self.agreement = language, agreement
        self.known: dict[str, Any] = {}
        """The person of the turn that is under way: read by session(), used by keep()."""

    def _person(self, update: Update) -> dict[str, Any]:
        found = self.row("SELECT * FROM people WHERE chat = ?", update.chat)
        if found:
            return found
        self.forget_strangers(update.at)
        self.db.execute(
            "INSERT INTO people(chat, pseudonym, language, seen_at) VALUES (?, ?, ?, ?)",
            [
                update.chat,
                secrets.token_hex(8),
                update.language or self.language,
                text_of(update.at),
            ],
        )
        return self._person(update)

    def forget_strangers(self, now: datetime) -> None:
        """Who never agreed is gone after a day, with what was said to them."""
        old = self.rows(
            "SELECT chat FROM people WHERE agreed_at IS NULL AND seen_at < ?",
            text_of(now - STRANGERS_KEPT),
        )
        for row in old:
            for statement in FORGET_STRANGER:
                self.db.execute(statement, [row["chat"]])

    # ------------------------------------------------------------ what a turn changes

    def keep(self, update: Update, turn: Turn, messages: tuple[Message, ...], version: str) -> None:
        """Session, answers, askings and outbox of one turn."""
        person = self.known
        canvas = self._keep_walk(update, turn, person, version)
        shown = person["shown"]
        said = [message for message in messages if not message.brief]
        for number, message in enumerate(said):
            ref = ref_of(person["turn"] * 16 + number)
            self._keep_message(update, message, ref, canvas)
            shown = ref if message.choices else shown
        agreed = text_of(update.at) if turn.session.agreed else None
        self._keep_heard(update, turn, canvas if agreed else None, messages)
        self.db.execute(
            "UPDATE people SET language = ?, canvas = ?, turn = turn + 1, shown = ?, seen_at = ?, "
            "pressed = ?, pressed_at = ?, last_message = MAX(last_message, ?), gone_at = NULL, "
            "agreed_version = COALESCE(agreed_version, ?), agreed_at = COALESCE(agreed_at, ?) "
            "WHERE id = ?",
            [
                turn.session.language, turn.switched or canvas, shown, text_of(update.at),
                button_of(update), text_of(update.at), number_of(update),
                self.agreement if agreed else None, agreed, person["id"],
            ],
        )  # fmt: skip

    def _keep_walk(
        self, update: Update, turn: Turn, person: dict[str, Any], version: str
    ) -> int | None:
        walk = turn.session.walk
        if walk is None:
            return None
        now = text_of(update.at)
        canvas = self._new_canvas(person["id"], version, now) if turn.opened else walk.id
        lists = [json.dumps(getattr(walk.cursor, name)) for name in CURSOR]
        self.db.execute(
            "UPDATE canvases SET state = ?, depth = ?, question = ?, picked = ?, plan = ?, "
            "told = ?, changed_at = ?, completed_at = CASE WHEN ? IS NULL THEN NULL ELSE "
            "COALESCE(completed_at, ?) END WHERE id = ?",
            [
                walk.state, walk.depth, walk.cursor.question, *lists,
                now, *[now if walk.state == "done" else None] * 2, canvas,
            ],
        )  # fmt: skip
        for given in turn.answers:
            self._keep_answer(canvas, given, person["pseudonym"])
        return canvas

    def _new_canvas(self, person: int, version: str, now: str) -> int:
        found = self.db.execute(
            "INSERT INTO canvases(person, content, depth, state, picked, plan, told, created_at, "
            "changed_at) VALUES (?, ?, 'quick', 'pilot', '[]', '[]', '[]', ?, ?)",
            [person, version, now, now],
        )
        return int(found.lastrowid or 0)

    def _keep_answer(self, canvas: int, given: Given, by: str) -> None:
        value = None if given.value is None else json.dumps(given.value, ensure_ascii=False)
        self.db.execute(
            "INSERT INTO answers(canvas, question, value, at, by, message, size) "
            "VALUES (?,?,?,?,?,?,?)",
            [canvas, given.question, value, text_of(given.at), by, given.message, given.size],
        )

    def _keep_heard(
        self, update: Update, turn: Turn, canvas: int | None, messages: tuple[Message, ...]
    ) -> None:
        """What the person did, for the record of the conversation; and the press to answer."""
        if canvas is not None:
            self.db.execute(
                "UPDATE updates SET kind = ?, text = ?, canvas = ? WHERE chat = ? AND id = ?",
                [update.kind, _readable(update, turn), canvas, update.chat, update.id],
            )
        if update.press:
            toast = next((m.html for m in messages if m.brief), "")
            self.db.execute(
                "INSERT OR IGNORE INTO presses(id, chat, text, created_at) VALUES (?, ?, ?, ?)",
                [update.press, update.chat, toast, text_of(update.at)],
            )

    def _keep_message(self, update: Update, message: Message, ref: str, canvas: int | None) -> None:
        choices = [[c.key, c.label, c.ticked] for c in message.choices]
        body = {
            "kind": message.kind, "key": message.key, "html": message.html, "choices": choices,
            "ref": ref, "canvas": canvas, "state": message.state,
            "file_name": message.file_name, "file_text": message.file_text,
            "document": message.document,
            "over": message.over, "closes": message.closes,
            "chosen": message.chosen, "trail": self._trail(update.chat, message),
        }  # fmt: skip
        found = self.db.execute(
            "INSERT INTO outbox(chat, ref, canvas, body, created_at) VALUES (?, ?, ?, ?, ?)",
            [update.chat, ref, canvas, json.dumps(body, ensure_ascii=False), text_of(update.at)],
        )
        if choices:
            said = json.dumps(choices, ensure_ascii=False)
            self.db.execute(
                "INSERT INTO askings(chat, ref, canvas, key, choices, outbox) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [update.chat, ref, canvas, message.key, said, found.lastrowid],
            )

    def fact(self, name: str) -> str | None:
        """Something that the running program knows of itself."""
        row = self.row("SELECT value FROM facts WHERE name = ?", name)
        return row["value"] if row else None

    def remember(self, name: str, value: str | None) -> None:
        """Keep a fact; None forgets it."""
        self.db.execute("DELETE FROM facts WHERE name = ?", [name])
        if value is not None:
            self.db.execute("INSERT INTO facts(name, value) VALUES (?, ?)", [name, value])

    def open_chats(self) -> list[str]:
        """Who has a question open and did not leave."""
        rows = self.rows(
            "SELECT p.chat FROM people p JOIN canvases c ON c.id = p.canvas "
            "WHERE p.gone_at IS NULL AND c.question IS NOT NULL"
        )
        return [row["chat"] for row in rows]

    def language_of(self, chat: str) -> Language:
        row = self.row("SELECT language FROM people WHERE chat = ?", chat)
        return row["language"] if row else self.language

    def say(self, chat: str, message: Message, at: datetime) -> None:
        """Something without choices, outside a turn; before akkoord or after."""
        body = {"kind": message.kind, "key": "", "html": message.html, "choices": []}
        self.db.execute(
            "INSERT INTO outbox(chat, body, created_at) VALUES (?, ?, ?)",
            [
                chat,
                json.dumps({**body, "ref": "", "canvas": None}, ensure_ascii=False),
                text_of(at),
            ],
        )

    def _trail(self, chat: str, message: Message) -> list[str]:
        """The last choices made in the bubble that this message takes over."""
        if not message.over:
            return []
        row = self.row(
            "SELECT body FROM outbox WHERE id = "
            "(SELECT outbox FROM askings WHERE chat = ? AND ref = ?)",
            chat,
            message.over,
        )
        before = json.loads(row["body"])["trail"] if row else []
        return [*before, *filter(None, [message.chosen])][-TRAIL:]


def _readable(update: Update, turn: Turn) -> str:
    """What the person did as they saw it: a button's words, not its key."""
    pressed = turn.session.pressed
    labels = {c.key: c.label for c in pressed.choices} if pressed else {}
    said = labels.get(update.text, update.text) if update.kind == "press" else update.text
    return clean(said)
