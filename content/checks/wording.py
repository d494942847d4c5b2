"""What check asks of words, buttons and sizes, and how hard the texts read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateSyntaxError

from content.loader import CHANNELS, OWN_WORDS
from content.messages.html import LIMIT, plain
from content.messages.templates import ENVIRONMENT
from flows.advice.undertakings import AGREED, FIRST_STEP, PICKED, coded
from flows.intents.choices import fold, units
from flows.model.kinds import KIND, UNKNOWN
from flows.model.papers import NAMED
from flows.model.rules import keys_of, reasoning
from flows.table import WALKED

if TYPE_CHECKING:
    from content.loader import Content

MOST_WORDS, MOST_LABEL, MOST_BUTTON = 90, 48, 64
REF = "8" * 8  # a button carries which asking it belongs to, in at most eight characters
JINJA = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
ENDS = (".", "?", "!", "”")
VOICES = (
    "adopting", "helping", "adopting_preparing",
    "considering", "preparing", "running", "finished", "spread",
)  # fmt: skip
"""Who says it and how far it is, as `Words.voices` names them."""

VARIANTS = {*VOICES, *(f"{name}_{v}" for name in ("help", "example", "choices") for v in VOICES)}
ACTIONS = (FIRST_STEP, f"{AGREED}99999999", coded(f"{PICKED}.collaboration"))
"""The longest names of actions."""

MEANT = {("agree", "agree"), ("privacy", "privacy")}

SAYING = ("messages", "steering", *(f"{name}/{stem}" for name in CHANNELS
                                    for stem in ("messages", "steering")))  # fmt: skip
"""Files of templates."""

Path = tuple[str, ...]


def wording_problems(content: Content) -> Iterator[str]:
    """Missing words, unreadable templates, texts and buttons over their size."""
    yield from chain(_words(content), _templates(content), _too_long(content))
    yield from chain(_buttons(content), _labels(content), _commands(content))


# ---------------------------------------------------------------- the words


def leaves(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every text of a file, by the keys that lead to it."""
    if not isinstance(tree, Mapping):
        yield path, tree
        return
    for key, value in tree.items():
        yield from leaves(value, (*path, key))


def _said(content: Content, language: Any, stem: str) -> dict[Path, Any]:
    """Texts by their path; variants left out, since one language may need them and one not."""
    told = {path: text for path, text in leaves(content.words[language][stem]) if text}
    at = {"questions": slice(1, 2), "reasons": slice(1, -1), "advice": slice(2, -1)}
    where = at.get(stem, slice(0))
    return {path: text for path, text in told.items() if not VARIANTS & set(path[where])}


def _words(content: Content) -> Iterator[str]:
    said = {(table, part) for table in ("parts", "purposes") for part in WALKED}
    reasons, questions = keys_of(reasoning(content.guide.rules)), content.guide.canvas.questions
    need: dict[str, set[Path]] = {
        "questions": set(_of_questions(content)),
        "advice": set(_of_rules(content)),
        # A sentence for every answer that the advice can rest on.
        "reasons": {(q.key, choice) for q in questions if q.key in reasons for choice in q.choices},
        "steering": set(),
        "messages": {*said, *(("documents", name) for name in (*NAMED, "more"))},
        "documents": set(),
        "web": set(),
        **{stem: set() for stem in OWN_WORDS},
    }
    for stem, wanted in need.items():
        found = {language: _said(content, language, stem).keys() for language in content.words}
        everywhere = wanted.union(*found.values())
        for language, keys in found.items():
            for path in sorted(everywhere - keys):
                yield f"{language}/{stem}.toml: {' > '.join(path)} is missing; translate it."


def _of_questions(content: Content) -> Iterator[Path]:
    for question in content.guide.canvas.questions:
        table = f"action.{question.key.rpartition('.')[2]}" if question.of else question.key
        names = ("short", "text", "help", *(["example"] if KIND[question.kind].example else []))
        yield from ((table, name) for name in names)
        for choice in (*question.choices, *KIND[question.kind].fixed):
            yield table, "choices", choice


def _of_rules(content: Content) -> Iterator[Path]:
    rules = content.guide.rules
    named: tuple[tuple[str, Iterable[Any], Path], ...] = (
        ("gate", rules.gates, ("title", "text")),
        ("route", rules.routes, ("name", "label", "what", "why")),
        ("step", rules.steps, ("label", "text", "first_move")),
        ("pitfall", content.guide.canvas.pitfalls, ("name", "text")),
        ("observation", rules.observations, ("text",)),
        ("first", (*rules.proofs, *rules.firsts), ("text",)),
    )
    yield from ((kind, rule.key, name) for kind, some, names in named for rule in some
                for name in names)  # fmt: skip
    yield from ((table, way.key) for way in rules.ways for table in ("way", "way_text"))
    for step in rules.steps:
        yield from (("step", step.key, "more", key) for key in step.more or ())
    for route in rules.routes:
        yield from (("route", route.key, "note", note.key, "text") for note in route.notes)


def _templates(content: Content) -> Iterator[str]:
    files = ((lang, stem) for lang in content.words for stem in SAYING)
    for language, stem in files:
        for name, text in content.words[language][stem].get("say", {}).items():
            where = f"{language}/{stem}.toml, say > {name}"
            if not text.strip():
                yield f"{where}: the template is missing or empty; write it."
            try:
                ENVIRONMENT.parse(text)
            except TemplateSyntaxError as error:
                yield f"{where}: the template cannot be read ({error.message}); mend it."


# ---------------------------------------------------------------- sizes


