"""What is asked, the rules and the typed words, together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flows.model.canvas import Canvas
    from flows.model.rules import Rules


@dataclass(frozen=True)
class Moments:
    """What no date library knows. `words`: a word and what it is read as ("twee": "2").

    `phrases`: a pattern and its day: "quarter-end" and "weeks" with a group n, "3-end", "9-1".
    """

    words: Mapping[str, str]
    phrases: Mapping[str, str]


@dataclass(frozen=True)
class Guide:
    """The structure that the core works on: what is asked, the rules, typed words.

    `steering`: tables of typed words for kwartiermakers, each word with its meaning;
    `renewed`: the questions are those that a canvas began with, the rules are newer;
    `first_rules`: the rules that it began with, None where they cannot be read any more.
    """

    canvas: Canvas
    rules: Rules
    commands: Mapping[str, str]
    moments: Moments
    steering: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    renewed: bool = False
    first_rules: Callable[[], Rules | None] = lambda: None
