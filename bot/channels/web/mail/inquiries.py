"""A prompt as a mail shows it, and the page that the mail leads to.

Made of what the kwartiermaker and the guide ask, never of what was said in the chat: who reads
along in a mailbox reads no answer, and nothing that its person wrote. What a kwartiermaker
wrote to an adviser goes along, as it would by a mail of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from content.words.steering import SteeringWords
from content.words.vocabulary import Anybody, Personal
from flows.model.context import zone_of
from flows.model.kinds import KIND
from flows.prompts.responses import HOW
from storage.trajectory.prompts import OpenPrompt, Prompts

if TYPE_CHECKING:
    from datetime import datetime

    from bot.engine.conversation import Conversation
    from content.loader import Content
    from flows.model.canvas import Question
    from flows.model.context import DuePrompt
    from flows.model.messages import Choice, Language

ANSWER, TAKEN_UP = "answer", "take_up"
"""How the key of an answer begins, and of what goes on in the guide itself."""

OWN_WORDS = "action "
"""How the key of a button begins on which somebody's own words stand."""


@dataclass(frozen=True)
class Inquiry:
    """`number`: of its message. `by`: who asks, empty where the guide does by itself.

    `lead` stands above the heading, `lines` below it.
    `choices` are answers, `also` what else can be done; `ref`: of the asking in `chat`.
    `asks`: it is a question of the canvas; `typed`: answered in words.
    """

    number: int
    person: int
    chat: str
    ref: str
    language: Language
    by: str
    heading: str
    lead: tuple[str, ...]
    lines: tuple[str, ...]
    choices: tuple[Choice, ...]
    also: tuple[Choice, ...]
    asks: bool
    typed: bool

    def choice(self, key: str) -> Choice | None:
        """The one of this key."""
        return next((one for one in (*self.choices, *self.also) if one.key == key), None)


class Inquiries:
    """Prompts by the number of their message."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.prompts = Prompts(conversation.store, conversation.editions.guide_of)

    def find(self, outbox: int, now: datetime) -> Inquiry | None:
        """As it stands now; None where it is over, or never was a prompt."""
        found = self.prompts.open_in(outbox, now)
        if found is None:
            return None
        canvas = found.prompt.canvas
        newest = self.conversation.newest
        content = self.conversation.content_of(canvas) if canvas else newest
        return _inquiry(outbox, found, content.to(found.chat), now)

    def became(self, asked: Inquiry, key: str, now: datetime) -> str:
        """What an answer did: how the prompt ended, or the key of what it asked the guide to do.

        Empty where nothing came of it.
        """
        if self.find(asked.number, now) is None:
            return self.prompts.ended_in(asked.number) or "later"
        if key.startswith(TAKEN_UP):
            return "taken up"
        return key if key in HOW and self.prompts.how_often(asked.person) == HOW[key][0] else ""


def _inquiry(outbox: int, found: OpenPrompt, content: Content, now: datetime) -> Inquiry:
    due, words = found.prompt, Anybody(content, found.prompt.language, ())
    question = content.guide.canvas.get(due.about) if _asks(found) else None
    said = _said(due, SteeringWords(content, due.language, words=words), now)
    text = tuple(line for line in due.text.split("\n") if line.strip())
    shown = [replace(one, label=_label(words, question, one.key) or one.label)
             for one in found.choices if not one.key.startswith(OWN_WORDS)]  # fmt: skip
    answers = tuple(one for one in shown if one.key.startswith(ANSWER))
    return Inquiry(
        outbox, due.person, found.chat, found.ref, due.language, due.by,
        heading=_text(words, question) if question else said,
        lead=(text or (said,)) if question else (),
        lines=() if question else text,
        choices=answers, also=tuple(one for one in shown if one not in answers),
        asks=question is not None, typed=bool(question and KIND[question.kind].typed),
    )  # fmt: skip


def _asks(found: OpenPrompt) -> bool:
    return any(choice.key == TAKEN_UP for choice in found.choices)


def _said(due: DuePrompt, said: SteeringWords, now: datetime) -> str:
    """What a prompt of this kind says by itself."""
    facts: dict[str, object] = {"by": due.by}
    if due.starts:
        facts["at"] = due.starts.astimezone(zone_of(due.zone, now.tzinfo))
    return said.library(facts, due.kind)


def _text(words: Anybody, question: Question) -> str:
    """The question as anybody is asked it; its short name where it rests on answers."""
    try:
        return words.text(question.key)
    except Personal:
        return words.short(question.key)


def _label(words: Anybody, question: Question | None, key: str) -> str:
    """Of an answer as anybody reads it; of what stands alone in a mail with more words."""
    verb, _, value = key.partition(" ")
    if question and verb == ANSWER:
        return words.label(question, value)
    return str(words.tree["web"]["mail"]["acts"].get(key, ""))
