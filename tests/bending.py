"""Answers of the Bot API as a bad line, a proxy or another server make them, by chance."""

from __future__ import annotations

import asyncio
import copy
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.channels.telegram.incoming import read
from tests.standin import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.botapi_words import Json
    from tests.standin import Answers

AT = datetime(2026, 11, 23, tzinfo=UTC)
ODD: tuple[Any, ...] = (
    None, True, False, -1, 0, 2**63, 10**40, 1.5, float("inf"), "", "\ud800", "5", "x" * 5_000,
    [], [[]], {}, {"id": {}}, [None], "{{ 7 * 7 }}",
)  # fmt: skip
WAITS: tuple[Any, ...] = (
    10**9, 2**63, -5, 0, "3", None, True, 1.5, [], {}, float("nan"), 1, "Infinity",
)  # fmt: skip
STATUSES = (201, 204, 302, 400, 401, 403, 404, 409, 413, 418, 429, 500, 502, 503)
BEFORE = (
    "a page with 404", "a page with 403", "a page with 429", "a page with 502",
    "token refused with 401", "token refused with 404", "an odd wait", "cut before",
)  # fmt: skip
AFTER = (
    "a type changed", "a field gone", "bytes cut", "bytes broken", "another status", "other JSON",
    "a page with 200", "not ok with 200", "no result", "slow", "cut after", "stops half-way",
    "sliced",
)  # fmt: skip
"""Those of BEFORE have no effect; those of AFTER were carried out."""

OTHER = (
    b"null", b"[]", b"7", b'"ok"', b"", b"{", b"{}", b"[" * 100_000, b'{"ok": true}',
    b'{"ok": 1, "result": 1}', b'{"ok": true, "result": {}}', b'{"ok": true, "result": []}',
)  # fmt: skip


@dataclass
class Bender:
    """Bends so many of a hundred answers, as long as `on`. `bent` counts kinds, `after` chats."""

    seed: int
    share: float = 0.35
    on: bool = True
    bent: Counter[str] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.pick = random.Random(self.seed)  # noqa: S311 - repeatable

    async def __call__(self, request: web.Request, answers: Answers) -> web.StreamResponse:
        if not self.on or self.pick.random() > self.share:
            return await answers(request)
        kind, method = self.pick.choice((*BEFORE, *AFTER)), request.match_info["method"]
        self.bent[kind] += 1
        self.methods[method] += 1
        if kind in BEFORE:
            return self._instead(kind, request)
        found = await answers(request)
        self.after[str((await request.post()).get("chat_id", ""))] += 1
        body = found.body if isinstance(found, web.Response) else b""
        assert isinstance(body, bytes)
        return await self._after(kind, method, request, found.status, body)

    def _instead(self, kind: str, request: web.Request) -> web.StreamResponse:
        words, _, number = kind.rpartition(" ")
        if kind == "cut before":
            return cut(request)
        if words == "a page with":
            return page(int(number))
        if words == "token refused with":
            said = {401: "Unauthorized", 404: "Not Found"}[int(number)]
            return refusal(int(number), said)
        return refusal(429, "Too Many Requests", retry_after=self.pick.choice(WAITS))

    async def _after(
        self, kind: str, method: str, request: web.Request, status: int, body: bytes
    ) -> web.StreamResponse:
        if kind == "slow":
            await asyncio.sleep(self.pick.random() * 0.3)
            return reply(body, status)
        if kind == "cut after":
            return cut(request)
        if kind in ("stops half-way", "sliced"):
            return await sliced(request, body, whole=kind == "sliced")
        if kind == "a page with 200":
            return page(200)
        if kind == "another status":
            return reply(body, self.pick.choice([s for s in STATUSES if s != status]))
        return reply(self._body(kind, method, body), status)

    def _body(self, kind: str, method: str, body: bytes) -> bytes:
        if kind == "bytes cut":
            return body[: self.pick.randrange(len(body))]
        if kind == "bytes broken":
            place = self.pick.randrange(len(body))
            return body[:place] + b"\xff\xfe" + body[place + 1 :]
        if kind == "other JSON":
            return self.pick.choice(OTHER)
        tree = json.loads(body)
        if kind == "not ok with 200":
            return json.dumps({**tree, "ok": False}).encode()
        if kind == "no result":
            return json.dumps({k: v for k, v in tree.items() if k != "result"}).encode()
        return json.dumps(self._tree(kind, method, tree)).encode()

    def _tree(self, kind: str, method: str, tree: Json) -> Json:
        """Bent so that it can be seen: a word in the place of another is no fault of a line."""
        for _ in range(50):
            found = bent(tree, self.pick, gone=kind == "a field gone")
            if method != "getUpdates" or seen(tree, found):
                return found
        return {}


# ---------------------------------------------------------------- what comes instead


def reply(body: bytes, status: int) -> web.Response:
    return web.Response(body=body, status=status, content_type="application/json")


def page(status: int) -> web.Response:
    return web.Response(text=PAGE, status=status, content_type="text/html")


def refusal(status: int, said: str, **parameters: Any) -> web.Response:
    answer: Json = {"ok": False, "error_code": status, "description": said}
    return reply(json.dumps(answer | {"parameters": parameters}).encode(), status)


def cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()


async def sliced(request: web.Request, body: bytes, *, whole: bool) -> web.StreamResponse:
    """Byte groups with pauses between; without the end where it stops."""
    response = web.StreamResponse(headers={"Content-Length": str(len(body))})
    await response.prepare(request)
    half = len(body) // 2
    for piece in (body[:half], body[half:] if whole else b""):
        await response.write(piece)
        await asyncio.sleep(0.02)
    return response if whole else cut(request)


# ---------------------------------------------------------------- bending a tree


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a tree, by the keys that lead to it."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, key))


def bent(tree: Json, pick: random.Random, *, gone: bool) -> Json:
    """One place of it gone or odd."""
    found = copy.deepcopy(tree)
    *path, last = pick.choice(list(places(found)))
    inner: Any = found
    for key in path:
        inner = inner[key]
    if gone and isinstance(inner, dict):
        inner.pop(last)
    else:
        inner[last] = copy.deepcopy(pick.choice(ODD))
    return found


def seen(tree: Json, found: Json) -> bool:
    """Whether each update still reads as it did, or as nothing at all."""
    here, there = tree.get("result"), found.get("result")
    if not isinstance(there, list) or not isinstance(here, list):
        return True
    pairs = zip(here, there, strict=False)
    return all(reads(new) in (None, reads(old)) for old, new in pairs)


def reads(raw: Any) -> Any:
    """What the guide would read, with the number to acknowledge; None where it is nothing."""
    number: Callable[[], Any] = lambda: raw["update_id"]  # noqa: E731
    try:
        said = read(raw, AT)
        return said and (said, number()) if type(number()) is int and 0 < number() < 2**52 else None
    except Exception:  # noqa: BLE001 - it reads as nothing
        return None
