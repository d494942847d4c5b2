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
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from content.structure import Tree, canvas_of, rules_of
from flows.intents.at_desk import ASIDES
from flows.intents.choices import fold
from flows.model.canvas import DEPTHS, Canvas, Memory
from flows.model.guidebook import Guide, Moments
from flows.model.kinds import KIND
from flows.model.messages import LANGUAGES, Language
from flows.model.papers import NAMED

if TYPE_CHECKING:
    from flows.model.rules import Rules

STRUCTURE = ("canvas.toml", "advice.toml")
PINNED_WORDS = ("questions", "advice", "reasons")
CHANNELS = {"web": ("questions", "messages", "steering", "documents")}
"""Channels that say some things in words of their own, and of which files: `nl/web/messages.toml`
goes over `nl/messages.toml`, table by table."""

OWN_WORDS = tuple(f"{name}/{stem}" for name, stems in CHANNELS.items() for stem in stems)
WORDS = (
    *PINNED_WORDS, "messages", "documents", "commands", "moments", "steering", "web", *OWN_WORDS,
)  # fmt: skip
"""Files of a language, by their stem."""

STEERING = ("commands", "settings", "languages", "zones", "asides")

REGIONS = (
    "Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
    "Pacific/",
)  # fmt: skip
NOWHERE = ("Etc/", "Factory")
"""Zones that are no place; in Etc/ a plus means what others write with a minus."""

SPOKEN = 4_096  # sentences that are remembered, with their buttons


class ContentError(Exception):
    """The content cannot be walked: what is wrong, and where."""

    @classmethod
    def of(cls, error: Exception) -> ContentError:
        return cls(f"content/ cannot be read: {type(error).__name__}: {error}")


@dataclass(frozen=True)
class Content:
    """One version of the structure, in every language; `words`: language -> stem -> tree.

    `channel`: whose words these are, where it has its own, laid over the `common` ones;
    `spoken`: what was said with them before.
    """

    guide: Guide
    words: Mapping[Language, Mapping[str, Tree]]
    channel: str = ""
    common: Content | None = field(default=None, compare=False, repr=False)
    spoken: Memory = field(
        default_factory=lambda: Memory(SPOKEN), init=False, compare=False, repr=False
    )

    @property
    def version(self) -> str:
        return self.guide.canvas.version

    def to(self, chat: str) -> Content:
        """The same in the words of this chat's channel, whose name and a colon it begins with."""
        common = self.common or self
        return common.by_channel.get(chat.partition(":")[0], common)

    @cached_property
    def by_channel(self) -> Mapping[str, Content]:
        return {
            name: Content(self.guide, {c: Laid(t, name) for c, t in self.words.items()}, name, self)
            for name in CHANNELS
        }

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


def _names(stems: tuple[str, ...]) -> list[str]:
    """Files by their path under content/: the structure, and these of each language."""
    return [*STRUCTURE, *(f"{language}/{stem}.toml" for language in LANGUAGES for stem in stems)]


def read() -> dict[str, str]:
    """The shipped files."""
    folder = Path(__file__).parent
    return {name: (folder / name).read_text(encoding="utf-8") for name in _names(WORDS)}


class Trees(dict[str, Tree]):
    """Files as trees, each parsed where it is first asked for: most talks are in one language.

    A text goes once it is a tree: it is a third of what a program that runs remembers of it.
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        super().__init__()
        self.files = dict(files)

    def __missing__(self, name: str) -> Tree:
        try:
            self[name] = tomllib.loads(self.files[name])
        except tomllib.TOMLDecodeError as error:
            raise ContentError.of(error) from error
        del self.files[name]
        return self[name]


class Laid(dict[str, Tree]):
    """Files of a language with a channel's own words over them, each when it is asked for."""

    def __init__(self, trees: Mapping[str, Tree], channel: str) -> None:
        super().__init__()
        self.trees, self.channel = trees, channel

    def __missing__(self, stem: str) -> Tree:
        found = self.trees[stem]
        if stem in CHANNELS[self.channel]:
            found = _merged(found, self.trees[f"{self.channel}/{stem}"])
        self[stem] = found
        return found


@lru_cache(maxsize=1)
def newest() -> Content:
    """The content that this program ships; ContentError may also come when it is first used."""
    return _linked(read())


def load(files: Mapping[str, str]) -> Content:
    """Parse all and link; raises ContentError where a file does not hold together."""
    content = _linked(files)
    for language in LANGUAGES:
        for stem in WORDS:
            content.words[language][stem]
    for table in STEERING:
        content.guide.steering[table]
    return content


