"""How a channel points at what a person can do: where a link leads, how a verb is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Naming:
    """`link`: a link's secret -> what a person opens or types.

    `verb`: (the word for it, what its button says) -> how a text calls a command;
    `word`: the same for what is an answer as well, such as `start`; `how` a person
    does it.
    """

    link: Callable[[str], str]
    verb: Callable[[str, str], str] = lambda word, _: f"/{word}"
    word: Callable[[str, str], str] = lambda word, _: word
    how: Literal["type", "press"] = "type"


TYPED = Naming(lambda secret: f"/start {secret}")
"""In a terminal: all is typed."""


def on_telegram(bot_name: str) -> Naming:
    """Links lead to the chat with the bot; without a name they are typed."""
    return Naming(lambda secret: f"https://t.me/{bot_name}?start={secret}") if bot_name else TYPED


def pointing(tree: Mapping[str, Any], naming: Naming) -> dict[str, Any]:
    """What templates call: `address`, `verb`, `word`, and `how`: to type or to press."""
    words = {**tree["commands"], **tree["steering"]["commands"]}
    labels = {**tree["messages"]["menu"], **tree["messages"]["buttons"]}

    def called(named: Callable[[str, str], str]) -> Callable[[str], str]:
        return lambda verb: named(words[verb][0], labels.get(verb, words[verb][0]))

    return {
        "address": naming.link, "verb": called(naming.verb), "word": called(naming.word),
        "how": tree["messages"]["said"][naming.how],
    }  # fmt: skip
