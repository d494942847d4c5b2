"""What the core looks up instead of working it out anew is what it would work out.

Everybody here shares one canvas, and so all that it remembers of the others.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from content.loader import newest
from flows.advice.advice import advise
from flows.advice.progress import dropped, missing, next_question, part_size, position
from flows.model.canvas import DEPTHS, UNKNOWN, Canvas
from flows.model.journey import Cursor, Given, Walk, changed
from flows.model.kinds import KIND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.model.canvas import Depth, Question

GUIDE = newest().guide
CANVAS, RULES = GUIDE.canvas, GUIDE.rules
AT = datetime(2026, 11, 23, tzinfo=UTC)
WORDS = st.sampled_from(["Samen eten", "Zutphen", "partly", "*", "unknown ", "1"])
for_any = settings(deadline=None, max_examples=60)


def said(question: Question) -> st.SearchStrategy[Any]:
    """An answer, an unknown or a skip."""
    kind, beside = KIND[question.kind], st.sampled_from([UNKNOWN, None])
    if kind.one:
        return st.sampled_from(question.choices) | beside
    if kind.some:
        return st.lists(st.sampled_from(question.choices), min_size=1, unique=True) | beside
    if kind.reads == "date":
        return st.just({"text": "morgen", "date": None}) | beside
    return WORDS | beside


KEPT = st.fixed_dictionaries({}, optional={q.key: said(q) for q in CANVAS.questions})
DEPTH: st.SearchStrategy[Depth] = st.sampled_from(["quick", "full"])


def walk_of(kept: Mapping[str, Any], depth: Depth) -> Walk:
    given = {key: Given(key, value, AT) for key, value in kept.items()}
    return Walk(1, "pilot", depth, Cursor(), given)


def forgetful() -> Canvas:
    """The same canvas, with nothing remembered."""
    return Canvas(CANVAS.parts, CANVAS.questions, CANVAS.pitfalls, CANVAS.version)


def asked_by_definition(values: Mapping[str, Any], depth: Depth) -> list[str]:
    kept: dict[str, Any] = {}
    for question in CANVAS.questions:
        if question.key in values and CANVAS.applies(question, kept, "paper"):
            kept[question.key] = values[question.key]
    return [q.key for q in CANVAS.questions if CANVAS.applies(q, kept, depth)]


@for_any
@given(KEPT, DEPTH)
def test_what_is_asked_is_what_the_conditions_say(kept: dict[str, Any], depth: Depth) -> None:
    walk = walk_of(kept, depth)
    for at in DEPTHS:
        assert list(CANVAS.asked_keys(walk.values, at)) == asked_by_definition(walk.values, at)
        assert CANVAS.asked_keys(walk.settled, at) == CANVAS.asked_keys(walk.values, at)


@for_any
@given(KEPT, DEPTH)
def test_where_somebody_is_does_not_depend_on_who_came_before(
    kept: dict[str, Any], depth: Depth
) -> None:
    walk, fresh = walk_of(kept, depth), forgetful()
    assert missing(CANVAS, walk) == missing(fresh, walk_of(kept, depth))
    assert next_question(CANVAS, walk) == next(iter(missing(fresh, walk)), None)
    for question in CANVAS.asked(walk.values, depth):
        assert position(CANVAS, walk, question) == position(forgetful(), walk, question)
    for part in CANVAS.by_part:
        assert part_size(CANVAS, walk, part) == part_size(fresh, walk, part)


@for_any
@given(KEPT)
def test_the_advice_does_not_depend_on_who_came_before(kept: dict[str, Any]) -> None:
    values = walk_of(kept, "full").values
    assert advise(CANVAS, RULES, values) == advise(forgetful(), RULES, values)
    older = replace(RULES, steps=RULES.steps[1:])
    assert advise(CANVAS, older, values) == advise(forgetful(), older, values)


@for_any
@given(KEPT, DEPTH, st.data())
def test_an_answer_leads_on_as_if_all_began_anew(
    kept: dict[str, Any], depth: Depth, data: st.DataObject
) -> None:
    question = data.draw(st.sampled_from(CANVAS.questions))
    value = data.draw(said(question))
    before, then = walk_of(kept, depth), walk_of({**kept, question.key: value}, depth)
    before.opened(CANVAS)
    after = before.with_answer(Given(question.key, value, AT))
    assert (after, after.settled, after.values) == (then, then.settled, then.values)
    anew = then.opened(forgetful())
    assert [after.opened(CANVAS)[at] for at in DEPTHS] == [anew[at] for at in DEPTHS]
    if value is not None:
        was, now = (CANVAS.relevant(walk.values) for walk in (before, then))
        gone = [k for k in was if k not in now]
        gone = [k for k in gone if CANVAS[k].of is None or k.endswith(".what")]
        assert dropped(CANVAS, before, question.key, value) == gone


@given(KEPT, DEPTH)
def test_a_quick_change_is_an_ordinary_one(kept: dict[str, Any], depth: Depth) -> None:
    walk = walk_of(kept, depth)
    walk.opened(CANVAS)
    moved = changed(walk, state="routes", cursor=Cursor("routes.rules"))
    assert moved == replace(walk, state="routes", cursor=Cursor("routes.rules"))
    assert (walk.state, walk.cursor) == ("pilot", Cursor())
    assert moved.opened(CANVAS) is walk.opened(CANVAS)
