"""Everything that a turn changes, in the one transaction of its update."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flows.desk import SECRETS
from flows.turn import Update
from storage.rows import CURSOR, Rows, button_of, number_of, ref_of, text_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlite_utils import Database

    from flows.turn import Given, Language, Message, Turn

STRANGERS_KEPT = timedelta(hours=24)
"""How long a chat that never agreed is remembered."""

TRAIL = 3
"""Choices that stay in sight above the next question."""


class Keeping(Rows):
    """People, and what their turns leave behind."""

    def __init__(self, db: Database, language: Language = "nl", agreement: str = "1") -> None:
        super().__init__(db)
        self.language, self.agreement = language, agreement

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
        before = [text_of(now - STRANGERS_KEPT)]
        old = "SELECT chat FROM people WHERE agreed_at IS NULL AND seen_at < ?"
        for table in ("outbox", "askings", "updates"):
            self.db.execute(f"DELETE FROM {table} WHERE chat IN ({old})", before)  # noqa: S608
        self.db.execute("DELETE FROM people WHERE agreed_at IS NULL AND seen_at < ?", before)

    # ------------------------------------------------------------ what a turn changes

    def keep(self, update: Update, turn: Turn, messages: tuple[Message, ...], version: str) -> None:
        """Session, answers, askings and outbox of one turn."""
        person = self._person(update)
        canvas = self._keep_walk(update, turn, person, version)
        shown = person["shown"]
        said = [message for message in messages if not message.brief]
        for number, message in enumerate(said):
            ref = ref_of(person["turn"] * 16 + number)
            self._keep_message(update, message, ref, canvas)
            shown = ref if message.choices else shown
        agreed = text_of(update.at) if turn.session.agreed else None
        self._keep_heard(update, canvas if agreed else None, messages)
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
        self, update: Update, canvas: int | None, messages: tuple[Message, ...]
    ) -> None:
        """What the person did, for the record of the conversation; and the press to answer."""
        if canvas is not None:
            self.db.execute(
                "UPDATE updates SET kind = ?, text = ?, canvas = ? WHERE chat = ? AND id = ?",
                [update.kind, update.text, canvas, update.chat, update.id],
            )
        if update.press:
            toast = next((m.html for m in messages if m.brief), "")
            self.db.execute(
                "INSERT OR IGNORE INTO presses(id, chat, text, created_at) VALUES (?, ?, ?, ?)",
                [update.press, update.chat, toast, text_of(update.at)],
            )

    def post(self, chat: str, message: Message, at: datetime, canvas: int | None = None) -> int:
        """Say something that nobody asked for just now; where the person is stays as it is.

        The number in the outbox comes back.
        """
        person = self.row("SELECT turn FROM people WHERE chat = ?", chat) or {"turn": 0}
        ref = ref_of(person["turn"] * 16)
        self.db.execute("UPDATE people SET turn = turn + 1 WHERE chat = ?", [chat])
        return self._keep_message(Update(ref, chat, at, "other"), message, ref, canvas)

    def _keep_message(self, update: Update, message: Message, ref: str, canvas: int | None) -> int:
        choices = [[c.key, c.label, c.ticked] for c in message.choices]
        body = {
            "kind": message.kind, "key": message.key, "html": message.html, "choices": choices,
            "ref": ref, "canvas": canvas, "state": message.state,
            "file_name": message.file_name, "file_text": message.file_text,
            "over": message.over, "closes": message.closes,
            "chosen": message.chosen, "trail": self._trail(update.chat, message),
        }  # fmt: skip
        found = self.db.execute(
            "INSERT INTO outbox(chat, ref, canvas, body, created_at, secret) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                update.chat, ref, canvas, json.dumps(body, ensure_ascii=False), text_of(update.at),
                1 if message.kind in SECRETS else None,
            ],
        )  # fmt: skip
        if choices:
            said = json.dumps(choices, ensure_ascii=False)
            self.db.execute(
                "INSERT INTO askings(chat, ref, canvas, key, choices, outbox) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [update.chat, ref, canvas, message.key, said, found.lastrowid],
            )
        return int(found.lastrowid or 0)

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

    def to_tell(self, whom: str, number: int) -> list[dict[str, Any]]:
        """People by what they are: `person`, in a `seat`, or the `keepers` of a trajectory."""
        which = {
            "person": "id = ?",
            "seat": "id IN (SELECT person FROM seats WHERE id = ?)",
            "keepers": "id IN (SELECT person FROM keepers WHERE trajectory = ? "
            "AND until_at IS NULL)",
        }[whom]
        return self.rows(
            f"SELECT id, chat, language FROM people WHERE {which} AND gone_at IS NULL",  # noqa: S608
            number,
        )

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

    def forget_secrets(self) -> None:
        """Only hashes of links are kept: what was sent with one loses its words."""
        self.db.execute(
            "UPDATE outbox SET secret = NULL, body = json_set(body, '$.html', '…', "
            "'$.file_text', '') WHERE secret IS NOT NULL "
            "AND (sent_at IS NOT NULL OR failed IS NOT NULL)"
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
