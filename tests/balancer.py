"""One address before several programs, of two sorts in turn.

As a balancer that looks whether each is ready, and sends all to that one; and as one that knows
only who lives, and sends people to each of them: who waits hands on, or shows a page.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, web

from tests.program import free_port

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

READY = 200
LOOKS, PATIENCE = 0.25, 1.0
"""Seconds between two looks, and until one that says nothing is taken for dead."""
AT_MOST = ClientTimeout(total=20, sock_connect=PATIENCE)
HOPS = {"connection", "keep-alive", "transfer-encoding", "upgrade", "content-length"}


@dataclass
class Back:
    """`web`, `watch`: host:port. `state`: what it said to /readyz; 0 for nothing."""

    web: str
    watch: str
    state: int = 0
    session: ClientSession | None = None

    def line(self) -> ClientSession:
        if self.session is None:
            self.session = ClientSession(
                cookie_jar=DummyCookieJar(), timeout=AT_MOST, auto_decompress=False
            )
        return self.session

    async def hangs_up(self) -> None:
        old, self.session = self.session, None
        if old:
            await old.close()


class Balancer:
    def __init__(self, backs: Sequence[Back]) -> None:
        self.backs, self.port = backs, free_port()
        self.site, self.asked = f"http://localhost:{self.port}", 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._sends)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "localhost", self.port).start()
        self.looking = [asyncio.create_task(self._looks(back)) for back in self.backs]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self.looking:
            task.cancel()
        await self.runner.cleanup()
        for back in self.backs:
            await back.hangs_up()

    async def _looks(self, back: Back) -> None:
        patient = ClientTimeout(total=PATIENCE)
        while True:
            before = back.state
            try:
                where = f"http://{back.watch}/readyz"
                async with back.line().get(where, timeout=patient) as said:
                    back.state = said.status
            except (ClientError, OSError, TimeoutError):
                back.state = 0
            if before not in (0, back.state):
                await back.hangs_up()  # nobody waits for an answer of who went
            await asyncio.sleep(LOOKS)

    def _chosen(self) -> Back | None:
        self.asked += 1
        live = [back for back in self.backs if back.state]
        ready = [back for back in live if back.state == READY] if self.asked % 2 else []
        found = ready or live
        return found[self.asked // 2 % len(found)] if found else None

    async def _sends(self, request: web.Request) -> web.Response:
        back = self._chosen()
        if back is None:
            return web.Response(status=502)
        said = {k: v for k, v in request.headers.items() if k.lower() not in HOPS}
        said["X-Forwarded-For"] = request.remote or ""
        try:
            async with back.line().request(
                request.method, f"http://{back.web}{request.raw_path}", headers=said,
                data=await request.read(), allow_redirects=False,
            ) as answer:  # fmt: skip
                response = web.Response(status=answer.status, body=await answer.read())
                for name, value in answer.headers.items():
                    if name.lower() not in HOPS:
                        response.headers.add(name, value)
                return response
        except (ClientError, OSError, TimeoutError, RuntimeError):  # or its session was closed
            return web.Response(status=502)
