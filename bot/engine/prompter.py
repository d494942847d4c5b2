"""Turns due prompts into messages: a minute's work, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from content.messages.steering import SteeringWords
from content.words import Words
from flows.model.canvas import UNKNOWN
from flows.model.trajectory import NEAR
from flows.model.turn import STEER, Reply
from flows.model.zone import zone_of
from flows.prompts.schedule import (
    REST,
    actions,
    allowed,
    answerable,
    due_date,
    important,
    next_moment,
    open_now,
    when,
)
from storage.database.errors import told_apart
from storage.trajectory.prompts import Prompts

if TYPE_CHECKING:
    from datetime import datetime

    from bot.engine.conversation import Conversation
    from flows.model.turn import Walk
    from storage.trajectory.prompts import Waiting

AT_ONCE = 5
"""Prompts of one transaction: a person's own answer must not wait for more."""

RENEWED = 20
"""Canvases for which one round works out anew what comes by itself, and what shows."""

DEEP = 60
"""Messages in the outbox above which prompts wait: two seconds of sending."""

BUTTONS = ("later", "less", "stop_prompts")


class Prompting:
    """The rules of prompts, applied at the moment of sending.

    `behind`: the last round could not do all that there was.
    """

    def __init__(self, conversation: Conversation) -> None:
        self.conversation, self.store = conversation, conversation.store
        self.prompts = Prompts(self.store, lambda canvas: conversation.content_of(canvas).guide)
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
            if self.store.outbox.depth()[0] > DEEP:
                self.behind = True
                return []
            numbers = self.prompts.due(now, working, AT_ONCE)
            self.behind = self.behind or len(numbers) == AT_ONCE
            return [chat for number in numbers if (chat := self._hand(number, now))]

    def calls(self, now: datetime) -> bool:
        """Whether anything may go now, without looking closer: another program may have made it."""
        with told_apart():
            return bool(self.prompts.due(now, self._zones(now)[0], 1))

    def begin(self, now: datetime) -> None:
        """Before anything is sent: what a stopped program left behind waits for its hours."""
        with self.store.transaction():
            self.prompts.recall(now, self._zones(now)[1], in_flight=timedelta())

    def _zones(self, now: datetime) -> tuple[list[str], list[str]]:
        """Where people may be asked something at this moment, and where not."""
        where: tuple[list[str], list[str]] = [], []
        for zone in self.prompts.zones():
            where[not allowed(now.astimezone(zone_of(zone, now.tzinfo)))].append(zone)
        return where

    def _hand(self, number: int, now: datetime) -> str:
        """One prompt: gone to a chat, put off, or ended with a reason. Never silently nothing."""
        prompt = self.prompts.one(number, now)
        there = now.astimezone(zone_of(prompt.zone, now.tzinfo))
        refused = self.prompts.refused(prompt)
        moment = self._moment(prompt, there)
        reply = None if refused else self._reply(prompt, there)
        if refused or reply is None:
            self.prompts.end(prompt.id, refused or "no longer needed", now)
        elif moment > there:
            self.prompts.put_off(prompt.id, moment)
        else:
            self._post(prompt, reply, now)
            return prompt.chat
        return ""

    def _moment(self, prompt: Waiting, now: datetime) -> datetime:
        """When it may go; a reminder of a pause leaves more room after what went before."""
        moment = when(now, prompt.handed, less=prompt.less)
        if prompt.kind == "pause" and prompt.handed and now - prompt.handed[-1] < REST:
            moment = max(moment, next_moment((prompt.handed[-1] + REST).astimezone(now.tzinfo)))
        return moment

    def _post(self, prompt: Waiting, reply: Reply, now: datetime) -> None:
        content = self.conversation.newest
        words = None
        if prompt.canvas:
            content = self.conversation.content_of(prompt.canvas)
            words = Words(content, prompt.language, self.store.walk(prompt.canvas))
        for message in SteeringWords(content, prompt.language, words=words).messages([reply]):
            named = replace(message, about=NEAR)
            posted = self.store.post(prompt.chat, named, now, prompt.canvas)
        self.prompts.handed(prompt, str(reply.data["about"]), posted, now)

    # ------------------------------------------------------------ what it says

    def _reply(self, prompt: Waiting, now: datetime) -> Reply | None:
        """The message, or None where it does not matter any more."""
        walk = self.store.walk(prompt.canvas) if prompt.canvas else None
        if prompt.kind == "text":
            return _reply("prompt_text", prompt, ())
        if walk is None or not prompt.current:
            return None
        return getattr(self, f"_{prompt.kind}")(prompt, walk, now)  # type: ignore[no-any-return]

    def _open(self, prompt: Waiting, walk: Walk, _: datetime) -> Reply | None:
        guide = self.prompts.guide_of(walk.id)
        if prompt.about and not open_now(guide, walk, prompt.about):
            return None
        question = guide.canvas[prompt.about] if prompt.about else important(guide, walk)
        if question is None:
            return None
        keys: tuple[str, ...] = ()
        if answerable(question):
            keys = tuple(f"answer {key}" for key in (*question.choices, UNKNOWN))
        labels = dict.fromkeys(keys, question.key)
        typed = question.kind in ("line", "text")
        return _reply(
            "prompt_open", prompt, (*keys, "take_up"), about=question.key, labels=labels,
            typed=typed,
        )  # fmt: skip

    def _before(self, prompt: Waiting, walk: Walk, now: datetime) -> Reply | None:
        """Three days before a meeting: the most important open question."""
        number = int(prompt.mark.split()[1])
        starts = self.prompts.meeting(number)
        if starts is None or starts <= now:
            return None
        fresh = replace(prompt, about="") if prompt.about.startswith("meeting") else prompt
        reply = self._open(fresh, walk, now)
        return reply and Reply(
            "prompt_before", {**reply.data, "at": starts.astimezone(now.tzinfo)}, reply.asking,
            reply.choices,
        )  # fmt: skip

    def _after(self, prompt: Waiting, walk: Walk, now: datetime) -> Reply | None:
        """Two days after a meeting: what was agreed there."""
        return self._actions(prompt, walk, now)

    def _actions(self, prompt: Waiting, walk: Walk, _: datetime) -> Reply | None:
        guide = self.prompts.guide_of(walk.id)
        noted = [(key, walk.values[key]) for key in actions(guide, walk)][:3]
        agreed = self.prompts.agreed(prompt.seat)
        if not noted and not agreed:
            return None
        keys = tuple(f"done_action {one.id}" for one in agreed[:3])
        labels = {f"done_action {one.id}": one.what for one in agreed}
        facts = {"noted": noted, "agreed": agreed, "labels": labels}
        return _reply("prompt_actions", prompt, (*keys, "fine"), **facts)

    def _agreed(self, prompt: Waiting, _: Walk, __: datetime) -> Reply | None:
        """At the date of something that a meeting agreed."""
        found = [a for a in self.prompts.agreed(prompt.seat) if str(a.id) == prompt.about]
        if not found:
            return None
        keys = (f"done_action {found[0].id}", "fine")
        labels = {keys[0]: found[0].what}
        facts = {"noted": [], "agreed": found, "labels": labels}
        return _reply("prompt_actions", prompt, keys, **facts)

    def _action(self, prompt: Waiting, walk: Walk, now: datetime) -> Reply | None:
        """At the date of an action in the canvas, while that is still its date."""
        guide = self.prompts.guide_of(walk.id)
        day = due_date(guide, walk, prompt.about)
        if day is None or day > now.date():
            return None
        what = walk.values.get(f"{prompt.about}.what", walk.values.get(prompt.about))
        return _reply("prompt_action", prompt, ("fine",), noted=what)

    def _again(self, prompt: Waiting, _: Walk, __: datetime) -> Reply | None:
        return _reply("prompt_again", prompt, ("take_up all",))

    def _recheck(self, prompt: Waiting, walk: Walk, _: datetime) -> Reply | None:
        """At the date to look back that the person chose, while it is still chosen."""
        chosen = walk.values.get("closing.recheck")
        return (
            None
            if chosen in (None, "never")
            else _reply("prompt_recheck", prompt, ("take_up all",))
        )

    def _pause(self, prompt: Waiting, walk: Walk, now: datetime) -> Reply | None:
        """After a silence: the question where the person was."""
        if walk.cursor.question is None:
            return None
        return self._open(prompt, walk, now)


def _reply(name: str, prompt: Waiting, choices: tuple[str, ...], **data: Any) -> Reply:
    facts = {"about": prompt.about, "by": prompt.by, "text": prompt.text, "what": prompt.kind}
    return Reply(name, {**facts, **data}, f"{STEER}prompt", (*choices, *BUTTONS))
