"""The whole summary as blocks, the same for Markdown, PDF and Word. Same facts as in the chat.

The first page stands alone: problem, goal, outcome, insight, steps. Then the reasons,
what would change them, and every answer.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from content.documents.blocks import Break, Bullets, Heading, Item, Note, Paragraph, Table, section
from content.documents.history import since_last
from content.documents.standing import (
    by_day,
    document,
    first_steps,
    look_back,
    outcome,
    own_step,
    so_far,
    whole,
)
from content.words.phrases import lower_first, short_text, upper_first
from content.words.undertaken import doer_of, door_of, what_of
from flows.advice.undertakings import FIRST_STEP, small_wins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.documents.blocks import Block, Document
    from content.words.vocabulary import Words
    from flows.advice.advice import Route, Step

LINE, HEAD = 300, 360  # characters of an answer in a line, and of one on the first page
CHANGES = 5  # other answers per route; all of them are in the JSON


def summary(words: Words) -> Document:
    """Everything: the outcome on one page, its reasons, then every answer."""
    named = words.for_others()
    return document(named, "summary", _blocks(named))


def _blocks(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    yield from _first_page(words)
    yield Break()
    yield from since_last(words)
    yield from _routes(words)
    yield from _attention(words)
    points = (Item(f"{words.point(key)} {said['who_line']}") for key in words.advice.open_points)
    yield from section(said["find_out"], points)
    yield from section(said["disagreement"], _disagreement(words))
    yield from _steps(words)
    yield from _timeline(words)
    yield from won(words)
    yield from _background(words)
    yield from _all_answers(words)


# ---------------------------------------------------------------- the first page


def _first_page(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    yield from so_far(words)
    found = {name: words.given(f"impact.{name}") for name in ("issue", "for_whom", "impact")}
    about = tuple(Item(whole(text, HEAD), said[name]) for name, text in found.items() if text)
    yield from [Bullets(about, pairs=True)] if about else []
    yield _gate(words)
    insight = words.given("closing.insight")
    yield from [Paragraph(whole(insight, HEAD), said["insight"])] if insight else []
    yield from _what_first(words)


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
    yield from map(Item, words.reasons(gate.because))
    known = {key for key, _ in gate.because}
    for key in gate.lacking:
        if key not in known and key in words.canvas:
            yield Item(f"{words.short(key)}: {said['not_known']}")


def _what_first(words: Words) -> Iterator[Block]:
    """The own step with who and when, and the first of the advice, to give a name and a day."""
    said, open_ = words.documents["summary"], words.documents["page"]["to_choose"]
    own = own_step(words)
    rows = [(short_text(own.what, LINE), own.who or open_, own.when or open_)] if own else []
    steps = map(words.words_of_step, first_steps(words))
    rows += [(f"{told['label']}. {told['first_move']}", open_, open_) for told in steps]
    yield Heading(said["first_steps"])
    header = (said["step"], said["who"], said["when"])
    table = Table(header, tuple(rows), said["first_steps"], shares=(3.1, 1.15, 1.15))
    yield table if rows else Paragraph(said["no_steps"])
    door, day = words.given("closing.next_door"), look_back(words)
    yield from [Paragraph(whole(door, LINE), said["next_door"])] if door else []
    yield from [Paragraph(f"{words.day(day)}.", said["recheck"])] if day else []


# ---------------------------------------------------------------- routes


def _routes(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    yield Heading(said["routes"])
    if words.early:
        yield Paragraph(said["routes_early"])
        return
    for route in words.told_routes:
        yield Heading(words.route_names([route])[0], 3, words.fit(route), route.fit)
        yield Paragraph(words.route(route)["what"])
        items = tuple(_route(words, route))
        yield from [Bullets(items)] if items else []
    yield from _other_routes(words)
    yield from [Paragraph(words.own_view())] if words.own_view() else []


def _route(words: Words, route: Route) -> Iterator[Item]:
    said = words.documents["summary"]
    because = " ".join(words.reasons(route.because))
    yield from [Item(because, said["because"])] if because else []
    yield from (Item(words.first_text(route, first)) for first in route.first)
    yield from map(Item, words.ways(route))
    yield from (Item(words.note_text(route, note), said["take_care"]) for note in route.notes)


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


def _disagreement(words: Words) -> Iterator[Item]:
    """Where several people filled it and differ: who says what, and what would follow."""
    for one in words.disagreement:
        yield Item(words.disagreed(one), words.short(one.voice.given.question))


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


# ---------------------------------------------------------------- steps and actions


def _steps(words: Words) -> Iterator[Block]:
    """What each step asks and why; the person's own first step is on the first page."""
    steps = () if words.early else words.advice.next_steps
    title = words.documents["summary"]["next_steps"]
    return section(title, (_step(words, step) for step in steps), ordered=True)


