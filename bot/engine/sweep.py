"""Once an hour: announce what will go, delete what has been kept long enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from content.words.vocabulary import Words
from flows.expiry import Aging, due, last_day
from storage.privacy import retention

if TYPE_CHECKING:
    from datetime import datetime

    from bot.engine.conversation import Conversation


def sweep(conversation: Conversation, now: datetime) -> list[str]:
    """Do all that is due; the chats that were told something."""
    store, told = conversation.store, conversation.complete(now)
    for step in due(retention.agings(store, now), store.keeps, now):
        with store.transaction():
            if step.aging in retention.agings(store, now, step.aging.canvas):
                if step.what == "announce":
                    _announce(conversation, step.aging, now)
                    told.append(step.aging.chat)
                retention.carry_out(store, step, now)
    with store.transaction():
        retention.delete_old(store, now)
        for chat in store.to_hear_news():  # everyone hears once that the privacy text changed
            conversation.say(chat, "privacy_news", now)
            told.append(chat)
    store.scrub()
    return told


def _announce(conversation: Conversation, aging: Aging, now: datetime) -> None:
    store = conversation.store
    words = Words(conversation.newest, store.language_of(aging.chat))
    day = words.day(last_day(aging, store.keeps, now).astimezone(now.tzinfo).date())
    conversation.say(
        aging.chat, "goes_soon", now, canvas=aging.canvas,
        name=aging.name, finished=aging.finished, day=day,
    )  # fmt: skip
