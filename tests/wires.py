"""A wire between two programs, which can be held back, cut, or go dead without a word."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any


class Wire:
    """Whatever comes to `host` and `port` goes on to another place, and back."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.flows, self.ends = asyncio.Event(), set[asyncio.StreamWriter]()
        self.pumping = set[asyncio.Task[Any]]()
        self.flows.set()

    async def begin(self, host: str, port: int) -> None:
        self.leads_to(host, port)
        self.server = await asyncio.start_server(self._joins, self.host, 0)
        self.port: int = self.server.sockets[0].getsockname()[1]

    def leads_to(self, host: str, port: int) -> None:
        self.to = host, port

    def holds(self) -> None:
        """From now on nothing arrives; both ends believe that all is well."""
        self.flows.clear()

    def goes_on(self) -> None:
        self.flows.set()

    def cut(self) -> None:
        """What was held is lost, and who is connected knows that."""
        for end in self.ends:
            end.transport.abort()
        for task in self.pumping:
            task.cancel()
        self.flows.set()

    async def end(self) -> None:
        self.server.close()
        self.cut()

    async def _joins(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self.flows.wait()
            there, back = await asyncio.open_connection(*self.to)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, back}
        self.ends |= ends
        for source, target in ((reader, back), (there, writer)):
            task = asyncio.create_task(self._pumps(source, target, ends))
            self.pumping.add(task)
            task.add_done_callback(self.pumping.discard)

    async def _pumps(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter,
        ends: set[asyncio.StreamWriter],
    ) -> None:  # fmt: skip
        with suppress(OSError):
            while said := await source.read(65536):
                await self.flows.wait()
                target.write(said)
                await target.drain()
        for end in ends:
            end.close()
        self.ends -= ends
