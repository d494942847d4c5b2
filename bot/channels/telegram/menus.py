"""What Telegram itself shows of the guide: its commands and the words before the start.

Kwartiermakers have commands of their own, in their own chats alone; who is none any more gets
back what everybody has.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from telegram import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from bot.channels.telegram.outgoing import said
from bot.delivery.channel import Refused
from bot.engine.gap import BEAT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from telegram import Bot

    from bot.channels.branch import Branch
    from content.loader import Content
    from flows.model.messages import Language

    Setting = Callable[[], Awaitable[bool]]
    Certainly = Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]

log = logging.getLogger("opschaalgids.menu")


async def ask(setting: Setting) -> None:
    """What is refused now is refused again; the others are not."""
    try:
        with said():
            await setting()
    except Refused as refused:
        log.warning("the command menu was not renewed (%s)", refused)


def menu(
    bot: Bot, content: Content, language: Language, code: Language | None
) -> Iterator[Setting]:
    """For everybody whose Telegram is in that language."""
    words = content.words[language]["messages"]
    commands = _commands(content, language, words["menu"])
    private = BotCommandScopeAllPrivateChats()
    yield partial(bot.set_my_commands, commands, private, language_code=code)
    yield partial(bot.set_my_description, words["about"]["long"], code)
    yield partial(bot.set_my_short_description, words["about"]["short"], code)


def _commands(content: Content, language: Language, menu: Mapping[str, str]) -> list[BotCommand]:
    tree = content.words[language]
    typed = {**tree["steering"]["commands"], **tree["commands"]}
    found = []
    for verb, says in menu.items():
        # A command is one word of plain letters; the verb itself is heard as well.
        plain = (word for word in typed[verb] if word.isascii() and word.isalpha())
        found.append(BotCommand(next(plain, verb), says))
    return found


class KeeperMenus:
    """The menus of kwartiermakers: in memory is what was shown since the program began.

    At its start each is set anew and taken back, as somebody may be dismissed meanwhile.
    """

    def __init__(self, bot: Bot, branch: Branch, certainly: Certainly, scale: float) -> None:
        self.bot, self.branch, self.certainly, self.scale = bot, branch, certainly, scale
        self.shown: dict[str, Language | None] = {}

    async def run(self) -> None:
        """Until cancelled: each minute what changed."""
        while True:
            await self.renew()
            await asyncio.sleep(BEAT.total_seconds() / self.scale)

    async def renew(self) -> None:
        desks = self.branch.conversation.contexts.desks
        owns = self.branch.channel.sender.owns
        known = await self.branch.certainly(desks.menus)
        now = dict.fromkeys(self.shown) | {chat: has for chat, has in known.items() if owns(chat)}
        for chat, language in now.items():
            if chat not in self.shown or self.shown[chat] != language:
                await self.certainly(partial(ask, partial(self._set, chat, language)))
                self.shown[chat] = language

    async def _set(self, chat: str, language: Language | None) -> bool:
        scope = BotCommandScopeChat(int(chat))
        if language is None:
            return await self.bot.delete_my_commands(scope)
        content = self.branch.conversation.newest
        words = content.words[language]
        menu = {**words["steering"]["menu"], **words["messages"]["menu"]}
        return await self.bot.set_my_commands(_commands(content, language, menu), scope)
