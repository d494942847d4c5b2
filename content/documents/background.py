"""The back of a summary: what would change the advice, what it rests on, and every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from content.documents.blocks import Bullets, Heading, Item, Paragraph
from content.words.phrases import lower_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.documents.blocks import Block
    from content.words.vocabulary import Words
    from flows.advice.advice import Change

CHANGES = 5
"""Other answers per route; all of them are in the JSON."""


def background(words: Words) -> Iterator[Block]:
    """What would change the advice, and what it rests on."""
    said = words.documents["summary"]
    yield Heading(said["background"])
    items = () if words.early else tuple(_would_change(words))
    if items:
        yield Heading(said["other_answer"], 3)
        yield Bullets(items)
    yield Heading(said["sources"], 3)
    yield Paragraph(said["intro"], quiet=True)
    yield from (Paragraph(text, label, quiet=True) for label, text in _sources(words))
    yield Paragraph(said["source_list"], quiet=True)


def _would_change(words: Words) -> Iterator[Item]:
    for route in words.told_routes:
        found = [_change(words, change) for change in words.changes[route.route][:CHANGES]]
        if found:
            yield Item("; ".join(found), words.route_names([route])[0])


def _change(words: Words, change: Change) -> str:
    reason = words.reason(change.question, change.answer)
    fit = words.advice_words["fit"][change.fit]
    return str(words.documents["summary"]["becomes"].format(reason=lower_first(reason), fit=fit))


def _sources(words: Words) -> Iterator[tuple[str, str]]:
    """Which sources stand behind what, by their codes."""
    said, advice = words.documents["summary"], words.advice
    if words.early:
        return
    yield said["outcome"], f"{advice.gate.source}."
    routes = [(str(words.route(route)["name"]), route.source) for route in words.told_routes]
    told = (step for step in advice.next_steps if step.source != "-")
    steps = [(words.words_of_step(step)["label"], step.source) for step in told]
    for label, some in ((said["routes"], routes), (said["steps"], steps)):
        if some:
            yield label, "; ".join(f"{name} ({source})" for name, source in some) + "."


def all_answers(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    yield Heading(said["all_answers"])
    parts = answers(words)
    for part, given in parts:
        yield Heading(words.part_name(part), 3)
        items = (Item(words.value(k, v), words.short(k), _mark(words, k, v)) for k, v in given)
        yield Bullets(tuple(items), pairs=True)
    if not parts:
        yield Paragraph(said["no_answers"])


def _mark(words: Words, key: str, value: Any) -> str:
    """Only what is arranged or not has a shape."""
    return str(value) if key in words.canvas.ingredients else ""


def answers(words: Words) -> list[tuple[str, list[tuple[str, Any]]]]:
    """(part, [(question, value)]) of all that applies and was answered, in order."""
    parts: dict[str, list[tuple[str, Any]]] = {}
    for key, value in words.values.items():
        if words.canvas[key].of is None:
            parts.setdefault(words.canvas[key].part, []).append((key, value))
    return list(parts.items())
