"""What is said goes into the outbox, with the choices that can be pressed under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.model.trajectory import SECRETS
from storage.database.rows import ASKED, MESSAGE, asked, body_of, decoded, message_values, written

if TYPE_CHECKING:
    from datetime import datetime

    from flows.model.messages import Message
    from storage.conversations.people import People

TRAIL = f"SELECT body FROM outbox WHERE {ASKED} AND body <> ''"  # noqa: S608 - ours
NEEDED = ("kind", "key", "html")
"""What a message always has; of the rest only what it has is written."""


def say(
    store: People, chat: str, message: Message, at: datetime, canvas: int | None = None
) -> None:
    """Something without choices, outside a turn; before akkoord or after."""
    body = {"kind": message.kind, "key": "", "html": body_of(message), "choices": []}
    gone = {"removes": message.removes} if message.removes else {}
    number = store.remembered.next_number(certain=store.certain)
    store.db.conn.execute(MESSAGE, message_values(number, chat, {**body, **gone}, at, canvas))


def post(
    store: People, chat: str, message: Message, at: datetime, canvas: int | None = None
) -> int:
    """Say something; its number in the outbox. What a person looks at stays the caller's.

    The choices stand beside the words, and outlive them.
    """
    body = {
        "kind": message.kind, "key": message.key, "html": body_of(message),
        "state": message.state, "file_name": message.file_name, "file_text": message.file_text,
        "document": message.document, "data": message.data,
        "over": message.over, "closes": message.closes, "chosen": message.chosen,
        "trail": [message.chosen] if message.over else [],
    }  # fmt: skip
    if message.over and not message.chosen:
        body["trail"] = _trail(store, chat, message.over)
    said = {name: value for name, value in body.items() if value or name in NEEDED}
    secret = 1 if message.kind in SECRETS else None
    number = store.remembered.next_number(certain=store.certain)
    values = message_values(number, chat, said, at, canvas, secret=secret, about=message.about)
    if message.choices:
        choices = [[c.key, c.label, True][: 2 + c.ticked] for c in message.choices]
        values |= {"key": message.key, "choices": written(choices)}
    store.db.conn.execute(MESSAGE, values)
    return number


def _trail(store: People, chat: str, over: str) -> list[str]:
    """The last choice made in the bubble that is taken over."""
    row = store.row(TRAIL, **asked(chat, over))
    return list(decoded(row["body"]).get("trail", ())) if row else []


def forget_secrets(store: People) -> None:
    """Only hashes of links are kept: what was sent with one loses its words."""
    store.db.conn.execute(
        """UPDATE outbox SET secret = NULL, body = json_patch(body, '{"html": "…", """
        """"data": ""}') WHERE secret IS NOT NULL """
        "AND (sent_at IS NOT NULL OR failed IS NOT NULL)"
    )
