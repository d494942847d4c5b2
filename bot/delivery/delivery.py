"""Drains the outbox: per chat in order, chats side by side, at the channel's pace.

A lane is a chat with something to hear. Who just did something goes before who
was waiting; a lane that must wait holds no other lane up.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.delivery.channel import Gone, Later, Refused, Sender, Unsent, Unsure
from bot.delivery.pace import Lane, Pace, Turnstile
from bot.delivery.presses import Presses
from bot.delivery.tasks import PAUSE, Crew, Tasks, report
from storage.database.errors import StoreTrouble, told_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.delivery.metrics import Figures
    from storage.conversations.outbox import Outgoing

FRESH, WAITED, LEAVING = 0, 1, 2
MANY = 10_000  # chats whose pace is remembered before those at rest are forgotten
GRACE = 1.0  # seconds for what is on its way when the program stops
TEND = 5.0  # seconds between two looks at what waits

log = logging.getLogger("opschaalgids.delivery")


class Delivery:
    """Everything unsent of one channel, on its way."""

    def __init__(
        self, sender: Sender, tasks: Tasks | Crew, now: Callable[[], datetime], figures: Figures
    ) -> None:
        self.outbox, self.sender, self.now, self.figures = tasks.outbox, sender, now, figures
        self.start, self.certainly, self.keep = tasks.start, tasks.certainly, tasks.keep
        self.terms, self.gate = sender.terms, Turnstile(sender.terms.overall)
        self.letting: asyncio.Task[None] | None = None
        self.lanes: dict[str, Lane] = {}
        self.tried: dict[str, tuple[int, datetime]] = {}
        self.paces: dict[str, Pace] = {}
        self.presses = Presses(sender, tasks, now)

    def begin(self) -> None:
        """Send until `finish`; what is left then stays in the outbox."""
        self.letting = self.start(self.gate.run())
        self.presses.begin()
        self.start(self._tend())

    async def finish(self, seconds: float) -> None:
        """Nothing more goes out; so long for what is on its way."""
        if self.letting:
            self.letting.cancel()
        await asyncio.gather(self.gate.idle(seconds), self.presses.answered(seconds))

    def _remembers(self) -> None:
        """What went out just before a restart counts: the channel's patience did not start anew."""
        at, now = asyncio.get_running_loop().time(), self.now()
        rests = timedelta(seconds=self.terms.burst / self.terms.chat)
        for chat, sent, calls in self.outbox.lately(now - rests):
            if not self.sender.owns(chat):
                continue
            went = at - max(0.0, (now - sent).total_seconds())
            for pace in (self._pace(chat), self.gate.pace):
                for _ in range(calls):
                    pace.take(went)

    def wake(self, chats: Iterable[str], rank: int = FRESH) -> None:
        """These chats have something to hear. Asks nothing of the database, so it cannot fail."""
        for chat in filter(self.sender.owns, chats):
            lane, urgent = self.lanes.get(chat), LEAVING if self.sender.leaves(chat) else rank
            if lane:
                lane.rank = min(lane.rank, urgent)
            else:
                self.lanes[chat] = Lane(chat, urgent, self._pace(chat))
                self.start(self._drain(self.lanes[chat]))

    async def _tend(self) -> None:
        """What was left in the outbox, or put there by another program, is sent as well."""
        await self.certainly(self._remembers)
        while True:
            await self.certainly(self.outbox.certain)
            self.wake(await self.certainly(self.outbox.waiting), WAITED)
            await asyncio.sleep(TEND)

    def _pace(self, chat: str) -> Pace:
        at = asyncio.get_running_loop().time()
        if len(self.paces) > MANY:
            self.paces = {c: pace for c, pace in self.paces.items() if pace.next > at}
        return self.paces.setdefault(chat, Pace(self.terms.chat, self.terms.burst))

    # ------------------------------------------------------------ one chat

    async def _drain(self, lane: Lane) -> None:
        clock = asyncio.get_running_loop().time
        while outgoing := await self.certainly(partial(self.outbox.oldest, lane.chat)):
            if lane.rest:  # meanwhile it may be recalled, or erased
                await lane.rests(self.sender.heard)
                continue
            try:
                with told_apart():
                    # A document takes time: of its own chat only.
                    with suppress(Unsent):
                        await self.sender.prepare(outgoing)
                    await asyncio.sleep(lane.pace.wait(clock()))
                    async with self.gate.through(lane.rank):
                        lane.pace.take(clock())
                        await self._try(lane, outgoing)
            except StoreTrouble as trouble:  # of what must be read before a message can leave
                report(trouble)
                lane.later(PAUSE)
        del self.lanes[lane.chat]
        self.tried.pop(lane.chat, None)

    async def _try(self, lane: Lane, outgoing: Outgoing) -> None:
        await self.certainly(self.outbox.certain)
        try:
            await self._send(outgoing)
        except Later as wait:
            lane.later(wait.seconds)
            self.figures.again["later"] += 1
        except Unsure:
            lane.failed()
            self.figures.again["unsure"] += 1
        except Gone:
            await self.certainly(partial(self.outbox.gone, lane.chat, self.now(), outgoing.id))
        except Refused as refused:
            log.warning("message %d was refused: %s", outgoing.id, refused)
            await self.certainly(partial(self.outbox.failed, outgoing.id, str(refused)))
            self.figures.sent["refused"] += 1
        else:
            lane.arrived()
            self.figures.sent["sent"] += 1

    async def _send(self, outgoing: Outgoing) -> None:
        if outgoing.message.removes:
            await self.sender.remove(outgoing.chat, outgoing.message.removes)
        elif self.sender.leaves(outgoing.chat):
            await self.sender.leave(outgoing)
        else:
            await self._says(outgoing)
            return
        await self.certainly(partial(self.outbox.removed, outgoing.id))  # nothing to remember

    async def _says(self, outgoing: Outgoing) -> None:
        """In the place of what was pressed where that is still the last message; else anew."""
        message, began = outgoing.message, self.now()
        first = self._first(outgoing, began)
        ref = message.over or message.closes
        find = partial(self.outbox.open_bubble, outgoing.chat, ref)
        standing = await self.certainly(find) if ref else None
        there = standing.place if standing and message.over else None
        if standing and there and there == self.outbox.last_message(outgoing.chat):
            place = await self.sender.replace(outgoing, there)
            other = place == there and standing.message.key != message.key
            ready = began + self.terms.tap if other else None
            await self.keep(partial(self.outbox.sent, outgoing, first, place, ready))
            return
        closing = self._close(standing, message.chosen)
        place, _ = await asyncio.gather(self.sender.send(outgoing), closing)
        await self.keep(partial(self.outbox.sent, outgoing, first, place))

    def _first(self, outgoing: Outgoing, began: datetime) -> datetime:
        """When it was first tried: what had no answer may have arrived, and been read."""
        number, at = self.tried.get(outgoing.chat, (0, began))
        self.tried[outgoing.chat] = (outgoing.id, at if number == outgoing.id else began)
        return self.tried[outgoing.chat][1]

    async def _close(self, standing: Outgoing | None, chosen: str) -> None:
        """Only tidying, where the chat has room: else old buttons stay and answer politely."""
        at = asyncio.get_running_loop().time()
        if standing is None or self._pace(standing.chat).wait(at):
            return
        for pace in (self._pace(standing.chat), self.gate.pace):
            pace.take(at)
        with suppress(Unsent):
            await self.sender.close(standing, chosen)
