"""`opschaalgids check`: shipped content passes, and each refusal speaks."""

from __future__ import annotations

import builtins
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from content.checks.guide import MOST, check
from content.checks.paths import Length, opens, solutions, walks
from content.checks.wording import wording_problems
from content.loader import load, newest, read
from flows.model.canvas import Clause, Condition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.model.canvas import Depth

CANVAS = newest().guide.canvas
LONG = "woord " * 91
DROP = ""
IMPOSSIBLE = 'when = [{ "routes.stretch" = ["not"], "routes.more_here" = ["no"] }]'


@cache
def shipped() -> tuple[str, list[str]]:
    """What is said of the files as they are; not while pytest collects: each worker would look."""
    return check()


@cache
def refused(cases: tuple[str, ...]) -> list[str]:
    """What is refused in a copy with these edits, and not in the shipped files."""
    files = read()
    for name, old, new, _ in (REFUSALS[case] for case in cases):
        assert old in files[name], f"{old!r} is no longer in {name}"
        files[name] = files[name].replace(old, new, 1)
    return [problem for problem in check(files)[1] if problem not in shipped()[1]]


def test_shipped_content_has_no_problems() -> None:
    assert not shipped()[1], "\n" + "\n".join(sorted(shipped()[1]))


REFUSALS = {
    "unreadable": ("canvas.toml", "[[part]]", "[[part", "cannot be read"),
    "parts": (
        "canvas.toml", 'key = "ingredients"\n', 'key = "ingredients"\n[[part]]\nkey = "after"\n',
        "canvas.toml: the parts are",
    ),
    "unreachable": (
        "canvas.toml", 'key = "routes.purse"\nkind = "one_of"',
        'key = "routes.purse"\nkind = "one_of"\n' + IMPOSSIBLE,
        "question routes.purse: no answers open it in the quick walk",
    ),
    "unreachable in the quick walk": (
        "canvas.toml", 'when = [{ "routes.more_here" = ["many", "some"] }]',
        'when = [{ "routes.owner" = ["no"] }]',
        "question routes.stretch: no answers open it in the quick walk",
    ),
    "no such pitfall": ("canvas.toml", 'raised = ["scope", "coherence", "conditions", "partners"]',
                        'raised = ["scoop"]', "pitfalls.answer"),
    "no such question": (
        "canvas.toml", '"routes.purse" = ["yes", "partly"]', '"routes.wallet" = ["yes", "partly"]',
        "routes.wallet, which is no question",
    ),
    "comes later": (
        "canvas.toml", '"impact.working_part" = ["yes", "partly"]', '"routes.rules" = ["yes"]',
        "routes.rules, which comes later",
    ),
    "no such answer": (
        "canvas.toml", '"routes.purse" = ["yes", "partly"]', '"routes.purse" = ["yess"]',
        "routes.purse has no answer yess",
    ),
    "no such answer in a check": (
        "canvas.toml", '"pitfalls.partners_time" = ["no"]', '"pitfalls.partners_time" = ["never"]',
        "pitfall partners: pitfalls.partners_time has no answer never",
    ),
    "rule on no question": (
        "advice.toml", '"routes.other_domain" = ["asked"]', '"routes.domain" = ["asked"]',
        "route beyond, strong: its condition asks for routes.domain",
    ),
    "rule on no answer": (
        "advice.toml", '"routes.other_domain" = ["asked"]', '"routes.other_domain" = ["yes"]',
        "routes.other_domain has no answer yes",
    ),
    "never": (
        "advice.toml", '{ "routes.stretch" = ["same"] }',
        '{ "routes.stretch" = ["same"], "routes.more_here" = ["no"] }',
        "way grow (here): no answers trigger it",
    ),
    "dead clause": (
        "advice.toml", '  { "routes.elsewhere" = ["no"] },',
        '  { "routes.clicked" = ["no"], "routes.behaviour" = ["no"] },',
        "step elsewhere: no answers can give routes.clicked",
    ),
    "never, by an answer it hangs on": (
        "advice.toml", '{ "routes.comparable" = ["checked"] }',
        '{ "routes.comparable" = ["checked"], "routes.demand" = ["unknown"] }',
        "way copy (elsewhere): no answers trigger it",
    ),
    "always another first": (
        "advice.toml", '"pilot.stage" = ["finished", "spread"]',
        '"pilot.stage" = ["preparing"]', "observation adopting_on_the_way: no answers trigger it",
    ),
    "no source": ("advice.toml", 'source = "PONT 8"', 'source = "PONT 9"', "'PONT 9' is no source"),
    "no source at all": ("advice.toml", 'source = "CDKM, PAW"', 'source = "-"', "'-' is no source"),
    "no source of a pitfall": (
        "canvas.toml", '"scope"\nsource = "VNG"', '"scope"\nsource = "?"', "pitfall scope: '?'",
    ),
    "no text": (
        "en/questions.toml", '["pilot.stage"]\nshort', '["pilot.stage"]\nshrt',
        "en/questions.toml: pilot.stage > short is missing",
    ),
    "no label": (
        "nl/questions.toml", 'spread = "Loopt al op meer plekken"', DROP,
        "nl/questions.toml: pilot.stage > choices > spread is missing",
    ),
    "no label for an action": (
        "nl/questions.toml", 'this_week = "Deze week"', DROP,
        "nl/questions.toml: action.when > choices > this_week is missing",
    ),
    "no example": (
        "nl/questions.toml",
        'example = "Drie dagen begeleiding per week, 60.000 euro per jaar en een zaaltje."', DROP,
        "nl/questions.toml: impact.input > example is missing",
    ),
    "empty": (
        "nl/questions.toml", 'short = "Fase"', 'short = ""', "pilot.stage > short is missing",
    ),
    "no advice": (
        "nl/advice.toml", "[first.landing]", "[first.landed]",
        "nl/advice.toml: first > landing > text is missing",
    ),
    "no step": (
        "nl/advice.toml",
        'first_move = "Bel één iemand die nu nog ontbreekt en nodig die uit."', DROP,
        "nl/advice.toml: step > map > first_move is missing",
    ),
    "no reason": (
        "nl/reasons.toml", 'concrete = "Andere', 'concreet = "Andere',
        "nl/reasons.toml: routes.demand > concrete is missing",
    ),
    "no such side": (
        "advice.toml", 'sides = ["up"]', 'sides = ["upward"]', "step rules: upward is no side",
    ),
    "no such step": (
        "advice.toml", 'steps = ["mandate"]', 'steps = ["manday"]', "first mandate: manday is no",
    ),
    "a step that nothing brings": (
        "advice.toml", 'sides = ["beyond"]\nsource = "VNG, PONT 2"', 'source = "VNG"',
        "step core: nothing brings it",
    ),
    "no message": (
        "nl/messages.toml", 'done = "Dit was het.', 'finished = "Dit was het.',
        "nl/messages.toml: say > done is missing",
    ),
    "message in one language": (
        "nl/messages.toml", 'done = "Dit was het.', 'gone = "Dit was het.',
        "en/messages.toml: say > gone is missing",
    ),
    "broken message": (
        "nl/messages.toml", 'refused = "{{ refusal }}"', 'refused = "{{ refusal"',
        "say > refused: the template cannot be read",
    ),
    "web words in one language": (
        "nl/web/messages.toml", 'long = "', 'brief = "',
        "nl/web/messages.toml: say > long is missing",
    ),
    "web words that nobody hears": (
        "en/web/messages.toml", "[say]\n", '[say]\nwelcom = "Hello."\n',
        "say > welcom: en/messages.toml has no such words",
    ),
    "web words with a fact that is not there": (
        "en/web/steering.toml", 'hello = """\nHello {{ name }}',
        'hello = """\nHello {{ keeper }}', "say > hello: keeper is no fact",
    ),
    "web words with a field that is not there": (
        "nl/web/steering.toml", "nog {count} regels", "nog {lines} regels",
        "documents > more: lines is no fact",
    ),
    "web words of another form": (
        "nl/web/steering.toml", 'typed = "Lukt', 'typed = ["Geen code?"]\ngone = "Lukt',
        "documents > typed: this is no str",
    ),
    "broken web words": (
        "nl/web/messages.toml", 'type_it = "', 'type_it = "{{ ',
        "nl/web/messages.toml, say > type_it: the template cannot be read",
    ),
    "a button without words": (
        "nl/web.toml", 'sharing = "Delen"\n', DROP, "verbs > sharing is missing; write",
    ),
    "a button of no verb": (
        "en/web.toml", 'sharing = "Sharing"', 'shares = "Sharing"',
        "verbs > shares: there is no such verb",
    ),
    "long question": (
        "nl/questions.toml", 'text = "Hoe ver is de pilot nu?"', f'text = "{LONG}"',
        "pilot.stage > text with help and example: ",
    ),
    "long message": (
        "nl/messages.toml", 'strange = "', f'strange = "{LONG}', "messages.toml, say > strange: ",
    ),
    "large message": (
        "nl/messages.toml", 'strange = "', f'strange = "{"x" * 4_097}', "4176 units",
    ),
    "long step": (
        "nl/advice.toml", 'text = "Kies iets dat', f'text = "{LONG}', "step > small_win > text: ",
    ),
    "long label": (
        "nl/questions.toml", 'spread = "Loopt', f'spread = "{"x" * 40} Loopt', "above 48",
    ),
    "long label of a step": (
        "nl/advice.toml", 'label = "Eén kleine', f'label = "{"x" * 40} Eén kleine',
        "step > small_win > label: a label of",
    ),
    "command as a label": (
        "nl/questions.toml", 'spread = "Loopt al op meer plekken"', 'spread = "Pauze!"',
        "'pauze' is typed for the command pause",
    ),
    "many moves": (
        "canvas.toml", 'choices = ["plan", "budget", "process", "job", "none"]',
        'choices = ["plan", "budget", "process", "job", "none", "a", "b", "c"]', "52 moves",
    ),
    "much to type": (
        "canvas.toml", 'key = "impact.for_whom"\nkind = "text"\ndepth = "full"',
        'key = "impact.for_whom"\nkind = "text"', "9 typed answers",
    ),
}  # fmt: skip


