"""What stands on a button: one way for every choice, of the dialogue and of a desk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from content.messages.templates import PLAIN, template
from content.words.phrases import short_text
from flows.intents.text import visible
from flows.model.messages import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from content.words.steering import SteeringWords
    from content.words.vocabulary import Words
    from flows.model.messages import Reply

LABEL = 48
"""Characters of a label."""


def choices(said: SteeringWords, reply: Reply) -> Iterator[Choice]:
    picked, abouts = reply.data.get("picked", ()), reply.data.get("labels", {})
    place = (reply.asking, reply.name == "question")
    for key in reply.choices:
        if abouts:
            label = _label(said, reply, key, abouts.get(key))
        else:
            label = said.remembered((key, place), partial(_label, reply=reply, key=key))
        if key in picked:
            label = str(said.words.said["buttons"]["ticked"]).format(label=label)
        yield Choice(key, label, ticked=key in picked)


def _label(said: SteeringWords, reply: Reply, key: str, about: Any = None) -> str:
    question = said.words.canvas.get(reply.asking or "")
    choice = question and not key.startswith("/")
    text = said.words.label(question, key) if question and choice else _own(said, reply, key, about)
    return short_text(visible(text), LABEL)


def _own(said: SteeringWords, reply: Reply, key: str, about: Any) -> str:
    """What a verb is about, or the button's own words."""
    verb, _, argument = key.removeprefix("/").partition(" ")
    if argument and key.startswith("/") and verb in ABOUT:
        found = ABOUT[verb](said.words, reply, argument)
        if found:
            return found
    text, names = template(said.source("buttons", _variant(said.words, reply, key), verb), PLAIN)
    return text.render({**said.helpers(names), "about": about, "argument": argument})


def _variant(words: Words, reply: Reply, key: str) -> str:
    """The name of a button's words, where they depend on where it stands."""
    there = VARIANTS.get((key, reply.asking or "")) or VARIANTS.get((key, ""))
    if key == "/depth full":
        return "depth_full" if reply.name == "question" else "depth_deeper"
    if there == "again" and words.walk and words.walk.cursor.question is None:
        return "again_end"
    return there or key.removeprefix("/")


VARIANTS: Mapping[tuple[str, str], str] = {
    ("agree", "renew"): "agree_anew",
    ("/again", "forget_sure"): "keep_it",
    ("/next", "advice"): "next_step",
    ("/depth quick", ""): "depth_quick",
    ("/next", ""): "keep",
    ("/again", ""): "again",
    ("/forget", ""): "forget_any",
}
"""Button, and where it stands (anywhere else where that is empty) -> the name of its words."""


def _change(words: Words, reply: Reply, argument: str) -> str:
    if argument in words.canvas:
        return words.reason(argument, words.values.get(argument))
    return words.part_name(argument) if reply.asking == "change" else ""


def _look(words: Words, _: Reply, argument: str) -> str:
    route = next(r for r in words.advice.routes if r.route == argument)
    return f"{words.route(route)['name']}: {words.fit(route)}"


def _pilot(words: Words, _: Reply, argument: str) -> str:
    if argument.startswith("page "):
        back = int(argument.partition(" ")[2]) < words.pilots.at
        return str(words.said["buttons"]["page_back" if back else "page_on"])
    return words.pilots.names.get(argument) or str(words.said["buttons"]["no_name"])


def _forget(words: Words, reply: Reply, argument: str) -> str:
    if argument == "all":
        return str(words.said["buttons"]["forget_all"])
    name = _pilot(words, reply, argument)
    paged = argument.startswith("page ")
    return name if paged else str(words.said["buttons"]["forget"]).format(name=name)


ABOUT: Mapping[str, Callable[[Words, Reply, str], str]] = {
    "change": _change,
    "look": _look,
    "document": lambda words, _, argument: str(words.said["documents"][argument]),
    "pilots": _pilot,
    "forget": _forget,
}
"""Verb -> what a button says that is about one thing; empty where it says its own words."""
