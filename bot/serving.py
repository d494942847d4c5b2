"""Listening on a port: so many connections, and no longer than it takes to ask something."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from aiohttp.typedefs import Handler, Middleware

ASKED_WITHIN = 10.0
"""Seconds from opening a connection to a whole head, and again to a whole body."""

FILES = 4096
"""Open files of this process, where the system lets it have so many."""

MOST = 256
"""Connections of one port at a time, or a quarter of the open files where those are few."""

log = logging.getLogger("opschaalgids.serving")


class Door(asyncio.Protocol):
    """One connection, handed through to the server; closed while it has not asked anything."""

    def __init__(self, hall: Hall) -> None:
        self.hall, self.inner = hall, hall.server()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.hall.enters(self)
        self.inner.connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.hall.goes(self)
        self.inner.connection_lost(error)

    def data_received(self, data: bytes) -> None:
        self.inner.data_received(data)

    def eof_received(self) -> None:
        self.inner.eof_received()

    def pause_writing(self) -> None:
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        self.inner.resume_writing()


class Hall:
    """All connections of one port: who asks nothing makes room for who comes."""

    server: web.Server

    def __init__(self, most: int) -> None:
        self.most, self.told = most, False
        self.inside: dict[Any, Door] = {}
        self.silent: dict[Any, asyncio.TimerHandle] = {}

    def enters(self, door: Door) -> None:
        if len(self.inside) >= self.most:
            self._makes_room()
        self.inside[door.transport] = door
        later = asyncio.get_running_loop().call_later
        self.silent[door.transport] = later(ASKED_WITHIN, door.transport.abort)

    def goes(self, door: Door) -> None:
        self.inside.pop(door.transport, None)
        self._speaks(door.transport)
        self.told = self.told and len(self.inside) > self.most / 2

    def _speaks(self, transport: Any) -> None:
        timer = self.silent.pop(transport, None)
        if timer:
            timer.cancel()

    def _makes_room(self) -> None:
        """The longest silent goes first; else whoever is there longest."""
        if not self.told:
            log.warning("%d connections are open; the oldest make room for new ones", self.most)
            self.told = True
        oldest = next(iter(self.silent or self.inside))
        self.goes(self.inside[oldest])
        oldest.abort()

    @property
    def middleware(self) -> Middleware:
        """There is a whole head; its body must follow in time."""

        @web.middleware
        async def asked(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._speaks(request.transport)
            late = asyncio.get_running_loop().call_later(ASKED_WITHIN, _ends, request)
            try:
                return await handler(request)
            finally:
                late.cancel()

        return asked


def _ends(request: web.Request) -> None:
    """Where its body is still on its way; what is being handled may take longer."""
    if request.transport and not request.content.is_eof():
        request.transport.abort()


def room_for_files() -> int:
    """How many files may be open; as many as the system allows, up to FILES."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if 0 <= soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(soft, wanted)


async def serve(
    stack: AsyncExitStack, app: web.Application, where: tuple[str, int], grace: float
) -> None:
    """Listen until the stack is left."""
    hall = Hall(min(MOST, room_for_files() // 4))
    app.middlewares.append(hall.middleware)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=grace)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    if runner.server:  # there is one after the setup
        hall.server = runner.server
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Door(hall), *where)
    stack.callback(listening.close)
