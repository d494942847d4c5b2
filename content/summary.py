"""The whole summary as blocks, the same for Markdown, PDF and Word. Same facts as in the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from content.blocks import Bullets, Document, Heading, Item, Note, Paragraph, Table
from content.words import short_text
from flows.progress import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.blocks import Block
    from content.words import Words
    from flows.advice import Attention, Change, Route, Step

TITLE, LINE = 120, 300
"""Characters of a title, and of an answer that stands in a line; whole under "All answers"."""


def summary(words: Words) -> Document:
    """Everything: the advice with its reasons, then every answer."""
    return document(words, "summary", tuple(_blocks(words)))


def document(words: Words, kind: str, blocks: tuple[Block, ...]) -> Document:
    """Blocks under the pilot's name; the date is that of the newest answer."""
    day = words.updated
    page = words.documents["page"]
    return Document(
        title=short_text(words.pilot_name, TITLE),
        subtitle=short_text(words.organisation, TITLE),
        kind=words.documents["kind"][kind],
        language=words.language,
        date=day.isoformat() if day else "",
        date_text=page["updated"].format(date=words.day(day)) if day else page["nothing_yet"],
        blocks=blocks,
        words=dict(page),
    )


def _blocks(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    yield Paragraph(said["intro"])
    yield from _so_far(words)
    yield from _gate(words)
    yield from _routes(words)
    yield from _attention(words)
    yield from _open_points(words)
    yield from _steps(words)
    yield from _actions(words)
    yield from _closing(words)
    yield from _answers(words)
    yield Paragraph(said["source_list"], said["sources"], quiet=True)


def _so_far(words: Words) -> Iterator[Block]:
    walk, said = words.walk, words.documents["summary"]
    left = [q.key for q in (missing(words.canvas, walk) if walk else []) if q.of is None]
    if left:
        pattern = said["not_answered_more" if left[8:] else "not_answered"]
        names = ", ".join(words.shorts(left[:8]))
        yield Paragraph(pattern.format(names=names, count=len(left[8:])), said["so_far"])


def _gate(words: Words) -> Iterator[Block]:
    gate = words.advice.gate
    told = words.words_of_gate()
    items = tuple(Item(reason) for reason in words.reasons(gate.because))
    source = f"{words.documents['summary']['source']}: {gate.source}"
    yield Note(told["title"], told["text"], items, source)


def _routes(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    yield Heading(said["routes"])
    for route in words.advice.suggested:
        yield from _route(words, route)
    later = [r for r in words.advice.routes if r.fit == "not_now"]
    if later:
        yield Paragraph(", ".join(words.route_names(later)) + ".", said["not_now"])
    if words.own_view():
        yield Paragraph(words.own_view())


def _route(words: Words, route: Route) -> Iterator[Block]:
    yield Heading(words.route_names([route])[0], 3, words.fit(route), route.fit)
    yield Paragraph(words.route(route)["what"])
    items = tuple(_route_items(words, route))
    if items:
        yield Bullets(items)
    yield Paragraph(route.source, words.documents["summary"]["source"], quiet=True)


def _route_items(words: Words, route: Route) -> Iterator[Item]:
    said = words.documents["summary"]
    because = " ".join(words.reasons(route.because))
    yield from [Item(because, said["because"])] if because else []
    for first in route.first:
        reasons = " ".join(words.reasons(first.because))
        yield Item(words.first_text(route, first) + (f" ({reasons})" if reasons else ""))
    yield from (Item(way) for way in words.ways(route))
    yield from (Item(words.note_text(route, note), said["take_care"]) for note in route.notes)
    changes = tuple(_change(words, change) for change in words.changes[route.route][:5])
    yield from [Item(label=said["other_answer"], more=changes)] if changes else []


def _change(words: Words, change: Change) -> Paragraph:
    reason = words.reason(change.question, change.answer)
    fit = words.advice_words["fit"][change.fit]
    return Paragraph(words.documents["summary"]["becomes"].format(reason=reason, fit=fit))


def _attention(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    yield Heading(said["attention"])
    items = tuple(_attention_item(words, item) for item in words.advice.attention)
    yield Bullets(items) if items else Paragraph(said["calm"])


def _attention_item(words: Words, item: Attention) -> Item:
    level = words.advice_words["attention"][item.level]
    if item.kind == "ingredient":
        return Item(level, words.short(item.key), item.level)
    told = words.advice_words["pitfall"][item.key]
    answer = " ".join(words.given(f"pitfalls.{item.key}_answer").split())
    more = (Paragraph(answer, words.documents["summary"]["answered"]),) if answer else ()
    return Item(f"{level}. {told['text']}", told["name"], item.level, more)


def _open_points(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    yield Heading(said["find_out"])
    items = tuple(Item(f"{words.text(key)} {said['who_line']}") for key in words.advice.open_points)
    yield Bullets(items) if items else Paragraph(said["no_open_points"])


def _steps(words: Words) -> Iterator[Block]:
    said, advice = words.documents["summary"], words.advice
    yield Heading(said["next_steps"])
    yield Bullets(tuple(_step(words, step) for step in advice.told), ordered=True)
    if advice.also:
        yield Heading(said["also"], 3)
        yield Bullets(tuple(_also(words, step) for step in advice.also))


def _step(words: Words, step: Step) -> Item:
    said = words.documents["summary"]
    because = " ".join(" ".join(words.reasons(step.because)).split())
    why = [Paragraph(short_text(because, LINE), said["because"])] if because else []
    source = Paragraph(step.source, said["source"], quiet=True)
    line = short_text(words.step_line(step), LINE)
    return Item(label=line, more=(Paragraph(words.step_text(step)), *why, source))


def _also(words: Words, step: Step) -> Item:
    reasons = short_text(" ".join(words.reasons(step.because)), LINE)
    return Item(f"{words.words_of_step(step)['label']}. {reasons} ({step.source})")


def _actions(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    found = [*actions(words), *_agreed(words)]
    rows = tuple(tuple(" ".join(cell.split()) for cell in row) for row in found)
    if rows:
        yield Heading(said["actions"])
        header = tuple(said[name] for name in ("about", "what", "who", "when"))
        yield Table(header, rows, said["actions"])


def actions(words: Words) -> list[tuple[str, str, str, str]]:
    """(about, what, who, when) in words, of each action on an ingredient."""
    found = []
    for name in words.acted_on():
        base = f"ingredients.actions.{name}"
        what, who, when = (words.given(f"{base}.{f}") for f in ("what", "who", "when"))
        found.append((words.short(f"ingredients.{name}"), what, who, when))
    return found


def _agreed(words: Words) -> Iterator[tuple[str, str, str, str]]:
    """The same of what meetings agreed."""
    for one in words.agreed:
        when = words.moment({"text": one.due_text, "date": one.due})
        yield words.documents["summary"]["meeting"], words.agreed_what(one), one.who, when


def _closing(words: Words) -> Iterator[Block]:
    said = words.documents["summary"]
    found = {name: words.given(f"closing.{name}") for name in ("insight", "recheck")}
    items = tuple(Item(" ".join(text.split()), said[name]) for name, text in found.items() if text)
    if items:
        yield Heading(said["closing"])
        yield Bullets(items)


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
