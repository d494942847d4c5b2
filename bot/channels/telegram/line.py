"""The line to Telegram: every call goes through here, and comes back understood or not at all."""

from __future__ import annotations

import asyncio
import logging
import ssl
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies, proxy_bypass

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, FormData, TCPConnector
from telegram.error import InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.channels.telegram.wire import WELL, Misread, understood
from bot.clock import now
from bot.delivery.channel import Revoked

if TYPE_CHECKING:
    from telegram import Bot

WHOLE = 60.0  # seconds for one call with its whole answer, however slowly it trickles in
POOL, CONNECT, READ = 10.0, 5.0, 5.0
"""Seconds for a connection with the wait for a free one, for a new one alone, and between
two pieces of an answer; what is sent along has until WHOLE."""

LONGEST_WAIT = 60.0  # seconds of pause that Telegram may ask for at once; then it is asked again
ILL = 500  # from this status on the server is ill; nothing is wrong with the answer's form
REFUSED = (401, 404)  # how the Bot API refuses a token: 401 Unauthorized, 404 Not Found
SAME_CLOCK, NO_CLOCK = timedelta(seconds=2), timedelta(days=1)
"""Times of HTTP are whole seconds, and an answer takes a moment; what is a day off is no clock."""

TOLD_AGAIN = 600.0  # seconds until the same misread answer is worth another line in the log
PROBE = 0.5  # seconds between two questions whether the line is well again
AT_START, REFUSALS, BETWEEN = 3, 6, 30.0
"""So many refusals of the token are believed: at the start within two seconds, for who
mistyped it waits for that; later half a minute apart, for people are heard again after it."""

UNKNOWN = (
    "Telegram does not know this bot's token (any more); put the right one in TELEGRAM_BOT_TOKEN."
)

log = logging.getLogger("opschaalgids.line")


class Pulse:
    """How the line is, for all who call over it.

    `ill`: a call failed, and none was answered since. `answers`: those that were, since the start.
    `ahead`: how far the clock here is ahead of the one by which people's messages are dated.
    """

    def __init__(self) -> None:
        self.answers, self.ahead = 0, timedelta()
        self.ill, self._stirred = asyncio.Event(), asyncio.Event()

    def well(self) -> None:
        """Something was answered as asked: whoever waits for that goes on."""
        self.answers += 1
        self.ill.clear()
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def heard(self) -> None:
        await self._stirred.wait()

    def dated(self, date: str | None) -> None:
        """An answer that left there at this moment, as HTTP writes it, is here."""
        try:
            sent = parsedate_to_datetime(date or "")
        except (ValueError, TypeError, OverflowError):
            return
        ahead = now("UTC") - (sent if sent.tzinfo else sent.replace(tzinfo=UTC))
        if abs(ahead - self.ahead) > SAME_CLOCK and abs(ahead) < NO_CLOCK:
            self.ahead = ahead


