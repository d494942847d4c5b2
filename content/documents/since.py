"""One canvas on two days: what changed in the advice and in the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from content.documents.blocks import Bullets, Heading, Item, Paragraph, Table
from content.documents.frame import document
from content.documents.standing import actions, of_ingredient, of_route, outcome
from content.words.phrases import short_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.documents.blocks import Block, Document
    from content.words.vocabulary import Words

    Row = tuple[str, str, str]

LINE = 300
"""Characters of an answer; the summary has it whole."""

SHARES = (1.1, 1.5, 1.5)


def since(before: Words, after: Words) -> Document:
    """Both days beside each other; what stayed the same is left out."""
    then, now = before.for_others(), after.for_others()
    return document(now, "changes", tuple(_blocks(then, now)))


def _blocks(then: Words, now: Words) -> Iterator[Block]:
    said, day, last = now.documents["changes"], then.updated, now.updated
    if day is None or last is None or day == last:
        yield Paragraph(said["one_day"])
        return
    days = (now.day(day), now.day(last))
    yield Paragraph(said["compared"].format(then=days[0], now=days[1]))
    parts = (
        (said["advice"], _advice(then, now)),
        (said["ingredients"], _ingredients(then, now)),
        (said["answers"], _answers(then, now)),
    )
    found = [(title, rows, marks) for title, (rows, marks) in parts if rows]
    for title, rows, marks in found:
        yield Heading(title)
        header = (now.documents["summary"]["about"], *days)
        yield Table(header, rows, title, marks=marks, shares=SHARES)
    yield from _done(now)
    if not found:
        yield Paragraph(said["nothing"])


Part = tuple[tuple["Row", ...], tuple[str, ...]]
"""Rows, and the status behind each last cell."""


def _advice(then: Words, now: Words) -> Part:
    rows: list[tuple[Row, str]] = []
    first, last = outcome(then)[0], outcome(now)[0]
    if first != last:
        rows.append(((now.documents["changes"]["outcome"], first, last), ""))
    old = {route.route: of_route(then, route)[1] for route in then.advice.routes}
    for route in now.advice.routes:
        mark, word = of_route(now, route)
        if old.get(route.route, word) != word:
            rows.append(((now.route_names([route])[0], old[route.route], word), mark))
    return tuple(row for row, _ in rows), tuple(mark for _, mark in rows)


def _ingredients(then: Words, now: Words) -> Part:
    both = [(key, of_ingredient(then, key), of_ingredient(now, key))
            for key in now.canvas.ingredients]  # fmt: skip
    changed = [(key, old, new) for key, old, new in both if old != new]
    return (
        tuple((now.short(key), old[1], new[1]) for key, old, new in changed),
        tuple(new[0] for _, _, new in changed),
    )


def _answers(then: Words, now: Words) -> Part:
    """All other answers that were given anew, in the order of the canvas."""
    rows: list[Row] = []
    for question in now.canvas.questions:
        key = question.key
        if question.of is None and key not in now.canvas.ingredients:
            old, new = then.values.get(key), now.values.get(key)
            if old != new:
                rows.append((now.short(key), _told(then, key), _told(now, key)))
    return tuple(rows), ()


def _told(words: Words, key: str) -> str:
    value = words.values.get(key)
    none = str(words.documents["portfolio"]["no_answer"])
    return none if value is None else short_text(words.value(key, value), LINE)


def _done(now: Words) -> Iterator[Block]:
    items = tuple(Item(f"{one.what}, {one.who}", mark="done") for one in actions(now) if one.done)
    if items:
        yield Heading(now.documents["changes"]["done"])
        yield Bullets(items)
