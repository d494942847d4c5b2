"""Which answers are the Bot API's, and what of them is read."""

from __future__ import annotations

import json

import pytest

from bot.channels.telegram.wire import Misread, understood
from tests.test_line import OTHERS


@pytest.mark.parametrize("status", [200, 201, 204, 400, 403, 500])
@pytest.mark.parametrize("name", OTHERS)
def test_only_the_forms_of_the_bot_api_are_understood(name: str, status: int) -> None:
    with pytest.raises(Misread):
        understood("sendMessage", status, OTHERS[name], 60)


def test_what_is_understood_holds_no_more_than_is_read() -> None:
    sent = {"message_id": 7, "date": "x", "chat": 5, "text": "Vertrouwelijk", "from": []}
    body = json.dumps({"ok": True, "result": sent}).encode()
    found = json.loads(understood("sendMessage", 200, body, 60))
    assert found["result"]["message_id"] == 7
    assert "Vertrouwelijk" not in str(found)
