"""One channel at work in the program: what comes in over it, and what goes out."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.channels.intake import Intake
from bot.delivery.channel import fact_of
from bot.delivery.delivery import WAITED, Delivery
from bot.delivery.limits import Limits
from bot.engine.gap import Presence
from storage.database.errors import StoreError, StoreTrouble, told_apart
from storage.trajectory.desk import ADDRESS

if TYPE_CHECKING:
    from datetime import datetime

    from bot.delivery.channel import Channel
    from bot.program import Program

log = logging.getLogger("opschaalgids.branch")


class Branch:
    """`ready`: the channel hears people, so what comes by itself may begin."""

    def __init__(self, program: Program, channel: Channel) -> None:
        self.program, self.channel = program, channel
        self.start, self.certainly = program.tasks.start, program.tasks.certainly
        self.store, self.figures = program.conversation.store, program.figures
        self.ready = partial(program.ready, channel.name)
        limits = Limits(channel.sender.terms.chat)
        presence = Presence(program.conversation, channel, program.owns)
        language = program.settings.language
        self.intake = Intake(program.conversation, channel.read, limits, presence, language)
        self.delivery = Delivery(
            program.outbox, channel.sender, program.tasks, program.now, program.figures
        )

    def links(self, before: str) -> None:
        """An address that leads here is this, and the secret of a link."""
        self.start(self.certainly(partial(self._remembers, fact_of(ADDRESS, self.channel), before)))

    def _remembers(self, fact: str, value: str) -> None:
        with self.store.transaction():
            self.store.remember(fact, value)

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
