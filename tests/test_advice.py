"""The advice: what it must be, worked out by hand, and what holds for any answers."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.loader import newest
from flows.advice import Advice, Route, advise, changes, find_gate, find_routes
from flows.canvas import ANY_OF, ONE_OF, OPEN, UNKNOWN, Because, Clause, Question

Row = Mapping[str, Any]
Answers = dict[str, Any]

GUIDE = newest().guide
CANVAS, RULES = GUIDE.canvas, GUIDE.rules
TABLES = tomllib.loads((Path(__file__).parent / "profiles.toml").read_text(encoding="utf-8"))
PROFILES: list[Row] = TABLES["profile"]
GO = next(gate for gate in RULES.gates if gate.key == "go").when.clauses[0]


def of_profile(profile: Row) -> Answers:
    parts = profile.get("answers", {}).items()
    return {f"{part}.{name}": value for part, some in parts for name, value in some.items()}


def advice_for(answers: Mapping[str, Any]) -> Advice:
    unasked = [key for key in answers if key not in CANVAS]
    assert not unasked, f"no such question: {unasked}"
    return advise(CANVAS, RULES, answers)


def all_steps(advice: Advice) -> list[str]:
    return [step.step for step in (*advice.next_steps, *advice.also)]


def by_route(advice: Advice) -> dict[str, Route]:
    return {route.route: route for route in advice.routes}


def because_of(route: Route, advice: Advice) -> set[str]:
    firsts = chain.from_iterable(first.because for first in route.first)
    return {key for key, _ in (*route.because, *firsts, *advice.gate.because)}


# ------------------------------------------------------------ worked out by hand


def told(profile: Row, advice: Advice) -> Row:
    """What the advice says on each of the subjects of the profile."""
    routes, out = by_route(advice), by_route(advice)["out"]
    next_steps = [s.step for s in advice.next_steps]
    extra = {s.step: list(s.more) for s in (*advice.next_steps, *advice.also)}
    says = {
        "gate": advice.gate.outcome,
        "gate_reasons": [key for key, _ in advice.gate.because],
        "routes": {key: routes[key].fit for key in profile.get("routes", {})},
        "order": [r.route for r in advice.routes][: len(profile.get("order", []))],
        "first": {k: [f.rule for f in routes[k].first] for k in profile.get("first", {})},
        "notes": {k: [n.rule for n in routes[k].notes] for k in profile.get("notes", {})},
        "way_here": out.way_here or "",
        "way_elsewhere": out.way_elsewhere or "",
        "first_steps": next_steps[: len(profile.get("first_steps", []))],
        "also": [s.step for s in advice.also],
        "steps": [key for key in profile.get("steps", []) if key in extra],
        "not_steps": [key for key in profile.get("not_steps", []) if key not in extra],
        "more": {key: extra.get(key) for key in profile.get("more", {})},
        "attention": [f"{a.key} {a.level}" for a in advice.attention],
    }
    return {subject: says[subject] for subject in profile if subject not in ("name", "answers")}


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p["name"])
def test_a_profile_gets_the_advice_worked_out_by_hand(profile: Row) -> None:
    advice = advice_for(of_profile(profile))
    expected = {k: v for k, v in profile.items() if k not in ("name", "answers")}
    assert told(profile, advice) == expected
    if "also" in profile and not profile["also"]:
        assert [s.step for s in advice.next_steps] == profile["first_steps"]


@pytest.mark.parametrize("row", TABLES["step"], ids=lambda row: row["key"])
def test_a_step_comes_with_its_triggers_and_with_nothing_else(row: Row) -> None:
    alone = row.get("given", {})
    comes = [a for a in row["by"] if row["key"] in all_steps(advice_for({**alone, **a}))]
    stays = [a for a in row["not_by"] if row["key"] in all_steps(advice_for({**alone, **a}))]
    assert comes == row["by"]
    assert stays == []


@pytest.mark.parametrize("row", TABLES["pitfall"], ids=lambda row: row["key"])
def test_a_pitfall_is_raised_mild_or_absent(row: Row) -> None:
    expected = {"raised": row["raised"], "mild": row["mild"], None: row["not_raised"]}
    for level, cases in expected.items():
        for answers in cases:
            found = [(a.key, a.level) for a in advice_for(answers).attention]
            assert found == ([(row["key"], level)] if level else []), answers


# ------------------------------------------------------------ nothing is left untried


def triggers(clause: Clause) -> Iterator[tuple[str, str]]:
    """Every (question, answer) that a clause listens to and a person can give."""
    for key, wanted in clause.needs:
        can = {*CANVAS[key].choices, UNKNOWN}
        yield from ((key, value) for value in wanted if value.removeprefix("!") in can)


def pulls(answers: Answers, clause: Clause, key: str, value: str) -> bool:
    """Whether the clause holds for these answers by this very value."""
    kept = CANVAS.relevant(answers)
    single = Clause(tuple((k, (value,) if k == key else w) for k, w in clause.needs))
    return single.because(kept) is not None


def untried(subject: str, clauses: tuple[Clause, ...], tried: list[Answers]) -> list[str]:
    return [
        f"{subject}: {key} = {value}"
        for clause in clauses
        for key, value in triggers(clause)
        if not any(pulls(answers, clause, key, value) for answers in tried)
    ]


def saying(subject: str, *path: str) -> list[Answers]:
    """The answers of the profiles that assert this: ("first", "out", "rules")."""
    found = []
    for profile in PROFILES:
        at: Any = profile.get(subject)
        for name in path:
            at = at.get(name) if isinstance(at, dict) else at == name or name in (at or [])
        if at:
            found.append(of_profile(profile))
    return found


def test_every_gate_has_a_profile_for_each_of_its_answers() -> None:
    missing = list(
        chain.from_iterable(
            untried(g.key, g.when.clauses, saying("gate", g.key)) for g in RULES.gates
        )
    )
    lacking = [CANVAS.relevant(a) for a in saying("gate", "find_out")]
    for key, good in GO.needs:
        others = {*CANVAS[key].choices, UNKNOWN} - {*good, "disappoints"}
        missing += [f"{key} {v}" for v in others if v not in [a.get(key) for a in lacking]]
    assert missing == []


def test_every_route_has_a_profile_for_every_fit() -> None:
    for rule in RULES.routes:
        fits = {p["routes"][rule.key] for p in PROFILES if rule.key in p.get("routes", {})}
        never = {"first"} if rule.despite_gate and not rule.firsts else set()
        assert fits == {"fits", "first", "possible", "not_now"} - never, rule.key
        assert saying("first", rule.key, "gate") or rule.despite_gate, rule.key


def test_every_signal_first_note_and_way_has_a_profile_for_each_of_its_answers() -> None:
    missing: list[str] = []
    for route in RULES.routes:
        strong = [*saying("routes", route.key, "fits"), *saying("routes", route.key, "first")]
        weak = [*saying("routes", route.key, "possible"), *strong]
        missing += untried(f"{route.key} strong", route.strong.clauses, strong)
        missing += untried(f"{route.key} weak", route.weak.clauses, weak)
        for first in route.firsts:
            said = saying("first", route.key, first.key)
            missing += untried(f"{route.key} first {first.key}", first.when.clauses, said)
        for note in route.notes:
            said = saying("notes", route.key, note.key)
            missing += untried(f"{route.key} note {note.key}", note.when.clauses, said)
    for way in RULES.ways:
        missing += untried(way.key, way.when.clauses, saying(f"way_{way.where}", way.key))
    assert missing == []


def test_every_step_is_tried_with_each_of_its_answers_and_each_of_the_others() -> None:
    rows = {row["key"]: row for row in TABLES["step"]}
    assert list(rows) == [rule.key for rule in RULES.steps]
    missing: list[str] = []
    for rule in RULES.steps:
        row = rows[rule.key]
        by, not_by = ([{**row.get("given", {}), **a} for a in row[n]] for n in ("by", "not_by"))
        missing += untried(rule.key, rule.when.clauses, by)
        for key in rule.when.keys:
            seen = [a[key] for a in (*by, *not_by) if key in a]
            values = {*CANVAS[key].choices, UNKNOWN}
            missing += [f"{rule.key}: {key} {v}" for v in values if not any(v in s for s in seen)]
        assert all(saying("more", rule.key, extra) for extra in rule.more or {})
    assert missing == []


def test_every_pitfall_is_tried_with_each_answer_to_each_check() -> None:
    rows = {row["key"]: row for row in TABLES["pitfall"]}
    assert list(rows) == [pitfall.key for pitfall in CANVAS.pitfalls]
    for pitfall in CANVAS.pitfalls:
        row = rows[pitfall.key]
        cases = [*row["raised"], *row["mild"], *row["not_raised"]]
        for check in pitfall.checks:
            given_to = [answers[check] for answers in cases if check in answers]
            lists = [value if isinstance(value, list) else [value] for value in given_to]
            flat = set(chain.from_iterable(lists))
            assert flat == {*CANVAS[check].choices, UNKNOWN}, check


# ------------------------------------------------------------ what holds for any answers


def values_for(question: Question) -> st.SearchStrategy[Any]:
    if question.kind in ONE_OF:
        return st.sampled_from([*question.choices, UNKNOWN])
    if question.kind in OPEN:
        return st.sampled_from(["zo staat het er", UNKNOWN])
    together = [choice for choice in question.choices if choice != question.alone]
    lists: st.SearchStrategy[Any] = st.lists(st.sampled_from(together), min_size=1, unique=True)
    alone = [[question.alone]] if question.alone else []
    return lists | st.sampled_from([*alone, UNKNOWN])


ASKED = {q.key: values_for(q) for q in CANVAS.questions if q.kind not in ("who", "when")}
SURE: dict[str, st.SearchStrategy[Any]] = {key: st.sampled_from(good) for key, good in GO.needs}
ANSWERS: st.SearchStrategy[Answers] = st.fixed_dictionaries({}, optional=ASKED) | (
    st.fixed_dictionaries(SURE, optional={k: v for k, v in ASKED.items() if k not in SURE})
)
for_any = settings(deadline=None, max_examples=150)


def without(answers: Answers, key: str) -> Answers:
    return {k: v for k, v in answers.items() if k != key}


def one_less(answers: Answers) -> list[tuple[str, Answers, Advice]]:
    """Each answer taken away: which, what then still applies, and the advice for that."""
    rests = [(key, CANVAS.relevant(without(answers, key))) for key in answers]
    return [(key, rest, advice_for(rest)) for key, rest in rests]


@for_any
@given(ANSWERS)
def test_no_route_rests_on_an_answer_it_does_not_name(answers: Answers) -> None:
    """A named answer that stops applying speaks for the answer that opened its question."""
    answers = CANVAS.relevant(answers)
    advice = advice_for(answers)
    named = {route.route: because_of(route, advice) for route in advice.routes}
    for key, rest, less in one_less(answers):
        for route in advice.routes:
            if key not in named[route.route] and named[route.route] <= rest.keys():
                assert by_route(less)[route.route].fit == route.fit, (route, key)


@for_any
@given(ANSWERS)
def test_no_step_rests_on_an_answer_it_does_not_name(answers: Answers) -> None:
    """A named answer that stops applying speaks for the answer that opened its question."""
    answers = CANVAS.relevant(answers)
    advice = advice_for(answers)
    named = {s.step: dict(s.because).keys() for s in (*advice.next_steps, *advice.also)}
    for key, rest, less in one_less(answers):
        still = all_steps(less)
        for step, reasons in named.items():
            if key not in reasons and reasons <= rest.keys():
                assert step in still, (step, key)


@for_any
@given(ANSWERS)
def test_every_reason_is_an_answer_that_was_given_and_applies(answers: Answers) -> None:
    kept = CANVAS.relevant(answers)
    advice = advice_for(answers)
    reasons: list[Because] = [advice.gate.because]
    reasons += [item.because for item in advice.attention]
    reasons += [step.because for step in (*advice.next_steps, *advice.also)]
    for route in advice.routes:
        reasons += [route.because, *(item.because for item in (*route.first, *route.notes))]
    for key, value in chain.from_iterable(reasons):
        assert key in kept, key
        assert kept[key] == value


@for_any
@given(ANSWERS)
def test_every_suggestion_has_a_reason(answers: Answers) -> None:
    """Save the small win, which always comes, and a gate for which nothing was asked."""
    advice = advice_for(answers)
    assert all(route.because for route in advice.suggested)
    assert all(item.because for item in advice.attention)
    assert all(s.because for s in (*advice.next_steps, *advice.also) if s.step != "small_win")
    assert advice.gate.because or advice.gate.outcome == "find_out"


def other_answers(answers: Answers) -> Iterator[tuple[str, Any]]:
    for question in CANVAS.asked(answers, "full"):
        many = question.kind in ANY_OF
        for choice in question.choices if many or question.kind in ONE_OF else ():
            if answers.get(question.key) != choice:
                yield question.key, [choice] if many else choice


def fits(answers: Answers) -> dict[str, str]:
    kept = CANVAS.relevant(answers)
    return {r.route: r.fit for r in find_routes(RULES, find_gate(RULES, kept), kept)}


@for_any
@given(ANSWERS)
def test_what_would_change_a_route_is_true_and_complete(answers: Answers) -> None:
    answers = CANVAS.relevant(answers)
    said = changes(CANVAS, RULES, answers)
    listed = {(r, c.question, str(c.answer), c.fit) for r, some in said.items() for c in some}
    now, found = fits(answers), set()
    for key, answer in other_answers(answers):
        then = fits({**answers, key: answer})
        found |= {(r, key, str(answer), fit) for r, fit in then.items() if fit != now[r]}
    assert listed == found


def test_what_would_change_a_route_counts_the_answers_that_come_back() -> None:
    """Answers of a branch that was left stay stored, and come back with it."""
    proven = {"impact.evidence": "measured", "impact.working_part": "yes", "impact.places": "many"}
    left = {"routes.behaviour": "no", "routes.clicked": "no"}
    answers = {**proven, "routes.demand": "concrete", **left}
    assert fits(answers)["out"] == "fits"
    assert fits({**answers, "routes.behaviour": "yes"})["out"] == "first"
    said = [(c.question, c.answer, c.fit) for c in changes(CANVAS, RULES, answers)["out"]]
    assert ("routes.behaviour", "yes", "first") in said


def test_the_list_of_open_points_comes_after_the_pitfalls() -> None:
    points = ("impact.evidence", "impact.why", "impact.input", "routes.owner", "routes.window")
    answers = {**dict.fromkeys(points, UNKNOWN), "pitfalls.coherence_whole": "no"}
    assert all_steps(advice_for(answers)) == ["small_win", "theory", "whole", "open_points"]


@for_any
@given(ANSWERS)
def test_at_most_seven_steps_each_once_and_the_small_win_first(answers: Answers) -> None:
    advice = advice_for(answers)
    steps = all_steps(advice)
    assert len(advice.next_steps) == min(7, len(steps))
    assert len(steps) == len(set(steps))
    assert steps[0] == "small_win"
    assert sorted(by_route(advice)) == sorted(rule.key for rule in RULES.routes)
    assert advice.gate.outcome != "small" or advice.suggested == ()


@for_any
@given(ANSWERS)
def test_a_route_that_another_waits_for_goes_above_it(answers: Answers) -> None:
    advice = advice_for(answers)
    order = [route.route for route in advice.routes]
    for route in advice.suggested:
        for waits_for in [f.waits_for for f in route.first if f.waits_for]:
            assert order.index(waits_for) < order.index(route.route)
    assert [r.route for r in advice.suggested[:1]] != ["beyond"] or len(advice.suggested) == 1


@for_any
@given(ANSWERS, st.randoms(use_true_random=False))
def test_the_advice_does_not_depend_on_the_order_of_answering(answers: Answers, luck: Any) -> None:
    shuffled = list(answers.items())
    luck.shuffle(shuffled)
    assert advice_for(dict(shuffled)) == advice_for(answers)
    assert advice_for(answers) == advice_for(answers)
    assert changes(CANVAS, RULES, dict(shuffled)) == changes(CANVAS, RULES, answers)
