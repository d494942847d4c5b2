"""Long polling in our own loop: taken in a transaction, acknowledged after the commit.

The library's own loop acknowledges before it handles: a crash loses what was fetched.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut

from bot.channel import Revoked
from bot.telegram.incoming import ALLOWED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Bot
    from telegram.request import BaseRequest

WAIT = 25
"""Seconds that Telegram holds a call open while there is nothing."""

LIMIT = 100
PAUSES = (0.5, 1, 2, 5, 10)

log = logging.getLogger("opschaalgids.polling")


class Polling:
    """Fetches raw updates for `take`, which keeps them before it returns.

    While the database refuses, it does not return, and nothing is acknowledged.
    """

    def __init__(
        self,
        bot: Bot,
        request: BaseRequest,
        take: Callable[[list[dict[str, Any]]], Awaitable[None]],
    ) -> None:
        self.bot, self.request, self.take = bot, request, take
        self.failures = 0

    async def run(self, ready: Callable[[], None]) -> None:
        """Until cancelled. Raises Revoked where Telegram no longer knows the token."""
        offset: int | None = None
        wait = 0
        while True:
            updates = await self._fetch(offset, wait)
            if updates is None:
                await self._pause()
                continue
            if not wait:
                ready()
            wait = WAIT
            await self.take(updates)
            # Ids start anew at random after a quiet week: the last one plus one, and
            # nothing at all once an empty answer has shown that the last was forgotten.
            offset = updates[-1]["update_id"] + 1 if updates else None

    async def _fetch(self, offset: int | None, wait: int) -> list[dict[str, Any]] | None:
        query = {"timeout": wait, "limit": LIMIT, "allowed_updates": json.dumps(ALLOWED)}
        if offset is not None:
            query["offset"] = offset
        try:
            found = await self.request.post(
                f"{self.bot.base_url}/getUpdates?{urlencode(query)}", read_timeout=wait + 10
            )
        except InvalidToken:
            raise Revoked from None
        except TelegramError as error:
            self._tell(error)
            return None
        self.failures = 0
        return list(found) if isinstance(found, list) else []

    def _tell(self, error: TelegramError) -> None:
        """Once when it begins: a night without a line needs no thousand sentences."""
        if isinstance(error, Conflict):
            log.warning("another program fetches for this bot; stop it, one is enough")
        elif not self.failures and not isinstance(error, (TimedOut, RetryAfter)):
            log.warning("Telegram cannot be reached (%s); trying again", type(error).__name__)

    async def _pause(self) -> None:
        await asyncio.sleep(PAUSES[min(self.failures, len(PAUSES) - 1)])
        self.failures += 1
