"""What is said goes into the outbox, with the choices that can be pressed under it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flows.model.messages import Update
from flows.model.trajectory import SECRETS
from storage.database.rows import MESSAGE, WRITTEN, body_of, message_values, ref_of

if TYPE_CHECKING:
    from datetime import datetime

    from flows.model.messages import Message
    from storage.conversations.people import People

NEEDED = ("kind", "key", "html")
"""What a message always has; of the rest only what it has is written."""


def post(
    store: People, chat: str, message: Message, at: datetime, canvas: int | None = None
) -> int:
    """Say something that nobody asked for just now; where the person is stays as it is.

    The number in the outbox comes back.
    """
    person = store.row("SELECT turn FROM chats WHERE chat = ?", chat) or {"turn": 0}
    ref = ref_of(person["turn"] * 16)
    store.db.execute("UPDATE chats SET turn = turn + 1 WHERE chat = ?", [chat])
    return keep_message(store, Update(ref, chat, at, "other"), message, ref, canvas)


def say(
    store: People, chat: str, message: Message, at: datetime, canvas: int | None = None
) -> None:
    """Something without choices, outside a turn; before akkoord or after."""
    body = {"kind": message.kind, "key": "", "html": body_of(message), "choices": []}
    gone = {"removes": message.removes} if message.removes else {}
    store.made(MESSAGE, **message_values(chat, {**body, **gone}, at, canvas))


def keep_message(
    store: People, update: Update, message: Message, ref: str, canvas: int | None
) -> int:
    """The choices stand in the asking alone, which outlives the words above them."""
    body = {
        "kind": message.kind, "key": message.key, "html": body_of(message),
        "state": message.state, "file_name": message.file_name, "file_text": message.file_text,
        "document": message.document, "data": message.data,
        "over": message.over, "closes": message.closes,
        "chosen": message.chosen, "trail": _trail(store, update.chat, message),
    }  # fmt: skip
    said = {name: value for name, value in body.items() if value or name in NEEDED}
    secret = 1 if message.kind in SECRETS else None
    values = message_values(
        update.chat, said, update.at, canvas, ref=ref, secret=secret, about=message.about
    )
    number = store.made(MESSAGE, **values)
    if message.choices:
        choices = [[c.key, c.label, True][: 2 + c.ticked] for c in message.choices]
        store.db.execute(
            "INSERT INTO askings(chat, ref, canvas, key, choices, outbox) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                update.chat, ref, canvas, message.key,
                WRITTEN(choices), number,
            ],
        )  # fmt: skip
    return number


def _trail(store: People, chat: str, message: Message) -> list[str]:
    """The last choice made in the bubble that this message takes over."""
    if message.chosen or not message.over:
        return [message.chosen] if message.over else []
    row = store.row(
        "SELECT body FROM outbox WHERE id = "
        "(SELECT outbox FROM askings WHERE chat = ? AND ref = ?)",
        chat,
        message.over,
    )
    return list(json.loads(row["body"]).get("trail", ())) if row else []


def forget_secrets(store: People) -> None:
    """Only hashes of links are kept: what was sent with one loses its words."""
    store.db.execute(
        """UPDATE outbox SET secret = NULL, body = json_patch(body, '{"html": "…", """
        """"data": ""}') WHERE secret IS NOT NULL """
        "AND (sent_at IS NOT NULL OR failed IS NOT NULL)"
    )
