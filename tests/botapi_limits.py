"""What the published list of fields does not say: lengths, alphabets, either-or."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.botapi_words import Json, Words, parsed, plain, refuse, units

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT, CAPTION, TOAST, DATA = 4096, 1024, 200, 64
LABELLING = {"text", "icon_custom_emoji_id", "style"}
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
UPDATES = {
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
}
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def words(holder: Json, name: str) -> Words:
    """A text or a caption with its formatting, within its length."""
    entities = holder.get("entities" if name == "text" else "caption_entities")
    mode = holder.get("parse_mode")
    if mode not in {None, "", "HTML"}:
        refuse("unsupported parse_mode")
    if mode and entities:
        refuse("entities and parse_mode exclude each other")
    given = holder.get(name, "")
    said = parsed(given) if mode else plain(given, entities)
    if name == "text" and not said.text:
        refuse("message text is empty")
    if units(said.text) > (TEXT if name == "text" else CAPTION):
        refuse("message is too long" if name == "text" else "message caption is too long")
    for entity in said.entities:
        _link(entity.get("url", ""))
    return said


def _link(url: str) -> None:
    """A deep link carries only what a start can carry."""
    address = urlsplit(url)
    if address.netloc not in {"t.me", "telegram.me"}:
        return
    for name, payloads in parse_qs(address.query, keep_blank_values=True).items():
        if name in {"start", "startgroup"} and not PAYLOAD.fullmatch(payloads[0]):
            refuse(f'the deep link\'s {name} payload "{payloads[0]}" cannot be carried')


def _button(button: Json) -> None:
    if not button["text"].strip():
        refuse("can't parse inline keyboard button: the text must be non-empty")
    kinds = set(button) - LABELLING
    if not kinds:
        refuse("can't parse inline keyboard button: Text buttons are unallowed in it")
    if len(kinds) > 1:
        refuse(f"can't parse inline keyboard button: it has {' and '.join(sorted(kinds))}")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= DATA:
        refuse("BUTTON_DATA_INVALID")
    if "url" in button:
        if urlsplit(button["url"]).scheme not in {"http", "https", "tg"}:
            refuse(f'inline keyboard button URL "{button["url"]}" is invalid')
        _link(button["url"])


def _keyboard(markup: Json) -> None:
    rows = markup["inline_keyboard"]
    if not all(rows):
        refuse("an inline keyboard has an empty row")
    if any(len(row) > 8 for row in rows) or sum(map(len, rows)) > 100:
        refuse("reply markup is too long")


def _command(command: Json) -> None:
    if not COMMAND.fullmatch(command["command"]):
        refuse("BOT_COMMAND_INVALID")
    if not 1 <= units(command["description"].strip()) <= 256:
        refuse("BOT_COMMAND_DESCRIPTION_INVALID")


TYPES: dict[str, Callable[[Json], None]] = {
    "InlineKeyboardButton": _button,
    "InlineKeyboardMarkup": _keyboard,
    "BotCommand": _command,
}


def within(method: str, params: Json) -> None:
    """Refuses what is of the right type and still not allowed."""
    if method.startswith("edit"):
        _identified(params)
    for name, value in params.items():
        if (allowed := LIMITS.get(name)) and not allowed(value):
            refuse(f'{name} of {method} cannot be "{str(value)[:60]}"')
    if method == "answerCallbackQuery" and units(params.get("text", "")) > TOAST:
        refuse("MESSAGE_TOO_LONG")
    if len(params.get("commands", [])) > 100:
        refuse("BOT_COMMANDS_TOO_MUCH")


def _identified(params: Json) -> None:
    in_chat = {"chat_id", "message_id"} <= set(params)
    if in_chat == ("inline_message_id" in params):
        refuse("message identifier is not specified")


def _webhook_url(url: str) -> bool:
    """Telegram wants https; a test's own machine may do without."""
    address = urlsplit(url)
    return not url or address.scheme == "https" or address.hostname in {"127.0.0.1", "localhost"}


LIMITS: dict[str, Callable[[Any], bool]] = {
    "limit": lambda value: 1 <= value <= 100,
    "timeout": lambda value: value >= 0,
    "allowed_updates": lambda value: set(value) <= UPDATES,
    "max_connections": lambda value: 1 <= value <= 100,
    "secret_token": lambda value: bool(SECRET.fullmatch(value)),
    "url": _webhook_url,
    "action": lambda value: value in ACTIONS,
    "message_ids": lambda value: 1 <= len(value) <= 100,
    "description": lambda value: units(value) <= 512,
    "short_description": lambda value: units(value) <= 120,
    "language_code": lambda value: bool(re.fullmatch("([a-z]{2})?", value)),
    "chat_id": lambda value: isinstance(value, int) or bool(re.fullmatch(r"@\w{5,}", value)),
}
