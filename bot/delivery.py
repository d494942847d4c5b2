"""Drains the outbox: per chat in order, chats side by side, at the channel's pace.

A lane is a chat with something to hear. Who just did something goes before who
was waiting; a lane that must wait holds no other lane up.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from bot.channel import Gone, Later, Refused, Unsure
from bot.lane import FIRST_PAUSE, Lane, until_heard
from bot.pace import Gate, Pace
from storage import outbox
from storage.trouble import StoreTrouble

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from datetime import datetime

    from sqlite_utils import Database

    from bot.channel import Channel
    from bot.watch import Figures
    from storage.outbox import Outgoing, Press

FRESH, WAITED, LEAVING = 0, 1, 2
BURST = 5
"""Messages that a chat may get at once; Telegram allows short bursts."""

MANY = 10_000
"""Chats whose pace is remembered before those at rest are forgotten."""

GRACE = 1.0
"""Seconds for what is on its way when the program stops."""

DOUBLE_TAP = timedelta(seconds=0.4)
"""Two taps of one thumb, at a person's pace: nobody reads a new question that fast."""

PRESS_TRIES, PRESS_PAUSE = 12, 4.0
"""Tries, and seconds between two at most: answered later, it makes no difference to anyone."""

ANSWERERS = 4
"""Presses answered at the same time."""

PRESS_LIVES = timedelta(seconds=150)
"""How long Telegram keeps a press; older ones can no longer be answered."""

TROUBLE_PAUSE = 1.0
"""Seconds until a full disk or a lock is asked again."""

Kept = TypeVar("Kept")

log = logging.getLogger("opschaalgids.delivery")


