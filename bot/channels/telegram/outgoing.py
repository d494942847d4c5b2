"""Messages to the Bot API, and its refusals in the words that delivery knows."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, RetryAfter, TelegramError

from bot.delivery.channel import Gone, Later, Refused, Terms, Unsent, Unsure
from bot.documents.worker import Made, Unmade
from content.messages.html import plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from telegram import Message as Sent

    from bot.channels.telegram.line import Pulse
    from bot.documents.printer import Papers
    from storage.conversations.outbox import Outgoing, Press

LEFT = ("chat not found", "user is deactivated", "bot was kicked", "peer_id_invalid")
MARKUP = "can't parse entities"
TOAST = 200  # units of a text that is shown in passing
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

log = logging.getLogger("opschaalgids.outgoing")


class BotSender:
    def __init__(self, bot: Bot, papers: Papers, pulse: Pulse, terms: Terms) -> None:
        self.bot, self.papers, self.heard, self.terms = bot, papers, pulse.heard, terms
        self.made: dict[int, Made | Unmade] = {}  # what waits for its message, by its number

    def owns(self, chat: str) -> bool:
        return chat.removeprefix("-").isdecimal()

    def leaves(self, chat: str) -> bool:
        return chat.startswith("-")

    async def send(self, outgoing: Outgoing) -> int:
        """What was made for it stays made until it arrived."""
        made = self.made.pop(outgoing.id, None)
        try:
            return await self._send(outgoing, made)
        except (Later, Unsure):
            if made:
                self.made[outgoing.id] = made
            raise

    async def _send(self, outgoing: Outgoing, made: Made | Unmade | None) -> int:
        message = outgoing.message
        if isinstance(made, Unmade):
            return await self._send_text(outgoing, escape(self.papers.sorry(outgoing, made.reason)))
        if made and made.file_name.endswith(".png"):
            file, caption = InputFile(made.content, made.file_name), self.papers.caption(outgoing)
            return await self._says(self.bot.send_photo, outgoing, file, caption=escape(caption))
        if made or message.file_name:
            name = made.file_name if made else message.file_name
            file = InputFile(made.content if made else message.file_text.encode(), name)
            return await self._says(self.bot.send_document, outgoing, file, caption=message.html)
        try:
            return await self._send_text(outgoing, message.html)
        except Refused as refused:
            if MARKUP not in str(refused):
                raise
            return await self._send_text(outgoing, plain(message.html), None)

    async def _send_text(
        self, outgoing: Outgoing, text: str, mode: ParseMode | None = ParseMode.HTML
    ) -> int:
        return await self._says(
            self.bot.send_message, outgoing, text, parse_mode=mode, link_preview_options=NO_PREVIEW
        )

    async def _says(
        self, call: Callable[..., Awaitable[Sent]], outgoing: Outgoing, what: object, **more: Any
    ) -> int:
        """By one of the Bot API's ways to send something, with the buttons below it."""
        given = {"parse_mode": ParseMode.HTML, "reply_markup": keyboard(outgoing), **more}
        with said():
            sent = await call(outgoing.chat, what, **given)
        return sent.message_id

    async def prepare(self, outgoing: Outgoing) -> None:
        """First the sign of being busy: it takes a second, and a phone's line is slow."""
        message = outgoing.message
        if not message.document or outgoing.id in self.made:
            return
        photo = message.document.startswith("png")
        action = ChatAction.UPLOAD_PHOTO if photo else ChatAction.UPLOAD_DOCUMENT
        # A sign that does not come through must not cost the document.
        with suppress(Unsent), said():
            await self.bot.send_chat_action(outgoing.chat, action)
        if message.file_name:  # a text that is there already
            return
        try:
            self.made[outgoing.id] = await self.papers.make(outgoing)
        except Unmade as unmade:
            self.made[outgoing.id] = unmade

    async def replace(self, outgoing: Outgoing, place: int) -> int:
        message = outgoing.message
        if message.document or message.file_name:
            return await self.send(outgoing)
        html = paragraphs("\n".join(outgoing.trail), message.html)
        try:
            await self._edit(outgoing.chat, place, html, keyboard(outgoing))
        except Refused:
            return await self.send(outgoing)
        return place

    async def close(self, standing: Outgoing, chosen: str) -> None:
        """What was said before stays above it, so that the choice stands where it was made."""
        html = paragraphs("\n".join(standing.trail), standing.message.html, chosen)
        await self._edit(standing.chat, standing.place or 0, html, None)

    async def _edit(
        self, chat: str, place: int, html: str, buttons: InlineKeyboardMarkup | None
    ) -> None:
        with said("message is not modified"):
            await self.bot.edit_message_text(
                html, chat, place, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW,
                reply_markup=buttons,
            )  # fmt: skip

    async def remove(self, chat: str, places: tuple[int, ...]) -> None:
        """At most a hundred; where one of them is refused, the others one by one."""
        try:
            with said():
                await self.bot.delete_messages(chat, places)
        except Refused:
            for place in places:
                with suppress(Refused), said():
                    await self.bot.delete_message(chat, place)

    async def leave(self, outgoing: Outgoing) -> None:
        """In some groups a bot may not speak."""
        with suppress(Refused):
            if outgoing.message.html:
                await self._send_text(outgoing, outgoing.message.html)
            else:
                with said():
                    await self.bot.leave_chat(outgoing.chat)

    async def answer(self, press: Press) -> None:
        with said("query is too old", "query id is invalid"):
            await self.bot.answer_callback_query(**answer_of(press))


def answer_of(press: Press) -> dict[str, Any]:
    text = plain(press.html)[:TOAST]
    return {"callback_query_id": press.id, **({"text": text} if text else {})}


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
def said(*fine: str) -> Iterator[None]:
    """The library's errors as delivery's; BadRequest first, for it is a NetworkError too.

    `fine`: refusals in these words mean that it is done already.
    """
    try:
        yield
    except Unsent:
        raise
    except RetryAfter as error:
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        raise Later(seconds) from None
    except BadRequest as error:
        why = error.message.lower()
        if any(text in why for text in fine):
            return
        if any(text in why for text in LEFT):
            raise Gone from None
        raise Refused(why.partition(":")[0]) from None
    except Forbidden:
        raise Gone from None
    except (ChatMigrated, Conflict) as error:
        raise Refused(type(error).__name__) from None
    except TelegramError:  # a refused token too: line.py asks until that is sure
        raise Unsure from None
    except Exception as error:  # noqa: BLE001 - whatever it is, everyone else goes on
        log.error("a call came to nothing (%s)", type(error).__name__)  # noqa: TRY400 - no words
        raise Unsure from None
