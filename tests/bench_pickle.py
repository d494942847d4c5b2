"""A peer: python-telegram-bot's ConversationHandler with PicklePersistence, on the same script.

Flushed after every turn, so that it promises what this product promises; short of
one thing: it does not wait for the disk.
"""

from __future__ import annotations

import json
import pickle
import warnings
from typing import TYPE_CHECKING, Any

from telegram import InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)
from telegram.request import BaseRequest
from telegram.warnings import PTBUserWarning

from tests.standin import TOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from telegram.ext import CallbackContext

    from tests.bench_script import Script
    from tests.bench_watch import Watch

    Context = CallbackContext[Any, Any, Any, Any]

KNOWN = 20_000_000
ME = {"id": 123456, "is_bot": True, "first_name": "Stand-in", "username": "standin_bot"}
SAID = {"message_id": 5, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "-"}


class Mute(BaseRequest):
    """A Bot API without a network: every call succeeds at once."""

    @property
    def read_timeout(self) -> float:
        return 1

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """Nor to close."""

    async def do_request(self, url: str, *_: Any, **__: Any) -> tuple[int, bytes]:
        result = ME if url.endswith("/getMe") else SAID
        return 200, json.dumps({"ok": True, "result": result}).encode()


class Pickled:
    """`known` people, each half-way the script; `count` turns a round, each of another person."""

    turns = steps = 1

    def __init__(self, folder: Path, script: Script, known: int, count: int) -> None:
        self.name = f"ConversationHandler + pickle, {known:,} people"
        self.script, self.known, self.count = script, known, count
        self.path = folder / f"{known}.pickle"
        self.application: Any = None

    async def _open(self) -> None:
        """The known people are written first, as an earlier process would have left them."""
        half = len(self.script) // 2
        people = [KNOWN + n for n in range(self.known)]
        told = {p: {str(n): f"{self.script[n].said} {p}" for n in range(half)} for p in people}
        kept = {
            "user_data": told, "chat_data": {}, "bot_data": {}, "callback_data": None,
            "conversations": {"guide": {(p, p): half for p in people}},
        }  # fmt: skip
        self.path.write_bytes(pickle.dumps(kept))
        persistence = PicklePersistence(self.path, on_flush=True)
        built = Application.builder().token(TOKEN).request(Mute()).get_updates_request(Mute())
        self.application = built.persistence(persistence).updater(None).job_queue(None).build()
        self.application.add_handler(self._conversation())
        await self.application.initialize()

    def _conversation(self) -> Any:
        taking = [
            MessageHandler(filters.TEXT & ~filters.COMMAND, self._takes),
            CallbackQueryHandler(self._takes),
        ]
        states: dict[object, Any] = dict.fromkeys(range(1, len(self.script)), taking)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PTBUserWarning)  # presses and texts in one: meant so
            return ConversationHandler(
                [CommandHandler("start", self._begins)], states, [], name="guide", persistent=True
            )

    async def _begins(self, update: Update, context: Context) -> int:
        assert context.user_data is not None
        context.user_data["step"] = 1
        return await self._asks(update, 1)

    async def _takes(self, update: Update, context: Context) -> int:
        data, query = context.user_data, update.callback_query
        assert data is not None
        number = data.get("step", len(self.script) // 2)
        said = query.data if query else update.message and update.message.text
        data[str(number)], data["step"] = said, number + 1
        return await self._asks(update, number + 1)

    async def _asks(self, update: Update, number: int) -> int:
        step = self.script[number % len(self.script)]
        markup = InlineKeyboardMarkup.de_json(step.keyboard["reply_markup"]) if step.ref else None
        assert update.effective_chat
        await update.effective_chat.send_message(step.heard, "HTML", reply_markup=markup)
        return number

    async def round(self, number: int, watch: Watch) -> None:
        if not self.application:
            await self._open()
        half = len(self.script) // 2
        for turn in range(self.count):
            person = KNOWN + (number * self.count + turn) % self.known
            raw = self.script.raw(person, half)
            with watch:
                await self.application.process_update(Update.de_json(raw, self.application.bot))
                await self.application.update_persistence()
                await self.application.persistence.flush()
        self._checked(number)

    def _checked(self, number: int) -> None:
        """The file holds the answer of the round's first person."""
        data = self.application.persistence.user_data[KNOWN + number * self.count % self.known]
        assert data["step"] == len(self.script) // 2 + 1
        assert self.path.stat().st_size > self.known * 100

    async def close(self) -> None:
        self.application.persistence.on_flush = True
        await self.application.shutdown()
