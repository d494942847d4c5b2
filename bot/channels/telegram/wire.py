"""The Bot API's own forms: which answers are its, and what of them is read here.

A line has proxies, pages of its own and half answers. Nothing of an answer is believed
that does not have the form that core.telegram.org/bots/api gives to that method; what is
not needed is not read, so that it cannot go wrong either.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from telegram.error import NetworkError

if TYPE_CHECKING:
    from collections.abc import Callable

Raw = dict[str, Any]

WELL, FIRST_REFUSAL, LAST_REFUSAL = 200, 400, 599
BAD_REQUEST, TOO_MANY = 400, 429
LARGEST = 2**52  # numbers of the Bot API have at most 52 bits
LATEST_DATE = 2**33  # seconds since 1970: beyond it no calendar goes
DEFAULT_WAIT = 5  # seconds after "too many" that does not say how long
LONGEST_TEXT = 300  # characters of a description; the Bot API's are sentences


class Misread(NetworkError):  # noqa: N818 - by us
    """An answer that is not the Bot API's. Its text names the form, and no word of it."""


def understood(method: str, status: int, body: bytes, longest: float) -> bytes:
    """The answer in the Bot API's own form, with only what is read here. Raises Misread.

    `longest`: seconds that a wait may be asked for.
    """
    answer = _parsed(body)
    if answer.get("ok") is True and status == WELL and "result" in answer:
        if method == "getUpdates":  # large, and read one by one: see polling.py
            return body if isinstance(answer["result"], list) else _misread("no list of updates")
        read: Callable[[Any], Any] = RESULTS.get(method, _done)
        found = {"ok": True, "result": read(answer["result"])}
    elif answer.get("ok") is False and FIRST_REFUSAL <= status <= LAST_REFUSAL:
        found = _refusal(answer, status, longest)
    else:
        return _misread(f"status {status} with another answer")
    return json.dumps(found).encode()


def _parsed(body: bytes) -> Raw:
    try:
        answer = json.loads(body.decode())
    except (ValueError, RecursionError):
        return _misread("no JSON")
    return answer if isinstance(answer, dict) else _misread("no object")


def _misread(why: str) -> NoReturn:
    raise Misread(why)


def _refusal(answer: Raw, status: int, longest: float) -> Raw:
    """Telegram's status stands in the answer too; in a proxy's page it does not."""
    if answer.get("error_code") != status or not isinstance(answer.get("description"), str):
        return _misread(f"a refusal with status {status} that is not the Bot API's")
    said = answer["description"].encode("utf-8", "replace").decode()[:LONGEST_TEXT]
    found: Raw = {"ok": False, "error_code": status, "description": said}
    given = answer.get("parameters")
    wait, chat = (number(_field(given, key)) for key in ("retry_after", "migrate_to_chat_id"))
    if status == TOO_MANY:
        asked = wait if wait and wait > 0 else DEFAULT_WAIT
        found["parameters"] = {"retry_after": min(float(asked), longest)}
    elif status == BAD_REQUEST and chat:
        found["parameters"] = {"migrate_to_chat_id": chat}
    return found


def number(value: Any) -> int | None:
    """A whole number of the Bot API; True is none."""
    return value if type(value) is int and abs(value) < LARGEST else None


# ---------------------------------------------------------------- results


def _done(result: Any) -> bool:
    return True if result is True else _misread("a result that is not true")


def _message(result: Any) -> Raw:
    """Its number is all that is used; the rest is what the library's type asks for."""
    found = number(_field(result, "message_id"))
    if not found or found < 0:
        return _misread("a message without its number")
    return {"message_id": found, "date": 1, "chat": {"id": 1, "type": "private"}}


def _edited(result: Any) -> bool:
    """An edit that changed a message of ours may answer with it; all else is misread."""
    return result is True or bool(_message(result))


def _bot(result: Any) -> Raw:
    found, name = number(_field(result, "id")), _field(result, "username")
    if not found or not isinstance(name, str) or not re.fullmatch(r"\w{1,64}", name, re.ASCII):
        return _misread("a bot without its name")
    return {"id": found, "is_bot": True, "first_name": name, "username": name}


def _webhook(result: Any) -> Raw:
    """Where Telegram delivers, how much waits there, and what went wrong last."""
    url, waiting = _field(result, "url"), number(_field(result, "pending_update_count"))
    if not isinstance(url, str) or waiting is None or waiting < 0:
        return _misread("a webhook without its address")
    found: Raw = {"url": url, "has_custom_certificate": False, "pending_update_count": waiting}
    at, said = number(result.get("last_error_date")), result.get("last_error_message")
    if at and 0 < at < LATEST_DATE and isinstance(said, str):
        found |= {"last_error_date": at, "last_error_message": said[:LONGEST_TEXT]}
    return found


def _field(result: Any, key: str) -> Any:
    return result.get(key) if isinstance(result, dict) else None


RESULTS: dict[str, Callable[[Any], Any]] = {
    "getMe": _bot,
    "getWebhookInfo": _webhook,
    "sendMessage": _message,
    "sendDocument": _message,
    "sendPhoto": _message,
    "editMessageText": _edited,
}
"""By method; what is not here answers with true."""
