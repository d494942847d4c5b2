"""Listening on a port: so many connections, and no longer than it takes to ask something."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.channel_settings import SettingsError

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from aiohttp.typedefs import Handler

ASKED_WITHIN = 10.0  # seconds from opening a connection to a whole head, and again to a whole body
FILES = 4096  # open files of this process, where the system lets it have so many
MOST = 256  # connections of one port at a time, or a quarter of the open files where those are few

log = logging.getLogger("opschaalgids.serving")


class Caller:
    """One connection, handed through to the server; the hall hears that it comes and goes."""

    def __init__(self, hall: Hall, inner: web.RequestHandler) -> None:
        self.hall, self.inner = hall, inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.hall.enters(transport)
        self.inner.connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.hall.goes(self.transport)
        self.inner.connection_lost(error)


class Hall:
    """All connections of one port: who asks nothing makes room for who comes."""

    def __init__(self, most: int) -> None:
        self.most, self.told = most, False
        self.inside: dict[Any, None] = {}
        self.silent: dict[Any, asyncio.TimerHandle] = {}

    def enters(self, transport: Any) -> None:
        """The longest silent makes room, and goes; else whoever is there longest."""
        if len(self.inside) >= self.most:
            if not self.told:
                log.warning("%d connections are open; the oldest make room for new ones", self.most)
                self.told = True
            oldest = next(iter(self.silent or self.inside))
            self.goes(oldest)
            oldest.abort()
        self.inside[transport] = None
        later = asyncio.get_running_loop().call_later
        self.silent[transport] = later(ASKED_WITHIN, transport.abort)

    def goes(self, transport: Any) -> None:
        self.inside.pop(transport, None)
        self._speaks(transport)
        self.told = self.told and len(self.inside) > self.most / 2

    def _speaks(self, transport: Any) -> None:
        timer = self.silent.pop(transport, None)
        if timer:
            timer.cancel()

    @web.middleware
    async def asked(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """There is a whole head; its body must follow in time."""
        self._speaks(request.transport)
        late = asyncio.get_running_loop().call_later(ASKED_WITHIN, _ends, request)
        try:
            return await handler(request)
        finally:
            late.cancel()


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
    """Listen until the stack is left. Raises SettingsError where that cannot be there."""
    hall = Hall(min(MOST, room_for_files() // 4))
    app.middlewares.append(hall.asked)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=grace)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    server: Any = runner.server  # there is one after the setup

    def door() -> Any:
        return Caller(hall, server())

    try:
        listening = await asyncio.get_running_loop().create_server(door, *where)
    except OSError as error:
        (host, port), why = where, str(error.strerror).rpartition(": ")[2]
        raise SettingsError(
            f"Nothing can listen on {host}:{port} ({why}); stop what does, or set another place."
        ) from error
    stack.callback(listening.close)
