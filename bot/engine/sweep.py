"""Once an hour: announce what will go, delete what has been kept long enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.operators import data
from content.words.canvas import Words
from flows.expiry import due, last_day
from storage.privacy import retention

if TYPE_CHECKING:
    from datetime import datetime

    from bot.engine.conversation import Conversation
    from flows.expiry import Step


def sweep(conversation: Conversation, now: datetime) -> list[str]:
    """Do all that is due; the chats that were told something."""
    store, told = conversation.store, data.complete(conversation, now)
    for step in due(retention.agings(store, now), store.keeps, now):
        with store.transaction():
            if step.aging in retention.agings(store, now, step.aging.canvas):
                told += _does(conversation, step, now)
    with store.transaction():
        retention.delete_old(store, now)
        told += _news(conversation, now)
    store.scrub()
    return told


def _does(conversation: Conversation, step: Step, now: datetime) -> list[str]:
    if step.what == "announce":
        _announce(conversation, step, now)
    retention.carry_out(conversation.store, step, now)
    return [step.aging.chat] if step.what == "announce" else []


def _announce(conversation: Conversation, step: Step, now: datetime) -> None:
    store, aging = conversation.store, step.aging
    last = last_day(aging, store.keeps, now)
    words = Words(conversation.newest, store.language_of(aging.chat))
    conversation.say(
        aging.chat, "goes_soon", now, canvas=aging.canvas,
        name=aging.name, finished=aging.finished, day=words.day(last.astimezone(now.tzinfo).date()),
    )  # fmt: skip


def _news(conversation: Conversation, now: datetime) -> list[str]:
    """Everyone hears once that the privacy text changed."""
    chats = conversation.store.to_hear_news()
    for chat in chats:
        conversation.say(chat, "privacy_news", now)
    return chats
