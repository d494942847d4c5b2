"""Long polling in our own loop: taken in a transaction, acknowledged after the commit.

The library's own loop acknowledges before it handles: a crash loses what was fetched.
"""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import UTC, datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from telegram.error import Conflict

from bot.channels.telegram.incoming import ALLOWED, read
from bot.channels.telegram.outgoing import said
from bot.channels.telegram.wire import number
from bot.delivery.channel import Later, Refused, Unsent
from bot.delivery.pace import until_heard

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Bot

    from bot.channels.telegram.line import Line

WAIT = 25  # seconds that Telegram holds a call open while there is nothing
LIMIT = 100
PAUSES = (0.5, 1, 2, 5, 10)
MOST_DOUBTS = 20  # fetches in a row with something odd, each time another, before it is believed
ANY = datetime.min.replace(tzinfo=UTC)  # whether an update can be read depends on no moment

log = logging.getLogger("opschaalgids.polling")


class Polling:
    """Fetches raw updates for `take`, which keeps them before it returns.

    While the database refuses, it does not return, and nothing is acknowledged.
    """

    def __init__(
        self, bot: Bot, line: Line, take: Callable[[list[dict[str, Any]]], Awaitable[None]]
    ) -> None:
        self.bot, self.line, self.take = bot, line, take
        self.failures = self.doubts = 0
        self.odd = self.unnumbered = ""
        self.last: int | None = None

    async def run(self, ready: Callable[[], None]) -> None:
        began, offset = False, None
        while True:
            found = await self._fetch(offset, WAIT if began and not self.failures else 0)
            if found is None:
                continue
            if not began:
                ready()
            began = True
            updates = self._sure(found)
            await self.take(updates)
            for raw in updates:  # what bears no number follows the one before it
                self.last = _number(raw) or (self.last and self.last + 1)
            # Ids start anew at random after a quiet week: the last one plus one, and
            # nothing at all once an empty answer has shown that the last was forgotten.
            if updates or not found:
                offset = self.last + 1 if updates and self.last else None
            elif self.doubts == 0:
                await asyncio.sleep(PAUSES[1])  # the same again, and no number to acknowledge

    def _sure(self, found: list[Any]) -> list[Any]:
        """All that reads as something, up to what does not: that is fetched once more.

        The line may have bent it; nothing from there on is acknowledged before it is believed.
        """
        sure = [*takewhile(lambda raw: _plain(raw) or self._believed(raw), found)]
        self.doubts = self.doubts if len(sure) < len(found) else 0
        return [raw for raw in sure if _number(raw) is not None or self._first_time(raw)]

    def _believed(self, raw: Any) -> bool:
        """It came in the same form before, or odd ones come without end."""
        same, self.odd = _text(raw) == self.odd, _text(raw)
        self.doubts += 1
        return same or self.doubts > MOST_DOUBTS

    def _first_time(self, raw: Any) -> bool:
        """What bears no number cannot be acknowledged, and may come for ever."""
        new, self.unnumbered = _text(raw) != self.unnumbered, _text(raw)
        return new

    async def _fetch(self, offset: int | None, wait: int) -> list[Any] | None:
        query = {"timeout": wait, "limit": LIMIT, "allowed_updates": json.dumps(ALLOWED)}
        if offset is not None:
            query["offset"] = offset
        url = f"{self.bot.base_url}/getUpdates?{urlencode(query)}"
        try:
            with said():
                found: Any = await self.line.post(url, read_timeout=wait + 10)
        except Later as later:
            await asyncio.sleep(later.seconds)
        except Unsent as failure:
            await self._failed(failure)
        else:
            self.failures = 0
            return list(found)
        return None

    async def _failed(self, failure: Unsent) -> None:
        """A pause, longer each time, and no longer than until the line is well again."""
        # A refusal is told once when it begins: a night of it needs no thousand sentences.
        if str(failure) == Conflict.__name__ and not self.failures:
            log.warning("another program fetches for this bot; stop it, one is enough")
        elif isinstance(failure, Refused) and not self.failures:
            log.warning("Telegram refuses to give updates (%s); trying again", failure)
        pause = PAUSES[min(self.failures, len(PAUSES) - 1)]
        self.failures += 1
        await until_heard(self.line.pulse.heard, pause)


def _plain(raw: Any) -> bool:
    """It bears a number, and reads as something said, pressed or done to the guide."""
    try:
        return _number(raw) is not None and read(raw, ANY) is not None
    except Exception:  # noqa: BLE001 - whatever it is, it is not plain
        return False


def _number(raw: Any) -> int | None:
    found = number(raw.get("update_id")) if isinstance(raw, dict) else None
    return found if found and found > 0 else None


def _text(raw: Any) -> str:
    """The same text for the same update."""
    try:
        return json.dumps(raw)
    except RecursionError:
        return "deep"
