"""What check asks of the words that a channel lays over the common ones."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateSyntaxError, nodes

from content.checks.wording import leaves
from content.loader import CHANNELS
from content.messages.templates import ENVIRONMENT, template
from flows.intents.verbs import NOT_TYPED, VERBS
from flows.table import TYPED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.loader import Content

POINTING = frozenset({"verb", "word", "how"})
"""What every template may call, also where it is said outside a turn."""


def overlay_problems(content: Content) -> Iterator[str]:
    """Words that nobody hears, facts that are not there, verbs that have no button."""
    for channel, stems in CHANNELS.items():
        for language, words in content.words.items():
            for stem in stems:
                common = dict(leaves(words[stem]))
                for path, own in leaves(words[f"{channel}/{stem}"]):
                    where = f"{language}/{channel}/{stem}.toml, {' > '.join(path)}"
                    if path not in common:
                        yield f"{where}: {language}/{stem}.toml has no such words; mend its name."
                    else:
                        yield from _unknown(where, path, own, common[path])
            yield from _verbs(content, channel, language)


def _unknown(where: str, path: tuple[str, ...], own: Any, common: Any) -> Iterator[str]:
    """Facts that the common words do not have either."""
    if own.__class__ is not common.__class__:
        yield f"{where}: this is no {common.__class__.__name__}; write it as the common words do."
        return
    names = _asked if path[0] == "say" else _fields
    for name in sorted(names(own) - names(common) - POINTING):
        yield f"{where}: {name} is no fact that the common words have; use those."


def _asked(text: str) -> set[str]:
    try:
        return template(text)[1]
    except TemplateSyntaxError:  # is said of the template itself
        return set()


def _fields(text: Any) -> set[str]:
    texts = text if isinstance(text, list) else [text]
    return {name for one in texts for _, name, _, _ in Formatter().parse(one) if name}


def _verbs(content: Content, channel: str, language: Any) -> Iterator[str]:
    """Each verb that a sentence names there is one that is heard, and its button has words."""
    words, labels = content.to(f"{channel}:").words[language], content.words[language][channel]
    where = f"{language}/{channel}.toml, verbs"
    for name in sorted({*_named(words["messages"]), *_named(words["steering"])}):
        if name not in labels["verbs"]:
            yield f"{where} > {name} is missing; write what stands on its button."
    for name in labels["verbs"]:
        if name not in TYPED and (name not in VERBS or name in NOT_TYPED):
            yield f"{where} > {name}: there is no such verb; mend its name."


def _named(tree: Any) -> Iterator[str]:
    """The verbs that sentences name."""
    for text in tree["say"].values():
        try:
            calls = ENVIRONMENT.parse(text).find_all(nodes.Call)
        except TemplateSyntaxError:
            continue
        for call in calls:
            if isinstance(call.node, nodes.Name) and call.node.name in ("verb", "word"):
                yield call.args[0].as_const()
