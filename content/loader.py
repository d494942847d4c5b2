"""Files -> the guide's structure and its words.

Structure (canvas.toml, advice.toml) is pinned per canvas by its hash; words are
always the newest, with the pinned ones behind them for keys that are gone.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

from content.zones import named
from flows.intents.choices import fold
from flows.intents.dates import Moments
from flows.model.canvas import Canvas, Clause, Condition, Part, Pitfall, Question
from flows.model.kinds import KIND, UNKNOWN
from flows.model.rules import (
    Asked,
    FirstRule,
    Observation,
    Proof,
    RouteRule,
    Rule,
    Rules,
    Side,
    StepRule,
    WayRule,
)
from flows.model.turn import LANGUAGES, Guide, Language

STRUCTURE = ("canvas.toml", "advice.toml")
WORDS = (
    "questions.toml", "advice.toml", "reasons.toml", "messages.toml", "documents.toml",
    "commands.toml", "moments.toml", "steering.toml",
)  # fmt: skip
PINNED_WORDS = ("questions.toml", "advice.toml", "reasons.toml")

Tree = Mapping[str, Any]
"""What a TOML file holds."""


class ContentError(Exception):
    """The content cannot be walked: what is wrong, and where."""


@dataclass(frozen=True)
class Content:
    """One version of the structure, in every language.

    `words`: language -> file stem -> its tree.
    """

    guide: Guide
    words: Mapping[Language, Mapping[str, Tree]]

    @property
    def version(self) -> str:
        return self.guide.canvas.version


def read() -> dict[str, str]:
    """The shipped files, by their path under content/."""
    folder = resources.files("content")
    names = [*STRUCTURE, *(f"{lang}/{n}" for lang in LANGUAGES for n in WORDS)]
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in names}


@lru_cache(maxsize=1)
def newest() -> Content:
    """The content that this program ships."""
    return load(read())


def load(files: Mapping[str, str]) -> Content:
    """Parse and link; raises ContentError where a file does not hold together."""
    try:
        trees = {name: tomllib.loads(text) for name, text in files.items() if name.endswith("toml")}
        canvas = _canvas(trees["canvas.toml"], _version(trees))
        rules = _rules(trees["advice.toml"], canvas)
        words = {lang: _words(trees, lang) for lang in LANGUAGES}
        guide = Guide(canvas, rules, _commands(words), _moments(words), _steering(words))
    except (KeyError, TypeError, ValueError) as error:
        raise ContentError(f"content/ cannot be read: {type(error).__name__}: {error}") from error
    return Content(guide, words)


def pinned(files: Mapping[str, str]) -> dict[str, str]:
    """The files that a running canvas keeps: the structure, and words to fall back on."""
    keep = {*STRUCTURE, *(f"{lang}/{name}" for lang in LANGUAGES for name in PINNED_WORDS)}
    return {name: text for name, text in files.items() if name in keep}


def over(old: Mapping[str, str], new: Content) -> Content:
    """An older structure under the newest words and rules: new advice, as far as it was asked."""
    trees = {name: tomllib.loads(text) for name, text in old.items() if name.endswith("toml")}
    canvas = _canvas(trees["canvas.toml"], _version(trees))
    words = {
        lang: {stem: _merged(trees.get(f"{lang}/{stem}.toml", {}), tree[stem]) for stem in tree}
        for lang, tree in new.words.items()
    }
    newer = new.guide
    rules = _asked_of(newer.rules, canvas)
    guide = replace(newer, canvas=canvas, rules=rules, renewed=True)
    return Content(guide, words)


def _asked_of(rules: Rules, canvas: Canvas) -> Rules:
    """Nothing is lacking that an older structure never asks."""
    proofs = tuple(proof for proof in rules.proofs if proof.asks in canvas)
    asked = tuple(one for one in rules.asked if any(key in canvas for key in one.keys))
    return replace(rules, proofs=proofs, asked=asked)


def _merged(old: Any, new: Any) -> Any:
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return new
    return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}


def _version(trees: Mapping[str, Tree]) -> str:
    """The structure's hash: comments and words leave it as it is."""
    structure = json.dumps([trees[name] for name in STRUCTURE], sort_keys=True)
    return hashlib.sha256(structure.encode()).hexdigest()[:16]


