"""All commands of the command line, from its own parser: a new one cannot be forgotten."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli import COMMANDS, parser

if TYPE_CHECKING:
    from collections.abc import Iterator


def commands() -> dict[str, argparse.ArgumentParser]:
    """By its words, such as "traject invite"."""
    return dict(_leaves(whole(), ()))


def whole() -> argparse.ArgumentParser:
    """The parser with the options of every command."""
    return parser(["", *(name for lines in COMMANDS.values() for name in lines)])


def _leaves(
    of: argparse.ArgumentParser, words: tuple[str, ...]
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    below = [a for a in of._actions if isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001 - it has no public way
    if not below:
        yield " ".join(words), of
    for action in below:
        for word, inner in action.choices.items():
            yield from _leaves(inner, (*words, word))


def taking(metavars: set[str]) -> set[tuple[str, str]]:
    """(command, option) of those that take such a thing."""
    return {
        (words, action.option_strings[0] if action.option_strings else action.dest)
        for words, command in commands().items()
        for action in command._actions  # noqa: SLF001 - likewise
        if action.metavar in metavars
    }
