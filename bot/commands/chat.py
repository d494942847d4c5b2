"""`opschaalgids chat`: the guide in this terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.channels.console import NOBODY, Console
from bot.commands.base import opened
from bot.config import read_settings
from bot.documents.house import read_house
from bot.engine.conversation import Conversation
from flows.intents.text import one_line

if TYPE_CHECKING:
    import argparse

    from bot.documents.printer import Papers


def add(chat: argparse.ArgumentParser) -> None:
    chat.add_argument("--person", default=NOBODY, metavar="NAME", help="who is answering")
    chat.add_argument("--jsonl", action="store_true", help="one JSON object per message")
    chat.set_defaults(run=_chat)


def _chat(options: argparse.Namespace) -> None:
    settings = read_settings()
    with opened(settings) as store:
        person = one_line(options.person)[:60] or NOBODY
        conversation = Conversation(store, operators=settings.operators)
        house = read_house(settings.house)

        def papers() -> Papers:
            from bot.documents.printer import Papers  # noqa: PLC0415 - most talks end without one

            return Papers(conversation, house, ZoneInfo(settings.timezone))

        Console(conversation, person, settings.timezone, papers, jsonl=options.jsonl).run()
