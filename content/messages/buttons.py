"""What stands on a button: one way for every choice, of the dialogue and of a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from content.messages.templates import label_template
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
    picked, ticked = reply.data.get("picked", ()), said.words.said["buttons"]["ticked"]
    for key in reply.choices:
        label = short_text(visible(_label(said, reply, key)), LABEL)
        if key in picked:
            yield Choice(key, str(ticked).format(label=label), ticked=True)
        else:
            yield Choice(key, label)


def _label(said: SteeringWords, reply: Reply, key: str) -> str:
    """Of a question its choice; else what a verb is about, or the button's own words."""
    question = said.words.canvas.get(reply.asking or "")
    if question and not key.startswith("/"):
        return said.words.label(question, key)
    verb, _, argument = key.removeprefix("/").partition(" ")
    own = ABOUT.get(verb) if argument and key.startswith("/") else None
    return (own(said.words, reply, argument) if own else "") or _button(said, reply, key)


def _button(said: SteeringWords, reply: Reply, key: str) -> str:
    verb, _, argument = key.removeprefix("/").partition(" ")
    name = _variant(said.words, reply, key)
    source = said.buttons.get(name) or said.buttons[verb]
    about = reply.data.get("labels", {}).get(key)
    return label_template(source).render({**said.helpers, "about": about, "argument": argument})


def _variant(words: Words, reply: Reply, key: str) -> str:
    """The name of a button's words, where they depend on where it stands."""
    ended = bool(words.walk and words.walk.cursor.question is None)
    asked = reply.name == "question"
    return {
        ("agree", "renew"): "agree_anew",
        ("/again", "forget_sure"): "keep_it",
        ("/next", "advice"): "next_step",
    }.get((key, reply.asking or "")) or {
        "/depth full": "depth_full" if asked else "depth_deeper",
        "/depth quick": "depth_quick",
        "/next": "keep",
        "/again": "again_end" if ended else "again",
        "/forget": "forget_any",
    }.get(key, key.removeprefix("/"))  # fmt: skip


def _change(words: Words, reply: Reply, argument: str) -> str:
    if argument in words.canvas:
        return words.reason(argument, words.values.get(argument))
    return words.part_name(argument) if reply.asking == "change" else ""


def _look(words: Words, _: Reply, argument: str) -> str:
    route = next(r for r in words.advice.routes if r.route == argument)
    return f"{words.route(route)['name']}: {words.fit(route)}"


def _pilot(words: Words, argument: str) -> str:
    if argument.startswith("page "):
        back = int(argument.partition(" ")[2]) < words.pilots.at
        return str(words.said["buttons"]["page_back" if back else "page_on"])
    return words.pilots.names.get(argument) or str(words.said["buttons"]["no_name"])


def _forget(words: Words, _: Reply, argument: str) -> str:
    buttons, paged = words.said["buttons"], argument.startswith("page ")
    if argument == "all":
        return str(buttons["forget_all"])
    name = _pilot(words, argument)
    return name if paged else str(buttons["forget"]).format(name=name)


ABOUT: Mapping[str, Callable[[Words, Reply, str], str]] = {
    "change": _change,
    "look": _look,
    "document": lambda words, _, argument: str(words.said["documents"][argument]),
    "pilots": lambda words, _, argument: _pilot(words, argument),
    "forget": _forget,
}
"""Verb -> what a button says that is about one thing; empty where it says its own words."""