def _words(trees: Mapping[str, Tree], language: Language) -> dict[str, Tree]:
    return {name.removesuffix(".toml"): trees[f"{language}/{name}"] for name in WORDS}


def _commands(words: Mapping[Language, Mapping[str, Tree]]) -> dict[str, str]:
    """Typed word -> verb; the words of every language are heard in every language."""
    commands: dict[str, str] = {}
    for tree in words.values():
        for verb, said in tree["commands"].items():
            commands.update(dict.fromkeys(said, verb))
    return commands


def _steering(words: Mapping[Language, Mapping[str, Tree]]) -> dict[str, dict[str, str]]:
    """The tables of words that a kwartiermaker types, each word with its meaning."""
    tables: dict[str, dict[str, str]] = {"commands": {}, "settings": {}, "languages": {}}
    tables["zones"] = dict(named())
    for tree in words.values():
        for table, found in tables.items():
            for meaning, said in tree["steering"].get(table, {}).items():
                found.update(dict.fromkeys(map(fold, said), meaning))
    return tables


def _moments(words: Mapping[Language, Mapping[str, Tree]]) -> Moments:
    trees = [tree["moments"] for tree in words.values()]
    return Moments(
        {k: v for tree in trees for k, v in tree.get("words", {}).items()},
        {k: v for tree in trees for k, v in tree.get("phrases", {}).items()},
    )


# ---------------------------------------------------------------- the canvas


def _canvas(tree: Tree, version: str) -> Canvas:
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


def _rules(tree: Tree, canvas: Canvas) -> Rules:
    def when(row: Tree, name: str = "when") -> Condition:
        return condition(row.get(name, ()), canvas.pitfalls, None if name == "partly" else ())

    return Rules(
        tuple(Rule(r["key"], when(r), r["source"]) for r in tree["gate"]),
        tuple(Asked(tuple(r["keys"]), when(r) if "when" in r else None) for r in tree["asked"]),
        tuple(_proof(r, when) for r in tree["proof"]),
        tuple(_first(r, when) for r in tree["first"]),
        tuple(_route(r, when) for r in tree["route"]),
        tuple(WayRule(r["key"], when(r), r["source"], r["where"]) for r in tree["way"]),
        tuple(_step(r, when, canvas) for r in tree["step"]),
        tuple(
            Observation(r["key"], when(r), r["source"], r["part"], r.get("at", "end"))
            for r in tree["observation"]
        ),
    )


def _proof(row: Tree, when: Any) -> Proof:
    return Proof(
        row["key"], row["asks"], tuple(row["sides"]), when(row, "enough"),
        when(row) if "when" in row else None, row["source"], tuple(row.get("steps", ())),
    )  # fmt: skip


def _first(row: Tree, when: Any) -> FirstRule:
    return FirstRule(
        row["key"], when(row), row["source"], tuple(row["sides"]), tuple(row["steps"]),
        row.get("decisive", False), row.get("waits_for"), when(row, "unless"),
    )  # fmt: skip


def _route(row: Tree, when: Any) -> RouteRule:
    sides = [Side(s["key"], when(s, "strong"), when(s, "weak")) for s in row.get("side", [row])]
    notes = tuple(Rule(n["key"], when(n), n["source"]) for n in row.get("note", ()))
    return RouteRule(
        row["key"], row["source"], tuple(sides), notes,
        row.get("despite_gate", False), row.get("after_main", False), when(row, "ahead"),
    )  # fmt: skip


def _step(row: Tree, when: Any, canvas: Canvas) -> StepRule:
    more = {k: condition([c], canvas.pitfalls, ()) for k, c in row.get("more", {}).items()}
    return StepRule(
        row["key"], when(row), row["source"], when(row, "partly"), when(row, "unless"),
        when(row, "by_third"), when(row, "later"), tuple(row.get("sides", ())),
        tuple(row.get("touches", ())), row.get("small", 0), more,
    )  # fmt: skip
