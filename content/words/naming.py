"""How a channel calls what a person can do: to type a command, or to press a button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True)
class Naming:
    """`verb`: (the word for it, what its button says) -> how a text calls a command.

    `word`: the same for what is an answer as well, such as `start`; `how` a person
    does it.
    """

    verb: Callable[[str, str], str] = lambda word, _: f"/{word}"
    word: Callable[[str, str], str] = lambda word, _: word
    how: Literal["type", "press"] = "type"


TYPED = Naming()
"""In a terminal and on Telegram: all is typed."""


def command_word(verb: str, words: Sequence[str]) -> str:
    """A command is one word of plain letters; the verb itself is heard as well."""
    return next((word for word in words if word.isascii() and word.isalpha()), verb)


def pointing(tree: Mapping[str, Any], naming: Naming) -> dict[str, Any]:
    """What templates call: `verb`, `word`, and `how`: to type or to press."""
    words = {**tree["commands"], **tree["steering"]["commands"]}
    labels = {**tree["messages"]["menu"], **tree["messages"]["buttons"]}

    def verb(name: str) -> str:
        typed = command_word(name, words[name])
        return naming.verb(typed, labels.get(name, typed))

    def word(name: str) -> str:
        return naming.word(words[name][0], labels.get(name, words[name][0]))

    how = tree["messages"]["said"][naming.how]
    return {"verb": verb, "word": word, "how": how}
