"""Updates and webhook calls that are not what they should be: none reaches the top."""

from __future__ import annotations

import copy
import json
import logging
import os
import random
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from bot.channel_settings import Webhook
from bot.channels.telegram.incoming import read
from bot.channels.telegram.webhook import SECRET, app
from bot.config import Settings
from bot.program import Program
from flows.model.messages import Update
from storage.conversations import dead_letters
from tests.bending import places
from tests.people import START, Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.channels.branch import Branch

MALFORMED = int(os.environ.get("MALFORMED", "400"))  # noqa: TID251 - how long `make prove` looks
MARK = "Merk" + secrets.token_hex(6)
USER = {"id": 7, "is_bot": False, "first_name": MARK, "language_code": "nl"}
CHAT = {"id": 7, "type": "private", "first_name": MARK}
MESSAGE = {"message_id": 3, "date": 1795428000, "chat": CHAT, "from": USER, "text": MARK}
VALID: list[dict[str, Any]] = [
    {"update_id": 1, "message": MESSAGE},
    {"update_id": 2, "edited_message": {**MESSAGE, "edit_date": 1795428010}},
    {"update_id": 3, "callback_query": {
        "id": "9", "from": USER, "message": MESSAGE, "chat_instance": "1", "data": f"a:{MARK}"}},
    {"update_id": 4, "my_chat_member": {
        "chat": CHAT, "from": USER, "date": 1795428000,
        "old_chat_member": {"status": "member", "user": USER},
        "new_chat_member": {"status": "kicked", "user": USER, "until_date": 0}}},
    {"update_id": 5, "message": {**MESSAGE, "photo": [
        {"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}], "caption": MARK}},
]  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2**63, 10**40, 1.5, float("inf"), "", "\ud800", MARK * 2_000,
    "\0\u202e" + MARK, [], [[]], {}, {"id": {"id": MARK}}, [None, MARK],
    "/start@x", "' OR 1=1 --", "{{ 7 * 7 }}",
)  # fmt: skip


def broken(chance: random.Random, number: int) -> dict[str, Any]:
    """A valid update with one to three places gone or odd; never without its id."""
    tree: dict[str, Any] = copy.deepcopy(chance.choice(VALID))
    for _ in range(chance.randint(1, 3)):
        *path, last = chance.choice(list(places(tree)))
        inner: Any = tree
        for key in path:
            inner = inner[key]
        if chance.random() < 0.3 and isinstance(inner, dict):
            inner.pop(last)
        else:
            inner[last] = copy.deepcopy(chance.choice(ODD))
        if not isinstance(inner, (dict, list)) or not list(places(tree)):
            break
    return {**tree, "update_id": number}


def raws() -> list[dict[str, Any]]:
    chance = random.Random(11)  # noqa: S311 - the same each time
    return [broken(chance, number) for number in range(MALFORMED)]


def settings(folder: Path) -> Settings:
    return Settings(
        folder / "guide.db", folder / "key", "nl", "Europe/Amsterdam", "1:x", pace=(30, 900)
    )


@pytest.fixture
async def branch(tmp_path: Path) -> Branch:
    anna = Person(tmp_path, "7")
    anna.starts()
    anna.types("akkoord")
    found = Program(anna.conversation, settings(tmp_path))
    found.now = lambda: START + timedelta(hours=1)
    return found.branches[0]


async def test_no_broken_update_reaches_the_top(
    branch: Branch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for raw in raws():
        await branch.take([raw])
    await branch.take([VALID[0]])
    store = branch.store
    assert store.rows("SELECT 1 FROM answers WHERE value LIKE ?", f"%{MARK}%"), "others go on"
    assert dead_letters.waiting(store), "what cannot be read is kept for the operator"
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("opschaalgids")]
    assert not [line for line in ours if MARK in line]


@pytest.mark.parametrize("odd", [float("inf"), 10**40, "\ud800"])
async def test_what_cannot_be_read_is_kept_as_it_came(branch: Branch, odd: Any) -> None:
    raw = {"update_id": 6, "message": {**MESSAGE, "date": odd}}
    await branch.take([raw])
    (body,) = branch.store.column("SELECT body FROM aside")
    assert json.loads(body) == {"raw": raw}
    assert dead_letters.waiting(branch.store)


async def test_the_webhook_stands_whatever_is_posted(
    branch: Branch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    kept: list[Any] = []

    async def take(updates: list[dict[str, Any]]) -> None:
        kept.extend(updates)

    hook = Webhook("https://x/hook", "s" * 16, "", 0)
    runner = web.AppRunner(app(hook, take, branch.delivery.presses), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as session:
        found = {await posted(session, port, call) for call in calls()}
    await runner.cleanup()
    assert found <= {200, 400, 403, 404, 405, 413}
    assert all(isinstance(update["update_id"], int) for update in kept)
    assert MARK not in caplog.text


def calls() -> Iterator[tuple[str, str, dict[str, str], bytes]]:
    chance = random.Random(5)  # noqa: S311 - the same each time
    right = {SECRET: "s" * 16}
    yield "POST", "/hook", right, b"[" * 200_000
    yield "POST", "/hook", right, b"{" * 1_000_000
    yield "POST", "/hook", {SECRET: "\u00e9" * 16}, b"{}"
    for raw in raws():
        body = json.dumps(raw).encode()
        cut = body[: chance.randrange(len(body))]
        noise = bytes(chance.randrange(256) for _ in range(40)) + MARK.encode()
        yield (
            chance.choice(["POST", "GET", "PUT"]), chance.choice(["/hook", "/", f"/{MARK}"]),
            chance.choice([right, right, {}, {SECRET: MARK}]), chance.choice([body, cut, noise]),
        )  # fmt: skip


async def posted(
    session: aiohttp.ClientSession, port: int, call: tuple[str, str, dict[str, str], bytes]
) -> int:
    method, path, headers, body = call
    url = f"http://127.0.0.1:{port}{path}"
    async with session.request(method, url, headers=headers, data=body) as answer:
        return answer.status


def test_half_a_character_is_no_part_of_an_update() -> None:
    half = {**MESSAGE, "text": "Zut\ud800phen", "media_group_id": "\udfff"}
    found = read({"update_id": 1, "message": half}, START)
    assert isinstance(found, Update)
    assert found.text.isprintable()
    found.text.encode()