class Delivery:
    """Everything unsent, on its way. `pace`: messages a second overall, and per chat."""

    def __init__(
        self,
        db: Database,
        channel: Channel,
        pace: tuple[float, float],
        now: Callable[[], datetime],
        figures: Figures,
    ) -> None:
        self.db, self.channel, self.now, self.figures = db, channel, now, figures
        self.gate, self.rate = Gate(pace[0]), pace[1]
        self.lanes: dict[str, Lane] = {}
        self.paces: dict[str, Pace] = {}
        self.answering: set[str] = set()
        self.pressed: asyncio.Queue[Press] = asyncio.Queue()
        self.tasks: set[asyncio.Task[None]] = set()
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`; what is left stays in the outbox. Raises what a task raised."""
        gate = asyncio.create_task(self.gate.run())
        with suppress(StoreTrouble):  # then they are tried, and refused
            outbox.expire(self.db, self.now() - PRESS_LIVES)
            self._remembers()
        for _ in range(ANSWERERS):
            self.start(self._answer_all())
        self.wake(outbox.waiting(self.db), WAITED)
        self.broken.add_done_callback(lambda _: stop.set())
        await stop.wait()
        gate.cancel()
        await asyncio.gather(self.gate.idle(GRACE), self._all_answered(GRACE))
        for task in self.tasks:
            task.cancel()
        if self.broken.done():
            self.broken.result()

    def _remembers(self) -> None:
        """What went out just before a restart counts: the channel's patience did not start anew."""
        at, now = asyncio.get_running_loop().time(), self.now()
        for chat, sent, calls in outbox.lately(self.db, now - timedelta(seconds=BURST / self.rate)):
            went = at - max(0.0, (now - sent).total_seconds())
            for pace in (self._pace(chat), self.gate.pace):
                for _ in range(calls):
                    pace.take(went)

    def wake(self, chats: Iterable[str], rank: int = FRESH) -> None:
        """These chats have something to hear."""
        for press in outbox.presses(self.db):
            if press.id not in self.answering:
                self.answering.add(press.id)
                self.pressed.put_nowait(press)
        for chat in filter(self.channel.owns, chats):
            lane, urgent = self.lanes.get(chat), LEAVING if self.channel.leaves(chat) else rank
            if lane:
                lane.rank = min(lane.rank, urgent)
            else:
                self.lanes[chat] = Lane(chat, urgent, self._pace(chat))
                self.start(self._drain(self.lanes[chat]))

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Beside the lanes: what it raises ends the program."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) and not self.broken.done():
            self.broken.set_exception(error)

    def _pace(self, chat: str) -> Pace:
        at = asyncio.get_running_loop().time()
        if len(self.paces) > MANY:
            self.paces = {c: pace for c, pace in self.paces.items() if not pace.rested(at)}
        return self.paces.setdefault(chat, Pace(self.rate, BURST))

    # ------------------------------------------------------------ one chat

    async def _drain(self, lane: Lane) -> None:
        clock = asyncio.get_running_loop().time
        while outgoing := await self._certainly(partial(outbox.oldest, self.db, lane.chat)):
            if lane.rest:  # meanwhile it may be recalled, or erased
                await lane.rests(self.channel.heard)
                continue
            await self._prepare(outgoing)
            await asyncio.sleep(lane.pace.wait(clock()))
            async with self.gate.through(lane.rank):
                lane.pace.take(clock())
                await self._try(lane, outgoing)
        del self.lanes[lane.chat]

    async def _prepare(self, outgoing: Outgoing) -> None:
        """A document takes time: of its own chat only. "Busy" is shown meanwhile, if it can be."""
        with suppress(Later, Unsure, Gone, Refused):
            await self.channel.prepare(outgoing)

    async def _certainly(self, ask: Callable[[], Kept]) -> Kept:
        """What was sent must be known as sent: while the disk refuses, wait and try again."""
        while True:
            try:
                return ask()
            except StoreTrouble as trouble:
                log.warning("the database refuses for now (%s); trying again", trouble)
                await asyncio.sleep(TROUBLE_PAUSE)

    async def _try(self, lane: Lane, outgoing: Outgoing) -> None:
        try:
            await self._send(outgoing)
        except Later as wait:
            lane.later(wait.seconds)
            self.figures.again.labels("later").inc()
        except Unsure:
            lane.failed()
            self.figures.again.labels("unsure").inc()
        except Gone:
            await self._certainly(partial(outbox.gone, self.db, lane.chat, self.now(), outgoing.id))
        except Refused as refused:
            log.warning("message %d was refused: %s", outgoing.id, refused)
            await self._certainly(partial(outbox.failed, self.db, outgoing.id, str(refused)))
            self.figures.sent.labels("refused").inc()
        else:
            lane.arrived()
            self.figures.sent.labels("sent").inc()

    async def _send(self, outgoing: Outgoing) -> None:
        """In the place of what was pressed where that is still the last message; else anew."""
        message, began = outgoing.message, self.now()
        if message.removes or self.channel.leaves(outgoing.chat):
            await self._tidies(outgoing)
            await self._certainly(partial(outbox.removed, self.db, outgoing.id))
            return
        ref = message.over or message.closes
        find = partial(outbox.open_bubble, self.db, outgoing.chat, ref)
        standing = await self._certainly(find) if ref else None
        if standing and standing.place and message.over and self._is_last(standing):
            place = await self.channel.replace(outgoing, standing.place)
            other = place == standing.place and standing.message.key != message.key
            ready = began + DOUBLE_TAP / self.rate if other else None
            await self._certainly(partial(outbox.sent, self.db, outgoing, began, place, ready))
            return
        closing = self._close(standing, message.chosen)
        place, _ = await asyncio.gather(self.channel.send(outgoing), closing)
        await self._certainly(partial(outbox.sent, self.db, outgoing, began, place))

    async def _tidies(self, outgoing: Outgoing) -> None:
        """What leaves nothing to remember."""
        if outgoing.message.removes:
            await self.channel.remove(outgoing.chat, outgoing.message.removes)
        else:
            await self.channel.leave(outgoing)

    async def _close(self, standing: Outgoing | None, chosen: str) -> None:
        """Only tidying, where the chat has room: else old buttons stay and answer politely."""
        at = asyncio.get_running_loop().time()
        if standing and self._pace(standing.chat).spares(at):
            self.gate.pace.take(at)
            with suppress(Later, Unsure, Gone, Refused):
                await self.channel.close(standing, chosen)

    def _is_last(self, standing: Outgoing) -> bool:
        return standing.place == outbox.last_message(self.db, standing.chat)

    # ------------------------------------------------------------ presses

    async def _all_answered(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.pressed.join(), seconds)

    async def _answer_all(self) -> None:
        """Outside the lanes: a press that waits for its answer spins under the thumb."""
        while True:
            press = await self.pressed.get()
            await self._answer(press)
            self.pressed.task_done()

    async def _answer(self, press: Press) -> None:
        for tries in range(PRESS_TRIES):
            pause = min(FIRST_PAUSE * 2**tries, PRESS_PAUSE)
            try:
                await self.channel.answer(press)
            except Later as wait:  # no longer: others' presses spin behind it
                await asyncio.sleep(min(wait.seconds, pause))
            except Unsure:
                await until_heard(self.channel.heard, pause)
            except (Gone, Refused):
                break
            else:
                break
        await self._certainly(partial(outbox.answered, self.db, press.id, self.now()))
        self.answering.discard(press.id)
