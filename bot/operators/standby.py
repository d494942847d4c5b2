"""A program that waits: another one leads on the same server, and this one follows it."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, TypeAlias

from storage.database.errors import StoreTrouble

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from aiohttp.web import Application

    Tries: TypeAlias = Callable[[], bool]
    Where: TypeAlias = Callable[[], str]

REST = 0.2  # seconds between two tries
GRACE = 1.0  # seconds for what asked how it is

Room: TypeAlias = "tuple[Callable[[Callable[[], str]], Awaitable[Application]], tuple[str, int]]"
"""What is served meanwhile, made where it is needed, and where. It is given what knows where the
web of the program that leads is: host:port, or nothing."""

log = logging.getLogger("opschaalgids.standby")


def until_led(leads: Tries, leader: Where, rooms: Sequence[Room]) -> None:
    """Return once `leads` says so. Raises KeyboardInterrupt where a signal ends it before that.

    It waits for a server that is not there, too.
    """
    if not asyncio.run(_waits(leads, leader, rooms)):
        raise KeyboardInterrupt


async def _waits(leads: Tries, leader: Where, rooms: Sequence[Room]) -> bool:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows stops by KeyboardInterrupt
            loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        said = ""
        while not stop.is_set():
            found = await asyncio.to_thread(_why_not, leads)
            if not found:
                return True
            if not said:
                await _serves(stack, rooms, leader)
            if found != said:
                log.info("waiting (%s)", found)
            said = found
            with suppress(TimeoutError):
                async with asyncio.timeout(REST):
                    await stop.wait()
    return False


def _why_not(leads: Tries) -> str:
    """Nothing where it leads."""
    try:
        return "" if leads() else "another opschaalgids leads"
    except StoreTrouble as trouble:
        return str(trouble)


async def _serves(stack: AsyncExitStack, rooms: Sequence[Room], leader: Where) -> None:
    from bot.serving import serve  # noqa: PLC0415 - most never wait

    for makes, where in rooms:
        await serve(stack, await makes(leader), where, GRACE)