TOGETHER = (
    ("unreadable",),
    ("unreachable", "never", "no such pitfall"),
    ("unreachable in the quick walk", "parts", "dead clause", "never, by an answer it hangs on",
     "always another first", "no source", "no source at all", "no source of a pitfall"),
    ("many moves", "much to type"),
    ("no such question", "comes later", "no such answer in a check", "rule on no question",
     "rule on no answer", "no such side", "no such step"),
    ("no such answer", "a step that nothing brings"),
    ("no text", "no label", "no label for an action", "no example", "no advice", "no step",
     "no reason", "no message", "broken message", "long question", "long message", "long step"),
    ("empty", "message in one language", "large message", "long label", "long label of a step"),
    ("command as a label",),
    ("web words in one language", "web words that nobody hears", "broken web words",
     "web words with a fact that is not there", "web words with a field that is not there",
     "web words of another form", "a button without words", "a button of no verb"),
)  # fmt: skip
"""Edits in one copy, of which each is seen by itself: reading and solving it takes seconds."""


def test_every_refusal_is_in_one_copy() -> None:
    assert sorted(case for copy in TOGETHER for case in copy) == sorted(REFUSALS)


@pytest.mark.parametrize(("case", "copy"), [(case, copy) for copy in TOGETHER for case in copy],
                         ids=[case for copy in TOGETHER for case in copy])  # fmt: skip
