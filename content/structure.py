"""What canvas.toml and advice.toml say, as a canvas and its rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import chain
from typing import Any

from flows.model import rules
from flows.model.canvas import Canvas, Clause, Condition, Part, Pitfall, Question
from flows.model.kinds import KIND, UNKNOWN

Tree = Mapping[str, Any]  # what a TOML file holds
WEAK = ("no", UNKNOWN, "partly")  # the answers to an ingredient for which an action is offered


def canvas_of(tree: Tree, version: str) -> Canvas:
    parts = {part["key"]: part for part in tree["part"]}
    pitfalls = tuple(
        Pitfall(p["key"], {k: tuple(v) for k, v in p["checks"].items()}, p["source"])
        for p in tree["pitfall"]
    )
    # Structures made before this was said opened a question on "I do not know yet" too,
    # and what was answered there must stay.
    beside = ("partly", UNKNOWN) if tree.get("unknown_raises", True) else ("partly",)
    asked = (_question(row, parts, pitfalls, beside) for row in tree["question"])
    return Canvas(
        tuple(Part(part["key"], part.get("source", "-")) for part in tree["part"]),
        tuple(one for question in asked for one in (question, *_fields(question))),
        pitfalls,
        version,
    )


def _question(
    row: Tree, parts: Mapping[str, Tree], pitfalls: tuple[Pitfall, ...], beside: tuple[str, ...]
) -> Question:
    part, choices, kind = row["key"].partition(".")[0], row.get("choices", ()), KIND[row["kind"]]
    weak = [{f"{part}.{name}": WEAK} for name in choices] if kind.offers == "not_arranged" else []

    def opens(rows: Any) -> Condition | None:
        return _condition(rows, pitfalls, beside) if rows else None

    points = parts[part].get("open_points", True) and kind.open_point
    return Question(
        key=row["key"],
        part=part,
        kind=row["kind"],
        depth=row.get("depth", "quick"),
        choices=tuple(choices),
        when=opens(row.get("when") or weak),
        when_quick=opens(row.get("when_quick")),
        alone=row.get("alone"),
        at_most=row.get("at_most"),
        open_point=points and row.get("open_point", True),
    )


def _fields(question: Question) -> Iterator[Question]:
    """An action is asked in fields: what, who and when, each an answer of its own."""
    kind, key = KIND[question.kind], question.key
    opened = {key: (key, Clause(((key, ("*",)),)))}
    if kind.offers == "not_arranged":
        opened = {}
        for name in question.choices:
            about = f"{question.part}.{name}"
            opened[f"{key}.{name}"] = about, Clause(((key, (name,)), (about, WEAK)))
    for base, (about, needs) in opened.items():
        for name, field in kind.fields:
            yield Question(
                f"{base}.{name}", question.part, field, question.depth,
                when=Condition((needs,)), open_point=False, of=key, about=about,
            )  # fmt: skip


def _condition(
    rows: Any, pitfalls: tuple[Pitfall, ...], beside: tuple[str, ...] | None = None
) -> Condition:
    """Clauses as they stand in the file; `raised` is spelled out into its checks.

    `beside`: the answers to a check that count beside its bad ones; None where only
    "partly" counts: what is there by halves.
    """
    clauses = []
    for row in rows:
        needs = tuple((key, tuple(wanted)) for key, wanted in row.items() if key != "raised")
        if "raised" not in row:
            clauses.append(Clause(needs))
            continue
        checks = [p.checks.items() for p in pitfalls if p.key in row["raised"]]
        for key, bad in chain.from_iterable(checks):
            counts = ("partly",) if beside is None else (*bad, *beside)
            clauses.append(Clause((*needs, (key, counts))))
    return Condition(tuple(clauses))


# ---------------------------------------------------------------- the rules


KINDS = {
    "gate": rules.Rule,
    "asked": rules.Minimum,
    "proof": rules.Proof,
    "first": rules.FirstRule,
    "route": rules.RouteRule,
    "way": rules.WayRule,
    "step": rules.StepRule,
    "observation": rules.Observation,
}
"""Table of advice.toml -> what its rows are, in the order of Rules."""


def rules_of(tree: Tree, canvas: Canvas) -> rules.Rules:
    return rules.Rules(*(_all(kind, tree[name], canvas.pitfalls) for name, kind in KINDS.items()))


def _all(kind: Any, rows: Iterable[Tree], pitfalls: tuple[Pitfall, ...]) -> tuple[Any, ...]:
    return tuple(_rule(kind, row, pitfalls) for row in rows)


def _rule(kind: Any, row: Tree, pitfalls: tuple[Pitfall, ...]) -> Any:
    """A row as the fields of `kind` want it; a field that the row leaves out has its default."""
    own: dict[str, Any] = {}
    if kind is rules.RouteRule:
        # A route with one side is that side itself.
        own["sides"] = _all(rules.Side, row.get("side", [row]), pitfalls)
        own["notes"] = _all(rules.Rule, row.get("note", ()), pitfalls)
    for field in fields(kind):
        name, wanted = field.name, str(field.type)
        if wanted.startswith("Condition"):
            beside = None if name == "partly" else ()
            found = _condition(row.get(name, ()), pitfalls, beside)
            own[name] = found if name in row or wanted == "Condition" else None
        elif wanted.startswith("Mapping"):
            some = row.get(name, {}).items()
            own[name] = {key: _condition([one], pitfalls, ()) for key, one in some}
        elif name in row and name not in own:
            own[name] = tuple(row[name]) if wanted.startswith("tuple") else row[name]
    return kind(**own)
