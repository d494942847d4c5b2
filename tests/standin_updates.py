"""What the bot has still to hear: a queue that forgets only what was confirmed, and a webhook."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp

from tests.botapi_words import Json, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}
DAY = 24 * 3600
POLLED_TWICE = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
WEBHOOK_SET = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


@dataclass(eq=False)
class Queued:
    """An update waiting. `again`: it comes once more after it was confirmed."""

    update: Json
    born: float
    numbering: int
    again: bool
    handed: Callable[[], None] | None = None

    @property
    def number(self) -> int:
        return int(self.update["update_id"])

    def leaves(self) -> None:
        """Told once, when the bot first gets it."""
        handed, self.handed = self.handed, None
        if handed:
            handed()


@dataclass
class Updates:
    """The bot's queue. `duplicate`: each update is delivered twice.

    `carried`: what happens to a call in the answer of a webhook, which nobody hears more of.
    """

    clock: Callable[[], float]
    pending: deque[Queued] = field(default_factory=deque)
    next_id: int = 1000
    numbering: int = 0
    duplicate: bool = False
    allowed: list[str] = field(default_factory=list)
    webhook: Webhook | None = None
    carried: Callable[[Json], object] = dict
    _waiting: asyncio.Future[None] | None = None

    def put(self, kind: str, payload: Json, handed: Callable[[], None] | None = None) -> None:
        if not self._wanted(kind):
            return
        update = {"update_id": self.next_id, kind: payload}
        self.next_id += 1
        self.pending.append(Queued(update, self.clock(), self.numbering, self.duplicate, handed))
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)
        if self.webhook:
            self.webhook.woken.set()

    def _wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in UNASKED

    def renumber(self, start: int) -> None:
        """Ids start anew, as after a quiet week."""
        self.next_id = start
        self.numbering += 1

    def waiting(self) -> list[Queued]:
        """What is not yet forgotten; a day is the longest it is kept."""
        while self.pending and self.clock() - self.pending[0].born > DAY:
            self.pending.popleft()
        return list(self.pending)

    async def take(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """One getUpdates."""
        if self.webhook:
            raise Refusal(409, WEBHOOK_SET)
        self.interrupt(POLLED_TWICE)
        self._confirm(offset)
        if not self.waiting() and seconds > 0:
            await self._comes(seconds)
        taken = self.waiting()[:limit]
        for queued in taken:
            queued.leaves()
        return [queued.update for queued in taken]

    def interrupt(self, why: str) -> None:
        """Whoever is waiting for updates stops waiting."""
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(Refusal(409, why))

    async def _comes(self, seconds: float) -> None:
        mine = self._waiting = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(mine, seconds)
        except TimeoutError:
            return
        finally:
            if self._waiting is mine:
                self._waiting = None

    def _confirm(self, offset: int) -> None:
        waiting = self.waiting()
        if offset < 0:
            confirmed = waiting[:offset]
        else:
            confirmed = [queued for queued in waiting if self._passed(queued, offset)]
        for queued in confirmed:
            self.forget(queued)

    def _passed(self, queued: Queued, offset: int) -> bool:
        """An offset beyond every id of this numbering comes from an earlier one."""
        current = queued.numbering == self.numbering
        return queued.number < offset and (not current or offset <= self.next_id)

    def forget(self, queued: Queued) -> None:
        if queued.again:
            queued.again = False
        elif queued in self.pending:
            self.pending.remove(queued)

    def sets(self, params: Json) -> None:
        """A webhook comes, goes or is another."""
        if "allowed_updates" in params:
            self.allowed = params["allowed_updates"]
        if params.get("drop_pending_updates"):
            self.pending.clear()
        if self.webhook:
            self.webhook.task.cancel()
            self.webhook = None
        if params.get("url"):
            self.interrupt("Conflict: terminated by setWebhook request")
            self.webhook = Webhook(self, params)


@dataclass
class Webhook:
    """Posts one update after the other, each until it is taken."""

    updates: Updates
    params: Json
    pause: float = 0.05
    longest: float = 2.0
    trouble: str = ""
    failed_at: float = 0
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.task = asyncio.get_running_loop().create_task(self._delivers())

    async def _delivers(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                self.woken.clear()
                for queued in self.updates.waiting()[:1]:
                    await self._until_taken(session, queued)
                if not self.updates.waiting():
                    await self.woken.wait()

    async def _until_taken(self, session: aiohttp.ClientSession, queued: Queued) -> None:
        pause = self.pause
        while queued in self.updates.waiting():
            queued.leaves()
            if await self._taken(session, queued.update):
                self.updates.forget(queued)
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, self.longest)

    async def _taken(self, session: aiohttp.ClientSession, update: Json) -> bool:
        secret = self.params.get("secret_token")
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        url = self.params["url"]
        proves = not url.startswith("https://127.0.0.1:")  # there the certificate is a test's own
        try:
            async with session.post(url, json=update, headers=headers, ssl=proves) as response:
                if response.ok:
                    if response.content_type == "application/json":
                        self.updates.carried(await response.json())
                    return True
                trouble = f"Wrong response from the webhook: {response.status} {response.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            trouble = f"Connection failed: {type(error).__name__}"
        self.trouble, self.failed_at = trouble, self.updates.clock()
        return False

    def info(self) -> Json:
        failure = {"last_error_date": int(self.failed_at), "last_error_message": self.trouble}
        return {
            "max_connections": self.params.get("max_connections", 40),
            **(failure if self.trouble else {}),
        }
