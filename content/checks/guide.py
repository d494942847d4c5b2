"""Refuses content that cannot be walked, and measures what can: `opschaalgids check`.

A problem is one English sentence: where, what, and what to do about it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from content.checks.paths import Length, longest, most_typed, opens, shortest, solutions
from content.checks.uses import idle
from content.checks.wording import leaves, texts_told, wording_problems
from content.loader import Content, ContentError, load, read
from flows.model.canvas import DEPTHS, SKIPPED, UNKNOWN, Clause, Condition, Question
from flows.table import WALKED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from content.checks.paths import Need
    from flows.model.canvas import Canvas, Depth, Pitfall
    from flows.model.rules import FirstRule, Proof, Rules

MOST: Mapping[Depth, tuple[int, int]] = {"quick": (48, 8), "full": (90, 25)}
"""Moves and typed answers that a walk may take."""

WALKS = (shortest, longest, most_typed)
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
    own: bool = False


def check(files: Mapping[str, str] | None = None) -> tuple[str, list[str]]:
    """(report, problems) of these files, or of the shipped ones."""
    found = read() if files is None else files
    try:
        content = load(found)
    except ContentError as error:
        return "", [f"{error}; mend the file so that it can be read."]
    canvas, report = content.guide.canvas, list(_readings(content))
    problems = [*_conditions(canvas), *_rule_keys(content), *_named(content.guide.rules)]
    if not problems:  # what cannot be looked up cannot be solved or walked
        solved, lengths = _solved(content, (found["canvas.toml"], found["advice.toml"]))
        problems += solved
        report += ["", *lengths]
    problems += chain(_parts(canvas), _sources(content), wording_problems(content))
    if not problems:  # what misses words or looks up nothing cannot be shown
        problems += _useless(content)
    return "\n".join([*report, ""]), list(dict.fromkeys(problems))


_SOLVED: dict[tuple[str, str], tuple[list[str], list[str]]] = {}


def _solved(content: Content, structure: tuple[str, str]) -> tuple[list[str], list[str]]:
    """(problems, lengths) of the structure; seconds of work, the same whatever the words say."""
    if structure not in _SOLVED:
        canvas = content.guide.canvas
        took = {(depth, walk.__name__): walk(canvas, depth) for depth in MOST for walk in WALKS}
        problems = [*_unreachable(canvas), *_never(content), *_long_walks(took)]
        _SOLVED[structure] = problems, list(_lengths(took))
    return _SOLVED[structure]


# ---------------------------------------------------------------- the structure


def _parts(canvas: Canvas) -> Iterator[str]:
    found = tuple(part.key for part in canvas.parts)
    if found != WALKED:
        yield f"canvas.toml: the parts are {found}; make them {WALKED}, as flows/machine.py walks."


def _conditions(canvas: Canvas) -> Iterator[str]:
    order = [question.key for question in canvas.questions]
    for at, question in enumerate(canvas.questions):
        for condition in filter(None, (question.when, question.when_quick)):
            where = f"canvas.toml, question {question.key}"
            yield from _needs(canvas, where, condition)
            for key in set(condition.keys) & set(order[at:]):
                yield f"{where}: its condition asks for {key}, which comes later; move it below."


def _needs(canvas: Canvas, where: str, condition: Condition) -> Iterator[str]:
    spelled = {need for pitfall in canvas.pitfalls for need in _spelled(pitfall)}
    for need in dict.fromkeys(n for clause in condition.clauses for n in clause.needs):
        if need[0] not in canvas:
            yield f"{where}: its condition asks for {need[0]}, which is no question; name one."
        elif need not in spelled:  # `raised` spelled out: not every check can be "partly"
            yield from _answers(canvas[need[0]], where, need)


def _spelled(pitfall: Pitfall) -> Iterator[Need]:
    """What `raised` stands for, as content/loader.py spells it out."""
    return ((key, (*bad, "partly")) for key, bad in pitfall.checks.items())


def _answers(question: Question, where: str, need: Need) -> Iterator[str]:
    for wanted in need[1]:
        if wanted.removeprefix("!") not in {*question.choices, UNKNOWN, SKIPPED, "*"}:
            yield f"{where}: {question.key} has no answer {wanted}; use one of its choices."


def _unreachable(canvas: Canvas) -> Iterator[str]:
    for question in canvas.questions:
        for depth in DEPTHS[DEPTHS.index(question.depth) :]:
            if not opens(canvas, question, depth):
                where = f"canvas.toml, question {question.key}"
                yield f"{where}: no answers open it in the {depth} walk; widen its condition."


def _long_walks(took: Mapping[tuple[Depth, str], Length]) -> Iterator[str]:
    for depth, bounds in MOST.items():
        seen = took[depth, "longest"].moves, took[depth, "most_typed"].typed
        for name, found, most in zip(("moves", "typed answers"), seen, bounds, strict=True):
            if found > most:
                yield (
                    f"canvas.toml: the {depth} walk can take {found} {name}, above {most}; "
                    'ask less, or give a question depth = "full".'
                )


def _useless(content: Content) -> Iterator[str]:
    for key in idle(content):
        yield (
            f"canvas.toml, question {key}: no rule, document or talk changes with its answer; "
            "use it or drop it."
        )


# ---------------------------------------------------------------- the rules


def _rules(content: Content) -> Iterator[Checked]:
    rules = content.guide.rules
    yield from chain(_gate_rules(rules), _route_rules(rules), _step_rules(rules))
    for way in rules.ways:
        yield Checked(f"way {way.key} ({way.where})", way.source, way.when)
    yield from _observation_rules(rules)
    for pitfall in content.guide.canvas.pitfalls:
        clauses = tuple(Clause((need,)) for need in _spelled(pitfall))
        yield Checked(f"pitfall {pitfall.key}", pitfall.source, Condition(clauses))


def _gate_rules(rules: Rules) -> Iterator[Checked]:
    """Only `small` has answers of its own; the others follow from proofs and obstacles."""
    for gate in rules.gates:
        yield Checked(f"gate {gate.key}", gate.source, gate.when, free=gate.key != "small")
    for proof in rules.proofs:
        for name, when in (("", proof.enough), (", when", proof.when)):
            if when:
                yield Checked(f"proof {proof.key}{name}", proof.source, when)


def _observation_rules(rules: Rules) -> Iterator[Checked]:
    """The first that holds at its moment wins."""
    for at, seen in enumerate(rules.observations):
        same = (o for o in rules.observations[:at] if (o.part, o.at) == (seen.part, seen.at))
        before = tuple(o.when for o in same)
        yield Checked(f"observation {seen.key}", seen.source, seen.when, earlier=before)


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


def _signals(rules: Rules, sides: tuple[str, ...]) -> Condition:
    """What makes one of these sides a route to go."""
    found = [side for route in rules.routes for side in route.sides if side.key in sides]
    return Condition(tuple(c for s in found for c in (*s.strong.clauses, *s.weak.clauses)))


def _rule_keys(content: Content) -> Iterator[str]:
    canvas = content.guide.canvas
    for rule in _rules(content):
        yield from _needs(canvas, f"advice.toml, {rule.where}", rule.when)
    for pitfall in canvas.pitfalls:
        for need in pitfall.checks.items():
            if need[0] in canvas:
                yield from _answers(canvas[need[0]], f"canvas.toml, pitfall {pitfall.key}", need)


def _named(rules: Rules) -> Iterator[str]:
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


def _never(content: Content) -> Iterator[str]:
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


def _sources(content: Content) -> Iterator[str]:
    for rule in _rules(content):
        codes = [code.strip() for code in rule.source.split(",")]
        if not all(SOURCE.fullmatch(code) for code in codes) and not (rule.own and codes == ["-"]):
            yield (
                f"advice.toml, {rule.where}: {rule.source!r} is no source; "
                "name VNG, PAW, JPF, CDKM or PONT with 1-8."
            )


# ---------------------------------------------------------------- the report


def _lengths(took: Mapping[tuple[Depth, str], Length]) -> Iterator[str]:
    yield f"{'walk':<16}{'questions':>10}{'moves':>8}{'typed':>8}{'minutes':>9}"
    for depth in MOST:
        for measure in ("shortest", "longest"):
            yield f"{depth + ' ' + measure:<16}{_row(took[depth, measure])}"


def _row(length: Length) -> str:
    return f"{length.questions:>10}{length.moves:>8}{length.typed:>8}{length.minutes:>9.1f}"


def _readings(content: Content) -> Iterator[str]:
    """Textstat comes with the tests only, and is used without any download."""
    try:
        import textstat  # noqa: PLC0415 - a dependency of the tests
    except ImportError:
        yield "reading level skipped, install opschaalgids[test]"
        return
    yield f"{'reading level':<16}{'words/sentence':>15}{'LIX':>7}{'Flesch-Douma':>14}"
    for language in content.words:
        textstat.set_lang(language)
        for name, texts in _groups(content, language).items():
            yield f"{language + ' ' + name:<16}{_level(textstat, language, ' '.join(texts))}"
        yield from _hardest(textstat, content, language)


def _level(textstat: ModuleType, language: str, text: str) -> str:
    """Flesch is for Dutch: the English one needs a dictionary from the network."""
    douma = f"{textstat.flesch_reading_ease(text):>14.0f}" if language == "nl" else f"{'-':>14}"
    return f"{textstat.words_per_sentence(text):>15.1f}{textstat.lix(text):>7.0f}{douma}"


def _groups(content: Content, language: Any) -> dict[str, list[str]]:
    """Whole sentences by what they are for."""
    groups: dict[str, list[str]] = {}
    names = {"help": "help", "example": "examples"}
    for path, text in leaves(content.words[language]["questions"]):
        if not path[1].startswith(("short", "choices")):
            lines = text if isinstance(text, list) else [text]
            kind = path[1].partition("_")[0]
            groups.setdefault(names.get(kind, "questions"), []).extend(map(_ended, lines))
    for where, text in texts_told(content, language):
        if text.rstrip().endswith((".", "?", "!", "”")):
            groups.setdefault(where.partition(".")[0], []).append(text)
    return groups


def _ended(line: str) -> str:
    return line if line.endswith((".", "?", "!", "”")) else f"{line}."


def _hardest(textstat: ModuleType, content: Content, language: Any) -> Iterator[str]:
    texts = _groups(content, language)["questions"]
    for text in sorted(texts, key=textstat.lix, reverse=True)[:5]:
        yield f"  hard, LIX {textstat.lix(text):.0f}: {text}"
