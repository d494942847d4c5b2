"""What canvas.toml and advice.toml say, as a canvas and its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flows.model.canvas import Canvas, Clause, Condition, Part, Pitfall, Question
from flows.model.kinds import KIND, UNKNOWN
from flows.model.rules import (
    FirstRule,
    Minimum,
    Observation,
    Proof,
    RouteRule,
    Rule,
    Rules,
    Side,
    StepRule,
    WayRule,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")

Tree = Mapping[str, Any]
"""What a TOML file holds."""


def canvas_of(tree: Tree, version: str) -> Canvas:
    parts = {part["key"]: part for part in tree["part"]}
    pitfalls = tuple(
        Pitfall(p["key"], {k: tuple(v) for k, v in p["checks"].items()}, p["source"])
        for p in tree["pitfall"]
    )
    # Structures made before this was said opened a question on "I do not know yet" too,
    # and what was answered there must stay.
    beside = ("partly", UNKNOWN) if tree.get("unknown_raises", True) else ("partly",)
    questions: list[Question] = []
    for row in tree["question"]:
        questions += _with_fields(_question(row, parts, pitfalls, beside))
    return Canvas(
        tuple(Part(p["key"], p.get("source", "-")) for p in tree["part"]),
        tuple(questions),
        pitfalls,
        version,
    )


def _question(
    row: Tree, parts: Mapping[str, Tree], pitfalls: tuple[Pitfall, ...], beside: tuple[str, ...]
) -> Question:
    def opens(name: str, rows: Any) -> Condition | None:
        rows = row.get(name) or rows
        return condition(rows, pitfalls, beside) if rows else None

    part = row["key"].partition(".")[0]
    kind = KIND[row["kind"]]
    points = parts[part].get("open_points", True) and kind.open_point
    weak = [{f"{part}.{name}": ["no", UNKNOWN, "partly"]} for name in row.get("choices", ())]
    return Question(
        key=row["key"],
        part=part,
        kind=row["kind"],
        depth=row.get("depth", "quick"),
        choices=tuple(row.get("choices", ())),
        when=opens("when", weak if kind.offers == "not_arranged" else None),
        when_quick=opens("when_quick", None),
        alone=row.get("alone"),
        at_most=row.get("at_most"),
        open_point=points and row.get("open_point", True),
    )


def _with_fields(question: Question) -> Iterator[Question]:
    """An action is asked in fields: what, who and when, each an answer of its own."""
    yield question
    kind = KIND[question.kind]
    if kind.offers == "not_arranged":
        for name in question.choices:
            about = f"{question.part}.{name}"
            weak = (about, ("no", UNKNOWN, "partly"))
            needs = Clause(((question.key, (name,)), weak))
            yield from _fields(question, f"{question.key}.{name}", about, needs)
    else:
        needs = Clause(((question.key, ("*",)),))
        yield from _fields(question, question.key, question.key, needs)


def _fields(question: Question, base: str, about: str, needs: Clause) -> Iterator[Question]:
    for name, kind in KIND[question.kind].fields:
        yield Question(
            f"{base}.{name}", question.part, kind, question.depth,
            when=Condition((needs,)), open_point=False, of=question.key, about=about,
        )  # fmt: skip


def condition(
    rows: Any, pitfalls: tuple[Pitfall, ...], beside: tuple[str, ...] | None = None
) -> Condition:
    """Clauses as they stand in the file; `raised` is spelled out into its checks.

    `beside`: the answers to a check that count beside its bad ones; None where only
    "partly" counts: what is there by halves.
    """
    return Condition(tuple(c for row in rows for c in _clauses(row, pitfalls, beside)))


def _clauses(
    row: Tree, pitfalls: tuple[Pitfall, ...], beside: tuple[str, ...] | None
) -> list[Clause]:
    needs = tuple((key, tuple(wanted)) for key, wanted in row.items() if key != "raised")
    if "raised" not in row:
        return [Clause(needs)]
    checks = [p.checks for p in pitfalls if p.key in row["raised"]]
    return [
        Clause((*needs, (key, ("partly",) if beside is None else (*bad, *beside))))
        for check in checks
        for key, bad in check.items()
    ]


# ---------------------------------------------------------------- the rules


def rules_of(tree: Tree, canvas: Canvas) -> Rules:
    pitfalls = canvas.pitfalls
    return Rules(
        _all(Rule, tree["gate"], pitfalls),
        _all(Minimum, tree["asked"], pitfalls),
        _all(Proof, tree["proof"], pitfalls),
        _all(FirstRule, tree["first"], pitfalls),
        tuple(_route(row, pitfalls) for row in tree["route"]),
        _all(WayRule, tree["way"], pitfalls),
        tuple(_step(row, pitfalls) for row in tree["step"]),
        _all(Observation, tree["observation"], pitfalls),
    )


def _route(row: Tree, pitfalls: tuple[Pitfall, ...]) -> RouteRule:
    """A route with one side is that side itself."""
    sides = _all(Side, row.get("side", [row]), pitfalls)
    return _rule(
        RouteRule, row, pitfalls, sides=sides, notes=_all(Rule, row.get("note", ()), pitfalls)
    )


def _step(row: Tree, pitfalls: tuple[Pitfall, ...]) -> StepRule:
    more = {key: condition([one], pitfalls, ()) for key, one in row.get("more", {}).items()}
    return _rule(StepRule, row, pitfalls, more=more)


def _all(kind: type[T], rows: Iterable[Tree], pitfalls: tuple[Pitfall, ...]) -> tuple[T, ...]:
    return tuple(_rule(kind, row, pitfalls) for row in rows)


def _rule(kind: type[T], row: Tree, pitfalls: tuple[Pitfall, ...], **own: Any) -> T:
    """A row as the fields of `kind` want it; a field that the row leaves out has its default."""
    for field in fields(cast("Any", kind)):
        name, wanted = field.name, str(field.type)
        if wanted.startswith("Condition"):
            beside = None if name == "partly" else ()
            found = condition(row.get(name, ()), pitfalls, beside)
            own[name] = found if name in row or wanted == "Condition" else None
        elif name in row and name not in own:
            own[name] = tuple(row[name]) if wanted.startswith("tuple") else row[name]
    return kind(**own)
