"""One update in, one transaction, messages in the outbox."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.engine.contexts import Contexts, on_their_clock
from bot.engine.effects import Effects, without_secret, without_words
from bot.operators import data
from content import loader
from content.messages.render import render, sentence
from flows.intents.choices import cut, sound
from flows.intents.heard import understand
from flows.machine import take_turn
from flows.model.kinds import LONGEST
from flows.model.turn import Message, Passage
from storage.conversations import dead_letters
from storage.database.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from content.loader import Content
    from flows.model.context import Context
    from flows.model.effects import Turn
    from flows.model.trajectory import Desk
    from flows.model.turn import Intent, Update
    from storage.store import Store


log = logging.getLogger("opschaalgids.conversation")

READ = LONGEST + 1
"""UTF-16 units of a text that are read: one more than an answer may have, so that it is told."""


def within_bounds(update: Update) -> Update:
    """The same without half characters, and no longer than any answer: a pipe has no limit."""
    text, ref = cut(sound(update.text), READ), cut(sound(update.ref), READ)
    return replace(update, text=text, ref=ref)


class Conversation:
    """All conversations over one store; `files` are the newest content's files."""

    def __init__(
        self,
        store: Store,
        files: Mapping[str, str] | None = None,
        operators: frozenset[str] = frozenset(),
    ) -> None:
        self.store = store
        self.files = files or loader.read()
        self.newest = loader.load(self.files) if files else loader.newest()
        self._older = lru_cache(maxsize=32)(self._load_older)
        self.contexts, self.effects = Contexts(self, operators), Effects(self, operators)

    def handle(self, *updates: Update) -> bool:
        """Take what came together; False where all of it was taken before.

        Everything or nothing is kept: one transaction, so that one acknowledgement fits.
        """
        with self.store.turns():
            taken = [self.hear(update) for update in updates]
        self.store.scrub()
        return any(taken)

    def hear(self, update: Update) -> bool:
        """One update, in the caller's transaction; False where it was taken before.

        One that cannot be taken is set aside, and holds up nobody else.
        """
        update = within_bounds(update)
        try:
            with self.store.savepoint():
                return self._take(update)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is
            number = dead_letters.put(self.store, without_secret(update), error)
            # No traceback here: an exception's text may hold a person's words.
            log.error("an update was set aside as number %d", number)  # noqa: TRY400
            self.say(update.chat, "set_aside", update.at, number=number)
            return True

    def retry(self, number: int, update: Update, at: datetime) -> None:
        """Take again what was set aside, once. Raises what it raised, and changes nothing then."""
        with self.store.transaction():
            if dead_letters.again(self.store, number, update, at):
                self._take(within_bounds(update))

    def say(
        self, chat: str, name: str, at: datetime, /, canvas: int | None = None, **facts: Any
    ) -> None:
        """A sentence outside the turns, in the person's language."""
        language = self.store.language_of(chat)
        html = sentence(self.newest.words[language], name, **facts)
        self.store.say(chat, Message(name, "", (Passage(name, html),)), at, canvas)

    def _take(self, update: Update) -> bool:
        if not self.store.first_time(update):
            return False
        turn = self._turn(update)
        at_desk = turn.at_desk
        while turn.then:
            turn = self._turn(_following(update, turn.then), turn.then)
        if at_desk:
            self.effects.sit_down(update)
        self.effects.seen_anew(update.chat)
        return True

    def _turn(self, update: Update, intent: Intent | None = None) -> Turn:
        """One turn: of what this update means, or of what follows by itself on another."""
        session = self.store.session(update)
        content = self.content_of(session.walk.id) if session.walk else self.newest
        intent = intent or understand(content.guide, session, update)
        there = on_their_clock(update, session)
        context = self.contexts.complete(session, content.guide, there, intent)
        turn = take_turn(context, there, intent)
        self._keep(update, turn, content, context)
        return turn

    def _keep(self, update: Update, turn: Turn, content: Content, context: Context) -> None:
        if turn.opened:
            content = self.newest
            self.store.pin(content.version, loader.pinned(self.files))
        if turn.at_desk and context.desk:
            self._keep_at_desk(update, turn, context.desk)
            return
        said = render(content, turn, self.store.keeps)
        self.store.keep(without_words(update, turn.heard), turn, said, content.version)
        walk = context.session.walk
        data.given_away(self.store, update, walk.id if walk else None, said)

    def _keep_at_desk(self, update: Update, turn: Turn, desk: Desk) -> None:
        """What is done here may change the session itself: it is read again after that."""
        self.effects.do(desk.person, update, turn.effects)
        now = replace(self.store.session(update), language=turn.session.language)
        turn = replace(turn, session=now)
        said = self.effects.said(desk, turn, update)
        self.store.keep(without_words(update, turn.heard), turn, said, "")

    def content_of(self, canvas: int) -> Content:
        """The structure that a canvas began with, under the newest words."""
        version = self.store.version_of(canvas)
        return self.newest if version == self.newest.version else self._older(version)

    def _load_older(self, version: str) -> Content:
        return loader.over(self.store.files_of(version), self.newest)


def _following(update: Update, intent: Intent) -> Update:
    """What follows by itself is kept as if it had been typed."""
    bare = replace(update, kind="start", text="", ref="", press="", reply="")
    if intent.verb == "start":
        return bare
    return replace(bare, kind="text", text=f"/{intent.verb} {intent.argument}".strip())
