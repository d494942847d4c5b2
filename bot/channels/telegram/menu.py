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

    Call = Callable[[], Awaitable[object]]

log = logging.getLogger("opschaalgids.menu")


async def show(
    bot: Bot, content: Content, standard: Language, certainly: Callable[[Call], Awaitable[object]]
) -> None:
    """For each language, once after a start; the guide works without it."""
    for code in (None, *LANGUAGES):
        for setting in _settings(bot, content, code or standard, code):
            await certainly(partial(_ask, setting))


async def _ask(setting: Call) -> None:
    """What is refused now is refused again; the others are not."""
    try:
        with said():
            await setting()
    except Refused as refused:
        log.warning("the command menu was not renewed (%s)", refused)


def _settings(
    bot: Bot, content: Content, language: Language, code: Language | None
) -> Iterator[Call]:
    tree = content.words[language]
    words, typed = tree["messages"], {**tree["steering"]["commands"], **tree["commands"]}
    commands = []
    for verb, says in words["menu"].items():
        # A command is one word of plain letters; the verb itself is heard as well.
        plain = (word for word in typed[verb] if word.isascii() and word.isalpha())
        commands.append(BotCommand(next(plain, verb), says))
    private = BotCommandScopeAllPrivateChats()
    yield partial(bot.set_my_commands, commands, private, language_code=code)
    yield partial(bot.set_my_description, words["about"]["long"], code)
    yield partial(bot.set_my_short_description, words["about"]["short"], code)
