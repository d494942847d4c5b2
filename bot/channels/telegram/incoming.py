"""A raw update of the Bot API -> what it means here. Checked where it enters.

Read from the JSON itself: the library's `Update.de_json` builds some twenty objects
for the five fields that are needed, and took a third of a whole turn's time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from bot.channels.branch import Visit
from flows.intents.choices import sound
from flows.model.messages import LANGUAGES, Language, Update

Raw = dict[str, Any]

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of updates that this guide asks for."""

SERVICE = {
    "pinned_message", "message_auto_delete_timer_changed", "write_access_allowed",
    "chat_background_set", "boost_added", "gift", "unique_gift", "users_shared", "chat_shared",
    "refunded_payment", "connected_website", "paid_message_price_changed",
    "checklist_tasks_done", "checklist_tasks_added", "proximity_alert_triggered",
}  # fmt: skip
"""What the app itself writes into a chat: nobody said it, so nobody is answered."""

SAME_CLOCK = timedelta()

HERE = ("member", "administrator")


def read(raw: Raw, now: datetime, ahead: timedelta = SAME_CLOCK) -> Update | Visit | None:
    """None where it is nothing to us. A form that is not the Bot API's raises a plain error.

    `ahead`: how far the clock here is ahead of Telegram's; what is read has the times of here.
    """
    number = _whole(raw["update_id"])
    found: Update | Visit | None = None
    if "my_chat_member" in raw:
        found = _membership(raw["my_chat_member"])
    elif "callback_query" in raw:
        found = _press(number, raw["callback_query"], now)
    elif message := raw.get("edited_message") or raw.get("message"):
        found = _message(number, message, (now, ahead), edited="edited_message" in raw)
    return whole(found) if isinstance(found, Update) else found


def whole(update: Update) -> Update:
    """The same without half characters, in whatever the sender wrote."""
    own, text, ref, message = update.id, update.text, update.ref, update.message
    name = update.screen_name
    if f"{own}{text}{ref}{message}{update.press}{update.reply}{name}".isascii():
        return update
    return replace(
        update, id=sound(own), text=sound(text), ref=sound(ref), message=sound(message),
        press=sound(update.press), reply=sound(update.reply), screen_name=sound(name),
    )  # fmt: skip


def _message(
    number: int, message: Raw, clock: tuple[datetime, timedelta], *, edited: bool
) -> Update | Visit | None:
    """A private chat's own person is its only author; in a group nothing is read."""
    chat, author = message["chat"], message.get("from") or {}
    if chat["type"] != "private":
        # Who adds the guide is told of by my_chat_member too.
        return None if "new_chat_members" in message else _group(chat, author)
    if author.get("id") != chat["id"]:
        return None
    own, text = str(_whole(message["message_id"])), message.get("text")
    now, ahead = clock
    at = datetime.fromtimestamp(message["edit_date" if edited else "date"], UTC)
    common = (str(_whole(chat["id"])), (at + ahead).astimezone(now.tzinfo))
    if isinstance(text, str):
        kind: Literal["edit", "text"] = "edit" if edited else "text"
        reply = str((message.get("reply_to_message") or {}).get("message_id", ""))
        return Update(
            f"{number}.{own}", *common, kind, text, "", own, _language(author), reply=reply,
            came=now,
            screen_name=_name(author),
        )  # fmt: skip
    if edited or not SERVICE.isdisjoint(message):
        return None
    # An album is one act in several messages: one id, so that it is answered once.
    album = message.get("media_group_id")
    key = f"album.{album}" if album else f"{number}.{own}"
    return Update(key, *common, "other", "", "", own, _language(author))


def _press(number: int, query: Raw, now: datetime) -> Update | None:
    """A press is input by a client: who, where and what are looked up, never believed."""
    person, message = query["from"], query.get("message") or {}
    chat, said = message.get("chat"), str(query.get("data") or "")
    if chat and (chat["type"] != "private" or chat["id"] != person["id"]):
        return None
    ref, _, key = said.partition(":")
    press, own = str(query["id"]), str(message.get("message_id", ""))
    return Update(
        f"{number}.{press}", str(_whole(person["id"])), now, "press", key, ref, own,
        _language(person), press, screen_name=_name(person),
    )  # fmt: skip


def _membership(change: Raw) -> Visit | None:
    chat, status = change["chat"], change["new_chat_member"]["status"]
    if chat["type"] == "private":
        return Visit("gone", str(_whole(chat["id"]))) if status == "kicked" else None
    return _group(chat, change.get("from") or {}) if status in HERE else None


def _group(chat: Raw, author: Raw) -> Visit:
    return Visit("group", str(_whole(chat["id"])), _language(author))


def _whole(number: Any) -> int:
    if not isinstance(number, int):
        raise TypeError("an id is no whole number")
    return number


def _name(user: Raw) -> str:
    return str(user.get("first_name") or "")


def _language(user: Raw) -> Language | None:
    code = str(user.get("language_code") or "")[:2]
    return next((language for language in LANGUAGES if language == code), None)