class Line(BaseRequest):
    """HTTP to the Bot API. An answer of another form is one more failure of the line.

    `size`: connections at a time. `longest`: seconds that a wait may be asked for.
    """

    session: ClientSession

    def __init__(self, pulse: Pulse, size: int, longest: float = LONGEST_WAIT) -> None:
        self.pulse, self.size, self.longest = pulse, size, longest
        self.told: dict[str, float] = {}

    @property
    def read_timeout(self) -> float:
        return READ

    async def initialize(self) -> None:
        """Before the first call. Nothing is remembered from one call to the next."""
        self.session = ClientSession(
            connector=TCPConnector(limit=self.size, ssl=trusted()), cookie_jar=DummyCookieJar(),
            headers={"User-Agent": self.USER_AGENT},
        )  # fmt: skip

    async def shutdown(self) -> None:
        await self.session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        *others: Any,
        **more: Any,
    ) -> tuple[int, bytes]:
        """(status, an answer in the Bot API's form). Raises the library's errors only."""
        del others, more  # the other times are this line's own
        there = URL(url, encoded=True)
        read = READ if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        try:
            status, body = await self._asked(method, there, request_data, read)
            answer = self._read(there.name, status, body)
        except Exception as error:  # noqa: BLE001 - whatever it was
            self.pulse.ill.set()
            raise _failure(error) from None
        # A refusal of one call says nothing of the line; of the token or the server it does.
        if status == WELL:
            self.pulse.well()
        elif status >= ILL or status in REFUSED:
            self.pulse.ill.set()
        return status, answer

    async def _asked(
        self, method: str, url: URL, request: RequestData | None, read: float | None
    ) -> tuple[int, bytes]:
        async with self.session.request(
            method, url, data=form(request) if request else None,
            proxy=proxy_to(url.scheme, url.host or ""),
            timeout=ClientTimeout(WHOLE, POOL, read, CONNECT), allow_redirects=False,
        ) as answer:  # fmt: skip
            self.pulse.dated(answer.headers.get("Date"))
            return answer.status, await answer.read()

    def _read(self, method: str, status: int, body: bytes) -> bytes:
        try:
            return understood(method, status, body, self.longest)
        except Misread as misread:
            what = f"an answer to {method} was not understood ({misread.message})"
            at = asyncio.get_running_loop().time()
            if status < ILL and at - self.told.get(what, at - TOLD_AGAIN) >= TOLD_AGAIN:
                self.told[what] = at
                log.warning("%s; counted as a failure of the line", what)
            raise


def _failure(error: Exception) -> TelegramError:
    """Without the text of what came from outside; a timeout stays one."""
    if isinstance(error, (Misread, TimedOut)):
        return error
    return TimedOut() if isinstance(error, TimeoutError) else NetworkError(type(error).__name__)


def form(request: RequestData) -> FormData:
    """What is said; aiohttp writes it in parts only where a file goes along."""
    parts = FormData(quote_fields=False, charset="utf-8")  # names as they are
    for name, said in request.json_parameters.items():
        parts.add_field(name, said)
    for name, (file, content, kind) in request.multipart_data.items():
        parts.add_field(name, content, filename=file, content_type=kind)
    return parts


@cache
def proxy_to(scheme: str, host: str) -> str | None:
    """The proxy that this machine's environment names for a host."""
    named = {} if proxy_bypass(host) else getproxies()
    return named.get(scheme) or named.get("all")


def trusted() -> ssl.SSLContext | bool:
    """Whom this system trusts; where it names nobody, as some Pythons do, who browsers trust."""
    named = ssl.get_default_verify_paths()
    if named.cafile or named.capath:
        return True
    import certifi  # noqa: PLC0415 - it comes with the library, and is seldom needed

    return ssl.create_default_context(cafile=certifi.where())


class Standing:
    """Asks, while the line is ill, whether it is well again, and whether we are known there."""

    def __init__(self, bot: Bot, pulse: Pulse, scale: float) -> None:
        self.bot, self.pulse, self.scale = bot, pulse, scale
        self.refused = self.failed = 0

    async def run(self) -> None:
        """Until cancelled. Raises Revoked once the token was refused again and again."""
        while True:
            await self.pulse.ill.wait()
            slowly = self.refused and self.pulse.answers
            await asyncio.sleep(BETWEEN / self.scale if slowly else PROBE)
            if self.pulse.ill.is_set():
                await self._asks()
            if self.pulse.ill.is_set():
                continue
            if self.refused or self.failed:
                log.info("Telegram answers again")
            self.refused = self.failed = 0

    async def _asks(self) -> None:
        try:
            await self.bot.get_me()
        except InvalidToken:  # one refusal may be a server that is ill itself
            self.refused += 1
            if self.refused >= (REFUSALS if self.pulse.answers else AT_START):
                raise Revoked(UNKNOWN) from None
            if self.refused == 1 and self.pulse.answers:
                log.warning("Telegram refuses the token; asking again before that is believed")
        except TelegramError as error:
            self.failed += 1
            if self.failed == 1:
                kind = type(error).__name__
                log.warning("Telegram cannot be reached (%s); trying again", kind)
