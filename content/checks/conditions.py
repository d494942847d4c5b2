"""What check asks of conditions and rules: that they can hold, name what is there, and say why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from content.checks.paths import Need, solutions
from flows.model.canvas import SKIPPED, UNKNOWN, Canvas, Clause, Condition, Pitfall, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.loader import Content
    from flows.model.rules import FirstRule, Proof, Rules

SOURCE = re.compile(r"(VNG|PAW|JPF|CDKM|PONT)( [1-8])?")


@dataclass(frozen=True)
class Checked:
    """One rule. `also` must hold with it; none of `earlier` may; `free`: needs no clause."""

    where: str
    source: str
    when: Condition
    also: tuple[Condition, ...] = ()
    earlier: tuple[Condition, ...] = ()
    free: bool = False


def needs(canvas: Canvas, where: str, condition: Condition) -> Iterator[str]:
    """That a condition asks for questions and answers that are there."""
    spelled = {need for pitfall in canvas.pitfalls for need in _spelled(pitfall)}
    for need in dict.fromkeys(n for clause in condition.clauses for n in clause.needs):
        if need[0] not in canvas:
            yield f"{where}: its condition asks for {need[0]}, which is no question; name one."
        elif need not in spelled:  # `raised` spelled out: not every check can be "partly"
            yield from _answers(canvas[need[0]], where, need)


def _spelled(pitfall: Pitfall) -> Iterator[Need]:
    """What `raised` stands for, as content/structure.py spells it out."""
    return ((key, (*bad, "partly")) for key, bad in pitfall.checks.items())


def _answers(question: Question, where: str, need: Need) -> Iterator[str]:
    for wanted in need[1]:
        if wanted.removeprefix("!") not in {*question.choices, UNKNOWN, SKIPPED, "*"}:
            yield f"{where}: {question.key} has no answer {wanted}; use one of its choices."


def _rules(content: Content) -> Iterator[Checked]:
    rules = content.guide.rules
    for gate in rules.gates:
        # Only `small` has answers of its own; the others follow from proofs and obstacles.
        yield Checked(f"gate {gate.key}", gate.source, gate.when, free=gate.key != "small")
    for proof in rules.proofs:
        for name, when in (("", proof.enough), (", when", proof.when)):
            if when:
                yield Checked(f"proof {proof.key}{name}", proof.source, when)
    yield from chain(_route_rules(rules), _step_rules(rules), _observation_rules(rules))
    for pitfall in content.guide.canvas.pitfalls:
        clauses = tuple(Clause((need,)) for need in _spelled(pitfall))
        yield Checked(f"pitfall {pitfall.key}", pitfall.source, Condition(clauses))


def _route_rules(rules: Rules) -> Iterator[Checked]:
    for route in rules.routes:
        name = f"route {route.key}"
        yield Checked(f"{name}, strong", route.source, route.strong)
        yield Checked(f"{name}, weak", route.source, route.weak)
        for note in route.notes:
            yield Checked(f"{name}, note {note.key}", note.source, note.when)
    for first in rules.firsts:
        signal = _signals(rules, first.sides)
        yield Checked(f"first {first.key}", first.source, first.when, (signal,))
    for way in rules.ways:
        yield Checked(f"way {way.key} ({way.where})", way.source, way.when)


def _step_rules(rules: Rules) -> Iterator[Checked]:
    for step in rules.steps:
        also = () if step.touches else (_signals(rules, step.sides),)
        for name, when in (("", step.when), (", partly", step.partly)):
            if when.clauses:
                yield Checked(f"step {step.key}{name}", step.source, when, also)
        if not (step.when.clauses or step.partly.clauses or step.small):
            yield Checked(f"step {step.key}", step.source, step.when)
        for key, when in (step.more or {}).items():
            yield Checked(f"step {step.key}, more {key}", step.source, when)


def _observation_rules(rules: Rules) -> Iterator[Checked]:
    """The first that holds at its moment wins."""
    for at, seen in enumerate(rules.observations):
        same = (o for o in rules.observations[:at] if (o.part, o.at) == (seen.part, seen.at))
        before = tuple(o.when for o in same)
        yield Checked(f"observation {seen.key}", seen.source, seen.when, earlier=before)


def _signals(rules: Rules, sides: tuple[str, ...]) -> Condition:
    """What makes one of these sides a route to go."""
    found = [side for route in rules.routes for side in route.sides if side.key in sides]
    return Condition(tuple(c for s in found for c in (*s.strong.clauses, *s.weak.clauses)))


def rule_keys(content: Content) -> Iterator[str]:
    canvas = content.guide.canvas
    for rule in _rules(content):
        yield from needs(canvas, f"advice.toml, {rule.where}", rule.when)
    for pitfall in canvas.pitfalls:
        for need in pitfall.checks.items():
            if need[0] in canvas:
                yield from _answers(canvas[need[0]], f"canvas.toml, pitfall {pitfall.key}", need)


def named(rules: Rules) -> Iterator[str]:
    """Sides and steps that rules name are there, and every step has a way to come."""
    sides = {side.key for route in rules.routes for side in route.sides}
    steps = {step.key for step in rules.steps}
    brought: list[tuple[str, Proof | FirstRule]] = [("proof", p) for p in rules.proofs]
    brought += [("first", f) for f in rules.firsts]
    for kind, rule in brought:
        for name in {*rule.sides} - sides | {*rule.steps} - steps:
            yield f"advice.toml, {kind} {rule.key}: {name} is no side and no step; name one."
    named = {name for _, rule in brought for name in rule.steps}
    for step in rules.steps:
        for name in {*step.sides, *step.touches} - sides:
            yield f"advice.toml, step {step.key}: {name} is no side; name one."
        if not (step.sides or step.touches or step.small or step.key in named):
            yield f"advice.toml, step {step.key}: nothing brings it; give it sides or touches."


def never(content: Content) -> Iterator[str]:
    """Rules and clauses that no answers can bring about."""
    for rule in _rules(content):
        dead = [c for c in rule.when.clauses if not _alive(content.guide.canvas, rule, c)]
        if len(dead) == len(rule.when.clauses) and not rule.free:
            yield f"advice.toml, {rule.where}: no answers trigger it; mend its condition."
        else:
            for clause in dead:
                said = " and ".join(f"{key} = {list(wanted)}" for key, wanted in clause.needs)
                yield f"advice.toml, {rule.where}: no answers can give {said}; drop this clause."


def _alive(canvas: Canvas, rule: Checked, clause: Clause) -> bool:
    found = solutions(canvas, (Condition((clause,)), *rule.also))
    return any(not any(e.holds(values) for e in rule.earlier) for values in found)


def sources(content: Content) -> Iterator[str]:
    for rule in _rules(content):
        if not all(SOURCE.fullmatch(code.strip()) for code in rule.source.split(",")):
            yield (
                f"advice.toml, {rule.where}: {rule.source!r} is no source; "
                "name VNG, PAW, JPF, CDKM or PONT with 1-8."
            )
