"""What Telegram itself shows of the guide: its commands, and the words before the start."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram import BotCommand, BotCommandScopeAllPrivateChats

from flows.turn import LANGUAGES

if TYPE_CHECKING:
    from telegram import Bot

    from content.loader import Content
    from flows.turn import Language

log = logging.getLogger("opschaalgids.menu")


async def show(bot: Bot, content: Content, standard: Language) -> None:
    """Once after the start, for each language; the guide works without it."""
    try:
        for code in (None, *LANGUAGES):
            await _show(bot, content, code or standard, code)
    except Exception as error:  # noqa: BLE001 - whatever it was
        log.warning("the command menu was not renewed (%s)", type(error).__name__)


async def _show(bot: Bot, content: Content, language: Language, code: Language | None) -> None:
    tree = content.words[language]
    words, typed = tree["messages"], {**tree["steering"]["commands"], **tree["commands"]}
    commands = [BotCommand(_name(verb, typed[verb]), says) for verb, says in words["menu"].items()]
    await bot.set_my_commands(commands, BotCommandScopeAllPrivateChats(), language_code=code)
    await bot.set_my_description(words["about"]["long"], code)
    await bot.set_my_short_description(words["about"]["short"], code)


def _name(verb: str, typed: list[str]) -> str:
    """A command is one word of plain letters; the verb itself is heard as well."""
    return next((word for word in typed if word.isascii() and word.isalpha()), verb)
