"""A prompt as a mail shows it, and the page that the mail leads to.

Made of what the kwartiermaker and the guide ask, never of what was said in the chat: who reads
along in a mailbox reads no answer, and nothing that its person wrote. What a kwartiermaker
wrote to an adviser goes along, as it would by a mail of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from content.words.steering import SteeringWords
from content.words.vocabulary import Anybody, Personal
from flows.model.context import zone_of
from storage.trajectory.prompts import OpenPrompt, Prompts

if TYPE_CHECKING:
    from datetime import datetime

    from bot.engine.conversation import Conversation
    from content.loader import Content
    from flows.model.canvas import Question
    from flows.model.context import DuePrompt
    from flows.model.messages import Language

ANSWER, OWN_WORDS = "answer", ("done_action",)
"""How the key of an answer begins; buttons on which somebody's own words stand."""


@dataclass(frozen=True)
class Inquiry:
    """`by`: who asks, empty where the guide does by itself. `lead`: above the heading.

    `choices`: (key, label) of answers; `also`: of what else can be done. `ref`: of the
    asking in `chat`. `asks`: it is a question of the canvas; `typed`: answered in words.
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
    choices: tuple[tuple[str, str], ...]
    also: tuple[tuple[str, str], ...]
    asks: bool


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


def _inquiry(outbox: int, found: OpenPrompt, content: Content, now: datetime) -> Inquiry:
    due, words = found.prompt, Anybody(content, found.prompt.language, ())
    question = content.guide.canvas.get(due.about) if _asks(found) else None
    said = _said(due, SteeringWords(content, due.language, words=words), now)
    text = tuple(line for line in due.text.split("\n") if line.strip())
    labels = [(c.key, _label(words, question, c.key) or c.label) for c in found.choices
              if not c.key.startswith(OWN_WORDS)]  # fmt: skip
    answers = [one for one in labels if one[0].startswith(ANSWER)]
    return Inquiry(
        outbox, due.person, found.chat, found.ref, due.language, due.by,
        heading=_text(words, question) if question else said,
        lead=(text or (said,)) if question else (),
        lines=() if question else text,
        choices=tuple(answers), also=tuple(one for one in labels if one not in answers),
        asks=question is not None,
    )  # fmt: skip


def _asks(found: OpenPrompt) -> bool:
    return any(choice.key == "take_up" for choice in found.choices)


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
    verb, _, value = key.partition(" ")
    return words.label(question, value) if question and verb == ANSWER else ""
