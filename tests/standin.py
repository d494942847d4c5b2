"""The Bot API's stand-in: real HTTP on this machine, strict where Telegram is lenient."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from tests import standin_methods as methods
from tests.botapi import Upload, check
from tests.botapi_words import Json, Refusal, refuse
from tests.standin_limits import Faults, Pace
from tests.standin_world import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from tests.botapi import Checked

    Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]
    Bends = Callable[[web.Request, Answers], Awaitable[web.StreamResponse]]

TOKEN = "123456:TEST-stand-in-token-of-35-characters"  # noqa: S105 - opens nothing
TOKEN_FORM = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")
PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>"


@dataclass(frozen=True)
class Call:
    """What the bot asked and what it was told; code 0: the connection was cut.

    `form`: it broke a rule of form. `effect`: it was carried out, even if the answer got lost.
    `carried`: it came in the answer to a post, so it was no call of its own.
    """

    method: str
    params: Mapping[str, Any]
    at: float
    chat: int | None = None
    code: int = 0
    description: str = ""
    form: bool = False
    effect: bool = False
    carried: bool = False


class StandIn:
    """`async with StandIn() as api:` and the bot's calls go to api.url."""

    def __init__(
        self,
        token: str = TOKEN,
        enforce_pace: tuple[float, float] | Pace | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.token, self.host = token, host
        self.revoked = False
        self.faults = Faults()
        self.bends: Bends | None = None
        self.calls: list[Call] = []
        self.pace = Pace(*enforce_pace) if isinstance(enforce_pace, tuple) else enforce_pace
        name = {"first_name": "Stand-in", "username": "standin_bot"}
        self.world = World({"id": int(token.partition(":")[0]), "is_bot": True, **name})
        self.world.updates.carried = self._carried

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def refused(self) -> list[Call]:
        """Calls that broke a rule of form. A bot makes none, ever."""
        return [call for call in self.calls if call.form]

    @property
    def declined(self) -> list[Call]:
        """Well-formed calls that did not fit the world: an old press, an unchanged text."""
        return [call for call in self.calls if call.code == 400 and not call.form]

    @property
    def duplicate(self) -> bool:
        """Whether updates come twice from now on."""
        return self.world.updates.duplicate

    @duplicate.setter
    def duplicate(self, twice: bool) -> None:
        self.world.updates.duplicate = twice

    def called(self, *names: str) -> list[Call]:
        """The calls of these methods that had their effect."""
        return [call for call in self.calls if call.method in names and call.effect]

    def clock(self) -> float:
        return self.world.clock()

    def advance(self, seconds: float) -> None:
        self.world.ahead += seconds

    def renumber(self, start: int) -> None:
        self.world.updates.renumber(start)

    def revoke(self) -> None:
        self.revoked = True

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=60 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._bent)
        app.router.add_get("/file/bot{token}/documents/{file_id}", self._fetched)
        app.on_response_prepare.append(self._dates)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, 0)
        await site.start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if webhook := self.world.updates.webhook:
            webhook.task.cancel()
            with suppress(asyncio.CancelledError):
                await webhook.task
        self.world.updates.interrupt("the stand-in has gone")
        await self._runner.cleanup()

    async def _dates(self, _: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = formatdate(self.clock(), usegmt=True)

    async def _bent(self, request: web.Request) -> web.StreamResponse:
        """The answer, or what a test makes of it."""
        return await (self.bends(request, self._called) if self.bends else self._called(request))

    async def _called(self, request: web.Request) -> web.StreamResponse:
        asked = Call(request.match_info["method"], {}, time.monotonic())
        try:
            self._admits(request.match_info["token"])
            given = await _given(request)
            asked = replace(asked, params=given, chat=_chat(given))
            call = check(asked.method, asked.params)
            asked = replace(asked, params=call.params)
            fault = self.faults.next(asked.method)
            self._stumbles(fault)
            result = await self._does(call, asked)
        except Refusal as refusal:
            told = {"code": refusal.code, "description": refusal.description}
            self.calls.append(replace(asked, **told, form=refusal.form))  # type: ignore[arg-type]
            return _refusal(request, refusal)
        cut = fault == "cut_after"
        self.calls.append(replace(asked, code=0 if cut else 200, effect=True))
        await asyncio.sleep(self.faults.seconds if fault == "slow" else 0)
        return _cut(request) if cut else web.json_response({"ok": True, "result": result})

    def _carried(self, given: Json) -> None:
        method, params = given.pop("method"), given
        asked = Call(method, params, time.monotonic(), carried=True)
        try:
            call = check(method, params)
            methods.DOES[method](methods.Order(self.world, call, asked.at))
        except Refusal as refusal:
            told = {"code": refusal.code, "description": refusal.description}
            self.calls.append(replace(asked, **told, form=refusal.form))  # type: ignore[arg-type]
        else:
            self.calls.append(replace(asked, code=200, effect=True))

    async def _fetched(self, request: web.Request) -> web.Response:
        file = self.world.files.get(request.match_info["file_id"])
        if file is None or request.match_info["token"] != self.token:
            raise web.HTTPNotFound
        return web.Response(body=file.content)

    def _admits(self, token: str) -> None:
        if token != self.token or self.revoked:
            known = TOKEN_FORM.fullmatch(token)
            raise Refusal(401, "Unauthorized") if known else Refusal(404, "Not Found")

    def _stumbles(self, fault: str) -> None:
        """The faults that come instead of an effect."""
        if fault == "too_many":
            raise _too_many(self.faults.retry_after)
        if fault == "bad_gateway":
            raise Refusal(502, "Bad Gateway")
        if fault == "cut_before":
            raise Refusal(0, "cut before")

    async def _does(self, call: Checked, asked: Call) -> Any:
        order = methods.Order(self.world, call, asked.at)
        if call.method == "getUpdates":
            return await methods.updates(order)
        if self.pace and asked.chat is not None and call.method in methods.PACED:
            wait = self.pace.wait(asked.chat)
            if wait:
                raise _too_many(wait)
        return methods.DOES[call.method](order)


def _too_many(seconds: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {seconds}", seconds)


def _chat(given: Json) -> int | None:
    chat = str(given.get("chat_id"))
    return int(chat) if re.fullmatch(r"-?\d+", chat) else None


async def _given(request: web.Request) -> Json:
    """The parameters, from wherever a client may put them."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body: Json = await request.json()
            return given | body
        except (ValueError, TypeError):
            refuse("can't parse the body as a JSON object")
    for name, value in (await request.post()).items():
        given[name] = value
        if isinstance(value, web.FileField):
            with value.file as file:
                given[name] = Upload(value.filename, file.read())
        elif isinstance(value, bytes | bytearray):
            given[name] = Upload(name, bytes(value))
    return given


def _cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()


def _refusal(request: web.Request, refusal: Refusal) -> web.Response:
    if refusal.code == 0:
        return _cut(request)
    if refusal.code == 502:
        return web.Response(status=502, text=PAGE, content_type="text/html")
    answer: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.retry_after:
        answer["parameters"] = {"retry_after": refusal.retry_after}
    return web.json_response(answer, status=refusal.code)
