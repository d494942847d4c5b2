"""What stands on a button: one way for every choice, of the dialogue and of a desk."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from content.messages.templates import PLAIN, template
from content.words.compared import landmark
from content.words.phrases import short_text
from flows.intents.text import visible
from flows.model.journey import Landmark
from flows.model.messages import Choice, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from content.words.steering import SteeringWords
    from content.words.vocabulary import Words

LABEL = 48  # characters of a label


def choices(said: SteeringWords, reply: Reply) -> tuple[Choice, ...]:
    """The buttons under a reply, in order."""
    data, place = reply.data, (reply.asking or "", reply.name)
    if "labels" in data:
        labels = [_label(said, key, *place, data["labels"].get(key)) for key in reply.choices]
        return tuple(map(Choice, reply.choices, labels))
    found = said.remembered(_unticked, reply.choices, *place)
    if not data.get("picked"):
        return found
    ticked = said.words.said["buttons"]["ticked"]
    return tuple(
        Choice(one.key, ticked.format(label=one.label), ticked=True)
        if one.key in data["picked"] else one for one in found
    )  # fmt: skip


def _unticked(
    said: SteeringWords, keys: tuple[str, ...], asking: str, name: str
) -> tuple[Choice, ...]:
    return tuple(Choice(key, said.remembered(_label, key, asking, name)) for key in keys)


def _label(said: SteeringWords, key: str, asking: str, name: str, about: Any = None) -> str:
    """Of a question its choice; else what a verb is about, or the button's own words.

    `asking` and `name`: of the reply; `about`: what that knows of it.
    """
    words = said.words
    question = words.canvas.get(asking)
    verb, _, argument = key.removeprefix("/").partition(" ")
    text = ""
    if question and not key.startswith("/"):
        text = words.label(question, key)
    elif argument and key.startswith("/") and verb in ABOUT:
        text = ABOUT[verb](words, asking, argument)
    if not text:
        source = said.source("buttons", _variant(words, key, asking, name), verb)
        found, names = template(source, PLAIN)
        text = found.render({**said.helpers(names), "about": about, "argument": argument})
    return short_text(visible(text), LABEL)


def _variant(words: Words, key: str, asking: str, name: str) -> str:
    """The name of a button's words, where they depend on where it stands."""
    if key == "/depth full":
        return "depth_full" if name == "question" else "depth_deeper"
    if key == "/summary" and name == "question":
        return "to_advice"
    found = VARIANTS.get((key, asking)) or VARIANTS.get((key, ""), key.removeprefix("/"))
    ended = found == "again" and words.walk and not words.walk.is_asked
    return "again_end" if ended else found


VARIANTS: Mapping[tuple[str, str], str] = {
    ("agree", "renew"): "agree_anew",
    ("/again", "forget_sure"): "keep_it",
    ("/next", "advice"): "next_step",
    ("/depth quick", ""): "depth_quick",
    ("/next", ""): "keep",
    ("/since", ""): "since_last",
    ("/again", ""): "again",
    ("/forget", ""): "forget_any",
    ("/forward", ""): "forward_points",
}
"""Button, and where it stands (anywhere else where that is empty) -> the name of its words."""


def _change(words: Words, asking: str, argument: str) -> str:
    if argument in words.canvas:
        return words.reason(argument, words.values.get(argument))
    return words.part_name(argument) if asking == "change" else ""


def _look(words: Words, _: str, argument: str) -> str:
    route = next(r for r in words.advice.routes if r.route == argument)
    return f"{words.route(route)['name']}: {words.fit(route)}"


def _pilot(words: Words, _: str, argument: str) -> str:
    if argument.startswith("page "):
        back = int(argument.partition(" ")[2]) < words.pilots.at
        return str(words.said["buttons"]["page_back" if back else "page_on"])
    return words.pilots.names.get(argument) or str(words.said["buttons"]["no_name"])


def _forget(words: Words, asking: str, argument: str) -> str:
    if argument == "all":
        return str(words.said["buttons"]["forget_all"])
    name = _pilot(words, asking, argument)
    paged = argument.startswith("page ")
    return name if paged else str(words.said["buttons"]["forget"]).format(name=name)


def _since(words: Words, _: str, argument: str) -> str:
    kind, _, day = argument.rpartition(" ")
    at = datetime.fromisoformat(day)
    return str(words.said["buttons"]["since"]).format(mark=landmark(words, Landmark(kind, at)))


ABOUT: Mapping[str, Callable[[Words, str, str], str]] = {
    "change": _change,
    "look": _look,
    "document": lambda words, _, argument: str(words.said["documents"][argument]),
    "pilots": _pilot,
    "forget": _forget,
    "since": _since,
}
"""Verb -> what a button says that is about one thing; empty where it says its own words."""
