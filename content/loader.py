"""Files -> the guide's structure and its words.

Structure (canvas.toml, advice.toml) is pinned per canvas by its hash; words are
always the newest, with the pinned ones behind them for keys that are gone.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from content.structure import Tree, canvas_of, rules_of
from content.zones import named
from flows.intents.choices import fold
from flows.model.canvas import DEPTHS, Memory
from flows.model.guidebook import Guide
from flows.model.kinds import KIND
from flows.model.messages import LANGUAGES, Language
from flows.model.moments import Moments
from flows.model.papers import NAMED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.model.canvas import Canvas
    from flows.model.rules import Rules

STRUCTURE = ("canvas.toml", "advice.toml")
WORDS = (
    "questions.toml", "advice.toml", "reasons.toml", "messages.toml", "documents.toml",
    "commands.toml", "moments.toml", "steering.toml",
)  # fmt: skip
PINNED_WORDS = ("questions.toml", "advice.toml", "reasons.toml")


SPOKEN = 4_096
"""Sentences that are remembered, with their buttons."""


class ContentError(Exception):
    """The content cannot be walked: what is wrong, and where."""


@dataclass(frozen=True)
class Content:
    """One version of the structure, in every language.

    `words`: language -> file stem -> its tree; `spoken`: what was said of it before, to
    whomever.
    """

    guide: Guide
    words: Mapping[Language, Mapping[str, Tree]]
    spoken: Memory = field(
        default_factory=lambda: Memory(SPOKEN), init=False, compare=False, repr=False
    )

    @property
    def version(self) -> str:
        return self.guide.canvas.version

    @cached_property
    def keys(self) -> frozenset[str]:
        """Of questions, parts, choices and the like: what nobody's own words are."""
        canvas = self.guide.canvas
        parts = (part.key for part in canvas.parts)
        choices = (key for q in canvas.questions for key in (q.key, *q.choices))
        fixed = (key for kind in KIND.values() for key in (*kind.fixed, *kind.beside))
        return frozenset((*parts, *choices, *fixed, *DEPTHS, *NAMED))

    @cached_property
    def variants(self) -> Mapping[str, frozenset[str]]:
        """What of it is said otherwise, such as `help_` -> under which keys, by who says it."""
        asked = [self.guide.canvas.get(f"pilot.{name}") for name in ("origin", "stage")]
        origins, stages = [question.choices if question else () for question in asked]
        voices = (*origins, *stages, *(f"{o}_{s}" for o in origins for s in stages))
        return {
            name: frozenset(name + voice for voice in voices)
            for name in ("", "help_", "example_", "choices_")
        }


def read() -> dict[str, str]:
    """The shipped files, by their path under content/."""
    folder = resources.files("content")
    names = [*STRUCTURE, *(f"{lang}/{n}" for lang in LANGUAGES for n in WORDS)]
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in names}


class Trees(Mapping[str, Tree]):
    """Files as trees, each parsed where it is first asked for: most talks are in one language."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files, self.parsed = files, dict[str, Tree]()

    def __getitem__(self, name: str) -> Tree:
        if name not in self.parsed:
            try:
                self.parsed[name] = tomllib.loads(self.files[name])
            except tomllib.TOMLDecodeError as error:
                raise _refused(error) from error
        return self.parsed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


def _refused(error: Exception) -> ContentError:
    return ContentError(f"content/ cannot be read: {type(error).__name__}: {error}")


@lru_cache(maxsize=1)
def newest() -> Content:
    """The content that this program ships; ContentError may also come when it is first used."""
    return _linked(read())


def load(files: Mapping[str, str]) -> Content:
    """Parse all and link; raises ContentError where a file does not hold together."""
    content = _linked(files)
    for words in content.words.values():
        dict(words)
    return content


def _linked(files: Mapping[str, str]) -> Content:
    try:
        trees = Trees({name: text for name, text in files.items() if name.endswith("toml")})
        canvas = canvas_of(trees["canvas.toml"], _version(trees))
        rules = rules_of(trees["advice.toml"], canvas)
        words = {lang: _words(trees, lang) for lang in LANGUAGES}
        guide = Guide(canvas, rules, _commands(words), _moments(words), _steering(words))
    except (KeyError, TypeError, ValueError) as error:
        raise _refused(error) from error
    return Content(guide, words)


def pinned(files: Mapping[str, str]) -> dict[str, str]:
    """The files that a running canvas keeps: the structure, and words to fall back on."""
    keep = {*STRUCTURE, *(f"{lang}/{name}" for lang in LANGUAGES for name in PINNED_WORDS)}
    return {name: text for name, text in files.items() if name in keep}


def over(old: Mapping[str, str], new: Content) -> Content:
    """An older structure under the newest words and rules: new advice, as far as it was asked."""
    trees = {name: tomllib.loads(text) for name, text in old.items() if name.endswith("toml")}
    canvas = canvas_of(trees["canvas.toml"], _version(trees))
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


def _words(trees: Trees, language: Language) -> Trees:
    """By file stem."""
    own = {name.removesuffix(".toml"): trees.files[f"{language}/{name}"] for name in WORDS}
    return Trees(own)


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
