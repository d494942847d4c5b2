"""One update in, one transaction, messages in the outbox."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.engine.steered import Steered, on_their_clock, without_menu, without_secret
from bot.operators import data
from content import loader
from content.messages.render import render, sentence
from flows.intents.choices import LONGEST, cut, sound
from flows.intents.heard import hear
from flows.machine import take_turn
from flows.model.pilots import wanted
from flows.model.turn import Message
from storage.conversations import dead_letters
from storage.database.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from content.loader import Content
    from flows.model.turn import Session, Update
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
        self.steering = Steered(self, operators)

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
        self.store.say(chat, Message(name, "", html), at, canvas)

    def _take(self, update: Update) -> bool:
        if not self.store.first_time(update):
            return False
        if self._turn(update):
            self._turn(replace(update, kind="start", text="", ref="", press=""))
        self.steering.seen_anew(update.chat)
        return True

    def _turn(self, update: Update) -> bool:
        """One turn; True where it switched to another canvas, which then greets."""
        session = self.store.session(update)
        then = self.steering.take(session, update)
        if then is not None:
            switched = any(self._turn(heard) for heard in then)
            self.steering.sit_down(update)
            return switched
        session = without_menu(session, update)
        there = on_their_clock(update, session)
        pinned = self.content_of(session.walk.id) if session.walk else self.newest
        move = hear(pinned.guide, session, there)
        session = self.with_pilots(session, move.verb, move.argument)
        turn = take_turn(pinned.guide, session, there)
        if turn.opened:
            pinned = self.newest
            self.store.pin(pinned.version, loader.pinned(self.files))
            turn = take_turn(pinned.guide, session, there)
        said = render(pinned, turn, self.store.keeps)
        self.store.keep(update, turn, said, pinned.version)
        data.given_away(self.store, update, session.walk.id if session.walk else None, said)
        return turn.switched is not None

    def with_pilots(self, session: Session, verb: str, argument: Any) -> Session:
        """The same with the person's other pilots, where this verb is about them."""
        asked = wanted(verb, argument)
        return replace(session, pilots=self.store.pilots(session.chat, asked)) if asked else session

    def content_of(self, canvas: int) -> Content:
        """The structure that a canvas began with, under the newest words."""
        version = self.store.version_of(canvas)
        return self.newest if version == self.newest.version else self._older(version)

    def _load_older(self, version: str) -> Content:
        return loader.over(self.store.files_of(version), self.newest)
