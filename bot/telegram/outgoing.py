"""Messages to the Bot API, and its refusals in the words that delivery knows."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.channel import Gone, Later, Refused, Revoked, Unsure, file_bytes
from content.render import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.outbox import Outgoing, Press

LEFT = ("chat not found", "user is deactivated", "bot was kicked", "peer_id_invalid")
SAME = "message is not modified"
MARKUP = "can't parse entities"
TOO_LATE = ("query is too old", "query id is invalid")
TOAST = 200
"""Units of a text that is shown in passing."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Telegram:
    """The chat channel, over one Bot."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    def owns(self, chat: str) -> bool:
        return chat.removeprefix("-").isdecimal()

    async def send(self, outgoing: Outgoing) -> int:
        message = outgoing.message
        if message.file_name:
            return await self._send_file(outgoing)
        try:
            return await self._send_text(outgoing, message.html, ParseMode.HTML)
        except Refused as refused:
            if MARKUP not in str(refused):
                raise
            return await self._send_text(outgoing, plain(message.html), None)

    async def _send_text(self, outgoing: Outgoing, text: str, mode: ParseMode | None) -> int:
        with said():
            sent = await self.bot.send_message(
                outgoing.chat, text, mode, link_preview_options=NO_PREVIEW,
                reply_markup=keyboard(outgoing),
            )  # fmt: skip
        return sent.message_id

    async def _send_file(self, outgoing: Outgoing) -> int:
        message = outgoing.message
        file = InputFile(file_bytes(message), message.file_name)
        if message.file_name.endswith(".png"):
            return await self._send_photo(outgoing, file)
        with said():
            await self.bot.send_chat_action(outgoing.chat, ChatAction.UPLOAD_DOCUMENT)
            sent = await self.bot.send_document(
                outgoing.chat, file, message.html, parse_mode=ParseMode.HTML,
                reply_markup=keyboard(outgoing),
            )  # fmt: skip
        return sent.message_id

    async def _send_photo(self, outgoing: Outgoing, file: InputFile) -> int:
        with said():
            sent = await self.bot.send_photo(
                outgoing.chat, file, outgoing.message.html, parse_mode=ParseMode.HTML,
                reply_markup=keyboard(outgoing),
            )  # fmt: skip
        return sent.message_id

    async def replace(self, outgoing: Outgoing, place: int) -> int:
        message = outgoing.message
        if message.file_name:
            return await self.send(outgoing)
        try:
            await self._edit(
                outgoing.chat, place, paragraphs("\n".join(outgoing.trail), message.html),
                keyboard(outgoing),
            )  # fmt: skip
        except Refused:
            return await self.send(outgoing)
        return place

    async def close(self, standing: Outgoing, chosen: str) -> None:
        """What was said before stays above it, so that the choice stands where it was made."""
        trail = "\n".join(standing.trail)
        html = paragraphs(trail, standing.message.html, chosen)
        await self._edit(standing.chat, standing.place or 0, html, None)

    async def _edit(
        self, chat: str, place: int, html: str, buttons: InlineKeyboardMarkup | None
    ) -> None:
        with said():
            await self.bot.edit_message_text(
                html, chat, place, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW,
                reply_markup=buttons,
            )  # fmt: skip

    async def answer(self, press: Press) -> None:
        with said():
            await self.bot.answer_callback_query(press.id, plain(press.html)[:TOAST] or None)


def paragraphs(*texts: str) -> str:
    return "\n\n".join(filter(None, texts))


def keyboard(outgoing: Outgoing) -> InlineKeyboardMarkup | None:
    """One column; a button names its asking and its choice, all else is looked up."""
    rows = [
        [InlineKeyboardButton(c.label, callback_data=f"{outgoing.ref}:{c.key}")]
        for c in outgoing.message.choices
    ]
    return InlineKeyboardMarkup(rows) if rows else None


@contextmanager
def said() -> Iterator[None]:
    """The library's errors as delivery's; BadRequest first, for it is a NetworkError too."""
    try:
        yield
    except RetryAfter as error:
        raise Later(_seconds(error)) from None
    except BadRequest as error:
        why = error.message.lower()
        if any(text in why for text in (SAME, *TOO_LATE)):
            return
        if any(text in why for text in LEFT):
            raise Gone from None
        raise Refused(why.partition(":")[0]) from None
    except Forbidden:
        raise Gone from None
    except InvalidToken:
        raise Revoked from None
    except (ChatMigrated, Conflict) as error:
        raise Refused(type(error).__name__) from None
    except TelegramError:
        raise Unsure from None


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
