"""The page for those who carry it out: to them, about what it asks of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from content.documents.actions import SMALL_WIN, actions, first_steps
from content.documents.blocks import Bullets, Heading, Item, Paragraph
from content.documents.executive import LONG, MIDDLE, SHORT
from content.documents.frame import document
from content.documents.sentences import ended, whole
from content.documents.standing import outcome
from content.words.phrases import short_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from content.documents.blocks import Block, Document
    from content.words.vocabulary import Words

OWN = "partners"
"""The pitfall that is about the readers themselves: it becomes a question to them."""


def practice(words: Words) -> Document:
    named = words.for_others()
    return document(named, "practice", tuple(_blocks(named)), one_page=True)


def _blocks(words: Words) -> Iterator[Block]:
    said = _said(words)
    yield Paragraph(said["hello"])
    yield from _section(said["about"], _about(words))
    yield from _section(said["ask"], _questions(words))
    yield from _section(said["watch"], _watch(words))
    yield from _section(said["first"], _steps(words))
    author = short_text(words.author, SHORT)
    yield Paragraph(said["contact"].format(name=author) if author else said["contact_none"])


def _said(words: Words) -> Mapping[str, Any]:
    """Its words in the voice that fits; what stays small has questions of its own."""
    said = words.told(words.documents["practice"])
    return {**said, **(said["small"] if _small(words) else {})}


def _small(words: Words) -> bool:
    return words.advice.gate.outcome == "small"


def _section(title: str, items: Iterator[Item]) -> Iterator[Block]:
    found = tuple(items)
    if found:
        yield Heading(title)
        yield Bullets(found)


def _about(words: Words) -> Iterator[Item]:
    said = words.documents["practice"]
    goal = words.given("impact.impact") or words.given("impact.issue")
    yield from [Item(whole(goal, LONG), said["goal"])] if goal else []
    core = words.given("impact.working_part_note")
    known = said["working_part"].get(str(words.values.get("impact.working_part")), "")
    told = whole(core, MIDDLE) if core else known
    yield from [Item(told, said["core"])] if told else []
    stands = said["early"] if words.early else ended(outcome(words)[0])
    yield Item(stands, said["stands"])


def _questions(words: Words) -> Iterator[Item]:
    """What only they can say; what was answered already is not asked."""
    said = _said(words)
    for key, question in said["question"].items():
        if words.values.get(key) != "yes":
            yield Item(question)
    yield Item(said["change"])


def _watch(words: Words) -> Iterator[Item]:
    if words.early or _small(words):
        return
    for item in words.advice.attention:
        if item.kind == "pitfall" and item.key != OWN:
            told = words.advice_words["pitfall"][item.key]
            answer = words.given(f"pitfalls.{item.key}_answer")
            more = whole(answer, SHORT) if answer else told["text"]
            yield Item(more, told["name"])
    together = words.given("pitfalls.answer")
    if together:
        yield Item(whole(together, MIDDLE), words.documents["practice"]["answered"])


def _steps(words: Words) -> Iterator[Item]:
    """The own step with who and when, then two of the advice, in words that speak to them."""
    own_words = words.told(words.documents["practice"]["step"])
    for one in actions(words):
        if one.key == SMALL_WIN:
            parts = (whole(one.what, SHORT).rstrip("."), one.who, one.when)
            yield Item(ended(", ".join(filter(None, parts))))
    for step in first_steps(words)[:2]:
        label = words.words_of_step(step)["label"]
        yield Item(own_words.get(step.step) or ended(label))