def _too_long(content: Content) -> Iterator[str]:
    for language in content.words:
        texts = chain(_questions_told(content, language), _texts_told(content, language))
        for where, text in texts:
            words, size = len(text.split()), units(text)
            if words > MOST_WORDS or size > LIMIT:
                yield (
                    f"{language}/{where}: {words} words and {size} units, above {MOST_WORDS} "
                    f"and {LIMIT}; shorten it."
                )


def _questions_told(content: Content, language: Any) -> Iterator[tuple[str, str]]:
    """Each variant as it stands below its own explanation: one message."""
    for key, table in content.words[language]["questions"].items():
        for voice in ("text", *VOICES):
            texts = [table.get(voice) or table["text"], *table.get(f"help_{voice}", table["help"])]
            texts += [table.get(f"example_{voice}", table.get("example", ""))]
            yield f"questions.toml, {key} > {voice} with help and example", " ".join(texts)


def _texts_told(content: Content, language: Any) -> Iterator[tuple[str, str]]:
    """Every other text; of a template the words of all its branches together."""
    for stem in ("messages", "advice", "documents", "steering", "web", *OWN_WORDS):
        for path, text in _said(content, language, stem).items():
            yield f"{stem}.toml, {' > '.join(path)}", plain(JINJA.sub(" ", str(text)))


def _buttons(content: Content) -> Iterator[str]:
    for key in dict.fromkeys(_button_keys(content)):
        size = len(f"{REF}:{key}".encode())
        if size > MOST_BUTTON:
            yield f"button {key}: {size} bytes, above {MOST_BUTTON}; shorten the keys in it."


def _button_keys(content: Content) -> Iterator[str]:
    rules = content.guide.rules
    yield UNKNOWN
    yield from (f"/{verb} 99999999" for verb in ("pilots", "forget", "erase"))
    yield from (step.key for step in rules.steps)
    yield from (f"/look {route.key}" for route in rules.routes)
    yield from (f"door 99999999 {one} {step.key}" for one in ACTIONS for step in rules.steps)
    yield from (f"/change {part}" for part in WALKED)
    for question in content.guide.canvas.questions:
        kind = KIND[question.kind]
        yield from (*question.choices, *kind.fixed)
        yield from (f"/change {question.key}", f"/forward {question.key}")
        sure = max((*question.choices, UNKNOWN), key=len) if kind.one else UNKNOWN
        yield f"/sure {question.key} {sure}"


def _labels(content: Content) -> Iterator[str]:
    """Of choices; the best next steps are choices too, of the first small step."""
    found = [(where, label) for where, _, label in _choice_labels(content)]
    for language, tree in content.words.items():
        for path, label in leaves(tree["advice"].get("step", {}), ("step",)):
            if path[-1] == "label":
                found.append((f"{language}/advice.toml, {' > '.join(path)}", label))
    for where, label in found:
        if len(label) > MOST_LABEL:
            yield f"{where}: a label of {len(label)} characters, above {MOST_LABEL}; shorten it."


def _choice_labels(content: Content) -> Iterator[tuple[str, str, str]]:
    """(where, choice, label) of every choice of a question."""
    for language, tree in content.words.items():
        for path, label in leaves(tree["questions"]):
            if path[1].startswith("choices"):
                yield f"{language}/questions.toml, {' > '.join(path)}", path[-1], str(label)


def _commands(content: Content) -> Iterator[str]:
    """A word typed at a question must not mean a choice and a command at once.

    But for two, where the choice is matched first and is what is meant there:
    `agree`, whose command only says that the person agreed before, and the
    ingredient `privacy` among the actions.
    """
    for where, choice, label in _choice_labels(content):
        for word in dict.fromkeys((fold(choice), fold(label))):
            verb = content.guide.commands.get(word)
            if verb and (choice, verb) not in MEANT:
                yield f"{where}: {word!r} is typed for the command {verb} too; use another word."


# ---------------------------------------------------------------- how hard the texts read


def readings(content: Content) -> Iterator[str]:
    """In figures; nothing here refuses anything.

    Textstat comes with the tests only, and is used without any download.
    """
    try:
        import textstat  # noqa: PLC0415 - a dependency of the tests
    except ImportError:
        yield "reading level skipped, install opschaalgids[test]"
        return
    yield f"{'reading level':<16}{'words/sentence':>15}{'LIX':>7}{'Flesch-Douma':>14}"
    for language in content.words:
        textstat.set_lang(language)
        groups = _groups(content, language)
        for name, texts in groups.items():
            text = " ".join(texts)
            # Flesch is for Dutch: the English one needs a dictionary from the network.
            douma = f"{textstat.flesch_reading_ease(text):.0f}" if language == "nl" else "-"
            figures = f"{textstat.words_per_sentence(text):>15.1f}{textstat.lix(text):>7.0f}"
            yield f"{f'{language} {name}':<16}{figures}{douma:>14}"
        for text in sorted(groups["questions"], key=textstat.lix, reverse=True)[:5]:
            yield f"  hard, LIX {textstat.lix(text):.0f}: {text}"


def _groups(content: Content, language: Any) -> dict[str, list[str]]:
    """Whole sentences by what they are for."""
    groups: dict[str, list[str]] = {}
    names = {"help": "help", "example": "examples"}
    for path, text in leaves(content.words[language]["questions"]):
        if not path[1].startswith(("short", "choices")):
            lines = text if isinstance(text, list) else [text]
            ended = (line if line.endswith(ENDS) else f"{line}." for line in lines)
            name = names.get(path[1].partition("_")[0], "questions")
            groups.setdefault(name, []).extend(ended)
    for where, text in _texts_told(content, language):
        if text.rstrip().endswith(ENDS):
            groups.setdefault(where.partition(".")[0], []).append(text)
    return groups