def _linked(files: Mapping[str, str]) -> Content:
    try:
        trees = Trees(files)
        canvas = canvas_of(trees["canvas.toml"], _version(trees))
        rules = rules_of(trees["advice.toml"], canvas)
        words = {
            language: Trees({stem: files[f"{language}/{stem}.toml"] for stem in WORDS})
            for language in LANGUAGES
        }
        guide = Guide(canvas, rules, _commands(words), _moments(words), Steering(words))
    except (KeyError, TypeError, ValueError) as error:
        raise ContentError.of(error) from error
    return Content(guide, words)


def pinned(files: Mapping[str, str]) -> dict[str, str]:
    """The files that a running canvas keeps: the structure, and words to fall back on."""
    keep = _names(PINNED_WORDS)
    return {name: text for name, text in files.items() if name in keep}


def over(old: Mapping[str, str], new: Content) -> Content:
    """An older structure under the newest words and rules: new advice, as far as it was asked."""
    trees, words = Trees(old), dict[Language, dict[str, Tree]]()
    canvas = canvas_of(trees["canvas.toml"], _version(trees))
    for language, newer in new.words.items():
        own = {stem: f"{language}/{stem}.toml" for stem in WORDS}
        older = {stem: trees[name] for stem, name in own.items() if name in old}
        words[language] = {stem: _merged(older.get(stem), newer[stem]) for stem in WORDS}
    # Nothing is lacking that an older structure never asks.
    rules = new.guide.rules
    proofs = tuple(proof for proof in rules.proofs if proof.asks in canvas)
    asked = tuple(one for one in rules.asked if any(key in canvas for key in one.keys))
    rules = replace(rules, proofs=proofs, asked=asked)
    first = lru_cache(maxsize=1)(partial(_first_rules, trees, canvas))
    guide = replace(new.guide, canvas=canvas, rules=rules, renewed=True, first_rules=first)
    return Content(guide, words)


def _first_rules(trees: Mapping[str, Tree], canvas: Canvas) -> Rules | None:
    """What an older program wrote may not be read by this one."""
    try:
        return rules_of(trees["advice.toml"], canvas)
    except (KeyError, TypeError, ValueError):
        return None


def _merged(old: Any, new: Any) -> Any:
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return new
    return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}


def _version(trees: Mapping[str, Tree]) -> str:
    """The structure's hash: comments and words leave it as it is."""
    structure = json.dumps([trees[name] for name in STRUCTURE], sort_keys=True)
    return hashlib.sha256(structure.encode()).hexdigest()[:16]


def _commands(words: Mapping[Language, Mapping[str, Tree]]) -> dict[str, str]:
    """Typed word -> verb; the words of every language are heard in every language."""
    told = (pair for tree in words.values() for pair in tree["commands"].items())
    return {word: verb for verb, said in told for word in said}


def _moments(words: Mapping[Language, Mapping[str, Tree]]) -> Moments:
    trees = [tree["moments"] for tree in words.values()]
    return Moments(
        {k: v for tree in trees for k, v in tree.get("words", {}).items()},
        {k: v for tree in trees for k, v in tree.get("phrases", {}).items()},
    )


class Steering(dict[str, dict[str, str]]):
    """Tables of the words that a kwartiermaker types, each word with its meaning.

    Each is made where it is first asked for: who only starts has typed nothing yet.
    """

    def __init__(self, words: Mapping[Language, Mapping[str, Tree]]) -> None:
        super().__init__()
        self.words = words

    def __missing__(self, table: str) -> dict[str, str]:
        found = _zones() if table == "zones" else {}
        try:
            for tree in self.words.values():
                if table == "asides":
                    buttons = tree["steering"]["buttons"]
                    found.update({fold(buttons[key]): key for key in ASIDES})
                for meaning, said in tree["steering"].get(table, {}).items():
                    found.update(dict.fromkeys(map(fold, said), meaning))
        except (AttributeError, TypeError) as error:
            raise ContentError.of(error) from error
        self[table] = found
        return found


def _zones() -> dict[str, str]:
    """Words -> IANA zone: each zone's own name, and the place in it."""
    from importlib import resources  # noqa: PLC0415 - it loads much, and few name a zone

    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    known = [name for name in listed if not name.startswith(NOWHERE)]
    places = {fold(name.rpartition("/")[2]): name for name in known if name.startswith(REGIONS)}
    return places | {fold(name): name for name in known}
