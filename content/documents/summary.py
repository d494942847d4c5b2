"""The whole summary as blocks, the same for Markdown, PDF and Word. Same facts as in the chat.

The first page stands alone: problem, goal, outcome, insight, steps. Then the reasons,
what would change them, and every answer.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from content.documents.actions import SMALL_WIN, actions, by_day, first_steps, look_back
from content.documents.background import all_answers, background
from content.documents.blocks import Break, Bullets, Document, Heading, Item, Note, Paragraph, Table
from content.documents.frame import document, so_far
from content.documents.sentences import whole
from content.documents.standing import outcome
from content.words.phrases import lower_first, short_text, upper_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.documents.blocks import Block
    from content.words.vocabulary import Words
    from flows.advice.advice import Route, Step
    from flows.model.canvas import Because

LINE, HEAD = 300, 360
"""Characters of an answer in a line, and of one on the first page."""


def summary(words: Words) -> Document:
    """Everything: the outcome on one page, its reasons, then every answer."""
    named = words.for_others()
    return document(named, "summary", tuple(_blocks(named)))


def _blocks(words: Words) -> Iterator[Block]:
    yield from _first_page(words)
    yield Break()
    yield from _routes(words)
    yield from _attention(words)
    yield from _open_points(words)
    yield from _steps(words)
    yield from _timeline(words)
    yield from background(words)
    yield from all_answers(words)


# ---------------------------------------------------------------- the first page


def _first_page(words: Words) -> Iterator[Block]:
    yield from so_far(words)
    yield from _about(words)
    yield _gate(words)
    yield from _insight(words)
    yield from _what_first(words)


def _about(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    found = {name: words.given(f"impact.{name}") for name in ("issue", "for_whom", "impact")}
    items = tuple(Item(whole(text, HEAD), said[name]) for name, text in found.items() if text)
    yield from [Bullets(items, pairs=True)] if items else []


def _gate(words: Words) -> Note:
    """The outcome and the first routes; nothing where too little was answered."""
    title, text = outcome(words)
    if words.early:
        return Note(title, text)
    top = words.told_routes[:3]
    routes = (
        Item(words.fit(route), name, route.fit)
        for route, name in zip(top, words.route_names(top), strict=True)
    )
    return Note(title, text, (*_lacks(words), *routes))


def _lacks(words: Words) -> Iterator[Item]:
    """What must be known or arranged first; the reasons to go on stand with the routes."""
    said, gate = words.documents["summary"], words.advice.gate
    if gate.outcome == "go":
        return
    yield from (Item(reason) for reason in words.reasons(gate.because))
    known = {key for key, _ in gate.because}
    for key in gate.lacking:
        if key not in known and key in words.canvas:
            yield Item(f"{words.short(key)}: {said['not_known']}")


def _insight(words: Words) -> Iterator[Block]:
    said, insight = words.documents["summary"], words.given("closing.insight")
    yield from [Paragraph(whole(insight, HEAD), said["insight"])] if insight else []


def _what_first(words: Words) -> Iterator[Block]:
    """The own step with who and when, and the first of the advice, to give a name and a day."""
    said = words.documents["summary"]
    own = [one for one in actions(words) if one.key == SMALL_WIN]
    open_ = words.documents["page"]["to_choose"]
    rows = [(short_text(one.what, LINE), one.who or open_, one.when or open_) for one in own]
    rows += [(_to_do(words, step), open_, open_) for step in first_steps(words)]
    yield Heading(said["first_steps"])
    header = (said["step"], said["who"], said["when"])
    table = Table(header, tuple(rows), said["first_steps"], shares=(3.1, 1.15, 1.15))
    yield table if rows else Paragraph(said["no_steps"])
    door, day = words.given("closing.next_door"), look_back(words)
    yield from [Paragraph(whole(door, LINE), said["next_door"])] if door else []
    yield from [Paragraph(f"{words.day(day)}.", said["recheck"])] if day else []


def _to_do(words: Words, step: Step) -> str:
    told = words.words_of_step(step)
    return f"{told['label']}. {told['first_move']}"


# ---------------------------------------------------------------- routes


def _routes(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    yield Heading(said["routes"])
    if words.early:
        yield Paragraph(said["routes_early"])
        return
    for route in words.told_routes:
        yield from _route(words, route)
    yield from _other_routes(words)
    if words.own_view():
        yield Paragraph(words.own_view())


def _other_routes(words: Words) -> Iterator[Block]:
    """What cannot be said yet, with the question that would tell; and what is not for now."""
    said, advice = words.documents["summary"], words.advice
    asks = (
        f"{name} ({lower_first(words.short(route.asks[0]))}?)" if route.asks else name
        for route, name in zip(advice.open_routes, words.labels(advice.open_routes), strict=True)
    )
    not_now = words.labels(route for route in advice.routes if route.fit == "not_now")
    for name, some in (("open", list(asks)), ("not_now", not_now)):
        if some:
            yield Paragraph(f"{', '.join(some)}.", said[name])


def _route(words: Words, route: Route) -> Iterator[Block]:
    yield Heading(words.route_names([route])[0], 3, words.fit(route), route.fit)
    yield Paragraph(words.route(route)["what"])
    items = tuple(_route_items(words, route))
    if items:
        yield Bullets(items)


def _route_items(words: Words, route: Route) -> Iterator[Item]:
    said = words.documents["summary"]
    because = " ".join(words.reasons(route.because))
    yield from [Item(because, said["because"])] if because else []
    yield from (Item(words.first_text(route, first)) for first in route.first)
    yield from (Item(way) for way in words.ways(route))
    yield from (Item(words.note_text(route, note), said["take_care"]) for note in route.notes)


# ---------------------------------------------------------------- what needs attention


def _attention(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    items = (*_not_arranged(words), *_pitfalls(words))
    if items or not words.early:
        yield Heading(said["attention"])
        yield Bullets(items) if items else Paragraph(said["calm"])
        answer = " ".join(words.given("pitfalls.answer").split())
        yield from [Paragraph(answer, said["answered"])] if answer else []


def _not_arranged(words: Words) -> Iterator[Item]:
    """A line for each level, the weakest first."""
    found = [item for item in words.advice.attention if item.kind == "ingredient"]
    for level, some in groupby(found, key=lambda item: item.level):
        names = ", ".join(lower_first(words.short(item.key)) for item in some)
        yield Item(names, upper_first(words.advice_words["attention"][level]), level)


def _pitfalls(words: Words) -> Iterator[Item]:
    for item in words.advice.attention:
        if item.kind == "pitfall":
            told = words.advice_words["pitfall"][item.key]
            answer = " ".join(words.given(f"pitfalls.{item.key}_answer").split())
            more = (Paragraph(answer, words.documents["summary"]["answered"]),) if answer else ()
            level = words.advice_words["attention"][item.level]
            yield Item(f"{level}. {told['text']}", told["name"], item.level, more)


def _open_points(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    items = tuple(Item(f"{words.text(key)} {said['who_line']}") for key in words.advice.open_points)
    if items:
        yield Heading(said["find_out"])
        yield Bullets(items)


# ---------------------------------------------------------------- steps and actions


def _steps(words: Words) -> Iterator[Block]:
    """What each step asks and why; the person's own first step is on the first page."""
    said = words.documents["summary"]
    steps = words.advice.next_steps
    if steps and not words.early:
        yield Heading(said["next_steps"])
        yield Bullets(tuple(_step(words, step) for step in steps), ordered=True)


def _step(words: Words, step: Step) -> Item:
    said = words.documents["summary"]
    because = " ".join(" ".join(_reasons(words, step.because)).split())
    why = (Paragraph(short_text(because, LINE), said["because"]),) if because else ()
    told = words.words_of_step(step)
    return Item(words.step_text(step), told["label"], more=why)


def _reasons(words: Words, because: Because) -> list[str]:
    """A step is not its own reason."""
    return words.reasons(tuple((k, v) for k, v in because if words.canvas[k].part != "closing"))


def _timeline(words: Words) -> Iterator[Block]:
    """Who does what, in order of time; what has no day comes last."""
    said, open_ = words.documents["summary"], words.documents["page"]["to_choose"]
    rows = tuple(
        (one.when or open_, short_text(one.what, LINE), one.who or open_,
         one.about)
        for one in by_day(words)
    )  # fmt: skip
    if any(one.key != SMALL_WIN for one in actions(words)):  # that one is on the first page
        yield Heading(said["actions"])
        header = tuple(said[name] for name in ("when", "what", "who", "about"))
        yield Table(header, rows, said["actions"], line=True, shares=(1.4, 2.6, 1.2, 1.2))
