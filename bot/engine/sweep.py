"""Once an hour: announce what will go, delete what has been kept long enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.operators import data
from content.words.canvas import Words
from flows.expiry import due, last_day
from storage.privacy import erasure, retention, watermark

if TYPE_CHECKING:
    from datetime import datetime

    from bot.engine.conversation import Conversation
    from flows.expiry import Step
    from storage.store import Store

PROGRAM = "program"


def sweep(conversation: Conversation, now: datetime) -> list[str]:
    """Do all that is due; the chats that were told something."""
    store, told = conversation.store, data.complete(conversation, now)
    for step in due(retention.agings(store, now), store.keeps, now):
        with store.transaction():
            if step.aging in retention.agings(store, now, step.aging.canvas):
                told += _does(conversation, step, now)
    with store.transaction():
        for chat in retention.left_behind(store, now):
            erasure.erase_person(store, chat, PROGRAM, now)
        store.forget_strangers(now)
        retention.delete_records(store, now)
        told += _news(conversation, now)
        if store.erased:
            store.erased.prune(now.date())
            watermark.settle(store)
    store.scrubs = True
    store.scrub()
    return told


def overdue(store: Store, now: datetime) -> int:
    """How much should have gone, or been announced, before now."""
    steps = due(retention.agings(store, now), store.keeps, now)
    return len(steps) + len(retention.left_behind(store, now)) + retention.old_records(store, now)


def _does(conversation: Conversation, step: Step, now: datetime) -> list[str]:
    store, aging = conversation.store, step.aging
    if step.what == "announce":
        _announce(conversation, step, now)
        retention.warned(store, aging, now)
        return [aging.chat]
    if store.canvases_of(aging.chat) == [aging.canvas]:
        erasure.erase_person(store, aging.chat, PROGRAM, now)
    else:
        erasure.erase_canvas(store, aging.canvas, PROGRAM, now)
    return []


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