def test_refuses(case: str, copy: tuple[str, ...]) -> None:
    said = REFUSALS[case][-1]
    assert any(said in problem for problem in refused(copy)), refused(copy)
    assert not [other for other in copy if other != case and said in REFUSALS[other][-1]]


def test_refuses_a_long_button() -> None:
    files = {name: text.replace("routes.own_choice", "routes.own_choice_of_the_person_who_answers")
             for name, text in read().items()}  # fmt: skip
    found = wording_problems(load(files))
    assert any(p.startswith("button /sure routes.own_choice_of") for p in found)


@cache
def took(depth: Depth) -> Mapping[str, Length]:
    return walks(CANVAS, depth)


def walk(which: str, depth: Depth) -> Length:
    return took(depth)[which]


@pytest.mark.parametrize(("depth", "moves", "typed"), [("quick", 48, 8), ("full", 90, 25)])
def test_walks_are_short(depth: Depth, moves: int, typed: int) -> None:
    assert walk("longest", depth).moves <= MOST[depth][0] == moves
    assert walk("most_typed", depth).typed <= MOST[depth][1] == typed


@pytest.mark.parametrize("depth", ["quick", "full"])
def test_walks_are_in_order(depth: Depth) -> None:
    few, many = walk("shortest", depth), walk("longest", depth)
    assert few.moves < many.moves
    assert few.questions <= many.questions
    assert few.minutes < many.minutes
    assert few.typed == 0  # "I do not know yet" is a button everywhere
    assert many.typed <= walk("most_typed", depth).typed


def test_minutes() -> None:
    assert Length(1, 3, 1).minutes == pytest.approx((2 * 11 + 35) / 60)


def test_solutions_open_what_they_need() -> None:
    wanted = Condition((Clause((("routes.clicked", ("no",)),)),))
    found = next(solutions(CANVAS, (wanted,)))
    assert found["routes.behaviour"] in ("yes", "partly")
    assert CANVAS.relevant(found).keys() == found.keys()


def test_an_action_needs_a_weak_ingredient() -> None:
    question = CANVAS["ingredients.actions.value.who"]
    assert opens(CANVAS, question, "full")
    assert question.condition("full") is not None
    found = next(solutions(CANVAS, (question.when,))) if question.when else {}
    assert found["ingredients.value"] != "yes"


def test_report_measures() -> None:
    report, _ = shipped()
    assert "quick longest" in report
    assert "full shortest" in report
    assert "Flesch-Douma" in report


def test_report_without_textstat(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "textstat":
            raise ImportError(name)
        return whole(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert check()[0].startswith("reading level skipped, install opschaalgids[test]\n")
