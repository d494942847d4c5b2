"""What is asked for, as a request: the words of one canvas, ready for another process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.making import Request
from content.blocks import to_data
from content.documents import file_name
from content.summary import summary

if TYPE_CHECKING:
    from bot.house import House
    from bot.making import Form
    from content.words import Words


def request(words: Words, form: Form, what: str, house: House) -> Request:
    """One document of one canvas."""
    data: dict[str, Any] = to_data(summary(words))
    data["house"] = house.data(words.documents["page"]["sender"])
    return Request(form, file_name(words, f".{form}"), data, "report")
