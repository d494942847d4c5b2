"""What Telegram itself shows of the guide: its commands, and the words before the start."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from telegram import BotCommand, BotCommandScopeAllPrivateChats

from bot.channels.telegram.outgoing import said
from bot.delivery.channel import Refused
from flows.model.messages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from telegram import Bot

    from content.loader import Content
    from flows.model.messages import Language

log = logging.getLogger("opschaalgids.menu")

Calls = list["Callable[[], Awaitable[None]]"]


def calls(bot: Bot, content: Content, standard: Language) -> Calls:
    """What there is to ask of Telegram after a start, for each language."""
    return [
        partial(_show, setting)
        for code in (None, *LANGUAGES)
        for setting in _settings(bot, content, code or standard, code)
    ]


async def _show(setting: Callable[[], Awaitable[bool]]) -> None:
    """What is refused now is refused again; the others are not."""
    try:
        with said():
            await setting()
    except Refused as refused:
        log.warning("the command menu was not renewed (%s)", refused)


def _settings(
    bot: Bot, content: Content, language: Language, code: Language | None
) -> Iterator[Callable[[], Awaitable[bool]]]:
    tree = content.words[language]
    words, typed = tree["messages"], {**tree["steering"]["commands"], **tree["commands"]}
    commands = [BotCommand(_name(verb, typed[verb]), says) for verb, says in words["menu"].items()]
    yield partial(
        bot.set_my_commands, commands, BotCommandScopeAllPrivateChats(), language_code=code
    )
    yield partial(bot.set_my_description, words["about"]["long"], code)
    yield partial(bot.set_my_short_description, words["about"]["short"], code)


def _name(verb: str, typed: list[str]) -> str:
    """A command is one word of plain letters; the verb itself is heard as well."""
    return next((word for word in typed if word.isascii() and word.isalpha()), verb)
