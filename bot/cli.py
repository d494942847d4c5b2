"""The command line: where a command begins, and one sentence per mistake.

A command's module is loaded where the command is named: most start in a moment, and
what one of them needs is loaded by no other. tests/test_loaded.py holds that.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot.output import speechless, without_core_dumps, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TO_MEND, FOR_NOW = 2, 75
"""What somebody must mend; what may pass by itself, so that trying again helps (EX_TEMPFAIL)."""

COMMANDS = {
    "chat": {"chat": "the guide in this terminal"},
    "serve": {
        "serve": "the guide on every channel that is set",
        "telegram": "the same, and Telegram must be set",
    },
    "export": {"export": "answers and advice as documents and pictures"},
    "traject": {"traject": "trajectories, for scripts"},
    "backup": {
        "backup": "a proved copy of the database, while it runs",
        "restore": "put a backup back; the guide must be stopped",
    },
    "move": {"move": "all of a database to another place; the guide must be stopped"},
    "forget": {
        "forget": "erase a person or a canvas, for good",
        "hold": "keep a canvas from going, or let it go again",
    },
    "rekey": {"rekey": "a new key; the guide must be stopped"},
    "doctor": {"doctor": "what is wrong, and what to do about it"},
    "check": {
        "check": "refuse content that cannot be walked",
        "draw": "draw the table and the canvas as Mermaid",
    },
}
"""Module in bot/commands/ -> its commands, in the order of --help, each with its line there."""


YOUNG = 10_000
"""New objects, one or two MB of them, after which the collector looks among those."""


def main(arguments: Sequence[str] | None = None) -> None:
    sys.excepthook = speechless
    without_core_dumps()
    gc.disable()  # what is loaded stays: there is nothing to collect
    sys.exit(run(arguments, loaded))


def loaded() -> None:
    """The collector begins: it never looks at what was loaded before, and seldom at the rest.

    A turn leaves some twenty objects to collect: of Python's own measure that was looked for
    every 25 turns, for 3 to 4 % of their time.
    """
    gc.freeze()
    gc.set_threshold(YOUNG)
    gc.enable()


def run(arguments: Sequence[str] | None = None, loaded: Callable[[], None] = lambda: None) -> int:
    """0; 1 where a check found something; 2 or 75 with one sentence on stderr.

    `loaded` is called where the command begins.
    """
    words = sys.argv[1:] if arguments is None else arguments
    options = parser(words).parse_args(words)
    loaded()
    try:
        return int(options.run(options) or 0)
    except BrokenPipeError:
        _deafen()
        return 0
    except OSError as error:
        _deafen()
        return _says(f"writing failed ({error.strerror}); make room, or send it elsewhere.")
    except KeyboardInterrupt:
        return 0
    except _told() as error:  # called only where something is raised: its imports cost
        passing = getattr(error, "passing", False)
        return _says(str(error), FOR_NOW if passing else TO_MEND)


def _told() -> tuple[type[Exception], ...]:
    """Whose text is a sentence for whoever runs the command."""
    from bot.config import SettingsError  # noqa: PLC0415 - likewise
    from bot.mistake import Mistake  # noqa: PLC0415 - see where it is called
    from content.loader import ContentError  # noqa: PLC0415 - likewise
    from storage.database.errors import StoreError  # noqa: PLC0415 - likewise

    return Mistake, SettingsError, StoreError, ContentError


def _says(sentence: str, code: int = TO_MEND) -> int:
    write(sys.stderr, f"opschaalgids: {sentence}\n")
    return code


def _deafen() -> None:
    """Nobody hears stdout any more; Python would complain of it once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Parser(argparse.ArgumentParser):
    """What it says of a mistake repeats what was typed."""

    def _print_message(self, message: str, file: Any = None) -> None:
        write(file or sys.stderr, message)


def parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The options of each command among the words; all others by name, where one may be meant."""
    found = Parser(
        prog="opschaalgids", description="A guide in conversation form for scaling a pilot."
    )
    commands = found.add_subparsers(required=True, metavar="COMMAND")
    first = {*words[:1]}
    meant = [(module, lines) for module, lines in COMMANDS.items() if first & lines.keys()]
    for module, lines in meant or COMMANDS.items():
        parsers = [commands.add_parser(name, help=line) for name, line in lines.items()]
        if lines.keys() & words:
            import_module(f"bot.commands.{module}").add(*parsers)
    return found