def _step(words: Words, step: Step) -> Item:
    # A step is not its own reason.
    because = tuple((k, v) for k, v in step.because if words.canvas[k].part != "closing")
    reasons = short_text(" ".join(words.reasons(because)), LINE)
    why = (Paragraph(reasons, words.documents["summary"]["because"]),) if reasons else ()
    return Item(words.step_text(step), words.words_of_step(step)["label"], more=why)


def _timeline(words: Words) -> Iterator[Block]:
    """Who does what, in order of time; what has no day comes last."""
    said, open_ = words.documents["summary"], words.documents["page"]["to_choose"]
    found = by_day(words)
    rows = tuple(
        (one.when or open_, short_text(one.what, LINE), one.who or open_, one.about)
        for one in found
    )
    if any(one.key != FIRST_STEP or one.over for one in found):  # that one is on the first page
        yield Heading(said["actions"])
        header = tuple(said[name] for name in ("when", "what", "who", "about"))
        yield Table(header, rows, said["actions"], line=True, shares=(1.4, 2.6, 1.2, 1.2))


def won(words: Words) -> Iterator[Block]:
    """What was done, by whom, what it opened, and what lies next door."""
    said = words.documents["summary"]
    rows = tuple(
        (upper_first(what_of(words, one)), doer_of(words, one), one.note, door_of(words, one))
        for one in small_wins(words.walk)
    )
    if rows:
        yield Heading(said["wins"])
        header = (said["what"], said["who"], said["opened"], said["next_to"])
        told = tuple((short_text(row[0], LINE), *row[1:]) for row in rows)
        yield Table(header, told, said["wins"], shares=(2, 1, 2, 1.6))


# ---------------------------------------------------------------- what the advice rests on


def _background(words: Words) -> Iterator[Block]:
    """What would change the advice, and the sources behind it."""
    said = words.documents["summary"]
    yield Heading(said["background"])
    yield from section(said["other_answer"], () if words.early else _would_change(words), 3)
    yield Heading(said["sources"], 3)
    yield Paragraph(said["intro"], quiet=True)
    yield from () if words.early else _sources(words)
    yield Paragraph(said["source_list"], quiet=True)


def _would_change(words: Words) -> Iterator[Item]:
    becomes, fits = words.documents["summary"]["becomes"], words.advice_words["fit"]
    for route in words.told_routes:
        found = []
        for change in words.changes[route.route][:CHANGES]:
            reason = lower_first(words.reason(change.question, change.answer))
            found.append(str(becomes.format(reason=reason, fit=fits[change.fit])))
        if found:
            yield Item("; ".join(found), words.route_names([route])[0])


def _sources(words: Words) -> Iterator[Block]:
    """Which sources stand behind what, by their codes."""
    said, advice = words.documents["summary"], words.advice
    yield Paragraph(f"{advice.gate.source}.", said["outcome"], quiet=True)
    routes = [(words.route(route)["name"], route.source) for route in words.told_routes]
    told = (step for step in advice.next_steps if step.source != "-")
    steps = [(words.words_of_step(step)["label"], step.source) for step in told]
    for label, some in ((said["routes"], routes), (said["steps"], steps)):
        if some:
            text = "; ".join(f"{name} ({source})" for name, source in some)
            yield Paragraph(f"{text}.", label, quiet=True)


def _all_answers(words: Words) -> Iterator[Block]:
    """All that applies and was answered, part by part."""
    said, parts = words.documents["summary"], dict[str, list[Item]]()
    for key, value in words.values.items():
        if words.canvas[key].of is None:
            # Only what is arranged or not has a shape.
            mark = str(value) if key in words.canvas.ingredients else ""
            said_by = f"{words.credited(key, value)}{words.voiced(key)}"
            item = Item(said_by, words.short(key), mark)
            parts.setdefault(words.canvas[key].part, []).append(item)
    yield Heading(said["all_answers"])
    for part, items in parts.items():
        yield from section(words.part_name(part), items, 3, pairs=True)
    if not parts:
        yield Paragraph(said["no_answers"])
