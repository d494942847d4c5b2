"""What is said goes into the outbox, with the choices that can be pressed under it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flows.model.trajectory import SECRETS
from flows.model.turn import Update
from storage.conversations.people import People
from storage.database.rows import body_of, ref_of, text_of

if TYPE_CHECKING:
    from datetime import datetime

    from flows.model.turn import Message

TRAIL = 1
"""Choices that stay in sight above the next question: more is noise by the tenth press."""


class Saying(People):
    """Messages to people, in a turn and outside one."""

    def post(self, chat: str, message: Message, at: datetime, canvas: int | None = None) -> int:
        """Say something that nobody asked for just now; where the person is stays as it is.

        The number in the outbox comes back.
        """
        person = self.row("SELECT turn FROM people WHERE chat = ?", chat) or {"turn": 0}
        ref = ref_of(person["turn"] * 16)
        self.db.execute("UPDATE people SET turn = turn + 1 WHERE chat = ?", [chat])
        return self._keep_message(Update(ref, chat, at, "other"), message, ref, canvas)

    def say(self, chat: str, message: Message, at: datetime, canvas: int | None = None) -> None:
        """Something without choices, outside a turn; before akkoord or after."""
        body = {"kind": message.kind, "key": "", "html": body_of(message), "choices": []}
        written = json.dumps({**body, "ref": "", "canvas": canvas}, ensure_ascii=False)
        self.db.execute(
            "INSERT INTO outbox(chat, canvas, body, created_at) VALUES (?, ?, ?, ?)",
            [chat, canvas, written, text_of(at)],
        )

    def _keep_message(self, update: Update, message: Message, ref: str, canvas: int | None) -> int:
        choices = [[c.key, c.label, c.ticked] for c in message.choices]
        body = {
            "kind": message.kind, "key": message.key, "html": body_of(message), "choices": choices,
            "ref": ref, "canvas": canvas, "state": message.state,
            "file_name": message.file_name, "file_text": message.file_text,
            "document": message.document, "data": message.data,
            "over": message.over, "closes": message.closes,
            "chosen": message.chosen, "trail": self._trail(update.chat, message),
        }  # fmt: skip
        found = self.db.execute(
            "INSERT INTO outbox(chat, ref, canvas, body, created_at, secret, about) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                update.chat, ref, canvas, json.dumps(body, ensure_ascii=False), text_of(update.at),
                1 if message.kind in SECRETS else None, message.about,
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

    def forget_secrets(self) -> None:
        """Only hashes of links are kept: what was sent with one loses its words."""
        self.db.execute(
            "UPDATE outbox SET secret = NULL, body = json_set(body, '$.html', '…', "
            "'$.data', '') WHERE secret IS NOT NULL "
            "AND (sent_at IS NOT NULL OR failed IS NOT NULL)"
        )
