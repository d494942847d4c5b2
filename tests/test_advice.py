"""The advice: what it must be, worked out by hand, and what holds for any answers."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from content.loader import newest
from flows.advice.advice import FITS, Advice, Route, advise, changes
from flows.advice.routes import find_route, suggested
from flows.model.canvas import UNKNOWN, Because, Clause, Condition, Question
from tests.kinds import ANY_OF, ONE_OF, OPEN

Row = Mapping[str, Any]
Answers = dict[str, Any]

GUIDE = newest().guide
CANVAS, RULES = GUIDE.canvas, GUIDE.rules
TABLES = tomllib.loads((Path(__file__).parent / "profiles.toml").read_text(encoding="utf-8"))
PROFILES: list[Row] = TABLES["profile"]


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


# ------------------------------------------------------------ worked out by hand


def told(profile: Row, advice: Advice) -> Row:
    """What the advice says on each of the subjects of the profile."""
    routes, out = by_route(advice), by_route(advice)["out"]
    next_steps = [s.step for s in advice.next_steps]
    extra = {s.step: list(s.more) for s in (*advice.next_steps, *advice.also)}
    says = {
        "gate": advice.gate.outcome,
        "gate_reasons": [key for key, _ in advice.gate.because],
        "lacking": list(advice.gate.lacking),
        "gate_route": advice.gate.route,
        "routes": {key: routes[key].fit for key in profile.get("routes", {})},
        "order": [r.route for r in advice.routes][: len(profile.get("order", []))],
        "first": {k: [f.rule for f in routes[k].first] for k in profile.get("first", {})},
        "notes": {k: [n.rule for n in routes[k].notes] for k in profile.get("notes", {})},
        "way_here": out.way_here or "",
        "way_elsewhere": out.way_elsewhere or "",
        "side": out.side,
        "first_steps": next_steps[: len(profile.get("first_steps", []))],
        "also": [s.step for s in advice.also],
        "steps": [key for key in profile.get("steps", []) if key in extra],
        "not_steps": [key for key in profile.get("not_steps", []) if key not in extra],
        "more": {key: extra.get(key) for key in profile.get("more", {})},
        "because": {
            s.step: [key for key, _ in s.because]
            for s in advice.steps
            if s.step in profile.get("because", {})
        },
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


LEADS = {
    "in": {"routes.temporary": "fully"},
    "elsewhere": {"routes.demand": "concrete"},
    "here": {"routes.more_here": "many"},
    "up": {"routes.rules": "yes"},
    "deep": {"routes.behaviour": "yes"},
    "beyond": {"routes.other_domain": "asked"},
}
"""For each side the answer by which it leads."""


@pytest.mark.parametrize("row", TABLES["stands"], ids=lambda row: f"{row['key']} {row['given']}")
def test_an_obstacle_stands_before_its_sides_and_no_others(row: Row) -> None:
    stands = []
    for side, signal in LEADS.items():
        answers = {**{key: good[0] for key, good in GOOD.items()}, "impact.places": "some"}
        route = leading(side, {**answers, **signal, **row["given"]})
        found = [f for f in route.first if f.rule == row["key"]] if route else []
        stands += [side] if found else []
        assert all(f.decisive == row.get("decisive", False) for f in found)
    assert stands == row["before"]


def leading(side: str, answers: Answers) -> Route | None:
    """The route as this side shows it, looked at alone."""
    rule = next(r for r in RULES.routes if side in {s.key for s in r.sides})
    alone = replace(rule, sides=tuple(s for s in rule.sides if s.key == side))
    route = find_route(alone, RULES, CANVAS.relevant({**LEADS[side], **answers}))
    return route if suggested(route) else None


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
    return single.holds(kept)


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


def test_every_outcome_of_the_gate_has_a_profile() -> None:
    assert {p["gate"] for p in PROFILES if "gate" in p} == {gate.key for gate in RULES.gates}
    small = next(gate for gate in RULES.gates if gate.key == "small")
    assert untried("small", small.when.clauses, saying("gate", "small")) == []


def test_every_proof_has_a_profile_for_each_answer_that_is_not_enough() -> None:
    """And each side is shown to need it, but those that two rows of the table share."""
    missing: list[str] = []
    for proof in RULES.proofs:
        routes = [r.key for r in RULES.routes if {s.key for s in r.sides} & set(proof.sides)]
        said = [answers for key in routes for answers in saying("first", key, proof.key)]
        assert said, proof.key
        given = [CANVAS.relevant(a).get(proof.asks, UNKNOWN) for a in said]
        good = {v for clause in proof.enough.clauses for k, w in clause.needs for v in w
                if k == proof.asks}  # fmt: skip
        poor = {*CANVAS[proof.asks].choices, UNKNOWN} - good - {"disappoints"}
        missing += [f"{proof.key}: {v}" for v in poor if v not in given and not proof.when]
    assert missing == []


def test_every_route_has_a_profile_for_every_fit() -> None:
    for rule in RULES.routes:
        fits = {p["routes"][rule.key] for p in PROFILES if rule.key in p.get("routes", {})}
        never = {"first"} if rule.despite_gate else set()
        assert fits == {"fits", "first", "possible", "open", "not_now"} - never, rule.key
        assert saying("first", rule.key, "gate") or rule.despite_gate, rule.key


def test_every_signal_first_note_and_way_has_a_profile_for_each_of_its_answers() -> None:
    missing: list[str] = []
    for route in RULES.routes:
        strong = [*saying("routes", route.key, "fits"), *saying("routes", route.key, "first")]
        weak = [*saying("routes", route.key, "possible"), *strong]
        missing += untried(f"{route.key} strong", route.strong.clauses, strong)
        missing += untried(f"{route.key} weak", route.weak.clauses, weak)
        for note in route.notes:
            said = saying("notes", route.key, note.key)
            missing += untried(f"{route.key} note {note.key}", note.when.clauses, said)
    for first in RULES.firsts:
        routes = [r.key for r in RULES.routes if {s.key for s in r.sides} & set(first.sides)]
        said = [answers for key in routes for answers in saying("first", key, first.key)]
        missing += untried(f"first {first.key}", first.when.clauses, said)
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
        asked = Condition((*rule.when.clauses, *rule.partly.clauses))
        missing += untried(rule.key, asked.clauses, by)
        for key in asked.keys:
            seen = [a[key] for a in (*by, *not_by) if key in a]
            values = {*CANVAS[key].choices, UNKNOWN}
            missing += [f"{rule.key}: {key} {v}" for v in values if not any(v in s for s in seen)]
        missing += untried(f"{rule.key} unless", rule.unless.clauses, not_by)
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
GOOD = {
    "impact.evidence": ("measured", "stories"),
    "impact.working_part": ("yes", "partly"),
    "impact.places": ("one", "some", "many"),
}
SURE: dict[str, st.SearchStrategy[Any]] = {k: st.sampled_from(good) for k, good in GOOD.items()}
ANSWERS: st.SearchStrategy[Answers] = st.fixed_dictionaries({}, optional=ASKED) | (
    st.fixed_dictionaries(SURE, optional={k: v for k, v in ASKED.items() if k not in SURE})
)
EXAMPLES = int(os.environ.get("EXAMPLES", "30"))  # noqa: TID251 - how much a test does, as elsewhere
for_any = settings(deadline=None, max_examples=150)
for_some = settings(deadline=None, max_examples=EXAMPLES)
"""For what tries all other answers beside each; `make prove` takes a thousand."""


def one_less(answers: Answers) -> list[tuple[str, Answers, Advice]]:
    """Each answer taken away: which, what then still applies, and the advice for that."""
    rests = [(k, CANVAS.relevant({q: v for q, v in answers.items() if q != k})) for k in answers]
    return [(key, rest, advice_for(rest)) for key, rest in rests]


@for_some
@given(ANSWERS)
def test_no_signal_rests_on_an_answer_it_does_not_name(answers: Answers) -> None:
    """A named answer that stops applying speaks for the answer that opened its question."""
    answers = CANVAS.relevant(answers)
    routes = by_route(advice_for(answers)).values()
    for key, rest, less in one_less(answers):
        for route in routes:
            named = dict(route.because).keys()
            if key not in named and named <= rest.keys():
                assert by_route(less)[route.route].strength == route.strength, (route, key)


@for_some
@given(ANSWERS)
def test_no_obstacle_rests_on_an_answer_it_does_not_name(answers: Answers) -> None:
    """What is only lacking names no answer; who and how far (pilot) bound what counts."""
    answers = CANVAS.relevant(answers)
    advice = advice_for(answers)
    for key, rest, less in one_less(answers):
        if key.startswith("pilot.") or "small" in (advice.gate.outcome, less.gate.outcome):
            continue
        for route in advice.suggested:
            then = {first.rule for first in by_route(less)[route.route].first}
            for first in route.first if by_route(less)[route.route].side == route.side else ():
                named = dict(first.because).keys()
                if key not in named and named <= rest.keys() and by_route(less)[route.route].first:
                    assert first.rule in then, (first, key)


@for_some
@given(ANSWERS)
def test_no_step_rests_on_an_answer_it_does_not_name(answers: Answers) -> None:
    """As long as the same sides are gone, for the same origin and stage."""
    answers = CANVAS.relevant(answers)
    advice = advice_for(answers)
    named = {s.step: dict(s.because).keys() for s in (*advice.next_steps, *advice.also)}
    for key, rest, less in one_less(answers):
        bound = key.startswith(("pilot.", "closing.")) or key in UNLESS
        if bound or walked(less) != walked(advice):
            continue
        still = all_steps(less)
        for step, reasons in named.items():
            if key not in reasons and reasons <= rest.keys():
                assert step in still, (step, key)


UNLESS = {key for rule in RULES.steps for key in rule.unless.keys}


def walked(advice: Advice) -> tuple[bool, set[str]]:
    sides = {side for route in advice.suggested for side in route.sides}
    named = {step for route in advice.suggested for f in route.first for step in f.steps}
    return advice.gate.outcome == "small", sides | named


@for_any
@given(ANSWERS)
def test_every_reason_is_an_answer_that_was_given_and_applies(answers: Answers) -> None:
    """And never that something is not known yet."""
    kept = CANVAS.relevant(answers)
    advice = advice_for(answers)
    reasons: list[Because] = [advice.gate.because]
    reasons += [item.because for item in advice.attention]
    reasons += [step.because for step in (*advice.told, *advice.also)]
    for route in advice.routes:
        reasons += [route.because, *(item.because for item in (*route.first, *route.notes))]
    for key, value in chain.from_iterable(reasons):
        assert key in kept, key
        assert kept[key] == value != UNKNOWN


@for_any
@given(ANSWERS)
def test_a_route_names_each_of_its_sides_once(answers: Answers) -> None:
    for route in advice_for(answers).routes:
        assert len(route.sides) == len(set(route.sides))
        assert not route.sides or route.sides[0] == route.side


@for_any
@given(ANSWERS)
def test_every_suggestion_has_a_reason(answers: Answers) -> None:
    """Save what is only lacking: a gate that says find out, or an ingredient not known yet."""
    advice = advice_for(answers)
    assert all(route.because for route in advice.suggested)
    assert all(item.because or item.level == UNKNOWN for item in advice.attention)
    assert all(step.because for step in (*advice.told, *advice.also))
    assert advice.gate.because or advice.gate.outcome in ("find_out", "too_early")


@for_any
@given(ANSWERS)
def test_the_gate_names_what_its_outcome_rests_on(answers: Answers) -> None:
    gate = advice_for(answers).gate
    assert bool(gate.lacking) == (gate.outcome in ("find_out", "go_first", "too_early"))
    assert gate.outcome != "go_first" or 1 <= len(gate.because) == len(gate.lacking) <= 2
    assert gate.route is None or gate.outcome in ("go", "go_first", "find_out")
    assert gate.route == next((r.route for r in advice_for(answers).suggested), None) or (
        gate.outcome in ("too_early", "small")
    )


@for_any
@given(ANSWERS)
def test_staying_small_stands_beside_no_step_that_grows(answers: Answers) -> None:
    advice = advice_for(answers)
    if advice.gate.outcome == "small":
        assert set(all_steps(advice)) <= {"stay_small", "lessons", "goodbye"}
        assert advice.suggested == ()


@for_any
@given(ANSWERS)
def test_what_is_open_says_which_questions_would_tell(answers: Answers) -> None:
    kept = CANVAS.relevant(answers)
    for route in advice_for(answers).routes:
        assert bool(route.asks) == (route.fit == "open")
        assert all(kept.get(key, UNKNOWN) == UNKNOWN for key in route.asks)


def test_every_step_stands_among_the_first_three_for_some_answers() -> None:
    for row in TABLES["step"]:
        tried = [advice_for({**row.get("given", {}), **answers}) for answers in row["by"]]
        found = [advice for advice in tried if row["key"] in [s.step for s in advice.first_steps]]
        assert found, row["key"]


BETTER: dict[str, tuple[str, ...]] = {
    "impact.evidence": ("different", "impressions", "counts", "stories", "measured"),
    "impact.places": ("not_sure", "one", "some", "many"),
    "routes.hinges": ("nobody", "no", "doubt", "yes"),
    "routes.demand": ("no", "interest", "concrete"),
    "routes.clicked": ("no", "already", "some", "yes"),
    "routes.rules": ("yes", "partly", "no"),
    "routes.purse": ("yes", "partly", "no"),
    **dict.fromkeys(
        (
            "impact.working_part", "routes.hours", "routes.mandate", "routes.local_partners",
            "routes.upfront", "ingredients.collaboration", "ingredients.agreements",
            "ingredients.governance", "ingredients.skills", "ingredients.funding",
        ),
        ("no", "partly", "yes"),
    ),
}  # fmt: skip
"""The answers to what can stand before a route, from worst to best."""


def standing(route: Route, answers: Answers) -> set[str]:
    """The questions that stand before a route now."""
    named = {key for first in route.first for key, _ in first.because}
    asked = {first.asks for first in route.first if first.asks in answers}
    return (named | asked) & BETTER.keys()


def improved(key: str, value: Any) -> tuple[str, ...]:
    """Every better answer; of what is not known yet, only the best one is surely better."""
    order = BETTER[key]
    return order[order.index(value) + 1 :] if value in order else order[-1:]


def test_all_that_can_stand_before_a_route_has_a_better_answer() -> None:
    keys = {key for first in RULES.firsts for key in first.when.keys}
    keys |= {proof.asks for proof in RULES.proofs}
    bounds = {"pilot.origin", "routes.behaviour", "routes.stretch"}
    assert keys - bounds == set(BETTER)


BEYOND_FIRST: Answers = {
    "impact.evidence": "measured", "impact.places": "many", "routes.other_domain": "asked",
    "routes.more_here": "many", "routes.purse": "yes", "routes.behaviour": "yes",
    "routes.clicked": "yes",
}  # fmt: skip
"""Nothing stands before "beyond", which never leads; and something before each main route."""
IN_WAITS: Answers = {
    "routes.temporary": "fully", "routes.rules": "yes", "routes.hinges": "doubt",
    "routes.hours": "no", "ingredients.funding": "no",
}  # fmt: skip
"""Once somebody else can do it, nobody is asked about hours any more."""
DEEP_AWAITED: Answers = {
    "pilot.origin": "adopting", "impact.evidence": "measured", "impact.places": "many",
    "ingredients.governance": "yes", "routes.purse": "yes", "routes.other_domain": "asked",
    "routes.behaviour": "partly", "routes.clicked": "already",
}  # fmt: skip
"""Once somebody asks for it, "out" is a route, and it waits for "deep"."""


@for_any
@given(ANSWERS)
@example({**BEYOND_FIRST, "routes.hinges": "nobody"})
@example({**BEYOND_FIRST, "routes.mandate": "no"})
@example({**BEYOND_FIRST, **IN_WAITS})
@example({**DEEP_AWAITED, "routes.demand": "no"})
def test_improving_an_obstacle_never_lowers_its_route(answers: Answers) -> None:
    """Neither its fit, nor its place among what fits no better and gains nothing by it.

    What fits better may stand below it only because it never leads, or waits for it. An answer
    helps another route as well where it stands before both, asks no more, or brings a third
    route that waits for the other.
    """
    answers = CANVAS.relevant(answers)
    before = advice_for(answers)
    order = [route.route for route in before.routes]
    for route in before.suggested:
        lower = before.routes[order.index(route.route) + 1 :]
        equal = [r for r in lower if fit(r) >= fit(route)]
        for key in standing(route, answers):
            others = [r for r in equal if key not in signals(r.route)]
            for value in improved(key, answers[key]):
                after = advice_for({**answers, key: value})
                if "too_early" in {before.gate.outcome, after.gate.outcome}:
                    continue  # the answer may make it late enough for "small"
                then, places = by_route(after), [r.route for r in after.routes]
                assert fit(then[route.route]) <= fit(route), (key, value)
                lifted = awaited(after) - awaited(before)
                same = [
                    r.route for r in others
                    if fit(then[r.route]) >= fit(r) and r.route not in lifted
                ]  # fmt: skip
                below = [r for r in same if places.index(r) < places.index(route.route)]
                assert not below, (route.route, key, value)


def fit(route: Route) -> int:
    """The lower, the better."""
    return FITS.index(route.fit)


def awaited(advice: Advice) -> set[str | None]:
    return {first.waits_for for route in advice.routes for first in route.first}


def signals(route: str) -> set[str]:
    rule = next(rule for rule in RULES.routes if rule.key == route)
    return {*rule.strong.keys, *rule.weak.keys}


def other_answers(answers: Answers) -> Iterator[tuple[str, Any]]:
    for question in CANVAS.asked(answers, "full"):
        many = question.kind in ANY_OF
        for choice in question.choices if many or question.kind in ONE_OF else ():
            if answers.get(question.key) != choice:
                yield question.key, [choice] if many else choice


def fits(answers: Answers) -> dict[str, str]:
    return {r.route: r.fit for r in advise(CANVAS, RULES, answers).routes}


@for_some
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


@for_any
@given(ANSWERS)
def test_at_most_seven_steps_each_once_and_the_persons_own_apart(answers: Answers) -> None:
    advice = advice_for(answers)
    steps, chosen = all_steps(advice), answers.get("closing.small_win")
    assert len(advice.next_steps) == min(7, len(steps))
    assert len(steps) == len(set(steps))
    assert chosen not in steps
    assert bool(advice.own) == (chosen not in (None, UNKNOWN))
    assert sorted(by_route(advice)) == sorted(rule.key for rule in RULES.routes)


@for_any
@given(ANSWERS)
def test_a_route_that_another_waits_for_goes_above_it(answers: Answers) -> None:
    advice = advice_for(answers)
    order = [route.route for route in advice.routes]
    for route in advice.suggested:
        for waits_for in [f.waits_for for f in route.first if f.waits_for]:
            assert order.index(waits_for) < order.index(route.route)
    assert [r.route for r in advice.suggested[:1]] != ["beyond"] or len(advice.suggested) == 1


@for_some
@given(ANSWERS, st.randoms(use_true_random=False))
def test_the_advice_does_not_depend_on_the_order_of_answering(answers: Answers, luck: Any) -> None:
    shuffled = list(answers.items())
    luck.shuffle(shuffled)
    assert advice_for(dict(shuffled)) == advice_for(answers)
    assert advice_for(answers) == advice_for(answers)
    assert changes(CANVAS, RULES, dict(shuffled)) == changes(CANVAS, RULES, answers)
