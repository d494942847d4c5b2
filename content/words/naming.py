"""How a channel calls what a person can do: a command to type, a button in the sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from content.loader import Content
    from flows.model.messages import Language


@dataclass(frozen=True)
class Naming:
    """`verb`: (its name, the word to type, what its button says) -> how a text calls it.

    `word`: the same for what is an answer as well, such as `start`; `how` a person does it.
    """

    verb: Callable[[str, str, str], str] = lambda _, word, __: f"/{word}"
    word: Callable[[str, str, str], str] = lambda _, word, __: word
    how: Literal["type", "press"] = "type"


def _button(name: str, _: str, label: str) -> str:
    """A mark that a page makes a button of; without marks its words stand in the sentence."""
    return Markup("<v {}>{}</v>").format(name, label)


ELSEWHERE = Naming()  # in a terminal and on Telegram all is typed
BY_CHANNEL: Mapping[str, Naming] = {"web": Naming(_button, _button, "press")}
TELEGRAM = "https://t.me/"


def leads(link: str) -> str:
    """Where the address of an invitation leads, as a chat there begins."""
    return "web:" if link.startswith("http") and not link.startswith(TELEGRAM) else ""


def pointing(content: Content, language: Language) -> dict[str, Any]:
    """What templates call: `verb`, `word`, and `how`: to type or to press.

    A template may say itself what stands on a button: `verb("summary", "de samenvatting")`.
    """
    tree, naming = content.words[language], BY_CHANNEL.get(content.channel, ELSEWHERE)
    words = {**tree["commands"], **tree["steering"]["commands"]}
    labels = tree[content.channel]["verbs"] if content.channel else {}

    def verb(name: str, label: str = "") -> str:
        # A command is one word of plain letters; the verb itself is heard as well.
        typed = next((w for w in words[name] if w.isascii() and w.isalpha()), name)
        return naming.verb(name, typed, label or labels.get(name, typed))

    def word(name: str, label: str = "") -> str:
        return naming.word(name, words[name][0], label or labels.get(name, words[name][0]))

    return {"verb": verb, "word": word, "how": tree["messages"]["said"][naming.how]}
