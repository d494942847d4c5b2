"""A raw update of the Bot API -> what it means here. Checked where it enters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import telegram
from telegram.constants import ChatMemberStatus, ChatType

from flows.turn import LANGUAGES, Language, Update

if TYPE_CHECKING:
    from datetime import datetime

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of updates that this guide asks for."""

SERVICE = (
    "pinned_message", "message_auto_delete_timer_changed", "write_access_allowed",
    "chat_background_set", "boost_added", "gift", "unique_gift", "users_shared", "chat_shared",
    "refunded_payment", "connected_website", "paid_message_price_changed", "checklist_tasks_done",
    "checklist_tasks_added", "proximity_alert_triggered",
)  # fmt: skip
"""What the app itself writes into a chat: nobody said it, so nobody is answered."""


@dataclass(frozen=True)
class Visit:
    """Something happened to the guide itself: asked into a `group`, or stopped (`gone`)."""

    what: Literal["group", "gone"]
    chat: str
    language: Language | None = None


def read(raw: dict[str, Any], now: datetime) -> Update | Visit | None:
    """None where it is nothing to us. Raises whatever a broken update makes the library raise."""
    update = telegram.Update.de_json(raw, None)
    if update.my_chat_member:
        return _membership(update.my_chat_member)
    if update.callback_query:
        return _press(update.update_id, update.callback_query, now)
    message = update.message or update.edited_message
    if message is None:
        return None
    if message.chat.type != ChatType.PRIVATE:
        return Visit("group", str(message.chat.id), _language(message.from_user))
    if message.from_user is None or message.from_user.id != message.chat.id:
        return None
    return _message(update.update_id, message, now, edited=update.message is None)


def _message(
    number: int, message: telegram.Message, now: datetime, *, edited: bool
) -> Update | None:
    chat, language = str(message.chat.id), _language(message.from_user)
    own = str(message.message_id)
    at = ((message.edit_date if edited else message.date) or now).astimezone(now.tzinfo)
    if message.text is not None:
        kind: Literal["edit", "text"] = "edit" if edited else "text"
        older = message.reply_to_message
        reply = str(older.message_id) if older else ""
        return Update(
            f"{number}.{own}", chat, at, kind, message.text, "", own, language, reply=reply
        )
    if edited or any(getattr(message, name, None) for name in SERVICE):
        return None
    # An album is one act in several messages: one id, so that it is answered once.
    key = f"album.{message.media_group_id}" if message.media_group_id else f"{number}.{own}"
    return Update(key, chat, at, "other", "", "", own, language)


def _press(number: int, query: telegram.CallbackQuery, now: datetime) -> Update | None:
    """A press is input by a client: who, where and what are looked up, never believed."""
    chat = query.message.chat if query.message else None
    if chat is not None and (chat.type != ChatType.PRIVATE or chat.id != query.from_user.id):
        return None
    ref, _, key = (query.data or "").partition(":")
    own = str(query.message.message_id) if query.message else ""
    return Update(
        f"{number}.{query.id}", str(query.from_user.id), now, "press", key, ref, own,
        _language(query.from_user), query.id,
    )  # fmt: skip


def _membership(change: telegram.ChatMemberUpdated) -> Visit | None:
    chat, status = change.chat, change.new_chat_member.status
    if chat.type == ChatType.PRIVATE:
        return Visit("gone", str(chat.id)) if status == ChatMemberStatus.BANNED else None
    here = status in (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR)
    return Visit("group", str(chat.id), _language(change.from_user)) if here else None


def _language(user: telegram.User | None) -> Language | None:
    code = (user.language_code or "")[:2] if user else ""
    return next((language for language in LANGUAGES if language == code), None)
