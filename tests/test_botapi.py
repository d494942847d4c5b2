"""Every rule of form, and that each refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.botapi import METHODS, Upload, check
from tests.botapi_words import Refusal, parsed
from tests.standin_methods import DOES

if TYPE_CHECKING:
    from tests.botapi_words import Json

TOO_LONG = "a" * 4097
BUTTONS = [
    ({}, "Text buttons are unallowed"),
    ({"text": " ", "callback_data": "a"}, "non-empty"),
    ({"callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
    ({"callback_data": ""}, "BUTTON_DATA_INVALID"),
    ({"callback_data": "a", "url": "https://x.nl"}, "it has callback_data and url"),
    ({"url": "x.nl"}, "is invalid"),
    ({"url": "https://t.me/standin_bot?start=a%20b"}, "cannot be carried"),
    ({"callbackdata": "a"}, 'no field "callbackdata"'),
]
REFUSED = [
    ("sendMessage", {"text": "a", "chat": 7}, 'no parameter "chat"'),
    ("sendMessage", {}, 'misses "text"'),
    ("sendMessage", {"text": 5}, '"text" must be String'),
    ("sendMessage", {"text": "a", "protect_content": "ja"}, "can't parse"),
    ("sendMessage", {"text": "a", "reply_markup": {"inline": []}}, "is none of"),
    ("sendMessage", {"text": "a", "reply_markup": "{"}, "can't parse"),
    ("sendMessage", {"text": "a", "reply_markup": {"inline_keyboard": [5]}}, "must be Array"),
    ("sendMessage", {"text": " \n"}, "message text is empty"),
    ("sendMessage", {"text": TOO_LONG}, "message is too long"),
    ("sendMessage", {"text": "🙂" * 2049}, "message is too long"),
    ("sendMessage", {"text": "a", "parse_mode": "Markdown"}, "unsupported parse_mode"),
    ("sendDocument", {}, 'misses "document"'),
    ("sendChatAction", {"action": "thinking"}, "action of sendChatAction"),
    ("getUpdates", {"limit": 0}, "limit of getUpdates"),
    ("getUpdates", {"allowed_updates": ["messages"]}, "allowed_updates of getUpdates"),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "a" * 201}, "MESSAGE_TOO_LONG"),
    ("editMessageText", {"text": "a"}, "message identifier is not specified"),
    ("setMyCommands", {"commands": [{"command": "Stop", "description": "a"}]}, "BOT_COMMAND_INV"),
    ("setMyCommands", {"commands": [{"command": "stop", "description": ""}]}, "DESCRIPTION_INV"),
    ("setMyCommands", {"commands": [], "scope": {"type": "nobody"}}, "is none of"),
    ("setMyCommands", {"commands": [{"command": "a", "description": "b"}] * 101}, "TOO_MUCH"),
    ("setMyShortDescription", {"short_description": "a" * 121}, "short_description"),
    ("setWebhook", {"url": "http://example.org"}, "url of setWebhook"),
    ("setWebhook", {"url": "https://example.org", "secret_token": "é"}, "secret_token"),
    ("sendVideo", {}, "does not play"),
    ("sendLetter", {}, "404 Not Found: method not found"),
    *[
        ("sendMessage", {"text": "a", "reply_markup": {"inline_keyboard": [[button]]}}, why)
        for button, why in [({"text": "a", **button}, why) for button, why in BUTTONS]
    ],
]


@pytest.mark.parametrize(("method", "params", "why"), REFUSED)
def test_every_rule_of_form_refuses(method: str, params: Json, why: str) -> None:
    chat = {"chat_id": 7} if method.startswith("send") else {}
    with pytest.raises(Refusal) as refusal:
        check(method, {**chat, **params})
    assert why in str(refusal.value)
    assert refusal.value.form


HTML = [
    ("a < b", 'Unsupported start tag "" at byte offset 2'),
    ("<h1>a</h1>", 'Unsupported start tag "h1"'),
    ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
    ("a</b>", "Unexpected end tag"),
    ("<b><i>a</b></i>", 'expected "</i>", found "</b>"'),
    ("Q&A", "Bare &"),
    ("a&nbsp;b", 'Unknown entity "&nbsp;"'),
    ("<b style='x'>a</b>", 'Attribute "style"'),
    ("<a>a</a>", "has no href"),
    ("<b> </b>", "message text is empty"),
]


@pytest.mark.parametrize(("text", "why"), HTML)
def test_html_is_parsed_strictly(text: str, why: str) -> None:
    with pytest.raises(Refusal) as refusal:
        check("sendMessage", {"chat_id": 7, "text": text, "parse_mode": "HTML"})
    assert why in refusal.value.description


def test_html_is_measured_after_parsing() -> None:
    words = parsed(f" <b>{'a' * 4090}</b>&lt;🙂&#x21;<pre> </pre>")
    assert words.text == "a" * 4090 + "<🙂!"
    assert words.entities == [{"type": "bold", "offset": 0, "length": 4090}]


def test_a_form_is_read_as_json_is() -> None:
    markup = {"inline_keyboard": [[{"text": "Ja", "callback_data": "ja"}]]}
    typed = {"chat_id": 7, "text": "a", "protect_content": True, "reply_markup": markup}
    form = {**typed, "chat_id": "7", "protect_content": "true", "reply_markup": json.dumps(markup)}
    assert check("sendMessage", form).params == check("sendMessage", typed).params == typed


def test_files_are_attached_by_name() -> None:
    media = {"type": "document", "media": "attach://kaart", "caption": "a" * 1024}
    known = {"chat_id": 7, "message_id": 1, "media": media}
    kaart = Upload("kaart.pdf", b"%PDF")
    call = check("editMessageMedia", {**known, "kaart": kaart})
    assert call.file(call.params["media"]["media"]) == kaart
    for wrong in ({}, {"plaat": kaart}, {"kaart": Upload("leeg.pdf", b"")}):
        with pytest.raises(Refusal):
            check("editMessageMedia", {**known, **wrong})
    with pytest.raises(Refusal, match="caption is too long"):
        check("sendDocument", {"chat_id": 7, "document": kaart, "caption": "a" * 1025})


def test_every_listed_method_is_played() -> None:
    assert {"getUpdates", *DOES} == set(METHODS)
