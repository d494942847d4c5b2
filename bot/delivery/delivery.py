"""Drains the outbox: per chat in order, chats side by side, at the channel's pace.

A lane is a chat with something to hear. Who just did something goes before who
was waiting; a lane that must wait holds no other lane up.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.delivery.channel import Gone, Later, Refused, Unsure
from bot.delivery.lane import FIRST_PAUSE, Lane, until_heard
from bot.delivery.pace import Gate, Pace
from bot.engine.patience import PAUSE, Patience, report
from storage.conversations import outbox
from storage.database import leader
from storage.database.errors import StoreTrouble, told_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator
    from datetime import datetime

    from sqlite_utils import Database

    from bot.delivery.channel import Channel
    from bot.operators.metrics import Figures
    from storage.conversations.outbox import Outgoing, Press

FRESH, WAITED, LEAVING = 0, 1, 2
BURST = 5
"""Messages that a chat may get at once; Telegram allows short bursts."""

MANY = 10_000
"""Chats whose pace is remembered before those at rest are forgotten."""

GRACE = 1.0
"""Seconds for what is on its way when the program stops."""

DOUBLE_TAP = timedelta(seconds=0.4)
"""Two taps of one thumb, at a person's pace: nobody reads a new question that fast."""

TEND = 5.0
"""Seconds between two looks at what waits."""

PRESS_TRIES, PRESS_PAUSE = 12, 4.0
"""Tries, and seconds between two at most: answered later, it makes no difference to anyone."""

ANSWERERS = 4
"""Presses answered at the same time."""

PRESS_LIVES = timedelta(seconds=150)
"""How long Telegram keeps a press; older ones can no longer be answered."""

log = logging.getLogger("opschaalgids.delivery")


@contextmanager
def unrefused(lane: Lane) -> Iterator[None]:
    """Where the database refuses what must be read before a message can leave: again later."""
    try:
        with told_apart():
            yield
    except StoreTrouble as trouble:
        report(trouble)
        lane.later(PAUSE)


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
        self.woken, self.certainly = asyncio.Event(), Patience().certainly
        self.tasks: set[asyncio.Task[None]] = set()
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self, stop: asyncio.Event, begin: Callable[[], object] = bool) -> None:
        """Send until `stop`; what is left stays in the outbox. Raises what a task raised.

        `begin` is done before anything that was left there goes out.
        """
        gate = asyncio.create_task(self.gate.run())
        for _ in range(ANSWERERS):
            self.start(self._answer_all())
        self.start(self._presses())
        self.start(self._tend(begin))
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
        """These chats have something to hear. Asks nothing of the database, so it cannot fail."""
        self.woken.set()
        for chat in filter(self.channel.owns, chats):
            lane, urgent = self.lanes.get(chat), LEAVING if self.channel.leaves(chat) else rank
            if lane:
                lane.rank = min(lane.rank, urgent)
            else:
                self.lanes[chat] = Lane(chat, urgent, self._pace(chat))
                self.start(self._drain(self.lanes[chat]))

    async def _tend(self, begin: Callable[[], object]) -> None:
        """What was left in the outbox, or put there by another program, is sent as well."""
        for first in (self._remembers, begin):
            await self.certainly(first)
        while True:
            self.wake(await self.certainly(self._waiting), WAITED)
            await asyncio.sleep(TEND)

    def _waiting(self) -> list[str]:
        leader.certain(self.db)
        return list(outbox.waiting(self.db))

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Beside the lanes: what it raises ends the program."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.ends(error)

    def ends(self, error: BaseException) -> None:
        """The program cannot go on; the first that says so is heard."""
        if not self.broken.done():
            self.broken.set_exception(error)

    def _pace(self, chat: str) -> Pace:
        at = asyncio.get_running_loop().time()
        if len(self.paces) > MANY:
            self.paces = {c: pace for c, pace in self.paces.items() if not pace.rested(at)}
        return self.paces.setdefault(chat, Pace(self.rate, BURST))

    # ------------------------------------------------------------ one chat

    async def _drain(self, lane: Lane) -> None:
        clock = asyncio.get_running_loop().time
        while outgoing := await self.certainly(partial(outbox.oldest, self.db, lane.chat)):
            if lane.rest:  # meanwhile it may be recalled, or erased
                await lane.rests(self.channel.heard)
                continue
            with unrefused(lane):
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

    async def _try(self, lane: Lane, outgoing: Outgoing) -> None:
        await self.certainly(partial(leader.certain, self.db))
        try:
            await self._send(outgoing)
        except Later as wait:
            lane.later(wait.seconds)
            self.figures.again.labels("later").inc()
        except Unsure:
            lane.failed()
            self.figures.again.labels("unsure").inc()
        except Gone:
            await self.certainly(partial(outbox.gone, self.db, lane.chat, self.now(), outgoing.id))
        except Refused as refused:
            log.warning("message %d was refused: %s", outgoing.id, refused)
            await self.certainly(partial(outbox.failed, self.db, outgoing.id, str(refused)))
            self.figures.sent.labels("refused").inc()
        else:
            lane.arrived()
            self.figures.sent.labels("sent").inc()

    async def _send(self, outgoing: Outgoing) -> None:
        """In the place of what was pressed where that is still the last message; else anew."""
        message, began = outgoing.message, self.now()
        if message.removes or self.channel.leaves(outgoing.chat):
            await self._tidies(outgoing)
            await self.certainly(partial(outbox.removed, self.db, outgoing.id))
            return
        ref = message.over or message.closes
        find = partial(outbox.open_bubble, self.db, outgoing.chat, ref)
        standing = await self.certainly(find) if ref else None
        if standing and standing.place and message.over and self._is_last(standing):
            place = await self.channel.replace(outgoing, standing.place)
            other = place == standing.place and standing.message.key != message.key
            ready = began + DOUBLE_TAP / self.rate if other else None
            await self.certainly(partial(outbox.sent, self.db, outgoing, began, place, ready))
            return
        closing = self._close(standing, message.chosen)
        place, _ = await asyncio.gather(self.channel.send(outgoing), closing)
        await self.certainly(partial(outbox.sent, self.db, outgoing, began, place))

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

    async def _presses(self) -> None:
        """What was pressed since the last look waits for its answer."""
        expire = partial(outbox.expire, self.db, self.now() - PRESS_LIVES)
        await self.certainly(expire)
        while True:
            for press in await self.certainly(partial(outbox.presses, self.db)):
                if press.id not in self.answering:
                    self.answering.add(press.id)
                    self.pressed.put_nowait(press)
            await self.woken.wait()
            self.woken.clear()

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
        await self.certainly(partial(outbox.answered, self.db, press.id, self.now()))
        self.answering.discard(press.id)
