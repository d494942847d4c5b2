"""What comes to a program that waits goes on to the one that leads, and its answer comes back.

A balancer that knows only whether a program lives sends people to all of them. So whoever
waits hands on, where both stand behind the same proxies: what those say of who asks goes along
as it is, and whoever leads believes it as it believes them.
"""

from __future__ import annotations

import asyncio
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from bot.channel_settings import WebSettings

BY = "opschaalgids"
"""What a request was handed on by; once is enough."""
AT_MOST = ClientTimeout(total=60, sock_connect=1)
"""A document may take its time; who does not pick up is not there."""
LOOKS = 0.2  # seconds between two looks whether who was asked still leads
OF_ONE_LINE = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "te",
                         "trailer", "content-length", "date", "via"})  # fmt: skip
"""Headers that are about one connection, and not about what it carries."""


class Relay:
    """`leader`: host:port of who leads, as it said itself; nothing where that is not known."""

    def __init__(self, settings: WebSettings, leader: Callable[[], str]) -> None:
        self.leader = leader
        self.near = [ip_network(one) for hop in settings.proxy[:1] for one in hop]

    async def opened(self, _: web.Application) -> AsyncIterator[None]:
        async with ClientSession(
            cookie_jar=DummyCookieJar(), timeout=AT_MOST, auto_decompress=False
        ) as self.session:
            yield

    async def answer(self, request: web.Request) -> web.Response | None:
        """None where nobody leads, or nobody who would believe it: then it is for a page to say.

        What was handed on and not answered may be kept all the same: it is known by its number.
        """
        where = self.leader()
        if not self._believes(where) or "Via" in request.headers:
            return None
        asking = asyncio.create_task(self._asks(where, request))
        while not asking.done():
            await asyncio.wait({asking}, timeout=LOOKS)
            if self.leader() != where:
                asking.cancel()
                return None  # who is cut off never answers
        try:
            return asking.result()
        except (ClientError, TimeoutError, OSError):
            return None

    async def _asks(self, where: str, request: web.Request) -> web.Response:
        body = await request.read()
        headers = _carried(request.headers.items())
        async with self.session.request(
            request.method, f"http://{where}{request.raw_path}",
            headers=[*headers, ("Via", f"1.1 {BY}")], data=body or None, allow_redirects=False,
        ) as answer:  # fmt: skip
            found = web.Response(status=answer.status, body=await answer.read())
        found.headers.clear()
        found.headers.extend(_carried(answer.headers.items()))
        return found

    def _believes(self, where: str) -> bool:
        host = where.rpartition(":")[0].strip("[]")
        return bool(host) and any(ip_address(host) in network for network in self.near)


def _carried(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, said) for name, said in headers if name.lower() not in OF_ONE_LINE]
