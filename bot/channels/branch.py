"""One channel at work in the program: what comes in over it, and what goes out.

A channel is known by what it can do (`Channel`). The program makes a `Branch` for each,
which hangs on what all of them share (`Trunk`).
"""

from __future__ import annotations

import logging
import secrets
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from bot.channels.intake import Intake
from bot.clock import now
from bot.delivery.delivery import WAITED, Delivery
from bot.delivery.limits import Limits
from bot.delivery.metrics import Figures
from bot.delivery.tasks import Tasks
from bot.engine.gap import HEARD, Presence
from storage.database.errors import StoreError, StoreTrouble, told_apart
from storage.trajectory.desks import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AsyncExitStack
    from datetime import datetime

    from bot.channels.intake import Visit
    from bot.config import Settings
    from bot.delivery.channel import Sender
    from bot.delivery.metrics import Health
    from bot.engine.conversation import Conversation
    from flows.model.messages import Update

log = logging.getLogger("opschaalgids.branch")

FIRST = "telegram"
"""The channel that was there before there were others."""


class Channel(Protocol):
    """Where people are. Its chats have its name and a colon before them; Telegram's are numbers."""

    name: str
    health: Health

    @property
    def sender(self) -> Sender:
        """What goes out."""

    async def open(self, stack: AsyncExitStack) -> None:
        """Before anything is sent; what `stack` closes is closed after the last message."""

    async def run(self, branch: Branch) -> None:
        """Hear people until cancelled: what they do goes to the branch, as it came."""

    def read(self, raw: Any, now: datetime, /) -> Update | Visit | None:
        """What came, as the guide knows it; None where it is nothing to it. May raise anything."""


class Trunk:
    """What all branches of one program share."""

    def __init__(self, conversation: Conversation, settings: Settings) -> None:
        self.conversation, self.settings, self.tasks = conversation, settings, Tasks()
        self.outbox, self.name, self.leads = conversation.store.outbox, secrets.token_hex(8), False
        self.now: Callable[[], datetime] = partial(now, settings.timezone)
        self.figures = Figures(self.outbox, self.now)
        self.branches: list[Branch] = []

    def ready(self, name: str) -> None:
        """The channel of this name hears people."""

    def lead(self) -> None:
        """Before anything is kept or said: whoever ran here before ends."""
        if not self.leads:
            self.outbox.lead(self.name)
            self.leads = True

    def owns(self, chat: str) -> bool:
        """Whether any of its channels leads there."""
        return any(branch.channel.sender.owns(chat) for branch in self.branches)

    def wake(self, chats: Iterable[str], rank: int) -> None:
        """These chats have something to hear, wherever they are."""
        for branch in self.branches:
            branch.delivery.wake(chats, rank)


def fact_of(name: str, channel: Channel) -> str:
    """Under which name a fact of one channel is kept; the first one's bear no name of their own."""
    return name if channel.name == FIRST else f"{name} {channel.name}"


class Branch:
    """`ready`: the channel hears people, so what comes by itself may begin."""

    def __init__(self, program: Trunk, channel: Channel) -> None:
        self.program, self.channel = program, channel
        self.start, self.certainly = program.tasks.start, program.tasks.certainly
        self.store, self.figures = program.conversation.store, program.figures
        self.ready = partial(program.ready, channel.name)
        talk, sender, terms = program.conversation, channel.sender, channel.sender.terms
        heard = fact_of(HEARD, channel)
        presence = Presence(talk, heard, terms.keeps, sender.owns, program.owns)
        limits, language = Limits(terms.chat), program.settings.language
        self.intake = Intake(talk, channel.read, limits, presence, language)
        self.delivery = Delivery(
            program.outbox, sender, program.tasks, program.now, program.figures
        )

    def links(self, before: str) -> None:
        """An address that leads here is this, and the secret of a link."""

        def remember() -> None:
            with self.store.transaction():
                self.store.remember(fact_of(ADDRESS, self.channel), before)

        self.start(self.certainly(remember))

    def now(self) -> datetime:
        return self.program.now()

    async def take(self, raw: list[Any]) -> None:
        """Keep all that came, in one transaction; when this returns it may be forgotten there.

        Raises StoreTrouble where nothing of it could be kept.
        """
        try:
            with told_apart():
                self._take(raw)
        except StoreTrouble:
            raise
        except StoreError as error:
            self.program.tasks.ends(error)
            raise

    async def keep(self, raw: list[Any]) -> None:
        """The same, again until it is done."""
        await self.certainly(partial(self._take, raw))

    def _take(self, raw: list[Any]) -> None:
        """First all that must be kept; then, once, what follows from it."""
        self.program.lead()
        self.channel.health.heard(post=bool(raw))
        with self.figures.turns.time() if raw else nullcontext():
            kept = self.intake.keep(raw, self.now())
        for number in kept.aside:
            log.error("an update cannot be read; set aside as number %d", number)
        for update in kept.heard:
            self.figures.updates[update.kind] += 1
        self.delivery.wake(kept.acted)
        self.program.wake(kept.waiting, WAITED)
