"""The stand-in keeps Telegram's word: what is not played truly here would be tested in vain."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import telegram
from aiohttp import web
from telegram.request import HTTPXRequest

from tests.phones import Group, Phone, pieces
from tests.standin import StandIn
from tests.standin_limits import Faults, Pace
from tests.standin_methods import OLD_PRESS, UNCHANGED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.botapi_words import Json

KEYBOARD = {"inline_keyboard": [[{"text": "Ja", "callback_data": "q:1:ja"}]]}


class Bot:
    """Calls as a program makes them, without a library in between."""

    def __init__(self, api: StandIn, session: aiohttp.ClientSession) -> None:
        self.api = api
        self.session = session

    async def __call__(self, method: str, path: str = "", **params: Any) -> Json:
        url = f"{self.api.url}/bot{path or self.api.token}/{method}"
        async with self.session.post(url, json=params) as response:
            answer: Json = await response.json()
            assert answer["ok"] is (response.status == 200)
            return answer

    async def says(self, text: str = "Dag", **params: Any) -> Json:
        answer = await self("sendMessage", **{"chat_id": 7, "text": text, **params})
        assert answer["ok"], answer
        result: Json = answer["result"]
        return result

    async def updates(self, **params: Any) -> list[Json]:
        answer = await self("getUpdates", **params)
        assert answer["ok"], answer
        result: list[Json] = answer["result"]
        return result

    async def refusal(self, method: str, **params: Any) -> str:
        answer = await self(method, **params)
        assert not answer["ok"], answer
        return f"{answer['error_code']} {answer['description']}"


@pytest.fixture
async def api() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        yield standin


@pytest.fixture
async def bot(api: StandIn) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession() as session:
        yield Bot(api, session)


@pytest.fixture
async def anna(api: StandIn) -> Phone:
    phone = Phone(api, 7)
    await phone.starts()
    return phone


def ids(updates: list[Json]) -> list[int]:
    return [update["update_id"] for update in updates]


async def test_an_update_is_forgotten_only_when_a_later_offset_comes(bot: Bot, anna: Phone) -> None:
    await anna.types("een")
    assert ids(await bot.updates()) == ids(await bot.updates(offset=1000)) == [1000, 1001]
    assert ids(await bot.updates(offset=1001)) == [1001]
    assert ids(await bot.updates()) == [1001]
    assert not await bot.updates(offset=1002)


async def test_a_negative_offset_keeps_the_last(bot: Bot, anna: Phone) -> None:
    await anna.types("een")
    assert ids(await bot.updates(offset=-1, limit=1)) == [1001]
    assert ids(await bot.updates()) == [1001]


async def test_a_long_poll_ends_when_an_update_comes(bot: Bot, anna: Phone) -> None:
    polling = asyncio.create_task(bot.updates(offset=1001, timeout=30))
    await asyncio.sleep(0.05)
    assert not polling.done()
    await anna.types("een")
    assert ids(await polling) == [1001]


async def test_a_second_poll_ends_the_first(bot: Bot, anna: Phone) -> None:
    first = asyncio.create_task(bot.refusal("getUpdates", offset=1001, timeout=30))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(bot.updates(offset=1001, timeout=30))
    assert (await first).startswith("409 Conflict: terminated by other getUpdates request")
    await anna.types("een")
    assert ids(await second) == [1001]


async def test_a_poll_that_went_away_disturbs_nobody(bot: Bot, anna: Phone) -> None:
    first = asyncio.create_task(bot.updates(offset=1001, timeout=30))
    await asyncio.sleep(0.05)
    first.cancel()
    await asyncio.sleep(0.05)
    await anna.types("een")
    assert ids(await bot.updates(offset=1001)) == [1001]


async def test_ids_can_start_anew_below(bot: Bot, api: StandIn, anna: Phone) -> None:
    polling = asyncio.create_task(bot.updates(offset=1001, timeout=30))
    await asyncio.sleep(0.05)
    api.renumber(5)
    await anna.types("een")
    assert ids(await polling) == ids(await bot.updates(offset=1001)) == [5]
    assert not await bot.updates(offset=6)


async def test_duplicates_come_once_more_after_they_were_confirmed(
    bot: Bot, api: StandIn, anna: Phone
) -> None:
    api.duplicate = True
    await anna.types("een")
    assert ids(await bot.updates(offset=1001)) == [1001]
    assert ids(await bot.updates(offset=1002)) == [1001]
    assert not await bot.updates(offset=1002)


async def test_only_wanted_kinds_come_and_none_lives_longer_than_a_day(
    bot: Bot, api: StandIn, anna: Phone
) -> None:
    await bot.updates(offset=1001, allowed_updates=["callback_query"])
    await anna.types("een")
    assert not await bot.updates()
    await bot.updates(allowed_updates=[])
    await anna.types("twee")
    assert len(await bot.updates()) == 1
    api.advance(24 * 3600 + 1)
    assert not await bot.updates()


async def test_a_refused_call_is_kept_and_has_no_effect(bot: Bot, anna: Phone) -> None:
    said = await bot.refusal("sendMessage", chat_id=7, text="<b>a", parse_mode="HTML")
    assert said.startswith("400 Bad Request: can't parse entities: Can't find end tag")
    assert [(call.method, call.chat) for call in bot.api.refused] == [("sendMessage", 7)]
    assert len(anna.view) == 1


async def test_html_becomes_words_and_entities(bot: Bot, anna: Phone) -> None:
    text = "\n🙂 <b>A &amp; <i>B</i></b> <a href='https://x.nl?a=1&amp;b=2'>hier</a>&#33; "
    sent = await bot.says(text, parse_mode="HTML")
    assert sent["text"] == anna.last.text == "🙂 A & B hier!"
    message = telegram.Message.de_json(sent, None)
    assert message.parse_entities() == {
        message.entities[0]: "A & B",
        message.entities[1]: "B",
        message.entities[2]: "hier",
    }
    assert message.entities[2].url == "https://x.nl?a=1&b=2"
    await bot.says("<b>" + "a" * 4096 + "</b>", parse_mode="HTML")
    assert not bot.api.refused


async def test_a_wrong_token_is_unauthorized(bot: Bot, api: StandIn) -> None:
    assert (await bot("getMe"))["result"]["username"] == "standin_bot"
    assert (await bot("getMe", path=f"1:{'a' * 35}"))["error_code"] == 401
    assert (await bot("getMe", path="abc"))["error_code"] == 404
    api.revoke()
    assert (await bot("getMe"))["description"] == "Unauthorized"


async def test_a_press_is_answered_once_and_within_150_seconds(bot: Bot, anna: Phone) -> None:
    await bot.says("Doen?", reply_markup=KEYBOARD)
    first = await anna.presses(label="Ja")
    update = (await bot.updates(offset=-1))[0]["callback_query"]
    assert (update["id"], update["data"]) == (first, "q:1:ja")
    assert update["message"]["reply_markup"] == KEYBOARD
    assert (await bot("answerCallbackQuery", callback_query_id=first, text="Goed"))["ok"]
    assert anna.toast == "Goed"
    assert OLD_PRESS in await bot.refusal("answerCallbackQuery", callback_query_id=first)
    late = await anna.presses(key="ja")
    bot.api.advance(151)
    assert OLD_PRESS in await bot.refusal("answerCallbackQuery", callback_query_id=late)
    assert OLD_PRESS in await bot.refusal("answerCallbackQuery", callback_query_id="1")
    assert len(bot.api.declined) == 3
    assert not bot.api.refused


async def test_edits_change_what_is_seen(bot: Bot, anna: Phone) -> None:
    sent = await bot.says("Doen?", reply_markup=KEYBOARD)
    known = {"chat_id": 7, "message_id": sent["message_id"]}
    same = await bot.refusal("editMessageText", **known, text="Doen?", reply_markup=KEYBOARD)
    assert UNCHANGED in same
    assert (await bot("editMessageText", **known, text="Gedaan"))["ok"]
    assert (anna.last.text, anna.last.buttons, anna.last.edited) == ("Gedaan", [], True)
    assert UNCHANGED in await bot.refusal("editMessageReplyMarkup", **known)
    assert (await bot("editMessageReplyMarkup", **known, reply_markup=KEYBOARD))["ok"]
    assert anna.buttons == [("Ja", "q:1:ja")]
    gone = await bot.refusal("editMessageText", chat_id=7, message_id=99, text="a")
    assert gone == "400 Bad Request: message to edit not found"
    own = await bot.refusal("editMessageText", chat_id=7, message_id=1, text="a")
    assert own == "400 Bad Request: message can't be edited"


async def test_messages_can_be_deleted_for_two_days(bot: Bot, anna: Phone) -> None:
    for text in "abcd":
        await bot.says(text)
    assert (await bot("deleteMessage", chat_id=7, message_id=2))["ok"]
    assert (await bot("deleteMessages", chat_id=7, message_ids=[2, 3]))["ok"]
    assert [bubble.text for bubble in anna.view] == ["/start", "c", "d"]
    missing = await bot.refusal("deleteMessage", chat_id=7, message_id=2)
    assert missing.endswith("message to delete not found")
    bot.api.advance(48 * 3600 + 1)
    assert "can't be deleted" in await bot.refusal("deleteMessage", chat_id=7, message_id=4)


async def test_who_blocked_or_never_wrote_cannot_be_written_to(bot: Bot, anna: Phone) -> None:
    Phone(bot.api, 8)
    assert "chat not found" in await bot.refusal("sendMessage", chat_id=8, text="a")
    await anna.blocks()
    blocked = await bot.refusal("sendMessage", chat_id=7, text="a")
    assert blocked == "403 Forbidden: bot was blocked by the user"
    await anna.unblocks()
    await bot.says()
    updates = [telegram.Update.de_json(update, None) for update in await bot.updates(offset=-2)]
    changes = [u.my_chat_member.difference()["status"] for u in updates if u.my_chat_member]
    assert changes == [("member", "kicked"), ("kicked", "member")]
    assert not bot.api.refused


async def test_the_pace_is_kept_per_chat_and_overall(bot: Bot, anna: Phone) -> None:
    bot.api.pace = Pace(30, 1, burst=2)
    await bot.says()
    await bot.says()
    answer = await bot("sendMessage", chat_id=7, text="a")
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 1})
    assert answer["description"] == "Too Many Requests: retry after 1"
    assert (await bot("sendChatAction", chat_id=7, action="typing"))["ok"]
    bot.api.pace = Pace(30, 1, burst=2, scale=100)
    for _ in range(3):
        await bot.says()
        await asyncio.sleep(0.02)
    assert (Pace(2, 1).wait(1), Pace(0.1, 1, overall_seconds=0).wait(1)) == (0, 0)
    assert len(anna.view) == 6


async def test_a_webhook_gets_each_update_until_it_takes_it(bot: Bot, anna: Phone) -> None:
    seen: list[tuple[int, str | None]] = []

    async def hook(request: web.Request) -> web.Response:
        update = await request.json()
        seen.append((update["update_id"], request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        return web.Response(status=500 if len(seen) == 1 else 200)

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    hooked = {"url": url, "secret_token": "geheim"}
    assert (await bot("setWebhook", **hooked))["ok"]
    assert "webhook is active" in await bot.refusal("getUpdates")
    await anna.types("een")
    await asyncio.sleep(0.2)
    assert seen == [(1000, "geheim"), (1000, "geheim"), (1001, "geheim")]
    info = (await bot("getWebhookInfo"))["result"]
    assert (info["url"], info["pending_update_count"]) == (url, 0)
    assert "500" in info["last_error_message"]
    await bot("deleteWebhook")
    assert not await bot.updates()
    await runner.cleanup()


async def test_faults_are_counted_and_a_cut_call_may_have_had_its_effect(
    bot: Bot, anna: Phone
) -> None:
    bot.api.faults.then("too_many", "cut_before", "cut_after", "slow")
    assert (await bot("sendMessage", chat_id=7, text="a"))["parameters"] == {"retry_after": 1}
    for text in "bc":
        with pytest.raises(aiohttp.ClientError):
            await bot.says(text)
    await bot.says("d")
    assert [bubble.text for bubble in anna.view] == ["/start", "c", "d"]
    assert len(bot.api.called("sendMessage")) == 2
    bot.api.faults = Faults(bad_gateway=1, methods=frozenset({"sendMessage"}))
    with pytest.raises(aiohttp.ContentTypeError):
        await bot.says("e")
    assert bot.api.faults.done == {"bad_gateway": 1}
    assert not bot.api.refused


async def test_every_action_of_a_person_is_an_update_that_parses(bot: Bot, api: StandIn) -> None:
    phone, group = Phone(api, 7), Group(api, -100123)
    first = await phone.starts("kaart_1")
    await bot.says("Doen?", reply_markup=KEYBOARD)
    await phone.presses("q:1:ja")
    await phone.presses_raw("q:1:nee", 99)
    await phone.edits(first, "anders")
    await phone.sends_photo("Kijk")
    for name in ("sticker", "voice", "location", "contact", "poll", "document"):
        await getattr(phone, f"sends_{name}")()
    await phone.forwards("van een ander")
    await phone.blocks()
    await phone.unblocks()
    await group.adds_bot(phone)
    await group.says("/start@standin_bot hallo", phone)
    raw = await bot.updates()
    parsed = [telegram.Update.de_json(update, None) for update in raw]
    assert len(parsed) == 17
    for update, given in zip(parsed, raw, strict=True):
        assert update.effective_user
        assert _lost(given, update.to_dict()) == []


def _lost(given: Any, known: Any, where: str = "") -> list[str]:
    """What was sent and is not in what the library made of it."""
    if isinstance(given, dict) and isinstance(known, dict):
        return [
            lost
            for name in given
            for lost in _lost(given[name], known.get(name), f"{where}.{name}")
        ]
    if isinstance(given, list) and isinstance(known, list):
        pairs = zip(given, known, strict=True)
        return [lost for n, pair in enumerate(pairs) for lost in _lost(*pair, f"{where}[{n}]")]
    return [] if given == known else [f"{where}: {given!r} != {known!r}"]


async def test_a_long_text_arrives_in_pieces(bot: Bot, anna: Phone) -> None:
    text = "🙂" * 2048 + "b" * 5000
    await anna.types(text)
    sent = [update["message"]["text"] for update in await bot.updates(offset=1001)]
    assert "".join(sent) == text
    assert sent == pieces(text)
    assert list(map(len, sent)) == [2048, 4096, 904]


async def test_a_person_waits_for_what_belongs_to_the_last_action(bot: Bot, anna: Phone) -> None:
    async def answers() -> None:
        await asyncio.sleep(0.05)
        await bot.updates()
        await bot.says("Een ogenblik")
        await bot.says("Doen?", reply_markup=KEYBOARD)

    answering = asyncio.create_task(answers())
    assert (await anna.asked()).text == "Doen?"
    await answering
    query = await anna.presses(key="ja")
    with pytest.raises(AssertionError, match="the press is unanswered"):
        await anna.waits(timeout=0.05)
    await bot("answerCallbackQuery", callback_query_id=query, text="Goed")
    assert await anna.answered() == "Goed"
    await bot.says("Klaar")
    await anna.waits()
    assert len(anna.latencies) == 1
    assert 0 < anna.latencies[0] < 30


async def test_the_screen_is_a_narrow_phone(bot: Bot, anna: Phone) -> None:
    await bot.says("Wil je doorgaan met de kaart van gisteren?", reply_markup=KEYBOARD)
    assert anna.screen() == (
        "                                /start\n\n"
        "Wil je doorgaan met de kaart van\ngisteren?\n"
        "[              Ja              ]"
    )


async def test_a_group_can_be_left(bot: Bot, api: StandIn, anna: Phone) -> None:
    group = Group(api, -100123, privacy=True)
    await group.adds_bot(anna)
    await group.says("hoort de bot niet", anna)
    assert (await bot("leaveChat", chat_id=-100123))["ok"]
    said = await bot.refusal("sendMessage", chat_id=-100123, text="a")
    assert said == "403 Forbidden: bot is not a member of the supergroup chat"
    assert len(await bot.updates(offset=1001)) == 3


async def test_the_library_of_the_guide_speaks_with_it(
    api: StandIn, anna: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with telegram.Bot(
        api.token,
        base_url=f"{api.url}/bot",
        base_file_url=f"{api.url}/file/bot",
        request=HTTPXRequest(),
        get_updates_request=HTTPXRequest(),
    ) as bot:
        assert [update.message.text for update in await bot.get_updates() if update.message] == [
            "/start"
        ]
        markup = telegram.InlineKeyboardMarkup.from_button(
            telegram.InlineKeyboardButton("Ja", callback_data="q:1:ja")
        )
        sent = await bot.send_message(7, "<b>Dag</b>", parse_mode="HTML", reply_markup=markup)
        assert (anna.last.html, anna.buttons) == ("<b>Dag</b>", [("Ja", "q:1:ja")])
        await sent.edit_text("Dag", link_preview_options=telegram.LinkPreviewOptions())
        file = await bot.send_document(7, b"%PDF", filename="kaart.pdf", caption="De kaart")
        assert (anna.last.document, anna.last.content) == ("kaart.pdf", b"%PDF")
        with pytest.raises(telegram.error.BadRequest, match="There is no text in the message"):
            await file.edit_text("a")
        media = telegram.InputMediaDocument(b"%PDF-2", filename="b.pdf", caption="Nieuw")
        await file.edit_media(media)
        assert (anna.last.document, anna.last.text) == ("b.pdf", "Nieuw")
        edited = await file.edit_caption("Anders")
        assert isinstance(edited, telegram.Message)
        assert edited.document
        document = await bot.get_file(edited.document.file_id)
        assert bytes(await document.download_as_bytearray()) == b"%PDF-2"
        await bot.send_photo(7, b"\x89PNG", caption="Plaat", reply_to_message_id=1)
        await bot.set_my_commands([("stop", "Stoppen")], language_code="nl")
        await bot.send_chat_action(7, "typing")
        assert anna.room.actions == ["typing"]
        assert list(api.world.commands) == [("default", "nl")]
        await bot.set_my_description("Helpt", language_code="nl")
        await anna.blocks()
        with pytest.raises(telegram.error.Forbidden):
            await bot.send_message(7, "a")
    assert not api.refused
