"""The whole summary as blocks, the same for Markdown, PDF and Word. Same facts as in the chat.

The first page stands alone: problem, goal, outcome, insight, steps. Then the reasons,
what would change them, and every answer.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from content.documents.actions import SMALL_WIN, actions, by_day, first_steps, look_back
from content.documents.blocks import Break, Bullets, Document, Heading, Item, Note, Paragraph, Table
from content.documents.sentences import whole
from content.documents.standing import outcome
from content.words.text import lower_first, short_text, upper_first
from flows.advice.progress import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.documents.blocks import Block
    from content.words.canvas import Words
    from flows.advice.advice import Change, Route, Step
    from flows.model.canvas import Because

TITLE, LINE, HEAD = 120, 300, 360
"""Characters of a title, of an answer in a line, and of one on the first page."""

CHANGES = 5
"""Other answers per route; all of them are in the JSON."""


def summary(words: Words) -> Document:
    """Everything: the outcome on one page, its reasons, then every answer."""
    named = words.for_others()
    return document(named, "summary", tuple(_blocks(named)))


def document(
    words: Words, kind: str, blocks: tuple[Block, ...], *, one_page: bool = False
) -> Document:
    """Blocks under the pilot's name; the date is that of the newest answer."""
    day = words.updated
    return Document(
        title=short_text(words.pilot_name, TITLE),
        subtitle=short_text(words.organisation, TITLE),
        kind=words.documents["kind"][kind],
        language=words.language,
        date=day.isoformat() if day else "",
        date_text=" · ".join(filter(None, (_interim(words), _by(words), _updated(words)))),
        blocks=blocks,
        words=dict(words.documents["page"]),
        one_page=one_page,
    )


def _interim(words: Words) -> str:
    """As long as the advice may still change by what was not asked yet."""
    return str(words.documents["page"]["so_far"]) if _unanswered(words) else ""


def _unanswered(words: Words) -> list[str]:
    """What may still be asked; how it ends changes no advice."""
    left = missing(words.canvas, words.walk) if words.walk else []
    return [q.key for q in left if q.of is None and q.part != "closing"]


def _by(words: Words) -> str:
    author = short_text(words.author, TITLE)
    return words.documents["page"]["by"].format(name=author) if author else ""


def _updated(words: Words) -> str:
    page, day = words.documents["page"], words.updated
    return str(page["updated"].format(date=words.day(day)) if day else page["nothing_yet"])


def _blocks(words: Words) -> Iterator[Block]:
    yield from _first_page(words)
    yield Break()
    yield from _routes(words)
    yield from _attention(words)
    yield from _open_points(words)
    yield from _steps(words)
    yield from _timeline(words)
    yield from _background(words)
    yield from _answers(words)


# ---------------------------------------------------------------- the first page


def _first_page(words: Words) -> Iterator[Block]:
    yield from so_far(words)
    yield from _about(words)
    yield _gate(words)
    yield from _insight(words)
    yield from _what_first(words)


def so_far(words: Words) -> Iterator[Paragraph]:
    """What is not answered yet, as long as something is not."""
    said, left = words.documents["summary"], _unanswered(words)
    if left:
        pattern = said["not_answered_more" if left[8:] else "not_answered"]
        names = ", ".join(lower_first(short) for short in words.shorts(left[:8]))
        line = pattern.format(names=names, count=len(left[8:]))
        yield Paragraph(line, words.documents["page"]["so_far"])


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


# ---------------------------------------------------------------- the back


def _background(words: Words) -> Iterator[Block]:
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


def _answers(words: Words) -> Iterator[Block]:
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
