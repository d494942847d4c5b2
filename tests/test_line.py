"""What comes back over the line: the Bot API's own form, or a failure as any other."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from tests.bending import page, refusal, reply
from tests.phones import Group
from tests.standin import TOKEN
from tests.walkers import stage, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.phones import Phone
    from tests.standin import Answers
    from tests.walkers import Stage

OTHERS = {
    "null": b"null",
    "a list": b"[]",
    "no result": b'{"ok": true}',
    "not ok": b'{"ok": false, "result": {}}',
    "empty": b'{"ok": true, "result": {}}',
    "no JSON": b"<html>",
    "not UTF-8": b'{"ok": true, "result": "\xff"}',
    "deep": b"[" * 100_000,
    "a long number": b'{"ok": true, "result": ' + b"1" * 5_000 + b"}",
}
REFUSALS: dict[str, tuple[int, dict[str, Any]]] = {
    "401": (401, {}),
    "404": (404, {}),
    "a long wait": (429, {"retry_after": 10**12}),
    "a wait below nothing": (429, {"retry_after": -5}),
    "a wait in words": (429, {"retry_after": "soon"}),
    "a wait that is true": (429, {"retry_after": True}),
}
PAGES = (200, 302, 401, 403, 404, 413, 429, 502)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as found:
        yield found
        assert found.program.running.returncode is None, f"it ended: {found.program.said}"
        assert not [line for line in found.program.said if "Traceback" in line]


class Instead:
    """Another answer to the first few calls of each of these methods; after that the real one."""

    def __init__(self, methods: set[str], made: Callable[[], web.Response], times: int = 2) -> None:
        self.made, self.left = made, dict.fromkeys(methods, times)

    async def __call__(self, request: web.Request, really: Answers) -> web.StreamResponse:
        method = request.match_info["method"]
        if not self.left.get(method):
            return await really(request)
        self.left[method] -= 1
        return self.made()


SENDS = {"sendMessage", "editMessageText"}
EVERY = SENDS | {"answerCallbackQuery", "getUpdates", "getMe"}


async def goes_on(here: Stage, phone: Phone) -> None:
    """After whatever it was, a person is answered."""
    await phone.starts()
    assert (await phone.asked(timeout=20)).buttons
    await phone.presses(key="agree")
    assert (await phone.asked(timeout=20)).buttons
    assert here.look.rows("SELECT 1 FROM chats WHERE gone_at IS NOT NULL") == []


async def all_go_on(
    here: Stage, methods: set[str], answers: dict[str, Callable[[], web.Response]]
) -> None:
    """One person after the other, each with another answer to the first calls."""
    for number, (name, made) in enumerate(answers.items(), 1001):
        here.standin.bends = Instead(methods, made)
        try:
            await goes_on(here, here.phone(number))
        except AssertionError as error:
            error.add_note(f"at {name}: {here.program.said}")
            raise


async def test_a_page_of_a_proxy_is_one_more_failure(here: Stage) -> None:
    """Expected: nobody has left, no token is refused, nothing ends."""
    await all_go_on(here, EVERY, {str(status): partial(page, status) for status in PAGES})


async def test_another_form_is_one_more_failure(here: Stage) -> None:
    await all_go_on(here, EVERY, {name: partial(reply, OTHERS[name], 200) for name in OTHERS})


async def test_one_refusal_of_another_kind_is_waited_for(here: Stage) -> None:
    answers: dict[str, Callable[[], web.Response]] = {
        name: partial(refusal, status, "No", **more) for name, (status, more) in REFUSALS.items()
    }
    await all_go_on(here, SENDS | {"getUpdates"}, answers)


async def test_what_was_misread_is_said_without_a_word_of_it(here: Stage) -> None:
    words = b'{"ok": true, "result": "Vertrouwelijk"}'
    here.standin.bends = Instead(EVERY, lambda: reply(words, 200))
    await goes_on(here, here.phone())
    said = "\n".join(here.program.said)
    assert "was not understood" in said
    assert "Vertrouwelijk" not in said
    assert TOKEN not in said


async def test_a_refused_token_is_asked_for_again_before_it_is_believed(here: Stage) -> None:
    """Expected: people wait a moment; said once; getMe decides."""
    answer = partial(refusal, 401, "Unauthorized")
    here.standin.bends = Instead({"getUpdates", "getMe"}, answer)
    here.standin.world.updates.interrupt("the connection ends")
    await until(lambda: "refuses the token" in "".join(here.program.said))
    await goes_on(here, here.phone())
    await until(lambda: "answers again" in here.program.said[-1])
    assert sum("refuses the token" in line for line in here.program.said) == 1


async def test_a_sign_of_being_busy_that_fails_costs_no_document(here: Stage) -> None:
    """Expected: the file itself, also where sending it failed at first."""
    phone = here.phone()
    await phone.starts()
    for said in ("akkoord", "Jongeren aan zet"):
        await phone.asked(timeout=20)
        await phone.types(said)
    await phone.asked(timeout=20)
    await phone.types("/document word")
    await phone.asked(timeout=20)  # who makes it
    here.standin.bends = Instead({"sendChatAction", "sendDocument"}, partial(page, 502))
    await phone.types("Anna")
    await until(lambda: bool(here.standin.called("sendDocument")), 30)
    assert [bubble.document for bubble in phone.view if bubble.document] == [
        "opschaalgids-jongeren-aan-zet.docx"
    ]


# ---------------------------------------------------------------- updates that are none


class Unnumbered:
    """Takes the number off the updates of one chat, so many times."""

    def __init__(self, chat: int, times: int) -> None:
        self.chat, self.times = chat, times

    async def __call__(self, request: web.Request, really: Answers) -> web.StreamResponse:
        found = await really(request)
        if request.match_info["method"] != "getUpdates" or found.status != 200 or self.times < 1:
            return found
        assert isinstance(found, web.Response)
        assert isinstance(found.body, bytes)
        tree = json.loads(found.body)
        for update in tree["result"]:
            if update["message"]["chat"]["id"] == self.chat:
                update.pop("update_id")
                self.times -= 1
        return reply(json.dumps(tree).encode(), 200)


async def test_an_update_without_a_number_is_fetched_again(here: Stage) -> None:
    """Expected where the line took it off once: nothing is lost or set aside."""
    anna, bram = here.phone(1001), here.phone(1002)
    here.standin.bends = Unnumbered(1001, times=1)
    await anna.starts()
    await bram.starts()
    await asyncio.gather(anna.asked(timeout=20), bram.asked(timeout=20))
    assert here.look.rows("SELECT * FROM aside") == []


async def test_an_update_that_never_has_a_number_holds_nobody_up(here: Stage) -> None:
    """Expected: set aside once, said, and acknowledged after the next ones."""
    anna, bram = here.phone(1001), here.phone(1002)
    here.standin.bends = Unnumbered(1001, times=1000)
    await asyncio.sleep(0.1)
    await bram.starts()
    await bram.asked(timeout=20)
    await anna.starts()
    await until(lambda: bool(here.look.rows("SELECT 1 FROM aside")))
    await until(lambda: not here.standin.world.updates.waiting(), 20)
    await bram.types("akkoord")
    await bram.asked(timeout=20)
    assert len(here.look.rows("SELECT 1 FROM aside")) == 1
    assert sum("set aside" in line for line in here.program.said) == 1


# ---------------------------------------------------------------- groups


async def test_every_group_is_left_whatever_comes_back(here: Stage) -> None:
    """Expected of 30 at once, each call failing twice: a sentence, and out of every one."""
    here.standin.bends = Instead(SENDS | {"leaveChat"}, lambda: page(502), times=30)
    groups = [Group(here.standin, -2000 - n) for n in range(30)]
    for group in groups:
        await group.adds_bot(here.phone())
    await until(lambda: all(group.room.shut for group in groups), 30)
    said = [len([b for b in group.view if not b.mine]) for group in groups]
    assert said == [1] * 30
    await until(lambda: not here.look.rows("SELECT 1 FROM outbox WHERE chat LIKE '-%'"))
