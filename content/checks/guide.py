"""Refuses content that cannot be walked, and measures what can: `opschaalgids check`.

A problem is one English sentence: where, what, and what to do about it.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from content.checks.conditions import named, needs, never, rule_keys, sources
from content.checks.overlays import overlay_problems
from content.checks.paths import Length, opens, walks
from content.checks.uses import idle
from content.checks.wording import readings, wording_problems
from content.loader import Content, ContentError, load, read
from flows.model.canvas import DEPTHS, Canvas, Depth
from flows.table import WALKED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST: Mapping[Depth, tuple[int, int]] = {"quick": (48, 8), "full": (90, 25)}
"""Moves and typed answers that a walk may take."""


def check(files: Mapping[str, str] | None = None) -> tuple[str, list[str]]:
    """(report, problems) of these files, or of the shipped ones."""
    found = read() if files is None else files
    try:
        content = load(found)
    except ContentError as error:
        return "", [f"{error}; mend the file so that it can be read."]
    canvas, report = content.guide.canvas, list(readings(content))
    problems = [*_conditions(canvas), *rule_keys(content), *named(content.guide.rules)]
    if not problems:  # what cannot be looked up cannot be solved or walked
        solved, lengths = _solved(content, (found["canvas.toml"], found["advice.toml"]))
        problems += solved
        report += ["", *lengths]
    parts = tuple(part.key for part in canvas.parts)
    if parts != WALKED:
        where = f"canvas.toml: the parts are {parts}"
        problems.append(f"{where}; make them {WALKED}, as flows/machine.py walks.")
    problems += chain(sources(content), wording_problems(content), overlay_problems(content))
    if not problems:  # what misses words or looks up nothing cannot be shown
        problems += (
            f"canvas.toml, question {key}: no rule, document or talk changes with its answer; "
            "use it or drop it."
            for key in idle(content)
        )
    return "\n".join([*report, ""]), list(dict.fromkeys(problems))


_SOLVED: dict[tuple[str, str], tuple[list[str], list[str]]] = {}


def _solved(content: Content, structure: tuple[str, str]) -> tuple[list[str], list[str]]:
    """(problems, lengths) of the structure; seconds of work, the same whatever the words say."""
    if structure not in _SOLVED:
        canvas = content.guide.canvas
        took = {(depth, which): length
                for depth in MOST for which, length in walks(canvas, depth).items()}  # fmt: skip
        problems = [*_unreachable(canvas), *never(content), *_long_walks(took)]
        _SOLVED[structure] = problems, list(_lengths(took))
    return _SOLVED[structure]


def _conditions(canvas: Canvas) -> Iterator[str]:
    order = [question.key for question in canvas.questions]
    for at, question in enumerate(canvas.questions):
        for condition in filter(None, (question.when, question.when_quick)):
            where = f"canvas.toml, question {question.key}"
            yield from needs(canvas, where, condition)
            for key in set(condition.keys) & set(order[at:]):
                yield f"{where}: its condition asks for {key}, which comes later; move it below."


def _unreachable(canvas: Canvas) -> Iterator[str]:
    for question in canvas.questions:
        for depth in DEPTHS[DEPTHS.index(question.depth) :]:
            if not opens(canvas, question, depth):
                where = f"canvas.toml, question {question.key}"
                yield f"{where}: no answers open it in the {depth} walk; widen its condition."


def _long_walks(took: Mapping[tuple[Depth, str], Length]) -> Iterator[str]:
    for depth, bounds in MOST.items():
        less = 'give a question depth = "full"' if depth == "quick" else "give one a `when`"
        seen = took[depth, "longest"].moves, took[depth, "most_typed"].typed
        for name, found, most in zip(("moves", "typed answers"), seen, bounds, strict=True):
            if found > most:
                yield (
                    f"canvas.toml: the {depth} walk can take {found} {name}, above {most}; "
                    f"ask less, or {less}."
                )


def _lengths(took: Mapping[tuple[Depth, str], Length]) -> Iterator[str]:
    yield f"{'walk':<16}{'questions':>10}{'moves':>8}{'typed':>8}{'minutes':>9}"
    for depth in MOST:
        for which in ("shortest", "longest"):
            n = took[depth, which]
            counts = f"{n.questions:>10}{n.moves:>8}{n.typed:>8}{n.minutes:>9.1f}"
            yield f"{f'{depth} {which}':<16}{counts}"
