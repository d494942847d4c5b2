"""One update in, one transaction, messages in the outbox."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.engine.contexts import Contexts, on_their_clock
from bot.engine.deeds import Effects, given_away, naming_colleagues, without_secret, without_words
from bot.engine.editions import Editions
from bot.engine.entrusted import Entrusted
from content.messages.render import render, sentence
from flows.intents.choices import cut, sound
from flows.intents.heard import understand
from flows.machine import take_turn
from flows.model.effects import Deed, Erase, Looked, ReadRemark
from flows.model.kinds import LONGEST
from flows.model.messages import Message, Passage, Update
from flows.model.trajectory import Unplaced
from storage.conversations import dead_letters
from storage.database.errors import StoreError
from storage.privacy import erasure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from content.loader import Content
    from flows.model.context import Context
    from flows.model.desk import Desk
    from flows.model.turn import Intent, Turn
    from storage.store import Store


log = logging.getLogger("opschaalgids.conversation")

READ = LONGEST + 1
"""UTF-16 units of a text that are read: one more than an answer may have, so that it is told."""


def within_bounds(update: Update) -> Update:
    """The same without half characters, and no longer than any answer: a pipe has no limit."""
    said = update.text + update.ref
    if said.isascii() and len(said) < READ:
        return update
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
        self.store, self.editions = store, Editions(store, files)
        self.newest, self.content_of = self.editions.newest, self.editions.of
        self.entrusted = Entrusted(store, operators)
        self.contexts = Contexts(store, self.editions, self.entrusted)
        self.effects = Effects(store, self.editions, self.entrusted)

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
            self.store.attempt(partial(self._take, update))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is
            if not self.store.first_time(update):
                return False
            number = dead_letters.put(self.store, without_secret(update), error)
            # No traceback here: an exception's text may hold a person's words.
            log.error("an update was set aside as number %d", number)  # noqa: TRY400
            self.say(update.chat, "set_aside", update.at, number=number)
        return not self.store.repeated

    def look(self, update: Update) -> tuple[Context, Turn]:
        """What a page shows: a turn of which nothing is said or kept, but that somebody looked."""
        with self.store.transaction():
            _, context, turn = self._taken(within_bounds(update))
            if context.desk:
                seen = [one for one in turn.effects if isinstance(one, Looked | ReadRemark)]
                self.effects.do(context.desk.person, update, seen)
        return context, turn

    def retry(self, number: int, update: Update, at: datetime) -> None:
        """Take again what was set aside, once. Raises what it raised, and changes nothing then."""
        with self.store.transaction():
            if dead_letters.again(self.store, number, update, at):
                self._take(within_bounds(update))

    def complete(self, at: datetime) -> list[str]:
        """Erase what a stopped program was erasing; the chats that are told so."""
        with self.store.transaction():
            finished = erasure.finish(self.store, at)
            for chat, canvas in finished:
                name = "forgotten" if canvas is None else "forgotten_one"
                self.say(chat, name, at, keep=self.store.keeps)
        self.store.scrub()
        return [chat for chat, _ in finished]

    def say(
        self, chat: str, name: str, at: datetime, /, canvas: int | None = None, **facts: Any
    ) -> None:
        """A sentence outside the turns, in the person's language."""
        html = sentence(self.newest.to(chat), self.store.language_of(chat), name, **facts)
        self.store.say(chat, Message(name, "", (Passage(name, html),)), at, canvas)

    def _take(self, update: Update) -> None:
        self.store.begin(update)
        turn = self._turn(update)
        at_desk = turn.at_desk
        while turn.then:
            turn = self._turn(_following(update, turn.then), turn.then)
        if at_desk:
            self.effects.sit_down(update)
        self.effects.seen_anew(update.chat)

    def _turn(self, update: Update, intent: Intent | None = None) -> Turn:
        """One turn: of what this update means, or of what follows by itself on another."""
        content, context, turn = self._taken(update, intent)
        self._keep(update, turn, content, context)
        return turn

    def _taken(self, update: Update, intent: Intent | None = None) -> tuple[Content, Context, Turn]:
        """What a turn would change and say, of what is known now."""
        session = self.store.session(update)
        content = self.editions.by(self.store.known["content"])
        intent = intent or understand(content.guide, session, update)
        there = on_their_clock(update, session)
        context = self.contexts.complete(session, content.guide, there, intent)
        return content, context, take_turn(context, there, intent)

    def _keep(self, update: Update, turn: Turn, content: Content, context: Context) -> None:
        if turn.opened:
            content = self.newest
            self.editions.pin()
        walk = context.session.walk
        if context.desk and (turn.at_desk or any(isinstance(one, Deed) for one in turn.effects)):
            turn, said = self._done_at_desk(update, turn, context.desk)
        else:
            said = render(content.to(update.chat), turn, self.store.keeps)
            said = naming_colleagues(turn, said)
        kept = without_words(update, turn.heard)
        if turn.erases:  # first: all that is kept of this turn comes after it
            self.store.note()  # or a repetition would erase, and with that what tells it is one
            self.effects.told.update(self.store.chats_of(update.chat))  # it goes from all of them
            self._tell_colleagues(update, turn.erases)
            erasure.in_turn(self.store, kept, turn.erases)
        self.store.keep(kept, turn, said, content.version)
        if not turn.at_desk:
            given_away(self.store, update, walk.id if walk else None, said)

    def _tell_colleagues(self, update: Update, what: Erase) -> None:
        """Who fills a canvas together hears that somebody's answers on it go."""
        for chat in self.store.colleagues(update.chat, what.canvas):
            self.say(chat, "colleague_gone", update.at)
            self.effects.told.add(chat)

    def _done_at_desk(
        self, update: Update, turn: Turn, desk: Desk
    ) -> tuple[Turn, tuple[Message, ...]]:
        """What is done here may change the session itself: it is read again after that."""
        self.effects.do(desk.person, update, turn.effects)
        now = replace(self.store.session(update), language=turn.session.language)
        turn = replace(turn, session=now)
        return turn, self.effects.said(desk, turn, update)


def _following(update: Update, intent: Intent) -> Update:
    """What follows by itself is kept as if it had been typed."""
    bare = replace(update, kind="start", text="", ref="", press="", reply="")
    if intent.verb == "start":
        return bare
    if isinstance(said := intent.argument, Unplaced):  # it was, before
        return replace(bare, kind="text", text=said.text, message=said.message)
    return replace(bare, kind="text", text=f"/{intent.verb} {intent.argument}".strip())
