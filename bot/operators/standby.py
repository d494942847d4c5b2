"""A program that waits: another one leads on the same server, and this one follows it."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

from storage.database.errors import StoreTrouble

if TYPE_CHECKING:
    from collections.abc import Callable

REST = 0.5  # seconds between two tries
GRACE = 1.0  # seconds for what asked how it is

log = logging.getLogger("opschaalgids.standby")


def until_led(leads: Callable[[], bool], watch: tuple[str, int] | None) -> None:
    """Return once `leads` says so. Raises KeyboardInterrupt where a signal ends it before that.

    `watch`: where it says meanwhile that it lives. It waits for a server that is not there, too.
    """
    if not asyncio.run(_waits(leads, watch)):
        raise KeyboardInterrupt


async def _waits(leads: Callable[[], bool], watch: tuple[str, int] | None) -> bool:
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
            if watch and not said:
                await _answers(stack, watch)
            if found != said:
                log.info("waiting (%s)", found)
            said = found
            with suppress(TimeoutError):
                async with asyncio.timeout(REST):
                    await stop.wait()
    return False


def _why_not(leads: Callable[[], bool]) -> str:
    """Nothing where it leads."""
    try:
        return "" if leads() else "another opschaalgids leads"
    except StoreTrouble as trouble:
        return str(trouble)


async def _answers(stack: AsyncExitStack, watch: tuple[str, int]) -> None:
    from bot.operators.watch import waits  # noqa: PLC0415 - most are not watched
    from bot.serving import serve  # noqa: PLC0415 - likewise

    await serve(stack, waits(), watch, GRACE)
