"""Then and now: what changed since a moment, and by which answers or rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from content import loader
from flows.advice.comparison import GATE, Comparison, compare, last_time, stood, to_look_at, walks
from flows.model.journey import Given, Landmark
from tests.canvases import REALISTIC

if TYPE_CHECKING:
    from flows.model.guidebook import Guide

BEGAN = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Amsterdam"))
LATER = BEGAN + timedelta(days=95)


@pytest.fixture(scope="module")
def guide() -> Guide:
    return loader.newest().guide


def given(values: dict[str, Any], at: datetime = BEGAN) -> dict[str, Given]:
    return {key: Given(key, value, at) for key, value in values.items()}


def after(guide: Guide, **answers: Any) -> Comparison:
    """The same canvas, three months later with these other answers."""
    then = given(REALISTIC)
    new = {key.replace("__", "."): value for key, value in answers.items()}
    return compare(guide, then, then | given(new, LATER))


def test_nothing_changed_is_the_same(guide: Guide) -> None:
    assert after(guide).same


def test_an_answer_that_was_given_again_is_confirmed(guide: Guide) -> None:
    found = after(guide, routes__hinges=REALISTIC["routes.hinges"])
    assert found.same
    assert found.confirmed == ("routes.hinges",)


def test_only_the_answers_that_made_it_so_are_its_reason(guide: Guide) -> None:
    """Each shift is gone once its reasons are as they were, and a mere remark is none."""
    changed = {"routes.temporary": "no", "routes.hinges": "yes", "closing.insight": "Anders."}
    then = given(REALISTIC)
    now = then | given(changed, LATER)
    found = compare(guide, then, now)
    assert found.shifts
    assert {one.question for one in found.revisions} >= set(changed)
    for shift in found.shifts:
        reasons = {one.question for one in shift.because}
        assert reasons
        assert "closing.insight" not in reasons
        back = compare(guide, then, now | {k: then[k] for k in reasons if k in then})
        assert shift not in back.shifts


def test_a_rule_that_changed_is_no_answer(guide: Guide) -> None:
    """The same answers, another fit: the reason is a renewed rule, and that is said."""
    routes = guide.rules.routes
    swapped = tuple(
        replace(rule, key=other.key) for rule, other in zip(routes, reversed(routes), strict=True)
    )
    older = replace(guide.rules, routes=swapped)
    renewed = replace(guide, renewed=True, first_rules=lambda: older)
    found = compare(renewed, given(REALISTIC), given(REALISTIC))
    assert found.shifts
    assert all(shift.by_rule and not shift.because for shift in found.shifts)
    assert GATE not in {shift.about for shift in found.shifts} or not found.revisions


def test_a_history_gives_what_stood_at_a_moment() -> None:
    history = [
        Given("routes.hinges", "no", BEGAN),
        Given("routes.hinges", "yes", LATER),
        Given("routes.rules", None, LATER),
    ]
    assert stood(history, BEGAN)["routes.hinges"].value == "no"
    assert stood(history, LATER)["routes.hinges"].value == "yes"
    assert walks(history) == [(BEGAN, BEGAN), (LATER, LATER)]


def test_the_last_time_is_a_week_ago_at_least() -> None:
    marks = [Landmark("walk", BEGAN), Landmark("meeting", LATER), Landmark("summary", LATER)]
    assert last_time(marks, LATER + timedelta(days=6)) == marks[0]
    assert last_time(marks, LATER + timedelta(days=7)) == marks[1]
    assert last_time(marks, BEGAN) is None


def test_a_look_back_asks_what_decides_and_what_is_old(guide: Guide) -> None:
    old = given(REALISTIC)
    assert not to_look_at(guide, old, BEGAN + timedelta(days=6))
    asked = to_look_at(guide, old, LATER)
    assert 0 < len(asked) <= 6
    fresh = old | given({asked[0]: REALISTIC[asked[0]]}, LATER)
    assert asked[0] not in to_look_at(guide, fresh, LATER)


def test_what_is_unknown_and_decides_comes_first(guide: Guide) -> None:
    old = given({**REALISTIC, "routes.mandate": "unknown"})
    assert to_look_at(guide, old, LATER)[0] == "routes.mandate"
