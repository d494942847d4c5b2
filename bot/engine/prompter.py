"""Turns due prompts into messages: a minute's work, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from content.messages.render import messages
from content.words.steering import SteeringWords
from content.words.vocabulary import Words
from flows.exchange import Exchange
from flows.intents.heard import understand
from flows.machine import take_turn
from flows.model.context import Context, DuePrompt, zone_of
from flows.model.effects import HandOver
from flows.model.messages import STEER, Reply, Update
from flows.model.trajectory import NEAR
from flows.model.turn import Session
from flows.prompts import compose, outcomes
from flows.prompts.news import news
from flows.timing.hours import allowed
from storage.database.errors import told_apart
from storage.trajectory.prompts import Prompts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.engine.conversation import Conversation

AT_ONCE = 5  # prompts of one transaction: a person's own answer must not wait for more
RENEWED = 20  # canvases for which one round works out anew what comes by itself, and what shows
PROMPT = f"{STEER}prompt"  # the key of what a prompt asks
NOBODY = 0  # in whose place nobody does something
DEEP = 60  # messages in the outbox above which prompts wait: two seconds of sending


class Prompting:
    """The rules of prompts, applied at the moment of sending.

    `behind`: the last round could not do all that there was.
    """

    def __init__(self, conversation: Conversation) -> None:
        self.conversation, self.store = conversation, conversation.store
        self.prompts = Prompts(self.store, conversation.editions.guide_of)
        self.behind = False

    def due(self, now: datetime) -> list[str]:
        """The chats that have a prompt in the outbox now."""
        self.behind = False
        with self.store.transaction():
            self.store.forget_secrets()
            self.behind = self.prompts.renew(now.tzinfo, RENEWED)
            working, free = self._zones(now)
            if free:
                self.prompts.recall(now, free)
            if not working:
                return []
            if self.store.outbox.on_its_way() > DEEP:
                self.behind = True
                return []
            numbers = self.prompts.due(now, working, AT_ONCE)
            self.behind = self.behind or len(numbers) == AT_ONCE
            handed = [chat for number in numbers if (chat := self._hand(number, now))]
            told = (chat for zone in working for chat in self._news(zone, now))
            return [*handed, *self._tell(now), *told]

    def _news(self, zone: str, now: datetime) -> Iterator[str]:
        """To kwartiermakers, what happened until this day began where they are; their chats."""
        there = now.astimezone(zone_of(zone, now.tzinfo))
        began = there.replace(hour=0, minute=0, second=0, microsecond=0)
        told = list(self.prompts.news(zone, began, AT_ONCE))
        self.behind = self.behind or len(told) == AT_ONCE
        for who, events in told:
            reply = None if who.off else news(events)
            if reply:
                said = SteeringWords(self.conversation.newest.to(who.chat), who.language)
                for message in messages(said, [reply]):
                    self.store.post(who.chat, replace(message, about=NEAR), now, None)
                yield who.chat

    def calls(self, now: datetime) -> bool:
        """Whether anything may go now, without looking closer: another program may have made it."""
        with told_apart():
            return bool(self.prompts.due(now, self._zones(now)[0], 1))

    def begin(self, now: datetime) -> None:
        """Before anything is sent: what a stopped program left behind waits for its hours."""
        with self.store.transaction():
            self.prompts.recall(now, self._zones(now)[1], in_flight=timedelta())

    def matters(self, outbox: int, now: datetime) -> bool:
        """Whether the prompt in this message is open, and still worth reading where it waits."""
        found = self.prompts.open_in(outbox, now)
        return found is not None and compose.matters(self._exchange(found.prompt, now))

    def outlived(self, chat: str, now: datetime) -> None:
        """Before somebody reads what waited for them: without what does not matter any more."""
        with self.store.transaction():
            for out in self.store.outbox.due(chat):
                if out.message.key != PROMPT or self.matters(out.id, now):
                    continue
                self.prompts.end(out.id, now)

    def _tell(self, now: datetime) -> list[str]:
        """Who planned what did not go hears so, once; the chats that were told."""
        update, said = Update("sent off", "", now, "timer"), False
        for plan in () if self.behind else self.prompts.sent_off(now):
            told = outcomes.outcome(plan, now) if outcomes.is_clear(plan, now) else None
            if told:
                self.conversation.effects.do(NOBODY, update, [told])
                said = True
            if told or outcomes.is_over(plan):
                self.prompts.told(plan, now)
        return sorted(self.conversation.effects.heard()) if said else []

    def _zones(self, now: datetime) -> tuple[list[str], list[str]]:
        """Where people may be asked something at this moment, and where not."""
        where: tuple[list[str], list[str]] = [], []
        for zone in self.prompts.zones():
            where[not allowed(now.astimezone(zone_of(zone, now.tzinfo)))].append(zone)
        return where

    def _hand(self, number: int, now: datetime) -> str:
        """One prompt, as the table decides; the chat that it went to."""
        due = self.prompts.one(number, now)
        x = self._exchange(due, now)
        turn = take_turn(x.context, x.update, x.intent)
        self.conversation.effects.do(due.person, x.update, turn.effects)
        for handed in turn.all(HandOver):
            self._post(due, turn.replies, handed.about, now)
        return due.chat if turn.replies else ""

    def _exchange(self, due: DuePrompt, now: datetime) -> Exchange:
        """A moment that came, on the clock of whom it is for."""
        there = now.astimezone(zone_of(due.zone, now.tzinfo))
        update = Update(f"prompt {due.id}", due.chat, there, "timer")
        newest = self.conversation.newest.guide
        session = Session(due.chat, due.language, agreed=True, walk=due.walk)
        context = Context(session, due.guide or newest, newest, due=due)
        return Exchange(context, update, understand(context.guide, session, update))

    def _post(self, due: DuePrompt, replies: tuple[Reply, ...], about: str, now: datetime) -> None:
        content = self.conversation.newest
        if due.canvas:
            content = self.conversation.content_of(due.canvas)
        content = content.to(due.chat)
        words = Words(content, due.language, due.walk) if due.canvas else None
        for message in messages(SteeringWords(content, due.language, words=words), replies):
            named = replace(message, about=NEAR)
            posted = self.store.post(due.chat, named, now, due.canvas)
        self.prompts.handed(due, about, posted, now)
