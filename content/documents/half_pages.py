"""The half page for those who carry it out, and both half pages under each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from content.documents.blocks import Block, Break, Document, Heading, Item, Paragraph, section
from content.documents.executive import LONG, MIDDLE, SHORT, WINS, executive
from content.documents.standing import document, ended, first_steps, outcome, own_step, whole
from content.words.phrases import short_text
from content.words.undertaken import success
from flows.advice.undertakings import small_wins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from content.words.vocabulary import Words

OWN = "partners"  # the pitfall that is about the readers themselves: it becomes a question to them


def practice(words: Words) -> Document:
    """To those who carry it out, about what it asks of them."""
    named = words.for_others()
    return document(named, "practice", _blocks(named), one_page=True)


def _blocks(words: Words) -> Iterator[Block]:
    small = words.advice.gate.outcome == "small"
    said = words.told(words.documents["practice"])
    said = {**said, **said["small"]} if small else said  # which has questions of its own
    yield Paragraph(said["hello"])
    yield from section(said["about"], _about(words))
    yield from section(said["ask"], _questions(words, said))
    yield from section(said["watch"], () if small or words.early else _watch(words))
    yield from section(said["first"], _steps(words))
    author = short_text(words.author, SHORT)
    yield Paragraph(said["contact"].format(name=author) if author else said["contact_none"])


def _about(words: Words) -> Iterator[Item]:
    said = words.documents["practice"]
    goal = words.given("impact.impact") or words.given("impact.issue")
    yield from [Item(whole(goal, LONG), said["goal"])] if goal else []
    known = said["working_part"].get(str(words.values.get("impact.working_part")), "")
    core = whole(words.more("impact.working_part"), MIDDLE) or known
    yield from [Item(core, said["core"])] if core else []
    yield Item(said["early"] if words.early else ended(outcome(words)[0]), said["stands"])
    told = [whole(success(words, one), MIDDLE) for one in small_wins(words.walk)[-WINS:]]
    yield from [Item(" ".join(told), words.documents["summary"]["wins"])] if told else []


def _questions(words: Words, said: Mapping[str, Any]) -> Iterator[Item]:
    """What only they can say; what was answered already is not asked."""
    asked = (text for key, text in said["question"].items() if words.values.get(key) != "yes")
    yield from map(Item, (*asked, said["change"]))


def _watch(words: Words) -> Iterator[Item]:
    for item in words.advice.attention:
        if item.kind == "pitfall" and item.key != OWN:
            told = words.advice_words["pitfall"][item.key]
            answer = whole(words.given(f"pitfalls.{item.key}_answer"), SHORT)
            yield Item(answer or told["text"], told["name"])
    together = words.given("pitfalls.answer")
    if together:
        yield Item(whole(together, MIDDLE), words.documents["practice"]["answered"])


def _steps(words: Words) -> Iterator[Item]:
    """The own step with who and when, then two of the advice, in words that speak to them."""
    own, own_words = own_step(words), words.told(words.documents["practice"]["step"])
    if own:
        parts = (whole(own.what, SHORT).rstrip("."), own.who, own.when)
        yield Item(ended(", ".join(filter(None, parts))))
    for step in first_steps(words)[:2]:
        yield Item(own_words.get(step.step) or ended(words.words_of_step(step)["label"]))


HALVES: Mapping[str, Callable[[Words], Document]] = {
    "half_page_executive": executive, "half_page_practice": practice,
}  # fmt: skip
"""What is said in the chat -> its page."""


def half_pages(words: Words) -> Document:
    """Both in one file, a page each."""
    blocks: list[Block] = []
    for page in (make(words) for make in HALVES.values()):
        deeper = (replace(b, level=3) if isinstance(b, Heading) else b for b in page.blocks)
        blocks += [*([Break()] if blocks else []), Heading(page.kind), *deeper]
    return document(words.for_others(), "half_pages", blocks)
